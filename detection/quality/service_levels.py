"""Service levels that rows can tell: how fresh, how late, how long kept, how complete.

A level names its column as ``column``, ``table.column`` or ``schema.table.column``; several with
commas between them. A table that is not the contract's is a watermark: it says by its newest time
how fresh the contract's table is. Availability and support are no matter of rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from contracts.checks import ROW_COUNT, arguments_text
from contracts.durations import in_days, parse_duration, unit_word
from contracts.model import Check, Contract, Location, ServiceLevel, Table
from detection.diffing.places import place_of_level
from detection.quality.conditions import as_number, type_name
from detection.quality.measures import (
    COMPLETENESS,
    DISTINCT_VALUES,
    FRESHNESS,
    LATENCY,
    RETENTION,
    TIMES,
    UNIQUENESS,
)
from detection.quality.model import Demand, Reach, Trouble
from detection.quality.naming import rule_of

FILLED: Final = "filled"
MEASURES: Final[Mapping[str, str]] = {
    "freshness": FRESHNESS, "staleness": FRESHNESS, "maximumlag": FRESHNESS,
    "frequency": FRESHNESS,
    "latency": LATENCY, "arrivaldelay": LATENCY, "delay": LATENCY,
    "retention": RETENTION,
    "completeness": COMPLETENESS, "filled": FILLED, "fillrate": FILLED, "nonempty": FILLED,
    "uniqueness": UNIQUENESS,
    "distinctvalues": DISTINCT_VALUES, "distinct": DISTINCT_VALUES,
    "rowcount": ROW_COUNT, "rows": ROW_COUNT, "volume": ROW_COUNT,
}  # fmt: skip
"""What is measured for a service level, by its name in small letters and nothing but letters."""

POINTS_IN_TIME: Final = ("date", "timestamp without time zone", "timestamp with time zone")
SECONDS_A_DAY: Final = 86_400
_USUAL: Final = {
    **dict.fromkeys(TIMES, "mustBeLessThan"),
    **dict.fromkeys((COMPLETENESS, UNIQUENESS, ROW_COUNT), "mustBeGreaterOrEqualTo"),
    DISTINCT_VALUES: "mustBeGreaterOrEqualTo",
}
EVENT: Final = "sourceTimestampField"
"""The key by which documents with models name the time of an event beside that of its landing."""

Tables = Mapping[str, tuple[Table, Table]]
"""The contract's tables by their qualified names: as promised, and as they are."""


class Element(NamedTuple):
    """What a service level is about: a promised table, the one to read, and columns of that."""

    table: Table
    found: Table
    columns: tuple[str, ...]


def level_demands(contract: Contract, there: Tables, reach: Reach) -> Iterator[Demand]:
    """What a contract's service levels demand of its rows."""
    for number, level in enumerate(contract.service_levels):
        name = re.sub(r"[^a-z]", "", level.property.lower())
        if there and (measure := MEASURES.get(name)):
            location = place_of_level(contract, level, number)
            yield from _demands(contract, _with_its_event(level), measure, there, reach, location)


def _with_its_event(level: ServiceLevel) -> ServiceLevel:
    """A level about the time of landing, with that of the event where it is named beside it."""
    named = dict(level.custom).get(EVENT)
    if named is None or level.element is None:
        return level
    return replace(level, element=f"{json.loads(named)}, {level.element}")


def _demands(
    contract: Contract,
    level: ServiceLevel,
    measure: str,
    there: Tables,
    reach: Reach,
    location: Location | None,
) -> Iterator[Demand]:
    bound = _bound(level, measure)
    for element in _elements(level, measure, there, reach):
        if isinstance(element, Trouble):
            table, found = next(iter(there.values()))
            check = Check(measure)
            rule = rule_of(check)
            yield Demand(
                contract.identity, table, found, rule, check, reach, location, _said(level), element
            )
            continue
        check = _check(level, measure, element.columns)
        says, trouble = (_said(level), bound) if isinstance(bound, Trouble) else (None, None)
        if not isinstance(bound, Trouble):
            check = replace(check, bound=bound)
        yield Demand(
            contract.identity, element.table, element.found, rule_of(check), check, reach,
            location, says, trouble,
        )  # fmt: skip


def _said(level: ServiceLevel) -> str:
    """A service level as its author put it, where nobody can tell what it is measured by."""
    several = level.value_end not in (None, level.value)
    value = f"{level.value} to {level.value_end}" if several else str(level.value)
    on = f"on {level.element}" if level.element else None
    return " ".join(filter(None, (level.property, value, level.unit, on)))


def _check(level: ServiceLevel, measure: str, columns: tuple[str, ...]) -> Check:
    """The check that a service level is, still without its bound."""
    arguments = None
    if measure == FILLED:
        measure, arguments = COMPLETENESS, arguments_text({"missingValues": [None, ""]})
    if measure == LATENCY and len(columns) == 1:  # without a landing time, its newest row tells
        measure = FRESHNESS
    operator = level.operator or _USUAL[measure]
    if level.value_end is not None and level.operator is None:
        operator = "mustBeBetween"
    unit = "seconds" if measure in TIMES else "rows" if measure == ROW_COUNT else "percent"
    return Check(
        measure,
        operator,
        columns=columns,
        unit=None if measure == DISTINCT_VALUES else unit,
        level=level.level,
        description=level.description,
        arguments=arguments,
    )


