"""The usual ways to look at an answer, made to be put together.

Each function here returns an ``Examine``: a function that looks at an answer in its room. None
of them tells the solution; each says what was seen, what was expected, and what to try.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import psycopg

from docent import queries
from docent.answers import kind_of, told, type_name
from docent.exercise import Examine, Outcome, correct, hindered, incomplete, wrong
from docent.queries import Rows, TooManyRows, first_difference
from docent.room import Room


@dataclass(frozen=True, slots=True)
class Slip:
    """A known wrong answer: the value or the query that gives it, and what to say to it."""

    answer: object
    seen: str
    next_step: str = ""


def value(expected: object, *, slips: Sequence[Slip] = (), next_step: str = "") -> Examine:
    """One plain value: a number, a text (capitals and outer spaces do not count), True, False."""

    def examine(answer: object, _room: Room) -> Outcome:
        answer = unwrapped(answer)
        if not same_kind(answer, expected):
            return wrong(
                f"Your answer is {kind_of(answer)}: {told(answer)}.",
                f"Expected is {kind_of(expected)}.",
            )
        if plain_value(answer) == plain_value(expected):
            return correct(f"{told(answer)} is right.")
        for slip in slips:
            if plain_value(answer) == plain_value(slip.answer):
                return wrong(slip.seen, next_step=slip.next_step or next_step)
        return wrong(f"Your answer is {told(answer)}, and that is not it.", next_step=next_step)

    return examine


def members(
    expected: Collection[object], *, slips: Sequence[Slip] = (), next_step: str = ""
) -> Examine:
    """Several values in any order: a set, a list or a tuple of them."""

    def examine(answer: object, _room: Room) -> Outcome:
        if isinstance(answer, str) and "," in answer:
            return wrong(
                f"Your answer is one text: {told(answer)}.",
                'A set of texts is expected, such as {"object", "object_tags"}.',
            )
        if isinstance(answer, str):
            answer = [answer]
        if not isinstance(answer, (set, frozenset, list, tuple)):
            return wrong(
                f"Your answer is {kind_of(answer)}: {told(answer)}.",
                'A set is expected, such as {"object", "object_tags"}.',
            )
        if not answer or any(one is ... for one in answer):
            return incomplete("Your set is not filled in yet.", f"{len(expected)} belong in it.")
        given, asked = list(map(plain_value, answer)), list(map(plain_value, expected))
        extra = [one for one, plain in zip(answer, given, strict=True) if plain not in asked]
        missing = sum(plain not in given for plain in asked)
        slip = next((slip for slip in slips if plain_value(slip.answer) in given), None)
        if extra and slip:
            return wrong(slip.seen, next_step=slip.next_step or next_step)
        if extra:
            return wrong(f"{told(extra[0])} does not belong in it.", next_step=next_step)
        if missing:
            belong = "belongs" if missing == 1 else "belong"
            return incomplete(f"All of yours are right, and {missing} more {belong} in it.")
        return correct(f"All {len(asked)} are there, and nothing else.")

    return examine


def rows(
    expected: str,
    *,
    ordered: bool = False,
    named: bool = False,
    slips: Sequence[Slip] = (),
    next_step: str = "",
) -> Examine:
    """A SQL query, whose rows are compared with those of the expected one on the same database.

    The table that ``sql`` made of it is as good an answer.

    ordered:  whether the order of the rows counts.
    named:    whether the names of the columns count.
    slips:    queries that give a known wrong answer.
    """

    def examine(answer: object, room: Room) -> Outcome:
        if not isinstance(answer, str) and type_name(answer) != "DataFrame":
            return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.", _SQL_EXPECTED)
        if isinstance(answer, str) and not _says_anything(answer):
            return incomplete("Your query is still empty.", _SQL_EXPECTED)
        try:
            asked = queries.run(expected, room)
        except psycopg.errors.ProgrammingError as error:
            return _not_as_left(error, room)
        try:
            seen = queries.run(answer, room) if isinstance(answer, str) else frame_rows(answer)
        except TooManyRows:
            most = f"{queries.MOST_ROWS:,}"
            return wrong(
                f"Your query returns more than {most} rows.",
                f"{len(asked.rows)} would do.",
                "See whether a join lacks its condition.",
            )
        differs = first_difference(seen, asked, ordered=ordered, named=named)
        if differs is None:
            return correct(_rows_told(seen, "query" if isinstance(answer, str) else "table"))
        for slip in slips:
            if _gives(slip, seen, room):
                return wrong(slip.seen, next_step=slip.next_step or next_step)
        return wrong(differs, next_step=next_step)

    return examine


_SQL_EXPECTED = 'One SQL query is expected, as a text: "select count(*) from object".'


def _says_anything(query: str) -> bool:
    """Whether anything is left of a query without its comments, dots and semicolons."""
    lines = (line.partition("--")[0] for line in query.splitlines())
    return bool("".join(lines).strip(" \t\r\n;.…"))


def _not_as_left(error: psycopg.Error, room: Room) -> Outcome:
    """The lesson's own query fails: the learner has changed the database since."""
    said = error.diag.message_primary or error
    return hindered(
        f"Your database lacks what this exercise asks for. Postgres says: {said}.",
        f'`reset("{room.lesson}")` gives you a fresh one and keeps this one.',
    )


