"""How to make a change so that nobody is hurt: expand, migrate, contract.

One entry for each kind of change, in steps that can each be released and undone by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from psycopg import sql

from contracts.types import UnknownTypeError
from detection.changing import Change, Kind, statement


@dataclass(frozen=True, slots=True)
class SafePath:
    """Why the straight way hurts, and the steps of the way around it."""

    why: str
    steps: tuple[str, ...]


def safe_path(change: Change) -> SafePath:
    """The safe path for a change."""
    return _PATHS[change.kind](change)


def _rename_column(change: Change) -> SafePath:
    old, new = _code(change.column), _code(change.to)
    return SafePath(
        "A rename is a removal for everybody who knows the old name.",
        (
            f"Expand: add {new} beside {old}, and let every write fill both.",
            f"Backfill {new} from {old}, in batches, and compare the two.",
            f"Declare {new} in the contract, and mark {old} as deprecated, with a date.",
            "Migrate: tell every consumer, and wait until none of them reads the old name.",
            f"Contract: drop {old} after its date, with the next major version.",
        ),
    )


def _drop_column(change: Change) -> SafePath:
    column = _code(change.column)
    return SafePath(
        "What is dropped is gone for its readers at once, and its values are gone for good.",
        (
            f"Mark {column} as deprecated in the contract, with a date and what to read instead.",
            "Tell every consumer that declares it, and watch that the last one stops reading it.",
            f"Stop writing {column}: allow null in it first, if it is NOT NULL.",
            f"Drop {column} after its date, with the next major version, and keep a copy of it.",
        ),
    )


def _retype_column(change: Change) -> SafePath:
    old, new = _code(change.column), _code(_name_beside(change.column or "", change.to or ""))
    return SafePath(
        "Another type is another answer: for drivers, for comparisons, for whoever rounds.",
        (
            f"Expand: add a column beside {old}, such as {new}, of type {_code(change.to)}.",
            "Backfill it in batches; look at every value that would be cut, rounded or refused.",
            "Let every write fill both, and compare them for a while.",
            "Declare the new column in the contract, and mark the old one as deprecated.",
            "Migrate every consumer; run its queries on both columns before it switches.",
            f"Contract: drop {old} after its date, with the next major version.",
        ),
    )


def _name_beside(column: str, spelling: str) -> str:
    """A name for the same column with another type, which needs no quotes on account of that."""
    without_digits = re.sub(r"\(.*?\)", " ", spelling).replace("[]", " array")
    return f"{column}_as_{'_'.join(re.findall(r'[a-z0-9]+', without_digits.lower()))}"


def _allow_null(change: Change) -> SafePath:
    column = _code(change.column)
    return SafePath(
        "Where nothing was ever missing, nobody has looked out for it: NOT IN returns nothing, "
        "sums and joins lose rows.",
        (
            f"Say in the contract what a null in {column} will mean, before there is one.",
            "Ask every consumer to handle it; run their queries with a few values blanked.",
            "Where that takes long, add a nullable column beside it and leave this one as it is.",
            f"Then drop NOT NULL on {column}, with the next major version.",
        ),
    )


def _forbid_null(change: Change) -> SafePath:
    table, column = sql.Identifier(change.schema, change.table), sql.Identifier(change.column or "")
    check = sql.SQL("alter table {} add check ({} is not null) not valid").format(table, column)
    return SafePath(
        "Readers are only better off; whoever writes a null from now on is stopped by an error.",
        (
            "Find out who writes the nulls, and have them stop.",
            "Fill the nulls that are there, in batches.",
            f"Hold new rows to it first, without a long lock: {_code(check.as_string())}.",
            "Validate that constraint, then set NOT NULL and drop the constraint.",
            "Promise it in the contract, with the next major version: writers are held to more.",
        ),
    )


def _add_column(change: Change) -> SafePath:
    return SafePath(
        "A nullable column hurts nobody who names the columns that they read.",
        (
            f"Declare {_code(change.column)} in the contract, and say what a null in it means.",
            "Look for consumers that select a star or read strictly: they do notice.",
            f"Add it: {_code(_sql(change))}; with a minor version, or a major one where some do.",
        ),
    )


def _blank_values(change: Change) -> SafePath:
    return SafePath(
        "No shape changed, so no check of shapes can see it; only the numbers are wrong.",
        (
            f"Promise in the contract how complete {_code(change.column)} is.",
            "Stop at the source what would fall below it, before it reaches a consumer.",
            "Where values have to go, announce it, and say in the contract what their null means.",
        ),
    )


def _repeat_a_value(change: Change) -> SafePath:
    column = _code(change.column)
    return SafePath(
        "No shape changed. Whoever joins by it gets rows twice, and sums grow without an error.",
        (
            f"Promise in the contract how unique {column} is, as far as it is so today.",
            "Clear up the values that are there twice, and agree with the writers on one source.",
            "Then add a UNIQUE constraint: Postgres stops the next one at the door.",
        ),
    )


def _stop_the_clock(change: Change) -> SafePath:
    return SafePath(
        "No row changed, so no writer can be stopped; the readers take old answers for today's.",
        (
            f"Promise how fresh {_code(change.table)} is, by {_code(change.column)}.",
            "Check it every few minutes, and not only when somebody merges.",
            "Before a pause that is planned, tell the consumers from when until when.",
        ),
    )


def _rename_table(change: Change) -> SafePath:
    old, new = _code(change.table), _code(change.to)
    return SafePath(
        "Every query names its tables; under another name this one is gone.",
        (
            f"Expand: rename it to {new}, and in the same transaction create a view {old} over it.",
            "Let writers write to the new name; a simple view takes writes as well.",
            "Declare the new name in the contract, and mark the old one as deprecated.",
            "Migrate every consumer to the new name.",
            f"Contract: drop the view {old} after its date, with the next major version.",
        ),
    )


def _drop_table(change: Change) -> SafePath:
    table = _code(change.table)
    return SafePath(
        "All that anybody reads here stops at once, and the rows are gone for good.",
        (
            f"Deprecate the contract of {table}, with a date and what replaces it.",
            "Build the replacement beside it, under a contract of its own, and compare the two.",
            "Migrate every consumer, with their own queries as proof.",
            "Take the reading rights away first: that can be given back within a second.",
            f"Drop {table} after its date, and keep a dump of it.",
        ),
    )


_PATHS: Final[dict[Kind, Callable[[Change], SafePath]]] = {
    "rename column": _rename_column,
    "drop column": _drop_column,
    "retype column": _retype_column,
    "allow null": _allow_null,
    "forbid null": _forbid_null,
    "add column": _add_column,
    "blank values": _blank_values,
    "repeat a value": _repeat_a_value,
    "stop the clock": _stop_the_clock,
    "rename table": _rename_table,
    "drop table": _drop_table,
}


def _code(text: str | None) -> str:
    """A name or a statement in a code span, in which GitHub makes no link and no mention."""
    from prevention.render.markdown import code

    return code(text or "")


def _sql(change: Change) -> str:
    try:
        return statement(change).as_string()
    except UnknownTypeError:
        return "alter table … add column …"
