"""The statements of a scan: as few as there can be, each of them reading the table once."""

from __future__ import annotations

from collections.abc import Sequence

from detection.quality.conditions import both, name
from detection.quality.model import Reading, Scan, Sql

MOST_FIGURES = 1500
"""Postgres returns at most 1664 columns."""
MOST_KEYS = 30
"""``grouping()`` takes at most 31 of them."""
GROUP_FIGURES = 3
"""What is counted of groups: all rows, those of groups that count, and those groups."""


def source(scan: Scan, joins: Sequence[Sql] = (), condition: Sql = "") -> Sql:
    """The FROM and the WHERE of a scan; ``condition`` is one more for its rows."""
    table = name(scan.table.schema, scan.table.name)
    if scan.sample is None:
        rows = table
    elif scan.table.kind in ("table", "partitioned table", "partition", "materialized view"):
        rows = f"{table} tablesample system ({scan.sample!r})"
    else:  # of a view, each row with the same chance
        rows = f"(select * from {table} where random() < {scan.sample / 100!r})"  # noqa: S608
        rows += f" as {name(scan.table.name)}"
    kept = both(scan.where, condition)
    where = f" where {kept}" if kept else ""
    return " ".join(["from", rows, *dict.fromkeys(joins)]) + where


def in_portions(readings: Sequence[Reading], most: int) -> list[list[Reading]]:
    """Readings in portions that one statement can hold; what several of them share counts once."""
    portions: list[list[Reading]] = [[]]
    taken: set[Sql] = set()
    for reading in readings:
        parts = {*(reading.figures or reading.columns)}
        if len(taken | parts) > most and portions[-1]:
            portions.append([])
            taken = set()
        portions[-1].append(reading)
        taken |= parts
    return [portion for portion in portions if portion]


def rows_statement(scan: Scan, readings: Sequence[Reading]) -> tuple[Sql, list[Sql]]:
    """One statement for all that can be told row by row, and its figures in their order."""
    figures = list(dict.fromkeys(figure for one in readings for figure in one.figures))
    joins = [join for one in readings for join in one.joins]
    return f"select {', '.join(figures)} {source(scan, joins)}", figures


def groups_statement(scan: Scan, readings: Sequence[Reading]) -> Sql:
    """One statement that counts the groups of several groupings, in one reading of the table.

    It returns :data:`GROUP_FIGURES` figures for each reading.
    """
    groupings = list(dict.fromkeys(one.columns for one in readings))
    keys = list(dict.fromkeys(column for columns in groupings for column in columns))
    withins = list(dict.fromkeys(one.within for one in readings))
    counts = [
        f"count(*){f' filter (where {within})' if within else ''} as docent_n{place}"
        for place, within in enumerate(withins)
    ]
    nulls = [f"{key} is null as docent_u{place}" for place, key in enumerate(keys)]
    alone = len(groupings) == 1
    mask = [] if alone else [f"grouping({', '.join(keys)}) as docent_g"]
    sets = ", ".join(f"({', '.join(columns)})" for columns in groupings)
    by = ", ".join(groupings[0]) if alone else f"grouping sets ({sets})"
    inner = f"select {', '.join([*counts, *nulls, *mask])} {source(scan)} group by {by}"
    outer = []
    for one in readings:
        rows = f"docent_n{withins.index(one.within)}"
        mine = "" if alone else f"docent_g = {_mask(keys, one.columns)}"
        whole = [f"not docent_u{keys.index(key)}" for key in one.columns if not one.with_nulls]
        counted = both(mine, f"{rows} > 0", *whole)
        everything = f" filter (where {mine})" if mine else ""
        outer += [
            f"coalesce(sum({rows}){everything}, 0)",
            f"coalesce(sum({rows}) filter (where {counted}), 0)",
            f"count(*) filter (where {counted})",
        ]
    return f"select {', '.join(outer)} from ({inner}) as docent_groups"  # noqa: S608


def text_of(scan: Scan, one: Reading) -> Sql:
    """All SQL that is put to Postgres for one reading, whatever the statement that it stands in."""
    parts = (*one.figures, one.failing, one.within, *one.columns)
    return f"{' '.join(parts)} {source(scan, one.joins)}"


def _mask(keys: Sequence[Sql], columns: Sequence[Sql]) -> int:
    """What ``grouping(keys)`` is for a grouping by these columns: a bit for each that is not."""
    last = len(keys) - 1
    return sum(1 << (last - place) for place, key in enumerate(keys) if key not in columns)
