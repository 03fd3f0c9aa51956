"""Thresholds that the rows of a table keep today, each with its reason; and how tight they are.

A promise that is kept by chance is broken by chance. So what is proposed leaves room for what so
few rows cannot vouch for, and where there can be none, that is said.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.checks import (
    DUPLICATE_VALUES,
    INVALID_VALUES,
    MISSING_VALUES,
    NULL_VALUES,
    ROW_COUNT,
    SQL,
    arguments_text,
)
from contracts.model import Check, Column, ServiceLevel, Table
from detection.comparison import resolved
from detection.quality.conditions import NUMBERS, WITHOUT_EQUALITY, as_number, type_name
from detection.quality.measures import DISTINCT_VALUES
from detection.quality.model import Measurement, Number
from detection.quality.service_levels import POINTS_IN_TIME
from detection.quality.wording import duration_text, number_text

FEW: Final = 30
"""Rows from which on they tell something about rows to come."""
SURE: Final = 2.576
"""Standard deviations: 99 times in 100, the share of rows to come lies below the proposed one."""
SHARES: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 20, 25, 30, 40, 50)
"""Per cents that people write; a column that lacks more than the last has little to promise."""
MOST_LISTED: Final = 12
"""Values that a list can have and still be read."""
KEPT_SHARE: Final = 0.9
"""The part of today's rows that should be there tomorrow."""
PAUSES: Final = tuple(
    (value, unit, value * seconds)
    for unit, seconds, values in (
        ("minutes", 60, (5, 15, 30)),
        ("hours", 3_600, (1, 2, 6, 12)),
        ("days", 86_400, (1, 2, 7, 14, 30, 90)),
    )
    for value in values
)
"""Durations that people write, in seconds as well."""
LACKING: Final = arguments_text({"missingValues": [None, ""]})
"""What a text lacks that is null or empty."""
TEXTS: Final = ("text", "character varying", "character")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A promise that the rows keep today, and why it is proposed.

    tight:  what there is to know where one row more would break it; ``None`` where there is room.
    """

    promise: Check | ServiceLevel
    reason: str
    tight: str | None = None


def probes(table: Table, classified: Collection[str] = ()) -> tuple[Check, ...]:
    """What has to be known of a table's rows before something can be proposed.

    Of ``classified`` columns only counts are asked for.
    """
    return (
        Check(ROW_COUNT, "mustBeGreaterOrEqualTo", (0,)),
        *(check for column in table.columns for check in _counts_of(table, column)),
        *(
            _least_of(column)
            for column in table.columns
            if type_name(column) in NUMBERS and column.name not in (table.primary_key or ())
            if column.name not in classified
        ),
    )


def _counts_of(table: Table, column: Column) -> Iterator[Check]:
    kind, names = type_name(column), (column.name,)
    if column.nullable is not False:
        yield Check(NULL_VALUES, "mustBe", (0,), names)
    if kind in TEXTS:
        yield Check(MISSING_VALUES, "mustBe", (0,), names, arguments=LACKING)
    if kind not in WITHOUT_EQUALITY and not _is_kept_unique(table, column):
        yield Check(DISTINCT_VALUES, "mustBe", (0,), names)


def _least_of(column: Column) -> Check:
    return Check(SQL, "mustBe", (0,), (column.name,), arguments=arguments_text({"function": "min"}))


def _is_kept_unique(table: Table, column: Column) -> bool:
    keys = [table.primary_key, *(key.columns for key in table.unique_keys)]
    return bool(column.unique) or (column.name,) in keys


class Profile:
    """What the probes found: the rows, and by column nulls, what lacks, values, the least one."""

    def __init__(self, measurements: Sequence[Measurement]) -> None:
        told = [one for one in measurements if one.trouble is None]
        self.rows = next((int(_of(one)) for one in told if not one.demand.check.columns), 0)
        self.nulls = _by_column(told, NULL_VALUES)
        self.lacking = _by_column(told, MISSING_VALUES)
        self.distinct = _by_column(told, DISTINCT_VALUES)
        self.least = _by_column(told, SQL)

    def filled(self, column: Column) -> int:
        """How many rows have a value in a column."""
        return self.rows - int(self.nulls.get(column.name, 0))


def _of(measurement: Measurement) -> Number:
    return measurement.value if measurement.value is not None else math.nan


def _by_column(measurements: Sequence[Measurement], measure: str) -> dict[str, Number]:
    return {
        one.demand.check.columns[0]: _of(one)
        for one in measurements
        if one.demand.check.measure == measure and one.demand.check.columns
    }


def listed_columns(table: Table, profile: Profile) -> tuple[str, ...]:
    """The columns that have so few different values in so many rows that they are a list."""
    return tuple(
        column.name
        for column in table.columns
        if type_name(column) in TEXTS
        and not (resolved(column.data_type).labels if column.data_type else None)
        and 1 < profile.distinct.get(column.name, 0) <= MOST_LISTED
        and profile.filled(column) >= FEW * profile.distinct[column.name] / 3
    )


def arrival_columns(table: Table) -> tuple[str, ...]:
    """The column by which rows arrive, if one stands out: the only point in time there is."""
    times = tuple(c.name for c in table.columns if type_name(c) in POINTS_IN_TIME)
    created = tuple(one for one in times if one in ("created_at", "landed_at", "loaded_at"))
    return created[:1] or (times if len(times) == 1 else ())


def propose(
    table: Table,
    profile: Profile,
    values: Mapping[str, Sequence[str]],
    pauses: Mapping[str, float],
) -> tuple[Proposal, ...]:
    """What can be promised of a table's rows: what is so today, with room where there can be some.

    values:  the different values of each column that is a list (see ``listed_columns``).
    pauses:  the longest pause between arrivals, in seconds, by the column that tells of them.
    """
    if profile.rows < FEW:
        return ()
    least = math.floor(profile.rows * KEPT_SHARE)
    proposals = [
        Proposal(
            Check(ROW_COUNT, "mustBeGreaterOrEqualTo", (least,)),
            f"{profile.rows} rows today; with a tenth fewer, a load was not whole.",
        )
    ]
    for column in table.columns:
        proposals += _completeness(column, profile)
        proposals += _uniqueness(table, column, profile)
        proposals += _values(column, profile, values.get(column.name, ()))
    for name, pause in pauses.items():
        proposals += _freshness(name, pause)
    return tuple(proposals)


def _completeness(column: Column, profile: Profile) -> Iterator[Proposal]:
    """How many nulls there may be; where texts are empty, how many of both."""
    nulls = int(profile.nulls.get(column.name, 0))
    lacking = int(profile.lacking.get(column.name, nulls))
    share = upper_share(lacking, profile.rows)
    if share is None or (column.nullable is False and lacking == nulls):
        return
    word = "null or empty" if lacking > nulls else "null"
    reason = f"{lacking} of {profile.rows} rows are {word} today; "
    reason += f"so many rows can vouch for {number_text(share)} percent, and not for less."
    bound = ("mustBeLessOrEqualTo", (share,), (column.name,))
    if lacking > nulls:
        check = Check(MISSING_VALUES, *bound, unit="percent", arguments=LACKING)
    else:
        check = Check(NULL_VALUES, *bound, unit="percent")
    yield Proposal(check, reason)


def upper_share(failing: int, rows: int) -> float | None:
    """The least per cent that people write which rows to come will hardly go beyond.

    It is the upper end of Wilson's interval, rounded up; ``None`` beyond the half.
    """
    share, square = failing / rows, SURE**2
    spread = SURE * math.sqrt(share * (1 - share) / rows + square / (4 * rows**2))
    upper = 100 * (share + square / (2 * rows) + spread) / (1 + square / rows)
    return next((step for step in SHARES if step >= upper), None)


def _uniqueness(table: Table, column: Column, profile: Profile) -> Iterator[Proposal]:
    """That no value comes twice, where none does and nothing in the database sees to it."""
    filled, kind = profile.filled(column), type_name(column)
    if _is_kept_unique(table, column) or filled < FEW or kind in (*POINTS_IN_TIME, "numeric"):
        return
    if kind in ("real", "double precision") or profile.distinct.get(column.name) != filled:
        return
    yield Proposal(
        Check(DUPLICATE_VALUES, "mustBe", (0,), (column.name,)),
        f"The {filled} values of today are all different.",
        "nothing in the database keeps it so; a UNIQUE constraint would",
    )


def _values(column: Column, profile: Profile, listed: Sequence[str]) -> Iterator[Proposal]:
    """Which values there may be: a list where there are few, and nothing negative."""
    if listed:
        arguments = arguments_text({"validValues": list(listed)})
        yield Proposal(
            Check(INVALID_VALUES, "mustBe", (0,), (column.name,), arguments=arguments),
            f"{len(listed)} different values in {profile.filled(column)} rows.",
            "a new value breaks it; say in the contract what readers do with one",
        )
    least = as_number(profile.least.get(column.name))
    if least is not None and least >= 0 and profile.filled(column) >= FEW:
        arguments = arguments_text({"minimum": 0})
        yield Proposal(
            Check(INVALID_VALUES, "mustBe", (0,), (column.name,), arguments=arguments),
            f"The least value today is {number_text(least)}.",
            None if least > 0 else "0 is there already, and anything below breaks it",
        )


def _freshness(column: str, pause: float) -> Iterator[Proposal]:
    """How old the newest row may be: twice the longest pause so far, as people write it."""
    level = next((one for one in PAUSES if one[2] >= 2 * pause), None)
    if level is None:  # nothing seems to arrive any more
        return
    yield Proposal(
        ServiceLevel("freshness", level[0], level[1], column),
        f"The longest pause between arrivals was {duration_text(pause)}; twice that leaves room.",
    )
