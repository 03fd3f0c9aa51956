"""Versions, read and compared.

They are those of semver.org, and a bare integer N is N.0.0. Reading one and comparing two is forty
lines that follow its text; a library would add a bump of its own, which here is another: below
1.0.0, minor acts as major.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import total_ordering
from typing import Final, Literal

Bump = Literal["major", "minor", "patch"]
"""Which part of a version a change raises, at least."""

_SEMVER: Final = re.compile(
    r"(0|[1-9]\d*)(?:\.(0|[1-9]\d*)\.(0|[1-9]\d*)"
    r"(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?)?"
)


@total_ordering
@dataclass(frozen=True, slots=True)
class Version:
    """A version, read. ``bare`` is one that was written as a whole number."""

    major: int
    minor: int = 0
    patch: int = 0
    prerelease: tuple[str, ...] = ()
    bare: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        tail = f"-{'.'.join(self.prerelease)}" if self.prerelease else ""
        return f"{self.major}.{self.minor}.{self.patch}{tail}"

    def __lt__(self, other: Version) -> bool:
        return self._precedence < other._precedence

    @property
    def _precedence(self) -> tuple[object, ...]:
        """As semver.org orders: a prerelease before its release, numbers before words."""
        words = tuple(
            (0, int(word), "") if word.isdigit() else (1, 0, word) for word in self.prerelease
        )
        return (self.major, self.minor, self.patch, not self.prerelease, words)

    def bumped(self, bump: Bump) -> Version:
        """The lowest version that is this bump away; below 1.0.0, minor acts as major."""
        if self.major == 0:
            if bump == "major":
                return Version(0, self.minor + 1)
            return Version(0, self.minor, self.patch + 1)
        if bump == "major":
            return Version(self.major + 1, bare=self.bare)
        if bump == "minor":
            return Version(self.major, self.minor + 1)
        return Version(self.major, self.minor, self.patch + 1)


def read_version(text: str) -> Version | None:
    """The version that a text is; ``None`` where it is none."""
    found = _SEMVER.fullmatch(text.strip())
    if found is None:
        return None
    major, minor, patch, prerelease = found.groups()
    if minor is None:
        return Version(int(major), bare=True)
    words = tuple(prerelease.split(".")) if prerelease else ()
    return Version(int(major), int(minor), int(patch), words)
