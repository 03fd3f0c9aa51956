"""A contract's own rules of compatibility, which may be stricter than the policy, never laxer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from contracts.model import Contract
from detection.change import Impact, Verdict, worst
from detection.evolution import CHANGE_RULES, TYPE_RULES

_WIDENING: Final = (
    "length-grown", "integer-widened", "float-widened", "numeric-widened", "scale-grown",
    "second-digits-gained", "interval-widened", "text-retyped",
)  # fmt: skip
_ADDED: Final = (
    "column-added", "column-added-with-default", "column-added-required", "column-added-within",
    "json-key-added",
)  # fmt: skip

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "additive_fields": _ADDED,
    "field_addition": _ADDED,
    "field_removal": ("column-removed", "json-optional-key-removed"),
    "field_rename": ("column-name-changed",),
    "type_change": tuple(rule.id for rule in TYPE_RULES),
    "type_widening": _WIDENING,
    "status_value_addition": ("value-added", "value-added-to-extensible"),
    "status_value_removal": ("value-removed",),
    "nullability": ("not-null-dropped", "not-null-added"),
    "constraint_tightening": ("check-tightened", "unique-added", "foreign-key-added"),
    "constraint_loosening": ("check-loosened", "unique-dropped", "foreign-key-dropped"),
    "freshness": ("service-level-weakened",),
    "backfill": ("backfill-declared",),
}
"""What a contract may call its rules, and which of ours it means; a rule's own id does as well."""

_STRICTNESS: Final[tuple[tuple[Impact, str], ...]] = (
    ("breaking", r"forbid|not allowed|never|breaking|major|requires v?\d"),
    ("conditional", r"requires|notice|conditional|review|approval"),
    ("additive", r"additive|minor"),
)
_IDS: Final = frozenset(rule.id for rule in CHANGE_RULES)


def keep_own_rules(verdict: Verdict) -> Verdict:
    """The verdict, no laxer than what the contract says of it, before or now."""
    contracts = (verdict.change.before.contract, verdict.change.after.contract)
    for contract in contracts:
        for name, level in _rules(contract):
            if verdict.rule in rules_named(name) and worst(verdict.reader, level) != verdict.reader:
                said = f"the contract says {name}: {dict(contract.compatibility)[name]}"  # type: ignore[union-attr]
                proofs = dict.fromkeys((*verdict.proofs, said))
                verdict = replace(
                    verdict, reader=worst(verdict.reader, level), proofs=tuple(proofs)
                )
    return verdict


def rules_named(name: str) -> tuple[str, ...]:
    """The ids of the rules that a contract means by a name of its own."""
    identifier = name.strip().lower().replace("_", "-").replace(" ", "-")
    if identifier in _IDS:
        return (identifier,)
    return NAMES.get(identifier.replace("-", "_"), ())


def strictness_of(words: str) -> Impact | None:
    """The level that words of a contract ask for; ``None`` where they ask for none."""
    text = words.lower()
    return next((level for level, pattern in _STRICTNESS if re.search(pattern, text)), None)


def _rules(contract: Contract | None) -> Iterator[tuple[str, Impact]]:
    for name, words in contract.compatibility if contract else ():
        level = strictness_of(words)
        if level is not None:
            yield name, level
