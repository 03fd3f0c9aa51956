"""Look at a contract that a learner wrote: what it is about, and whether the database keeps it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection
from pathlib import Path

from contracts.loading import load
from contracts.model import Contract
from contracts.problems import DocumentError, Problem
from detection.catalog import read_catalog
from detection.model import Violation
from detection.violations import find_violations
from docent.answers import kind_of, told
from docent.examination import NOT_ATTEMPTED
from docent.exercise import Examine, Outcome, correct, incomplete, wrong
from docent.room import Room
from prevention.decision import finding_of
from prevention.words import issue

More = Callable[[Contract], Outcome | None]
"""A further look at a contract that could be read; ``None`` when there is nothing against it."""


def contract(
    *, table: str = "", breaks: Collection[str] = (), more: tuple[More, ...] = ()
) -> Examine:
    """The path of a contract in the lesson's folder.

    table:   a table that it must be about.
    breaks:  the rules that the database must break, exactly; without any, it must keep it all.
    more:    further looks, each at the contract alone.
    """

    def examine(answer: object, room: Room) -> Outcome:
        if not isinstance(answer, (str, Path)):
            return wrong(
                f"Your answer is {kind_of(answer)}: {told(answer)}.",
                "The path of your contract is expected.",
            )
        path = room.folder / answer
        if not path.is_file():
            return incomplete(
                f"There is no file {path} yet.", next_step="Write your contract there."
            )
        if _is_as_given(path, room):
            return NOT_ATTEMPTED
        try:
            promise = load(path)
        except DocumentError as error:
            return _no_contract(error.problems)
        looks = (_about(table), *more)
        found = next((outcome for look in looks if (outcome := look(promise))), None)
        return found or _kept(promise, room, frozenset(breaks))

    return examine


def _is_as_given(path: Path, room: Room) -> bool:
    """Whether it says what one of the lesson's files says, under whatever name."""
    return path.read_bytes() in {text.encode() for text in room.given.values()}


def _no_contract(problems: Collection[Problem]) -> Outcome:
    """What is wrong with the document: the first thing in full, and how many more there are."""
    first, *others = problems
    at = f" (at {first.path})" if first.path else ""
    faults = "fault comes" if len(others) == 1 else "faults come"
    rest = f" {len(others)} more {faults} after it." if others else ""
    place = f"{Path(first.location.file).name}:{first.location.line}{at}"
    return wrong(f"{place}: {first.what}{rest}", next_step=first.next_step)


def _about(table: str) -> More:
    def look(promise: Contract) -> Outcome | None:
        names = [one.name for one in promise.tables]
        if not any(one.columns for one in promise.tables):
            return incomplete("Your contract is one, and it promises no column yet.")
        if table and table not in names:
            return wrong(f"Your contract is about {', '.join(names)}.", f"{table} is expected.")
        return None

    return look


def _kept(promise: Contract, room: Room, breaks: frozenset[str]) -> Outcome:
    """Whether the database breaks exactly what it must."""
    with contextlib.closing(room.connect()) as connection:
        violations = find_violations([promise], read_catalog(connection))
    errors = [violation for violation in violations if violation.level == "error"]
    rules = {violation.rule for violation in errors}
    if rules == breaks:
        return correct(_told(errors, promise))
    surplus = next((one for one in errors if one.rule not in breaks), None)
    if surplus is not None:
        only = ", ".join(sorted(breaks))
        expected = f"Only {only}." if breaks else "The database is to keep every promise."
        step = "Here it is the contract that has to change; the database stays as it is."
        return wrong(f"{issue(finding_of(surplus))} ({surplus.rule}).", expected, step)
    missing = ", ".join(sorted(breaks - rules))
    return wrong("The database keeps what your contract promises.", f"It must break: {missing}.")


def _told(errors: Collection[Violation], promise: Contract) -> str:
    if errors:
        return f"Your contract is broken as it should be: {', '.join(one.rule for one in errors)}."
    columns = sum(len(table.columns) for table in promise.tables)
    return f"Your contract promises {columns} columns, and the database keeps every one."
