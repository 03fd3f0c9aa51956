"""Parity asked for as evidence: two views of a database, put beside each other for a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prevention.configuration import Configuration
from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    from detection.parity import Parity


@dataclass(frozen=True, slots=True)
class ParityTerms:
    """Two views to compare, by their names, and the columns that tell their rows apart."""

    old: str
    new: str
    key: tuple[str, ...]


def read_parity_terms(texts: Sequence[str]) -> tuple[ParityTerms, ...]:
    """What ``OLD=NEW:KEY,KEY`` says, each; raises NotJudged for a text that says something else."""
    return tuple(_read(text) for text in texts)


def _read(text: str) -> ParityTerms:
    views, _, keys = text.rpartition(":")
    old, _, new = (part.strip() for part in views.partition("="))
    key = tuple(each.strip() for each in keys.split(","))
    if not (old and new and all(key)) or "=" in new:
        raise NotJudged(
            Obstacle(
                f"--parity {text!r} does not say which views are compared by which key.",
                "Write it like --parity reporting.card=reporting.card_next:object_id.",
            )
        )
    if len(set(key)) < len(key):
        what = f"--parity {text!r} names a column of its key twice."
        raise NotJudged(Obstacle(what, "Name each column once."))
    return ParityTerms(old, new, key)


def compare_for_evidence(
    terms: Sequence[ParityTerms], database: str | None, configuration: Configuration
) -> tuple[Parity, ...]:
    """What comparing these views comes to: every column of the old one, in every row.

    database:  a database URL; without it, the database in use.

    Raises what ``prevention.parity.parity`` does.
    """
    from prevention.parity import parity

    return tuple(
        parity(
            each.old, each.new, key=each.key, limit=0, database=database,
            configuration=configuration,
        )
        for each in terms
    )  # fmt: skip
