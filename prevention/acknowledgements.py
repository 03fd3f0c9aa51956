"""Changes that somebody has answered for, one at a time: ``acknowledgements.yaml``.

An entry is for one change alone. Its fingerprint is made from what the change is; when that
becomes something else, the entry covers it no longer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from contracts.documents import Document
from contracts.model import Location, Source
from contracts.problems import DocumentError, Problem
from prevention.decision import Finding

if TYPE_CHECKING:
    import jsonschema_rs


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One change that may pass: what it is, who lets it, why, and until when (ISO 8601)."""

    fingerprint: str
    rule: str
    contract: str | None
    element: str
    old: str | None
    new: str | None
    reason: str
    approver: str
    expires: str
    source: Source | None = field(default=None, compare=False, repr=False)

    @property
    def location(self) -> Location | None:
        """The place of the entry in its file."""
        return self.source.location if self.source else None

    def is_expired(self, today: date) -> bool:
        """Whether its last day has passed."""
        return date.fromisoformat(self.expires) < today

    def is_whole(self) -> bool:
        """Whether its fingerprint is that of its own words."""
        facts = (self.rule, self.contract, self.element, self.old, self.new)
        return self.fingerprint == change_fingerprint(*facts)

    def is_about(self, finding: Finding) -> bool:
        """Whether a finding is about the same rule, contract and element, whatever it changes."""
        theirs = (finding.rule, finding.contract, finding.element)
        return (self.rule, self.contract, self.element) == theirs


def change_fingerprint(
    rule: str, contract: str | None, element: str, old: str | None, new: str | None
) -> str:
    """What tells one change from every other: sixteen hexadecimal digits."""
    text = json.dumps([rule, contract, element, old, new], ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def fingerprint_of(finding: Finding) -> str:
    """The fingerprint of the change that a finding tells of, as an acknowledgement has it."""
    facts = (finding.rule, finding.contract, finding.element)
    return change_fingerprint(*facts, finding.promised, finding.found)


def read_acknowledgements(document: Document) -> tuple[Acknowledgement, ...]:
    """The entries of a file; raises DocumentError, which names all that is wrong with it."""
    value: Any = document.value
    if not _validator().is_valid(value):
        from contracts.dialects.validation import find_faults

        raise DocumentError(find_faults(_validator(), schema(), document))
    entries = tuple(
        Acknowledgement(**stated, source=document.source("acknowledgements", number))
        for number, stated in enumerate(value["acknowledgements"])
    )
    problems = [*_no_days(document, entries), *_repeated(document, entries)]
    if problems:
        raise DocumentError(sorted(problems))
    return entries


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the file."""
    file = resources.files("contracts").joinpath("acknowledgements.schema.json")
    read_schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return read_schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema())


def _no_days(document: Document, entries: tuple[Acknowledgement, ...]) -> Iterator[Problem]:
    """A problem for each day that no calendar has, such as the 31st of February."""
    for number, entry in enumerate(entries):
        try:
            date.fromisoformat(entry.expires)
        except ValueError:
            path = ("acknowledgements", number, "expires")
            what = f"No calendar has the day {entry.expires}."
            yield document.problem(path, what, "Write a day that there is.")


def _repeated(document: Document, entries: tuple[Acknowledgement, ...]) -> Iterator[Problem]:
    """A problem for each change that is answered for twice."""
    seen: set[str] = set()
    for number, entry in enumerate(entries):
        if entry.fingerprint in seen:
            path = ("acknowledgements", number, "fingerprint")
            what = f"The change {entry.fingerprint} is acknowledged here already."
            yield document.problem(path, what, "Keep one of the two entries.")
        seen.add(entry.fingerprint)
