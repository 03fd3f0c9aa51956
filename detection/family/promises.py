"""Every promise of a contract by itself, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

from contracts.classifications import minimum_classification
from contracts.meaning import Section, in_lines, in_one_line, parts_of
from contracts.model import Column, Contract, JsonShape, Location, NullReason, Source, Table
from contracts.types import type_name
from detection.diffing.checks import described
from detection.diffing.places import keys_of, place_of_level
from detection.family.inheriting import SAID_ONCE, UNSAID, Effective, effective
from detection.family.levels import own_checks
from detection.family.lineage import Family
from detection.family.projecting import place_of_minimum

NO_PROMISE = frozenset(
    {"name", "schema", "source", "position", "catalog", "storage", "extension", "columns", "tags",
     "links", "examples", "unique_keys", "foreign_keys", "checks", "json_shape", "custom"}
)  # fmt: skip
"""Fields of a table or a column that are no promise, or that are told one by one."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose promise it is: the contract that states it, its version, and the place."""

    contract: str
    version: str | None = None
    location: Location | None = None

    def __str__(self) -> str:
        return f"{self.contract} {self.version}" if self.version else self.contract


@dataclass(frozen=True, slots=True)
class Promise:
    """One thing that a contract promises, in words.

    about:   ``schema.table.column`` as far as it goes; empty for the contract as a whole.
    aspect:  what of it: ``type``, ``nullable``, ``freshness``, ``check``.
    value:   what is promised, in the words of Postgres or of the document.
    origin:  who of the family says so; the nearest, where several say the same.
    """

    about: str
    aspect: str
    value: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Stated:
    """A promise as one contract states it."""

    about: str
    aspect: str
    value: str
    location: Location | None = None

    @property
    def words(self) -> tuple[str, str, str]:
        """What tells it from any other."""
        return self.about, self.aspect, self.value


def promises_of(contract: Contract, family: Family) -> tuple[Promise, ...]:
    """All that a contract promises with what it inherits, each with the one place it is from."""
    return tuple(origins_of(effective(contract, family)))


def origins_of(whole: Effective) -> Iterator[Promise]:
    """Each promise of an effective contract; the nearest of the family that states it counts."""
    stated = [
        (line, {each.words: each for each in reversed(list_promises(line))}) for line in whole.lines
    ]
    for one in dict.fromkeys(each.words for each in list_promises(whole.contract)):
        line, said = next((line, said[one]) for line, said in stated if one in said)
        yield Promise(*one, Origin(line.identity, line.version, said.location))


def list_promises(contract: Contract) -> list[Stated]:
    """What a contract itself states, promise by promise, in the order of the noun."""
    return [
        *_of_contract(contract),
        *(each for table in contract.tables for each in _of_table(contract, table)),
    ]


def _of_contract(contract: Contract) -> Iterator[Stated]:
    for name in SAID_ONCE:
        if (value := getattr(contract, name)) not in UNSAID:
            yield from _of_section(contract, name, value)
    if minimum := minimum_classification(contract):
        yield Stated("", "minimum classification", minimum, place_of_minimum(contract))
    for name, rule in contract.compatibility:
        place = _at(contract.source, f"compatibility.{name}", "compatibility")
        yield Stated("", f"compatibility.{name}", rule, place)
    for number, level in enumerate(contract.service_levels):
        operator = f"{level.operator} " if level.operator else ""
        until = f" to {level.value_end}" if level.value_end is not None else ""
        unit = f" {level.unit}" if level.unit else ""
        on = f" on {level.element}" if level.element else ""
        driver = f" ({level.driver})" if level.driver else ""
        value = f"{operator}{level.value}{until}{unit}{on}{driver}"
        yield Stated("", level.property, value, place_of_level(contract, level, number))
    for number, one in enumerate(contract.invariants):
        text = "; ".join(in_lines((one,))) or str(one)
        place = _at(contract.source, f"invariants.{number}", "invariants", "invariant")
        yield Stated("", "invariant", text, place)
    tables = {table.qualified_name for table in contract.tables}
    for check in own_checks(contract):
        if check.table not in tables:
            place = _at(check.source or contract.source)
            yield Stated(check.table or "", "check", described(check) or "", place)
    for function in contract.functions:
        returns = f" returns {function.result}" if function.result else ""
        value = f"{function.schema}.{function.name}({function.arguments}){returns}"
        yield Stated("", function.kind, value, _at(function.source or contract.source))


