"""A look at a function that a learner wrote: it is called, and what it returns is compared."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from docent.answers import kind_of, told
from docent.examination import what_stopped
from docent.examining import plain_value, same_kind
from docent.exercise import Examine, Outcome, correct, incomplete, wrong
from docent.room import Room
from docent.soft_limit import TookTooLong, within

TIME_LIMIT: Final = 5.0
"""Seconds that one call of a learner's function may take."""


def function(
    cases: Iterable[tuple[tuple[object, ...], object]],
    *,
    next_step: str = "",
    time_limit: float = TIME_LIMIT,
) -> Examine:
    """A function, tried on cases: its arguments, and what it must return."""
    tried = tuple(cases)

    def examine(answer: object, _room: Room) -> Outcome:
        for arguments, expected in tried:
            about = f"For ({', '.join(map(told, arguments))})"
            result = returned(answer, arguments, about, time_limit)
            if isinstance(result, Outcome):
                return result
            if result is ...:
                return incomplete(f"{about} your function returns ... , a place to fill in.")
            if not same_kind(result, expected) or plain_value(result) != plain_value(expected):
                seen = f"{about} your function returns {told(result)}."
                return wrong(seen, f"{told(expected)} is expected.", next_step)
        return correct(f"Your function is right in all {len(tried)} cases.")

    return examine


def returned(
    answer: object, arguments: tuple[object, ...], about: str, time_limit: float = TIME_LIMIT
) -> object | Outcome:
    """What a learner's function returns, or an outcome where nothing comes back.

    It gets copies, so that one that changes its arguments spoils no other case. ``about`` says
    which case it is, at the beginning of a sentence.
    """
    if not callable(answer):
        return wrong(
            f"Your answer is {kind_of(answer)}: {told(answer)}.",
            "The function itself is expected: its name, without brackets.",
        )
    if not _takes(answer, arguments):
        values = f"{len(arguments)} value{'' if len(arguments) == 1 else 's'}"
        return wrong(
            f"Your function does not take {values}, and that is what it is called with.",
            next_step="Keep the line with def as it stood in the cell.",
        )
    given = copy.deepcopy(arguments)
    try:
        result: object = within(time_limit, lambda: answer(*given))
    except TookTooLong:
        return wrong(
            f"{about} your function had not come back after {time_limit:g} seconds.",
            next_step="Look for a loop that never ends. The call still runs in the "
            "background; restarting the kernel ends it, and nothing is lost by that.",
        )
    except Exception as error:  # noqa: BLE001 - the learner's code may raise anything at all
        outcome = what_stopped(error, answer)
        return replace(outcome, seen=f"{about}: {outcome.seen}")
    return result


def _takes(answer: Callable[..., object], arguments: tuple[object, ...]) -> bool:
    try:
        signature = inspect.signature(answer)
    except (TypeError, ValueError):  # some built-in functions have none to tell
        return True
    try:
        signature.bind(*arguments)
    except TypeError:
        return False
    return True
