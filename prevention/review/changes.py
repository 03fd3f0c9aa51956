"""Questions about what changed since the base, and about the versions that it owes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from contracts.days import day_of
from detection.change import Impact, worst
from prevention.change_words import summary_of
from prevention.decision import Finding
from prevention.review.keys import say
from prevention.review.model import Evidence, Facts, Question, place_of

MEANING: Final = frozenset(
    """
    meaning-changed meaning-withdrawn unit-changed filter-changed warning-changed
    source-of-truth-changed view-query-changed generation-changed stream-changed
    stream-key-changed
    """.split()  # noqa: SIM905
)
NULLS: Final = frozenset(
    "not-null-dropped not-null-added null-meaning-changed column-added-required".split()  # noqa: SIM905
)
VOCABULARY: Final = frozenset(
    """
    value-added value-added-to-extensible value-removed values-reordered values-stated
    values-withdrawn values-opened values-closed state-meaning-changed
    unknown-value-policy-changed
    """.split()  # noqa: SIM905
)
LIFE: Final = frozenset(
    "delete-mode-changed row-lifecycle-changed backfill-declared backfill-withdrawn".split()  # noqa: SIM905
)
SERVICE: Final = frozenset(
    """
    service-level-weakened service-level-strengthened service-level-changed consistency-changed
    """.split()  # noqa: SIM905
)
GRAIN: Final = frozenset({"grain-changed"})
KINDS: Final = (
    ("Does a field mean something else than before?", MEANING),
    ("Does it change what may be null, or what a null means?", NULLS),
    ("Do states or listed values change?", VOCABULARY),
    ("Do rows come, go or get corrected in another way?", LIFE),
    ("Does freshness, another service level or consistency change?", SERVICE),
    ("Does one row stand for something else?", GRAIN),
)
"""What is asked of the changes, and the rules whose findings answer it."""

_NAME_A_BASE: Final = "Name what to compare with: --base main, in a repository that has it."
_BREAKS: Final[tuple[Impact, ...]] = ("invalid", "breaking", "conditional")


def about_compatibility(facts: Facts) -> Iterator[Question]:
    """What the change is for those who rely on the contract."""
    yield _only_adds(facts)
    for asks, rules in KINDS:
        yield _touches(facts, asks, rules)


def about_versioning(facts: Facts) -> Iterator[Question]:
    """Which version the change owes, and how readers get from the old to the new."""
    yield _version(facts)
    yield _old_one_stays(facts)
    yield _timetable(facts)
    yield _who_moved(facts)


def breaking(facts: Facts) -> tuple[Finding, ...]:
    """The changes since the base that break somebody, or would without evidence."""
    return tuple(
        one
        for one in changes_of(facts)
        if one.meaning and worst(one.meaning.reader, one.meaning.writer) in _BREAKS
    )


def changes_of(facts: Facts) -> tuple[Finding, ...]:
    """What changed of the contract since the base; what only others rely on is left out."""
    found = facts.changes.findings if facts.changes else ()
    return tuple(
        one
        for finding in found
        for one in (finding, *finding.parts)
        if one.meaning and not _is_of_others(facts, one)
    )


def _is_of_others(facts: Facts, finding: Finding) -> bool:
    """Whether a finding is about the registry's words on another contract."""
    others = finding.contract != facts.contract.identity
    return finding.rule.startswith("consumer-") and others


def _only_adds(facts: Facts) -> Question:
    asks = "Does the change only add?"
    if (unknown := _unknown(facts, asks)) is not None:
        return unknown
    found = breaking(facts)
    if found:
        step = "Take the safe path that docent diff names, or agree on an acknowledgement."
        return Question("Compatibility", asks, "no", _told(found), worry=True, next_step=step)
    said = _told(changes_of(facts)) or (_same(facts),)
    return Question("Compatibility", asks, "yes", said)


def _touches(facts: Facts, asks: str, rules: frozenset[str]) -> Question:
    if (unknown := _unknown(facts, asks)) is not None:
        return unknown
    found = tuple(one for one in changes_of(facts) if one.rule in rules)
    if not found:
        return Question("Compatibility", asks, "no", (_same(facts),))
    worry = any(one in breaking(facts) for one in found)
    step = "Publish the new meaning beside the old one, and let readers move." if worry else None
    return Question("Compatibility", asks, "yes", _told(found), worry=worry, next_step=step)


def _unknown(facts: Facts, asks: str) -> Question | None:
    """The open question, where nobody knows what changed; nothing breaks what is new."""
    if facts.is_new or facts.changes is not None:
        return None
    return Question("Compatibility", asks, "open", facts.trouble("git"), next_step=_NAME_A_BASE)


