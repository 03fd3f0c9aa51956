"""Which path each rule about change has: steps in the database, documents alone, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from detection.change import Change
from prevention.planning import columns, keys, tables
from prevention.planning.model import Wishes, Work
from prevention.planning.pairs import BESIDE, LATE, TablePair

Path = Callable[[Change, TablePair, Wishes], Iterator[Work]]

BEHIND_VIEW: Final = "table-renamed-behind-view"
"""After which the view that a rename leaves behind is itself under contract, and stays."""

OVER: Final = "contract-retired"
"""After which nobody is owed any notice: it was given."""

STEPS: Final[Mapping[str, Path]] = {
    **dict.fromkeys(
        ("column-added", "column-added-with-default", "column-added-required",
         "column-added-within"),
        columns.add,
    ),
    "column-removed": columns.remove,
    "not-null-added": columns.not_null_added,
    "not-null-dropped": columns.allow_null,
    **dict.fromkeys(
        ("default-changed", "default-removed", "default-added", "identity-tightened",
         "identity-loosened", "serial-became-identity"),
        columns.fill_otherwise,
    ),
    "column-no-longer-generated": columns.stop_generating,
    **dict.fromkeys(
        ("length-grown", "text-retyped", "numeric-widened", "second-digits-gained",
         "interval-widened"),
        columns.retype_in_place,
    ),
    "primary-key-changed": keys.change_primary_key,
    "primary-key-added": keys.change_primary_key,
    "primary-key-dropped": keys.drop_primary_key,
    "unique-added": keys.add_unique,
    "nulls-not-distinct-added": keys.add_unique,
    "unique-dropped": keys.drop_unique,
    "nulls-not-distinct-dropped": keys.drop_unique,
    "foreign-key-added": keys.add_reference,
    "foreign-key-action-changed": keys.add_reference,
    "foreign-key-dropped": keys.drop_reference,
    "check-tightened": keys.tighten_check,
    "check-changed": keys.tighten_check,
    "check-loosened": keys.loosen_check,
    "value-added": keys.add_label,
    "value-added-to-extensible": keys.add_label,
    "table-name-changed": tables.rename,
    BEHIND_VIEW: tables.rename_behind_view,
}  # fmt: skip
"""What happens to a table that is there on both sides, by the rule about the change."""

REPLACED: Final = (
    "filter-changed", "grain-changed", "view-query-changed", "table-replaced-by-view",
    "view-kind-changed", "updatability-dropped",
)  # fmt: skip
"""Those after which a table has other rows, or a view another query: it is put to a second name."""

GONE: Final = ("table-removed", "contract-removed", OVER)
COME: Final = ("table-added", "contract-added")

DOCUMENTS: Final = frozenset((
    "contract-name-changed", "contract-id-changed", "contract-moved", "dialect-changed",
    "partitioning-changed", "enforcement-switched-off",
    "enforcement-switched-on", "column-made-optional", "column-made-required", "order-stated",
    "order-withdrawn", "column-deprecated", "column-undeprecated",
    "updatability-added", "type-made-exact", "type-made-general", "type-respelled", "type-stated",
    "type-withdrawn", "values-stated", "values-withdrawn", "values-opened", "values-closed",
    "unknown-value-policy-changed", "json-optional-key-removed", "json-key-added",
    "json-key-required", "json-shape-stated", "json-shape-withdrawn", "documentation-changed",
    "meaning-stated", "view-base-renamed", "detail-stated", "detail-withdrawn",
    "backfill-declared", "backfill-withdrawn", "delete-mode-changed", "consistency-changed",
    "source-of-truth-changed", "classification-raised", "classification-lowered",
    "classification-stated", "grant-narrowed", "grant-widened", "replication-changed",
    "index-added", "index-removed", "server-changed", "server-added", "service-level-weakened",
    "service-level-strengthened", "service-level-changed", "quality-check-loosened",
    "quality-check-tightened", "quality-check-changed", "invariant-dropped", "invariant-added",
    "notice-shortened", "notice-lengthened", "compatibility-loosened", "compatibility-tightened",
    "strictness-dropped", "strictness-added", "parent-changed", "contract-activated",
    "contract-deprecated", "contract-sunset", "sunset-postponed", "partition-added",
    "consumer-added", "consumer-described", "function-added", "row-lifecycle-changed",
    "warning-changed", "stream-changed",
))  # fmt: skip
"""Those that no statement makes safe or unsafe: the old promise holds until its notice is over."""

_FUNCTION: Final = (
    "A contract knows a function by its signature and not by its body. Make the new one beside the "
    "old one, with other arguments or another name, as Postgres lets you; announce the end of the "
    "old one, and drop it after its date."
)
_PARTITION: Final = (
    "A partition takes its rows with it, and no version of the table has them any longer. Say in "
    "the contract how long rows are kept, and give that its notice."
)
_STATE: Final = (
    "No step in the database helps here: the document breaks what it announced. Give the contract "
    "the date, or the state, that it owes."
)
_REGISTRY: Final = (
    "It is nothing that the data does. Ask the consumer; what it no longer reads, it says itself."
)
WITHOUT: Final[Mapping[str, str]] = {
    "columns-reordered": "Postgres cannot put the columns of a table into another order without "
    "making the table anew. Name the columns in every query and INSERT, or publish a view that has "
    "the order.",
    "state-meaning-changed": "No statement tells which of the rows that are there mean the old "
    "thing. Add a state that means the new one, and leave the old one what it was.",
    "stream-key-changed": "A stream has one key. Publish a second stream with the new one, let its "
    "readers start anew from it, and end the first after its date.",
    "view-replaced-by-table": "What fills the table is in no contract. Fill it under a name of its "
    "own, compare the two, and let the view go after its date.",
    "table-kind-changed": "A table of another kind is another table, and what fills it is in no "
    "contract. Make it under a name of its own, with its rows, and let the old one go after its "
    "date.",
    "partition-removed": _PARTITION,
    "partition-detached": _PARTITION,
    "function-removed": _FUNCTION,
    "function-signature-changed": _FUNCTION,
    "function-body-changed": _FUNCTION,
    "consumer-removed": _REGISTRY,
    "consumer-reads-less": _REGISTRY,
    "sunset-moved-earlier": _STATE,
    "notice-too-short": _STATE,
    "state-skipped": _STATE,
    "state-stepped-back": _STATE,
    "deprecation-incomplete": _STATE,
    "child-weaker": "A child may not promise less than its parent. Let it promise as much, or the "
    "parent less.",
}
"""Those for which there is no safe path, and why."""


def has_steps(rule: str) -> bool:
    """Whether statements lead around the harm of a rule."""
    by_columns = BESIDE | LATE | {"column-name-changed"}
    return rule in STEPS or rule in by_columns or rule in (*REPLACED, *GONE, *COME)
