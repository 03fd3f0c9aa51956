"""What a change is called when it is taken back: every rule has a mirror, or a written reason.

A policy that judges one direction and forgets the other lets a break pass as its own undoing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

PAIRS: Final[tuple[tuple[str, str], ...]] = (
    ("contract-removed", "contract-added"),
    ("table-removed", "table-added"),
    ("table-replaced-by-view", "view-replaced-by-table"),
    ("partition-removed", "partition-added"),
    ("partition-detached", "partitioning-changed"),
    ("enforcement-switched-off", "enforcement-switched-on"),
    ("consumer-removed", "consumer-added"),
    ("consumer-reads-less", "consumer-added"),
    ("column-removed", "column-added"),
    ("column-removed", "column-added-with-default"),
    ("column-removed", "column-added-required"),
    ("column-removed", "column-added-within"),
    ("column-made-optional", "column-made-required"),
    ("order-stated", "order-withdrawn"),
    ("column-deprecated", "column-undeprecated"),
    ("not-null-dropped", "not-null-added"),
    ("updatability-dropped", "updatability-added"),
    ("default-removed", "default-added"),
    ("default-removed", "identity-tightened"),
    ("default-changed", "identity-tightened"),
    ("identity-tightened", "identity-loosened"),
    ("column-became-generated", "column-no-longer-generated"),
    ("length-grown", "length-cut"),
    ("padding-grown", "padding-cut"),
    ("integer-widened", "integer-narrowed"),
    ("integer-to-fraction", "fraction-to-integer"),
    ("exact-to-float", "fraction-to-integer"),
    ("exact-to-float", "float-to-exact"),
    ("float-widened", "float-narrowed"),
    ("numeric-widened", "numeric-narrowed"),
    ("scale-grown", "scale-lost"),
    ("scale-grown-into-digits", "scale-lost"),
    ("date-to-timestamp", "timestamp-to-date"),
    ("second-digits-gained", "second-digits-lost"),
    ("interval-widened", "interval-narrowed"),
    ("json-to-jsonb", "jsonb-to-json"),
    ("type-opened-to-text", "type-closed-from-text"),
    ("type-closed-from-text", "type-changed"),
    ("type-made-exact", "type-made-general"),
    ("type-stated", "type-withdrawn"),
    ("primary-key-dropped", "primary-key-added"),
    ("unique-dropped", "unique-added"),
    ("nulls-not-distinct-added", "nulls-not-distinct-dropped"),
    ("foreign-key-dropped", "foreign-key-added"),
    ("check-tightened", "check-loosened"),
    ("value-added", "value-removed"),
    ("value-added-to-extensible", "value-removed"),
    ("values-stated", "values-withdrawn"),
    ("values-opened", "values-closed"),
    ("unknown-value-policy-changed", "detail-stated"),
    ("json-key-removed", "json-key-required"),
    ("json-optional-key-removed", "json-key-added"),
    ("json-shape-stated", "json-shape-withdrawn"),
    ("meaning-stated", "meaning-withdrawn"),
    ("meaning-stated", "grain-changed"),
    ("meaning-stated", "null-meaning-changed"),
    ("meaning-stated", "delete-mode-changed"),
    ("meaning-stated", "source-of-truth-changed"),
    ("meaning-stated", "consistency-changed"),
    ("meaning-stated", "row-lifecycle-changed"),
    ("meaning-stated", "state-meaning-changed"),
    ("meaning-stated", "warning-changed"),
    ("meaning-stated", "stream-changed"),
    ("meaning-stated", "stream-key-changed"),
    ("detail-stated", "detail-withdrawn"),
    ("detail-stated", "sunset-moved-earlier"),
    ("backfill-declared", "backfill-withdrawn"),
    ("classification-raised", "classification-lowered"),
    ("grant-narrowed", "grant-widened"),
    ("function-removed", "function-added"),
    ("index-added", "index-removed"),
    ("server-changed", "server-added"),
    ("service-level-weakened", "service-level-strengthened"),
    ("quality-check-loosened", "quality-check-tightened"),
    ("invariant-dropped", "invariant-added"),
    ("notice-shortened", "notice-lengthened"),
    ("compatibility-loosened", "compatibility-tightened"),
    ("strictness-dropped", "strictness-added"),
    ("contract-activated", "state-stepped-back"),
    ("contract-deprecated", "state-stepped-back"),
    ("contract-deprecated", "sunset-moved-earlier"),
    ("contract-sunset", "state-stepped-back"),
    ("contract-retired", "state-stepped-back"),
    ("state-skipped", "state-stepped-back"),
    ("sunset-moved-earlier", "sunset-postponed"),
)
"""Two rules of which each is what the other becomes when it is taken back."""

SYMMETRIC: Final = frozenset(
    """
    backfill-declared check-changed classification-stated collation-changed columns-reordered
    column-name-changed compatibility-loosened consistency-changed contract-id-changed
    contract-moved contract-name-changed consumer-described default-changed delete-mode-changed
    dialect-changed documentation-changed enum-renamed filter-changed foreign-key-action-changed
    foreign-key-added function-body-changed function-signature-changed generation-changed
    grain-changed interval-narrowed meaning-changed null-meaning-changed padding-changed
    parent-changed partition-detached partitioning-changed primary-key-changed
    quality-check-changed replication-changed serial-became-identity server-changed
    service-level-changed source-of-truth-changed table-kind-changed table-name-changed
    text-retyped time-zone-changed type-changed type-respelled unit-changed unique-dropped
    row-lifecycle-changed state-meaning-changed stream-changed stream-key-changed
    warning-changed unknown-value-policy-changed array-changed values-reordered view-base-renamed
    view-kind-changed view-query-changed
    """.split()  # noqa: SIM905
)
"""Rules that are what they become when they are taken back."""

WAIVERS: Final[Mapping[str, str]] = {
    "table-renamed-behind-view": (
        "Taken back, the view goes, and the table has its name again: a rename and a removal."
    ),
    "deprecation-incomplete": (
        "It is a fault of the new document; taken back, there is none, and what changed besides "
        "is told by itself."
    ),
    "notice-too-short": "An end that was announced too late is taken back as a step backwards.",
    "child-weaker": (
        "It is a fault of the new document; taken back, there is none, and what the child "
        "strengthened is told by itself."
    ),
}
"""Rules without a mirror, each with the reason."""

BOTH_ADDITIVE: Final[Mapping[str, str]] = {}
"""Rules that are additive although their mirror is, each with the reason. There are none."""


def mirrors_of(rule: str) -> frozenset[str]:
    """What a change of this rule may be called when it is taken back."""
    partners = {other for pair in PAIRS if rule in pair for other in pair if other != rule}
    return frozenset(partners | ({rule} & SYMMETRIC))
