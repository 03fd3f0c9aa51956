"""A call that is waited for only so long.

Python cannot stop a function from outside without risk to everything around it. So a call that
takes too long is left to itself: the learner gets their answer, and is told that the call still
runs and that a restart of the kernel ends it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class TookTooLong(Exception):  # noqa: N818 - what happened, in the words of whoever reads it
    """A call had not come back when its time was up; it still runs."""


class _Call(Generic[Result]):
    """A call in a thread of its own, and what became of it."""

    def __init__(self, call: Callable[[], Result]) -> None:
        self.call = call
        self.results: list[Result] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.results.append(self.call())
        except BaseException as error:  # noqa: BLE001 - handed on to whoever waits
            self.error = error


def within(seconds: float, call: Callable[[], Result]) -> Result:
    """What a call returns or raises; TookTooLong when it does neither in time."""
    made = _Call(call)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    thread.join(seconds)
    if made.error is not None:
        raise made.error
    if not made.results:
        raise TookTooLong
    return made.results[0]
