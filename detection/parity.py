"""Whether two views say the same of the same things: every difference counted, in one query.

The rows of both are put beside each other by a key. A key that several rows of a view have, or
that is null, tells nothing apart: such rows are counted, and compared with nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import psycopg

from detection.answers import Failure
from detection.pairing import ONE_CONDITION, ONE_EXPRESSION, Pair, Pairing, PairingError
from detection.parity_statement import LONGEST, statement
from detection.quality.calling import find_refused
from detection.quality.discretion import without_values
from detection.quality.measuring import TIME_LIMIT, Cursor, attempt, reading
from detection.quality.model import Sql

SYNTAX_ERROR: Final = "42601"
Fate = Literal["repeated", "only old", "only new", "differs"]
"""What is amiss with a key: several rows have it, one of the views has none, or they differ."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of a row in which the two views differ; the values only where they may be told."""

    column: str
    old: str | None = None
    new: str | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Example:
    """One key with which something is amiss.

    key:          its values as text, in the order of the key's columns; ``None`` where a value
                  may not be told.
    rows:         how many rows of either view have it.
    differences:  in which columns the two differ.
    """

    fate: Fate
    key: tuple[str | None, ...]
    rows: tuple[int, int]
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Parity:
    """What comparing two views came to. Of two numbers, the first is the old view's.

    rows:         how many rows there are.
    without_key:  rows with a null in the key.
    repeated:     keys that several rows have.
    only_old, only_new:  keys that only one of the views has.
    matched:      keys that each view has once; differing: those of them whose rows differ.
    by_column:    how many rows differ, by the old view's name of each column that was compared.
    """

    pairing: Pairing
    rows: tuple[int, int]
    without_key: tuple[int, int] = (0, 0)
    repeated: tuple[int, int] = (0, 0)
    only_old: int = 0
    only_new: int = 0
    matched: int = 0
    differing: int = 0
    by_column: Mapping[str, int] = field(default_factory=dict, hash=False)
    examples: tuple[Example, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        """Whether there was no row to compare on either side."""
        return self.rows == (0, 0)

    @property
    def tells_apart(self) -> bool:
        """Whether the key is one: no row is without it, and no two have the same."""
        return not any((*self.without_key, *self.repeated))

    @property
    def is_same(self) -> bool:
        """Whether all rows of both were compared, and no difference was found."""
        found = (self.only_old, self.only_new, self.differing)
        return not self.is_empty and self.tells_apart and not any(found)

    @property
    def is_little(self) -> bool:
        """Whether most columns of either view, beside the key, have no counterpart."""
        pairing = self.pairing
        sides = zip(pairing.views, (pairing.only_old, pairing.only_new), strict=True)
        return any(2 * len(alone) > len(view.columns) - len(pairing.keys) for view, alone in sides)

    @property
    def covers_old(self) -> bool:
        """Whether every column of the old view was compared exactly: what a reader of it sees."""
        pairs = (*self.pairing.keys, *self.pairing.columns)
        exact = {pair.old for pair in pairs if pair.how != "within"}
        return not self.pairing.where and exact == {c.name for c in self.pairing.old.columns}


def compare_rows(
    connection: psycopg.Connection[Any],
    pairing: Pairing,
    *,
    limit: int = 5,
    role: str | None = None,
    time_limit: float = TIME_LIMIT,
) -> Parity:
    """Compare the rows of two views. Nothing is changed.

    limit:       how many examples there are of each kind.
    role:        the role to read as; without one, whoever is connected.
    time_limit:  the seconds that the query may take.

    Raises PairingError where Postgres cannot compare them, with the column that is to blame.
    """
    _require_harmless(connection, pairing)
    text = statement(pairing, limit)
    with reading(connection, role=role, time_limit=time_limit) as cursor:
        answer = attempt(cursor, lambda: _run(cursor, text).fetchall()[0])
        if isinstance(answer, Failure):
            raise _why(cursor, pairing, answer, text)
    return _told(pairing, answer)


def _run(cursor: Cursor, text: Sql) -> Cursor:
    """Run one statement, and no more than one: see ``detection.quality.measuring.execute``."""
    return cursor.execute(text.encode(), binary=True, prepare=False)


def _require_harmless(connection: psycopg.Connection[Any], pairing: Pairing) -> None:
    """Raise PairingError where a condition or an expression calls what it may not."""
    row = connection.execute("select pg_catalog.current_schemas(false)::text[]").fetchone()
    for _, error in sorted(find_refused(connection, pairing.calls, row[0] if row else ()).items()):
        raise PairingError(error.what, error.next_step)


def _told(pairing: Pairing, row: Sequence[Any]) -> Parity:
    *counts, by_column, examples = row
    return Parity(
        pairing,
        rows=(counts[0], counts[1]),
        without_key=(counts[2], counts[3]),
        repeated=(counts[4], counts[5]),
        only_old=counts[6],
        only_new=counts[7],
        matched=counts[8],
        differing=counts[9],
        by_column=dict(zip((pair.old for pair in pairing.columns), by_column, strict=True)),
        examples=tuple(_example(pairing, *each) for each in examples or ()),
    )


def _example(
    pairing: Pairing,
    fate: Fate,
    key: Sequence[str | None],
    old_rows: int,
    new_rows: int,
    olds: Sequence[str | None],
    news: Sequence[str | None],
    differs: Sequence[bool | None],
) -> Example:
    differences = [
        Difference(pair.old, _short(old), _short(new), pair.shown)
        for pair, old, new, does in zip(pairing.columns, olds, news, differs, strict=True)
        if fate == "differs" and does
    ]
    shown = tuple(_short(value) for value in key)
    return Example(fate, shown, (old_rows, new_rows), tuple(differences))


def _short(value: str | None) -> str | None:
    return value if value is None or len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def _why(cursor: Cursor, pairing: Pairing, failure: Failure, text: Sql) -> PairingError:
    """Why there is no answer, and which column is to blame where that can be found."""
    if failure.is_impatience:
        step = "Compare a part of the rows (--where), or give more time (--time-limit)."
        return PairingError("Comparing the rows took longer than it may.", step)
    for number, pair in enumerate((*pairing.keys, *pairing.columns)):
        is_key = number < len(pairing.keys)
        alone = Pairing(
            pairing.old,
            pairing.new,
            (pair,) if is_key else pairing.keys,
            () if is_key else (pair,),
        )
        found = attempt(cursor, lambda alone=alone: _run(cursor, f"explain {statement(alone, 1)}"))  # type: ignore[misc]
        if isinstance(found, Failure):
            if _is_unreadable(found) and pair.expression:
                what = f"{pair.new}, for {pair.old}, cannot be read as SQL."
                return PairingError(what, ONE_EXPRESSION)
            return _incomparable(pair, without_values(found.message, text))
    if _is_unreadable(failure) and pairing.where:
        what = f"The condition {pairing.where[1:-2]} cannot be read as SQL."
        return PairingError(what, ONE_CONDITION)
    said = without_values(failure.message, text)
    step = "Leave out what cannot be read (--ignore), or correct --where and --map."
    return PairingError(f"The rows cannot be compared. PostgreSQL says: {said}.", step)


def _is_unreadable(failure: Failure) -> bool:
    """Whether Postgres could not read the text: it would name what was written around it."""
    return failure.code == SYNTAX_ERROR and "syntax error" in failure.message


def _incomparable(pair: Pair, said: str) -> PairingError:
    types = " and ".join(filter(None, pair.types))
    what = f"{pair.old} cannot be compared with {pair.new} ({types}). PostgreSQL says: {said}."
    if pair.expression or not pair.types[0]:
        return PairingError(what, "Let the expression have the type of the old column.")
    step = f"--map '{pair.old}={pair.new}::{pair.types[0]}' compares it as one type"
    return PairingError(what, f"{step}; --ignore {pair.old} leaves it out.")
