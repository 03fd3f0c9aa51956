"""Sending a learner's progress to the class, so that the class can never keep the learner waiting.

The whole of it is sent each time: whatever did not get there before comes with the next. A class
that does not answer is told to the learner once, and left in peace for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from docent.classroom import Classroom, ClassTrouble
from docent.soft_limit import TookTooLong, within

CLASS_PATIENCE: Final = 2.0
"""Seconds that a learner may be kept waiting by a class on a slow network."""

REST: Final = 30.0
"""Seconds in which a class that did not answer is not tried again by itself."""


@dataclass(slots=True)
class Sender:
    """Sends one learner's progress, and remembers whether it got there.

    trouble:  why the class has not got the last state, if it has not.
    clock:    seconds, to rest by.
    """

    classroom: Classroom
    trouble: str | None = None
    clock: Callable[[], float] = time.monotonic
    _sent: tuple[str, str] = ("", "")
    _resting_until: float = field(default=float("-inf"))

    def send(self, key: str, text: str, *, at_once: bool = False) -> str | None:
        """Send a document; what the learner should be told now, which is mostly nothing.

        at_once:  also where the class did not answer just now.

        Raises WasPutAside.
        """
        if (key, text) == self._sent or (self.clock() < self._resting_until and not at_once):
            return None
        try:
            within(CLASS_PATIENCE, lambda: self.classroom.send(key, text))
        except (ClassTrouble, TookTooLong) as error:
            return self._failed(error)
        self._sent, self.trouble = (key, text), None
        return None

    def _failed(self, error: Exception) -> str | None:
        said = "it does not answer" if isinstance(error, TookTooLong) else str(error)
        known = self.trouble is not None
        self._resting_until = self.clock() + REST
        self.trouble = (
            f"Your progress has not reached the class yet ({self.classroom.name}): {said}. "
            "It is kept here, and sent later."
        )
        return None if known else self.trouble
