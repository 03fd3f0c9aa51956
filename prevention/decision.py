"""What follows from the violations: all promises hold, one is broken, or nobody could judge.

Detection states facts; here they are judged. The words for them are in ``prevention.words``,
and how they look is up to ``prevention.render``. Everything here is pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields, replace
from typing import Literal

from contracts.model import Location
from detection.answers import Outcome, Pace
from detection.change import Impact, VersionVerdict, Witness, worst
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

    def __reduce__(self) -> tuple[type[NotJudged], tuple[Obstacle, ...]]:
        """As it is made, so that it can be handed from one process to another."""
        return type(self), self.obstacles


@dataclass(frozen=True, slots=True)
class HurtConsumer:
    """A consumer that a broken promise hurts, by name, and how to reach them."""

    name: str
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a change means for each side, after the evidence (``proofs``) that was heard.

    witness:  what the consumers' queries have to say about harm to readers; ``None`` where none
              was asked, or where there is no harm to show.
    """

    reader: Impact | None = None
    writer: Impact | None = None
    proofs: tuple[str, ...] = ()
    witness: Witness | None = None

    @property
    def is_open(self) -> bool:
        """Whether evidence could still settle it: conditional at worst."""
        return worst(self.reader, self.writer) == "conditional"


@dataclass(frozen=True, slots=True)
class Finding(Violation):
    """A violation with what was decided about it: one thing to tell people, who then can act.

    About a change, ``promised`` is what was there before and ``found`` what is there now.

    consumers:     whom it hurts.
    cause:         for a part: the rule and the element that it follows from.
    acknowledged:  known and accepted before: it is told, but it breaks nothing anew.
    acknowledged_by:  who let a change pass, or by what; ``None`` for what a baseline accepts.
    meaning:       what a change means; ``None`` for what is no change.
    changed_at:    the line that makes the change, where that is not the one of the promise.
    """

    consumers: tuple[HurtConsumer, ...] = ()
    cause: str | None = None
    acknowledged: bool = False
    acknowledged_by: str | None = None
    meaning: Meaning | None = None
    changed_at: Location | None = None

    @property
    def element(self) -> str:
        """``schema.table.column`` as far as it goes, with the aspect; else the contract."""
        names = ".".join(filter(None, (self.schema, self.table, self.column)))
        aspect = f" ({self.aspect})" if self.aspect else ""
        return f"{names or self.contract or ''}{aspect}"

    @property
    def breaks(self) -> bool:
        """Whether this finding alone makes the check red."""
        return self.level == "error" and not self.acknowledged

    @property
    def is_about_rows(self) -> bool:
        """Whether it tells of a promise about rows, whose figures are others at every check."""
        return self.rule.startswith("rows-")

    @property
    def is_about_life(self) -> bool:
        """Whether it tells of the end of a contract, of who subscribes to it, or of its health."""
        return self.rule.startswith(("lifecycle-", "subscription-", "health-"))

    @property
    def fingerprint(self) -> str:
        """What tells this finding from every other, wherever its promise stands in the file.

        What follows from it counts: when that changes, it is another finding. How many rows
        break a promise does not: there may be one more of them tomorrow.
        """
        facts = [self.rule, self.contract, self.schema, self.table, self.column]
        facts += [self.aspect] if self.aspect else []
        parts = [part.fingerprint for part in self.parts]
        found = None if self.is_about_rows else self.found
        text = json.dumps([*facts, self.promised, found, *parts], ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was judged: contracts by identity, promised tables and columns, and in which database.

    ``database`` is ``None`` where documents alone were judged. ``measured`` is the number of
    promises about rows that were measured, ``functions`` that of promised functions.
    """

    contracts: tuple[str, ...] = ()
    tables: int = 0
    columns: int = 0
    database: str | None = None
    measured: int = 0
    functions: int = 0


@dataclass(frozen=True, slots=True)
class Compared:
    """Which two moments the gate compared, and how far.

    base:        the name of what the change is to be merged into.
    merge_base:  the id of the commit that they have in common.
    head:        the id of the newer commit; ``None`` for the working tree.
    migrated:    whether the migrations of both were run, and their databases compared.
    """

    base: str
    merge_base: str
    head: str | None = None
    migrated: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What ``docent diff`` compared, by the names that it was given, and the versions of it.

    documents:  how many there are on either side; ``same`` of them are the same, byte for byte.
    tables:     how many there are on either side, where these are databases.
    versions:   what each contract that changed declares, and what its changes demand.
    """

    old: str
    new: str
    documents: tuple[int, int] | None = None
    same: int = 0
    tables: tuple[int, int] | None = None
    versions: tuple[VersionVerdict, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryOutcome:
    """What became of one consumer's query, put to the database before and to the one after.

    hurt:     whether the consumer gets something else than it says that it can bear.
    says:     what became of it, in words.
    before, after:  how much work it is; ``None`` where it was not measured.
    """

    consumer: str
    contact: str
    query: str
    outcome: Outcome
    hurt: bool
    says: str
    before: Pace | None = None
    after: Pace | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome of a check: its status, what was looked at, and what there is to tell.

    ``stale`` counts entries of the baseline that no longer occur; ``compared`` says what the
    gate compared, ``comparison`` what ``docent diff`` did. ``queries`` are those that consumers
    have registered, where they were put to two databases; ``None`` where none was asked.
    """

    status: Status
    checked: Checked
    findings: tuple[Finding, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    stale: int = 0
    compared: Compared | None = None
    comparison: Comparison | None = None
    queries: tuple[QueryOutcome, ...] | None = None

    @property
    def exit(self) -> int:
        """The exit code: 0 all promises hold, 1 one is broken, 2 could not judge."""
        return EXIT_CODES[self.status]

    def unfolded(self) -> Decision:
        """The same decision, every part a finding of its own."""
        parts = tuple(part for finding in self.findings for part in finding.unfolded())
        return replace(self, findings=parts)


def finding_of(
    violation: Violation, *, accepted: Collection[str] = (), cause: str | None = None
) -> Finding:
    """The finding that tells of a violation; acknowledged when its fingerprint was accepted."""
    below = f"{violation.rule} {violation.element}"
    facts = {field.name: getattr(violation, field.name) for field in fields(Violation)}
    facts["parts"] = tuple(finding_of(part, cause=below) for part in violation.parts)
    finding = Finding(**facts, cause=cause)
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
    if not checked.tables and not checked.functions:
        return Obstacle(
            "Nothing was checked: the contracts promise no table.",
            "Name the table in the contract, or bind it in [tool.docent.bind] of pyproject.toml.",
        )
    return None
