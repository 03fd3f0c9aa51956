"""The words for the life of contracts: a sentence for people, and a message for programs.

The type and the message are those of a monitor that emits ``deprecation_warning``; all others are
named in the same manner (docs/lifecycle.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from detection.model import Lifetime
from prevention.decision import Finding
from prevention.words import Words

Quote = Callable[[str], str]

_MOVE: Final = "Move to {replacement}{guide}."
_SUBSCRIBE: Final = "Agree with {owner} to subscribe to {replacement}{guide}."
_DATES: Final = "Correct it under deprecation in the contract, together with {owner}."

LIFECYCLE_WORDS: Final[dict[str, Words]] = {
    "lifecycle-deprecated": Words(
        "Contract {contract} is deprecated: its sunset {is_} {sunset}, {left}", _MOVE
    ),
    "lifecycle-new-to-deprecated": Words(
        "Consumer {promised} came to {contract} after its end was announced: its sunset "
        "{is_} {sunset}, {left}",
        _SUBSCRIBE,
    ),
    "lifecycle-sunset": Words(
        "Contract {contract} is in its sunset and {may_go}, {left}",
        "Move to {replacement} now{guide}, or ask {owner} for a later date.",
    ),
    "lifecycle-new-to-sunset": Words(
        "Consumer {promised} came to {contract} after its end was announced, and in its sunset it "
        "takes nobody in",
        _SUBSCRIBE,
    ),
    "lifecycle-retired-read": Words(
        "Consumer {promised} is registered for {contract}, which is retired: nothing is promised "
        "any more",
        "Agree with {owner} to move to {replacement}{guide}, or take the subscription out.",
    ),
    "lifecycle-sunset-overdue": Words(
        "Contract {contract} is still deprecated, and its sunset was {sunset}, {left}",
        "Write status: sunset in the contract, or agree with {owner} on a later date.",
    ),
    "lifecycle-retirement-overdue": Words(
        "Contract {contract} is still in its sunset, and could have gone on {removal}, {left}",
        "Retire or remove the contract together with {owner}, once nobody is registered for it.",
    ),
    "lifecycle-incomplete": Words(
        "Contract {contract} is to end, and names no {missing}",
        "Write the {missing} under deprecation in the contract.",
    ),
    "lifecycle-contradictory": Words(
        "The end of {contract} cannot be meant as it is written: {found}", _DATES
    ),
    "lifecycle-end-unsaid": Words(
        "Contract {contract} names {found} as the day of its end, and its status is {promised}",
        "Write status: deprecated, so that readers learn of it, or take the day away.",
    ),
    "lifecycle-replacement-unknown": Words(
        "Contract {contract} names {promised} as its replacement, and there is no such contract "
        "here",
        "Correct the name, or write that contract first; ask {owner}.",
    ),
    "lifecycle-replacement-unfit": Words(
        "Contract {contract} sends its readers to a replacement that is none yet, or none for "
        "long: {found}",
        "Name the contract at the end of the way, together with {owner}, or activate it first.",
    ),
    "subscription-floating": Words(
        "Consumer {promised} subscribes to {found} of {contract}, which is no version",
        "Name the version that it was built against, together with {owner}.",
    ),
    "subscription-ahead": Words(
        "Consumer {promised} subscribes to a version of {contract} that it never had: {found}",
        "Correct the version in the registry, together with {owner}.",
    ),
    "subscription-behind": Words(
        "Consumer {promised} subscribes to a version of {contract} that a breaking one has "
        "replaced: {found}",
        "See what broke (docent diff), try its queries, and register the version that it reads, "
        "together with {owner}.",
    ),
    "subscription-unversioned": Words(
        "Consumer {promised} subscribes to {contract} without naming a version; it is at {found}",
        "Name the version that it was built against, together with {owner}.",
    ),
    "health-stale": Words(
        "Contract {contract} has not been touched since {promised}, and its table has: {found}",
        "Read it beside the migrations together with {owner}, and write what is missing.",
    ),
    "health-unenforced": Words(
        "Contract {contract} is documented, and nothing here holds it to its word",
        "Run docent gate on pull requests, or docent monitor; docs/take-it-home.md says how.",
    ),
    "health-left-out": Words(
        "Table {table} is under no contract, and has {found}; those under contract typically have "
        "{promised}",
        "Draft a contract for it, however little it can promise: docent draft {element}",
    ),
    "health-never-met": Words(
        "A promise of {contract} about {element} was never kept: {found}",
        "Agree with {owner} on a promise that holds; "
        "docent draft TABLE --with-quality measures what does.",
    ),
}
"""The words by the rule's id."""