def _gives(slip: Slip, seen: Rows, room: Room) -> bool:
    try:
        other = queries.run(str(slip.answer), room)
    except (psycopg.Error, TooManyRows):
        return False
    return first_difference(seen, other, ordered=False, named=False) is None


def _rows_told(seen: Rows, what: str) -> str:
    if len(seen.rows) == len(seen.columns) == 1:
        return f"Your {what} says {told(seen.rows[0][0])}."
    return f"Your {what} has the {len(seen.rows)} rows that were asked for."


def parts(examines: Mapping[str, Examine], *, next_step: str = "") -> Examine:
    """A decision in several parts: a dictionary with these keys, each looked at for itself."""

    def examine(answer: object, room: Room) -> Outcome:
        if not isinstance(answer, dict):
            keys = _listed(examines)
            return wrong(
                f"Your answer is {kind_of(answer)}: {told(answer)}.",
                f"A dictionary with the keys {keys} is expected.",
            )
        open_parts = [key for key in examines if answer.get(key) is None or answer[key] is ...]
        for key, look in examines.items():
            if key in open_parts:
                continue
            outcome = look(answer[key], room)
            if outcome.kind != "correct":
                return _about(key, outcome)
        if open_parts:
            return incomplete(f"Still open: {_listed(open_parts)}.", next_step=next_step)
        return correct(f"All {len(examines)} parts are right.")

    return examine


def _listed(keys: Iterable[str]) -> str:
    """Names one after the other, so that a comma inside one of them divides nothing."""
    names = list(keys)
    return ("; " if any("," in name for name in names) else ", ").join(names)


def _about(key: str, outcome: Outcome) -> Outcome:
    return replace(outcome, seen=f"{key}: {outcome.seen}")


def every(*examines: Examine) -> Examine:
    """Several looks at one answer: the first that finds fault speaks, else the last one."""

    def examine(answer: object, room: Room) -> Outcome:
        outcome = correct("It is right.")
        for look in examines:
            outcome = look(answer, room)
            if outcome.kind != "correct":
                return outcome
        return outcome

    return examine


def unwrapped(answer: object) -> object:
    """A single value out of what it often comes in: a number of numpy's, a table of one cell."""
    if type_name(answer) == "DataFrame" and getattr(answer, "shape", None) == (1, 1):
        answer = frame_rows(answer).rows[0][0]
    if type(answer).__module__ == "numpy" and getattr(answer, "ndim", None) == 0:
        answer = answer.item()  # type: ignore[attr-defined]
    return answer


def frame_rows(frame: Any) -> Rows:
    """The rows of a pandas table, as a query would have returned them."""
    import pandas as pd

    def cell(one: object) -> object:
        one = unwrapped(one)
        return None if pd.api.types.is_scalar(one) and pd.isna(one) else one  # type: ignore[call-overload]

    found = frame.itertuples(index=False, name=None)
    return Rows(tuple(map(str, frame.columns)), tuple(tuple(map(cell, row)) for row in found))


def plain_value(answer: object) -> object:
    """A value as it is compared: without capitals, outer spaces, and differences of 3 and 3.0."""
    if isinstance(answer, str):
        return " ".join(answer.split()).casefold()
    return queries.comparable(answer)


def same_kind(answer: object, expected: object) -> bool:
    """Whether two values can be compared at all; True is no number, and a text is none either."""
    if isinstance(answer, bool) or isinstance(expected, bool):
        return isinstance(answer, bool) and isinstance(expected, bool)
    numbers = (int, float, Decimal)
    if isinstance(expected, numbers):
        return isinstance(answer, numbers)
    return isinstance(answer, type(expected)) or expected is None
