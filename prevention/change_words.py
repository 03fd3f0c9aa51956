"""The words for changes, and for what the gate finds beside them.

What a change is, is said by the first sentence of its rule's page, and the way around it by the
page's last part, so that nobody writes it twice. Where a report is read back, they are found
again by the rule's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from detection.change import Witness
from detection.evolution import CHANGE_RULES
from detection.evolution.rule import ChangeRule
from prevention.decision import Finding
from prevention.words import kin_of

Quote = Callable[[str], str]

_BY_ID: Final[dict[str, ChangeRule]] = {rule.id: rule for rule in CHANGE_RULES}

GATE_WORDS: Final[dict[str, tuple[str, str]]] = {
    "migration-unannounced": (
        "A migration changes {element}, and the contract stays as it is",
        "Change the contract with it, and agree with {owner}; or take the migration back.",
    ),
    "version-too-low": (
        "The version of {contract} is {found}; its changes demand {promised} or more",
        "Write {promised} as its version.",
    ),
    "version-unchanged": (
        "The contract {contract} changed, and its version is still {found}",
        "Write {promised} as its version.",
    ),
    "version-lower": (
        "The version of {contract} went down to {found}",
        "Write {promised} as its version, or a higher one than before.",
    ),
    "version-withdrawn": (
        "The contract {contract} had a version, and has none any more",
        "Write {promised} as its version.",
    ),
    "version-missing": (
        "The contract {contract} changed; it has no version, so none is demanded",
        "Nothing, or write it in a dialect that has versions: docent convert FILE --to odcs.",
    ),
    "acknowledgement-expired": (
        "The acknowledgement of {promised} counted until {found}",
        "Take the change back, or agree with {owner} on a new day.",
    ),
    "acknowledgement-stale": (
        "The acknowledgement of {promised} was for another change ({found} now)",
        "Ask {owner} again; docent ack writes a new entry.",
    ),
    "acknowledgement-unused": (
        "The acknowledgement of {promised} is for a change that is not there",
        "Delete the entry.",
    ),
    "acceptance-unused": (
        "No breaking change goes by the accepted name {promised}; the nearest is {found}",
        "Write the name as the gate prints it, or take it away.",
    ),
    "acceptance-ambiguous": (
        "The accepted name {promised} is shared by {found}, and covers none of them",
        "Write the whole identity.",
    ),
    "base-unread": (
        "This document could not be read as it was before, so what changed in it is not known",
        "Compare the two by eye.",
    ),
    "parity-unused": (
        "That {promised} and {found} were compared is evidence for no change",
        "Compare views that ask what the changed view asked before, and what it asks now.",
    ),
    "query-broken": (
        "The registered query {element} breaks, and no change that was found explains it: {found}",
        "Run it on both databases, and mend what it meets; or register the query that is run now.",
    ),
    "query-differs": (
        "The registered query {element} answers otherwise, unexplained by any break: {found}",
        "See whether both databases should hold the same rows, and what else happened to these.",
    ),
    "readiness-open": (
        "Consumer {promised} cannot read yet what replaces {contract}: {found}",
        "Register the query by which it will, or move its subscription, together with {owner}.",
    ),
    "readiness-unproven": (
        "Consumer {promised} has not proven that it can do without {contract}: {found}",
        "Move it together with {owner}; or keep the contract deprecated, for longer.",
    ),
    "readiness-unknown": (
        "Nobody knows whether consumer {promised} can do without {contract}: {found}",
        "Run the gate where it can make the database, or ask {owner} for the proof.",
    ),
}
"""What is the matter and what to do about it, by the id of the gate's rule."""

WITNESS_WORDS: Final[Mapping[Witness, str]] = {
    "same": "none: the registered queries that read it return the same",
    "partly": "not of everybody: the registered queries that read it return the same, and a "
    "consumer who is registered for it has no such query",
    "no rows": "none: the registered queries that read it work, and there are no rows to show more",
    "unanswered": "none: the registered queries that read it failed before, or were not answered",
    "unread": "none: no registered query reads it",
}
"""What the registered queries have to say where they show no harm."""


def knows(rule: str) -> bool:
    """Whether there are words for a rule here."""
    return rule in _BY_ID or rule in GATE_WORDS


def change_issue(finding: Finding, quote: Quote) -> str:
    """What changed, in a sentence: of what it was, and what it is now."""
    if finding.rule in GATE_WORDS:
        said = _say(GATE_WORDS[finding.rule][0], finding, quote, quote)
        caused = _BY_ID.get((finding.cause or "").partition(" ")[0])
        if caused is None:
            return said
        summary = summary_of(caused)
        return f"{said}: {summary[0].lower()}{summary[1:]}{_from_to(finding, quote)}"
    if kin := kin_of(finding, quote):
        return f"Contract inheritance violation: parent {kin[0]}; child {kin[1]}"
    return f"{summary_of(_BY_ID[finding.rule])}{_from_to(finding, quote)}"


def change_next_step(finding: Finding, quote: Quote, name: Quote) -> str:
    """The way around a change, or what to do about what the gate found."""
    if finding.rule in GATE_WORDS:
        return _say(GATE_WORDS[finding.rule][1], finding, quote, name)
    return _BY_ID[finding.rule].sections.get("Safe path", "")


def reason(finding: Finding) -> str | None:
    """Who is hurt by a change, and how; ``None`` for what is no change."""
    caused = (finding.cause or "").partition(" ")[0] if finding.rule in GATE_WORDS else ""
    rule = _BY_ID.get(caused or finding.rule)
    return rule.sections.get("Who is hurt") if rule else None


def migration(finding: Finding) -> str | None:
    """What it costs Postgres to make the change."""
    rule = _BY_ID.get(finding.rule)
    return rule.sections.get("Migration") if rule else None


def evidence(finding: Finding) -> str | None:
    """What would settle a change that is conditional."""
    rule = _BY_ID.get(finding.rule)
    return rule.sections.get("Evidence") if rule else None


def witness(finding: Finding) -> str | None:
    """What the registered queries have to say about a change, where they show no harm."""
    said = finding.meaning.witness if finding.meaning else None
    return WITNESS_WORDS.get(said) if said else None


def summary_of(rule: ChangeRule) -> str:
    """What a rule is about: the first paragraph of its page, without its last full stop."""
    return " ".join(rule.page.partition("\n\n")[0].split()).removesuffix(".")


def _from_to(finding: Finding, quote: Quote) -> str:
    old, new = finding.promised, finding.found
    if old is not None and new is not None:
        return f" ({quote(old)} → {quote(new)})"
    if old is not None:
        return f" (it was {quote(old)})"
    return f" (it is {quote(new)})" if new is not None else ""


def _say(template: str, finding: Finding, quote: Quote, name: Quote) -> str:
    return template.format_map(
        {
            "element": quote(finding.element),
            "contract": quote(finding.contract or "nothing"),
            "promised": quote(finding.promised) if finding.promised is not None else "none",
            "found": quote(finding.found) if finding.found is not None else "none",
            "owner": name(str(finding.owner)) if finding.owner else "the contract's owner",
        }
    )