def _of_section(contract: Contract, name: str, value: object) -> Iterator[Stated]:
    aspect, keys = name.replace("_", " "), keys_of(name)
    if isinstance(value, Section):
        for part, text in parts_of(value):
            place = _at(
                contract.source, *(f"{key}.{part.replace(' ', '_')}" for key in keys), *keys
            )
            yield Stated("", f"{aspect}: {part}", text, place)
        return
    said = _notice(contract) if name == "notice" else words_of(value)
    yield Stated("", aspect, said, _at(contract.source, *keys))


def _of_table(contract: Contract, table: Table) -> Iterator[Stated]:
    name, source = table.qualified_name, table.source or contract.source
    yield from _of_fields(name, table, source, fields(Table))
    for key in table.unique_keys:
        distinct = "nulls not distinct " if key.nulls_not_distinct else ""
        yield Stated(name, "unique", distinct + ", ".join(key.columns), _at(source))
    for tie in table.foreign_keys:
        target = f"{tie.references_schema}.{tie.references_table}"
        columns = f"{', '.join(tie.columns)} → {target} ({', '.join(tie.references_columns)})"
        yield Stated(name, "foreign key", columns, _at(source))
    for constraint in table.checks:
        yield Stated(name, "constraint", constraint.expression, _at(source))
    for check in own_checks(contract):
        if check.table == name:
            yield Stated(name, "check", described(check) or "", _at(check.source or source))
    for column in table.columns:
        yield from _of_column(f"{name}.{column.name}", column, column.source or source)


def _of_column(name: str, column: Column, source: Source | None) -> Iterator[Stated]:
    yield Stated(name, "column", "is there", _at(source))
    yield from _of_fields(name, column, source, fields(Column))
    for key, required in _keys(column.json_shape):
        yield Stated(name, "json key", f"{key} {required}", _at(source, *keys_of("json_shape")))


def _of_fields(
    name: str, noun: Table | Column, source: Source | None, known: Sequence[object]
) -> Iterator[Stated]:
    for field in known:
        field_name: str = getattr(field, "name")  # noqa: B009 - fields of either noun
        value = getattr(noun, field_name)
        if field_name in NO_PROMISE or value is None or (value == () and noun_is_column(noun)):
            continue
        aspect = "type" if field_name == "data_type" else field_name.replace("_", " ")
        yield Stated(name, aspect, _said(field_name, value), _at(source, *keys_of(field_name)))
    for key, text in noun.custom:
        yield Stated(name, key, _unquoted(text), _at(source, key))


def noun_is_column(noun: Table | Column) -> bool:
    """Whether ``()`` is nothing said; of a table's key it is "has none"."""
    return isinstance(noun, Column)


def _said(field: str, value: object) -> str:
    if field == "nullable":
        return "NULL" if value else "NOT NULL"
    if field in ("primary_key", "states", "grain") and value == ():
        return "none"
    return words_of(value)


def words_of(value: object) -> str:
    """A value of a noun in words: a type by its name, a list with commas, yes or no."""
    from contracts.model import DataType

    if isinstance(value, DataType):
        return type_name(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, NullReason):
        return f"{value.code}: {value.meaning}"
    if isinstance(value, Section):
        return in_one_line(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return "; ".join(f"{name}: {said}" for name, said in value)
    if isinstance(value, tuple):
        return ", ".join(words_of(one) for one in value)
    return str(value) if value != "" else "none"


def _notice(contract: Contract) -> str:
    notice = contract.notice
    if notice is None:
        return ""
    days = f"{notice.lead_days} days" if notice.lead_days is not None else None
    by = f"by {notice.channel}" if notice.channel else None
    return " ".join(filter(None, (days, by)))


def _keys(shape: JsonShape | None) -> Iterator[tuple[str, str]]:
    if shape:
        yield from ((key, "required") for key in shape.required)
        yield from ((key, "optional") for key in shape.optional)


def _unquoted(text: str) -> str:
    value = json.loads(text)
    return value if isinstance(value, str) else text


def _at(source: Source | None, *keys: str) -> Location | None:
    return source.at(*keys) if source else None