def _bound(level: ServiceLevel, measure: str) -> tuple[object, ...] | Trouble:
    """The bound of a service level: seconds for a time, else a number."""
    stated = (
        [level.value] if level.value_end in (None, level.value) else [level.value, level.value_end]
    )
    found: list[object] = []
    for value in stated:
        number = _seconds(value, level.unit) if measure in TIMES else as_number(value)
        if number is None:
            unit = "a number and a unit, such as 4 hours" if measure in TIMES else "a number"
            what = f"Nobody can hold {level.property} to {value} {level.unit or ''}".rstrip() + "."
            return Trouble("unread", what, f"Say it as {unit}.")
        found.append(number)
    if level.value_end is not None and len(found) == 1 and measure not in TIMES:
        found *= 2
    return tuple(found)


def _seconds(value: object, unit: str | None) -> float | None:
    """A duration in seconds; ``None`` for what is none."""
    if isinstance(value, str) and (parsed := parse_duration(value)):
        return in_days(*parsed) * SECONDS_A_DAY
    number, word = as_number(value), unit_word(unit or "")
    if number is None or word is None:
        return None
    return float(in_days(float(number), word)) * SECONDS_A_DAY


def _elements(
    level: ServiceLevel, measure: str, there: Tables, reach: Reach
) -> Iterator[Element | Trouble]:
    """The tables and columns that a service level is about."""
    if level.element is None:
        yield from _unnamed(level, measure, there)
        return
    groups: dict[str, Element] = {}
    for part in filter(None, (part.strip() for part in level.element.split(","))):
        element = _resolved(part, measure, there, reach)
        if isinstance(element, Trouble):
            yield element
            continue
        if element is None:
            continue
        before = groups.get(element.found.qualified_name)
        columns = (*before.columns, *element.columns) if before else element.columns
        groups[element.found.qualified_name] = element._replace(columns=columns)
    for element in groups.values():
        if measure == LATENCY or len(element.columns) < 2:
            yield element
        else:
            yield from (element._replace(columns=(column,)) for column in element.columns)


def _resolved(part: str, measure: str, there: Tables, reach: Reach) -> Element | Trouble | None:
    """The table and the column that ``schema.table.column`` means.

    ``None`` is one of the contract's columns that its table lacks, which is told elsewhere.
    """
    *names, last = (name.strip('"') for name in part.split("."))
    if not names and (named := _table_called((last,), there)):  # a whole table
        return Element(*named, ()) if measure == ROW_COUNT else _sole_time(named, part)
    candidates = [_table_called(tuple(names), there)] if names else list(there.values())
    for pair in candidates:
        if pair and pair[0].column(last):
            return Element(*pair, (last,)) if pair[1].column(last) else None
    if names and not candidates[0]:
        first, _ = next(iter(there.values()))
        schema = names[-2] if len(names) > 1 else first.schema
        watermark = reach.catalog.table(schema, names[-1])
        if watermark and watermark.column(last):
            return Element(first, watermark, (last,))
    return Trouble("unread", f"There is no {part} to measure.", "Name a column as table.column.")


def _table_called(names: Sequence[str], there: Tables) -> tuple[Table, Table] | None:
    return next(
        (
            pair
            for qualified, pair in there.items()
            if names[-1] == pair[0].name and (len(names) < 2 or qualified == ".".join(names[-2:]))
        ),
        None,
    )


def _unnamed(level: ServiceLevel, measure: str, there: Tables) -> Iterator[Element | Trouble]:
    """What a service level without an element is about: each table, by the column that fits."""
    for pair in there.values():
        if measure in TIMES:
            yield _sole_time(pair, level.property)
        elif measure == ROW_COUNT:
            yield Element(*pair, ())
        elif measure in (COMPLETENESS, FILLED):
            columns = tuple(c.name for c in pair[0].columns if pair[1].column(c.name))
            yield Element(*pair, columns)
        else:
            yield Trouble(
                "unread", f"{level.property} names no column.", "Say which one: element: column."
            )


def _sole_time(pair: tuple[Table, Table], said: str) -> Element | Trouble:
    """A table by its only column that holds a point in time."""
    promised, found = pair
    times = [
        column.name
        for column in promised.columns
        if type_name(found.column(column.name)) in POINTS_IN_TIME
    ]
    if len(times) == 1:
        return Element(promised, found, (times[0],))
    which = f"{', '.join(times)} could be meant" if times else "no promised column is a time"
    return Trouble(
        "unread",
        f"{said} does not say what it is measured by: of {promised.qualified_name}, {which}.",
        "Name it: element: column.",
    )
