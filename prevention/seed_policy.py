"""Two buckets, breaking and additive, as a gate over Soda's contracts has them (``seed-004``).

Breaking is a model that is gone or renamed, a column that is gone, and a type that becomes
anything but a wider one. All else is additive. Contracts are compared alone, and owe no version.
The columns of Soda's language are read from YAML; there every document must have the keys
``dataset`` and ``columns``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from contracts.documents import YAML_SUFFIXES, scan_document
from contracts.model import DataType
from contracts.problems import DocumentError, Problem
from detection.change import Change, Impact
from detection.evolution import TYPE_RULES
from detection.evolution.rule import ChangeRule
from prevention.snapshots import Snapshot

REQUIRED: Final = ("dataset", "columns")

GONE: Final = (
    "contract-removed", "contract-retired", "contract-name-changed", "table-removed",
    "table-name-changed", "column-removed", "column-name-changed",
)  # fmt: skip
INTEGERS: Final = ("smallint", "integer", "bigint")
FRACTIONS: Final = ("numeric", "real", "double precision", "number")
TEXTS: Final = ("text", "character varying", "character", "bpchar", "name", "string")
MOMENTS: Final = ("timestamp without time zone", "timestamp with time zone", "timestamp")
_TYPE_RULES: Final = frozenset(rule.id for rule in TYPE_RULES)
_SAYS_NOTHING: Final = ("type-stated", "type-respelled")


def seed_004(change: Change, rule: ChangeRule) -> Impact:
    """The bucket of a change."""
    if rule.id in GONE:
        return "breaking"
    if rule.id in _TYPE_RULES and rule.id not in _SAYS_NOTHING:
        return "additive" if _is_widened(change) else "breaking"
    return "additive"


def _is_widened(change: Change) -> bool:
    old = change.before.column.data_type if change.before.column else None
    new = change.after.column.data_type if change.after.column else None
    return old is not None and new is not None and is_wider(old, new)


def is_wider(old: DataType, new: DataType) -> bool:
    """Whether every value of a type has a place in another one, as that gate sees it."""
    if {old.kind, new.kind} != {"base"}:
        return False
    if old.name in INTEGERS:
        later = INTEGERS[INTEGERS.index(old.name) :]
        return new.name in (*later, *FRACTIONS)
    if old.name in TEXTS:
        return new.name in TEXTS
    return old.name == "date" and new.name in MOMENTS


def require_structure(snapshot: Snapshot) -> None:
    """Raise DocumentError for YAML documents that have no ``dataset`` or no ``columns``."""
    problems = [problem for path in snapshot.readings for problem in _lacking(snapshot, path)]
    if problems:
        raise DocumentError(sorted(problems))


def _lacking(snapshot: Snapshot, path: str) -> Iterator[Problem]:
    text = snapshot.text_of(path)
    if text is None or not path.lower().endswith(YAML_SUFFIXES):
        return
    document = scan_document(path, text.encode())
    value = document.value if isinstance(document.value, dict) else {}
    for key in REQUIRED:
        if key not in value:
            what = f'The key "{key}" is missing.'
            yield document.problem((), what, f'Add "{key}": a contract of Soda has it.')