def _same(facts: Facts) -> Evidence:
    if facts.is_new:
        return Evidence(f"the contract is new since {facts.base}", facts.at())
    return Evidence(f"nothing of the kind since {facts.base}")


def _told(findings: tuple[Finding, ...]) -> tuple[Evidence, ...]:
    from detection.evolution import change_rule

    return tuple(
        Evidence(f"{one.element}: {_first_small(summary_of(change_rule(one.rule)))} ({one.rule})",
                 one.location)
        for one in findings
    )  # fmt: skip


def _first_small(text: str) -> str:
    return f"{text[:1].lower()}{text[1:]}"


def _version(facts: Facts) -> Question:
    asks = "Does the change owe a new version, and is it declared?"
    if facts.is_new:
        return Question("Versioning", asks, "no", (_same(facts),))
    if facts.changes is None:
        return Question("Versioning", asks, "open", facts.trouble("git"), next_step=_NAME_A_BASE)
    comparison = facts.changes.comparison
    owed = [
        one
        for one in (comparison.versions if comparison else ())
        if one.contract == facts.contract.identity and (one.required or one.fails)
    ]
    if not owed:
        none = Evidence(f"nothing that owes one since {facts.base}")
        return Question("Versioning", asks, "no", (none,))
    verdict = owed[0]
    place = facts.at("version")
    if verdict.fails:
        said = f"{verdict.new or 'no version'} is declared, and {verdict.suggested} is owed"
        step = f"Write {verdict.suggested} as its version."
        return Question(
            "Versioning", asks, "no", (Evidence(said, place),), worry=True, next_step=step
        )
    said = f"{verdict.old or 'none'} became {verdict.new or 'none'}"
    return Question("Versioning", asks, "yes", (Evidence(said, place),))


def _old_one_stays(facts: Facts) -> Question:
    asks = "Can readers stay with the old version until they have moved?"
    if facts.changes is None and not facts.is_new:
        return Question("Versioning", asks, "open", facts.trouble("git"), next_step=_NAME_A_BASE)
    if not breaking(facts):
        said = Evidence(f"nothing breaks since {facts.base}, so they need not move")
        return Question("Versioning", asks, "yes", (said,))
    contract = facts.contract
    old = tuple(
        Evidence(f"{other.identity} {other.version or ''} is there, and names this one as its "
                 "replacement", place_of(other, "deprecation"))
        for other in facts.others
        if other.deprecation and other.deprecation.replacement in (contract.identity, contract.name)
    )  # fmt: skip
    if old:
        return Question("Versioning", asks, "yes", old)
    step = "Keep the old one under its name, and publish the new one beside it (docent plan)."
    return Question("Versioning", asks, "no", worry=True, next_step=step)


def _timetable(facts: Facts) -> Question:
    asks = "Is it stated how long readers have?"
    end, notice = facts.contract.deprecation, facts.contract.notice
    if end and end.sunset_date:
        said = f"it ends on {end.sunset_date}"
        over = _is_past(end.sunset_date, facts.today)
        said += ", which is past" if over else ""
        found = (Evidence(said, facts.at("deprecation.sunset_date", "deprecation")),)
        step = "Retire it, or give it a later day." if over else None
        return Question("Versioning", asks, "yes", found, worry=over, next_step=step)
    if notice and notice.lead_days is not None:
        found = (Evidence(f"{notice.lead_days} days of notice", facts.at("notice")),)
        return Question("Versioning", asks, "yes", found)
    step = say(facts.contract, "notice", "Promise a notice: {}, for one.")
    return Question("Versioning", asks, "no", worry=True, next_step=step)


def _is_past(text: str, today: date) -> bool:
    day = day_of(text)
    return day is not None and day < today


def _who_moved(facts: Facts) -> Question:
    asks = "Can anybody see who has moved to which version?"
    if not facts.readers:
        step = "Register who reads it, each with the version that it was built against."
        return Question("Versioning", asks, "open", next_step=step)
    subscriptions = [
        (each, one)
        for each in facts.readers
        for one in each.subscriptions
        if one.contract == facts.contract.identity
    ]
    if facts.contract.version is None:
        said = Evidence("the contract has no version", facts.at())
        step = "Write it in a dialect that has versions: docent convert FILE --to odcs."
        return Question("Versioning", asks, "no", (said,), worry=True, next_step=step)
    lacking = [each for each, one in subscriptions if one.version is None]
    if lacking or not subscriptions:
        found = tuple(Evidence(f"{each.name} names no version", place_of(each)) for each in lacking)
        step = "Write the version into their subscriptions."
        return Question("Versioning", asks, "no", found, worry=True, next_step=step)
    found = tuple(Evidence(f"{each.name} reads {one.version}", place_of(one))
                  for each, one in subscriptions)  # fmt: skip
    return Question("Versioning", asks, "yes", found)
