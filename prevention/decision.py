"""What follows from the violations: all promises hold, one is broken, or nobody could judge.

Detection states facts; here they are judged. The words for them are in ``prevention.words``,
and how they look is up to ``prevention.render``. Everything here is pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from contracts.model import Level, Location, Owner
from detection.model import Violation

Status = Literal["held", "broken", "not-judged"]

EXIT_CODES: dict[Status, int] = {"held": 0, "broken": 1, "not-judged": 2}


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why nothing could be judged: what, where, and what to do about it."""

    what: str
    next_step: str
    location: Location | None = None

    def __str__(self) -> str:
        at = f"{self.location}:{self.location.column}: " if self.location else ""
        return f"{at}{self.what}\nNext: {self.next_step}"


class NotJudged(Exception):  # noqa: N818 - the outcome's name, not a mistake of the program's
    """Nothing could be judged, for these reasons."""

    def __init__(self, *obstacles: Obstacle) -> None:
        super().__init__("\n".join(map(str, obstacles)))
        self.obstacles = obstacles


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who reads what was promised, and how to reach them."""

    name: str
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell people, with all that they need in order to act on it.

    schema, table, column:  the element, by its exact names.
    promised, found:        in the words of Postgres; ``None`` for nothing.
    location:               the place of the promise in its document.
    cause:                  for a part: the rule and the element that it follows from.
    acknowledged:           known and accepted before: it is told, but it breaks nothing anew.
    parts:                  what follows from this finding, such as a missing table's columns.
    """

    rule: str
    level: Level
    contract: str | None
    schema: str
    table: str
    column: str | None = None
    promised: str | None = None
    found: str | None = None
    owner: Owner | None = None
    location: Location | None = None
    consumers: tuple[Consumer, ...] = ()
    cause: str | None = None
    acknowledged: bool = False
    parts: tuple[Finding, ...] = ()

    @property
    def element(self) -> str:
        """``schema.table`` or ``schema.table.column``."""
        return ".".join(filter(None, (self.schema, self.table, self.column)))

    @property
    def breaks(self) -> bool:
        """Whether this finding alone makes the check red."""
        return self.level == "error" and not self.acknowledged

    @property
    def fingerprint(self) -> str:
        """What tells this finding from every other, wherever its promise stands in the file.

        What follows from it counts: when that changes, it is another finding.
        """
        facts = [self.rule, self.contract, self.schema, self.table, self.column]
        parts = [part.fingerprint for part in self.parts]
        text = json.dumps([*facts, self.promised, self.found, *parts], ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def unfolded(self) -> tuple[Finding, ...]:
        """The parts where there are any, else the finding itself."""
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Checked:
    """What was judged: contracts by identity, promised tables and columns, and in which database.

    ``database`` is ``None`` where documents alone were judged.
    """

    contracts: tuple[str, ...] = ()
    tables: int = 0
    columns: int = 0
    database: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a check: its status, what was looked at, and what there is to tell.

    ``stale`` counts entries of the baseline that no longer occur.
    """

    status: Status
    checked: Checked
    findings: tuple[Finding, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    stale: int = 0

    @property
    def exit(self) -> int:
        """The exit code: 0 all promises hold, 1 one is broken, 2 could not judge."""
        return EXIT_CODES[self.status]

    def unfolded(self) -> Decision:
        """The same decision, every part a finding of its own."""
        parts = tuple(part for finding in self.findings for part in finding.unfolded())
        return Decision(self.status, self.checked, parts, self.obstacles, self.stale)


def finding_of(
    violation: Violation, *, accepted: Collection[str] = (), cause: str | None = None
) -> Finding:
    """The finding that tells of a violation; acknowledged when its fingerprint was accepted."""
    below = f"{violation.rule} {violation.element}"
    finding = Finding(
        rule=violation.rule,
        level=violation.level,
        contract=violation.contract,
        schema=violation.schema,
        table=violation.table,
        column=violation.column,
        promised=violation.promised,
        found=violation.found,
        owner=violation.owner,
        location=violation.location,
        cause=cause,
        parts=tuple(finding_of(part, cause=below) for part in violation.parts),
    )
    known = finding.fingerprint in accepted
    parts = tuple(replace(part, acknowledged=known) for part in finding.parts)
    return replace(finding, acknowledged=known, parts=parts)


def decide(
    violations: Iterable[Violation], checked: Checked, *, accepted: Collection[str] = ()
) -> Decision:
    """Judge violations: an error that was not accepted before breaks a promise.

    ``accepted`` holds the fingerprints of a baseline.
    """
    if nothing := nothing_checked(checked):
        return not_judged(nothing, checked=checked)
    findings = tuple(finding_of(violation, accepted=accepted) for violation in violations)
    seen = {finding.fingerprint for finding in findings}
    return Decision(
        status="broken" if any(finding.breaks for finding in findings) else "held",
        checked=checked,
        findings=findings,
        stale=len(set(accepted) - seen),
    )


def not_judged(*obstacles: Obstacle, checked: Checked | None = None) -> Decision:
    """The decision that there is none, and why."""
    return Decision("not-judged", checked or Checked(), obstacles=obstacles)


def nothing_checked(checked: Checked) -> Obstacle | None:
    """Why a check of this would be green without having looked at anything, if it would."""
    if not checked.contracts:
        return Obstacle(
            "Nothing was checked: there is no contract here.",
            "docent draft TABLE --output contracts/TABLE_contract_spec.json writes a first one.",
        )
    if not checked.tables:
        return Obstacle(
            "Nothing was checked: the contracts promise no table.",
            "Name the table in the contract, or bind it in [tool.docent.bind] of pyproject.toml.",
        )
    return None