MESSAGES: Final[Mapping[str, tuple[str, str]]] = {
    "lifecycle-deprecated": ("deprecation_warning", "is deprecated. {sunset}{replacement}"),
    "lifecycle-new-to-deprecated": (
        "new_consumer_warning", "is deprecated. New consumer: {reader}. {sunset}{replacement}",
    ),
    "lifecycle-sunset": ("sunset_urgent_warning", "is in sunset. {removal}{replacement}"),
    "lifecycle-new-to-sunset": (
        "new_consumer_error", "is in sunset. New consumer: {reader}. {removal}{replacement}",
    ),
    "lifecycle-retired-read": (
        "retired_error", "is retired. Consumer: {reader}. {replacement}",
    ),
    "lifecycle-sunset-overdue": ("sunset_overdue", "is deprecated. {sunset}Status due: sunset"),
    "lifecycle-retirement-overdue": (
        "retirement_overdue", "is in sunset. {removal}Status due: retired",
    ),
    "lifecycle-incomplete": ("deprecation_incomplete", "is deprecated. Missing: {promised}"),
    "lifecycle-contradictory": (
        "deprecation_contradictory", "is deprecated. Contradiction: {found}",
    ),
    "lifecycle-end-unsaid": ("deprecation_unsaid", "is {promised}. Sunset: {found}"),
    "lifecycle-replacement-unknown": (
        "replacement_unknown", "is deprecated. Unknown replacement: {promised}",
    ),
    "lifecycle-replacement-unfit": (
        "replacement_unfit", "is deprecated. Unfit replacement: {found}",
    ),
}  # fmt: skip
"""By the rule's id: the type of its message, and what the message says of the contract."""


def violation_type(finding: Finding) -> str | None:
    """What programs call a finding about the life of a contract; ``None`` for all others."""
    known = MESSAGES.get(finding.rule)
    return known[0] if known else None


def message(finding: Finding) -> str | None:
    """The finding as one line for programs; ``None`` for what is not about a contract's life."""
    known = MESSAGES.get(finding.rule)
    if known is None:
        return None
    life = finding.life or Lifetime("deprecated")
    facts = {
        "sunset": f"Sunset: {life.sunset}. " if life.sunset else "",
        "removal": f"Removal: {life.removal}. " if life.removal else "",
        "replacement": f"Migrate to: {life.replacement}" if life.replacement else "",
        "reader": ", ".join(life.readers),
        "promised": finding.promised,
        "found": finding.found,
    }
    return f"Contract {finding.contract} {known[1].format_map(facts)}".rstrip(" ")


def life_facts(finding: Finding, quote: Quote, name: Quote) -> dict[str, str]:
    """What the sentences about the life of a contract say besides what all of them can say."""
    life = finding.life or Lifetime("deprecated")
    replacement = life.replacement
    removal = life.removal or "a day that is not said"
    is_past = life.days_left is not None and life.days_left < 0
    return {
        "contract": quote(finding.contract) if finding.contract else "a contract",
        "sunset": life.sunset or "not said",
        "removal": removal,
        "left": _left(life.days_left),
        "is_": "was" if is_past else "is",
        "may_go": f"could have been removed on {removal}"
        if is_past
        else f"may be removed from {removal} on",
        "replacement": quote(replacement) if replacement else "what its owner names instead",
        "guide": f" ({name(life.migration_guide)})" if life.migration_guide else "",
        "missing": finding.promised or "date",
    }


def _left(number: int | None) -> str:
    """How long that is from today, in words."""
    if number is None:
        return "and nobody can say how long that is"
    days = f"{abs(number)} day{'' if abs(number) == 1 else 's'}"
    return "which is today" if number == 0 else f"in {days}" if number > 0 else f"{days} ago"
