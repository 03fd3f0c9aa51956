"""The one error that the database side shows a person."""

from __future__ import annotations


class SandboxError(Exception):
    """Something about the database or its data cannot be done.

    ``what`` says what went wrong and where; ``next_step`` what to do about it, as a command
    to type where there is one. The command line prints both and exits with 2.
    """

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step

    def __reduce__(self) -> tuple[type[SandboxError], tuple[str, str]]:
        """What arrives in another process: the same words, whatever kind of this error it was."""
        return SandboxError, (self.what, self.next_step)

    def __str__(self) -> str:
        return f"{self.what}\nNext: {self.next_step}"
