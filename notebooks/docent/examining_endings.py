"""Look at the end of a contract as a learner announces it: by the gate's own judgement."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from contracts.model import Deprecation
from docent.answers import kind_of
from docent.examining import unwrapped
from docent.exercise import Examine, Outcome, correct, incomplete, wrong
from docent.room import Room

if TYPE_CHECKING:
    from contracts.model import Contract
    from prevention.decision import Decision, Finding

KEYS: Final = ("version", "status", "customProperties")
"""What of an ODCS document says that its contract ends."""

_UNFIT: Final = (
    "lifecycle-replacement-unknown",
    "lifecycle-replacement-unfit",
    "lifecycle-end-unsaid",
)
"""Warnings that are as wrong as an error here."""


def announcement(name: str, successor: str, today: date) -> Examine:
    """The lines of an ODCS document that announce a contract's end, judged on this day.

    name, successor:  two of the contracts of the schema ``reporting``: which one ends, and what
                      its readers are to move to.
    """

    def examine(answer: object, _room: Room) -> Outcome:
        from contracts.documents import scan_document
        from contracts.problems import DocumentError

        answer = unwrapped(answer)
        if not isinstance(answer, str):
            return wrong(f"Your answer is {kind_of(answer)}.", "The lines are expected, as a text.")
        if not answer.strip():
            return incomplete("There are no lines yet.")
        try:
            said = scan_document("your_lines.yaml", answer.encode()).value
            if open_ones := list(_open(said)):
                return incomplete(f"Not filled in yet: {', '.join(open_ones)}.")
            return _judged(name, successor, said, today)
        except DocumentError as error:
            first = error.problems[0]
            return wrong(f"Line {first.location.line}: {first.what}", next_step=first.next_step)

    return examine


def _open(said: object, key: str = "") -> Iterable[str]:
    """The keys whose value is still three dots."""
    if isinstance(said, dict):
        for name, value in said.items():
            yield from _open(value, str(name))
    elif isinstance(said, list):
        for value in said:
            yield from _open(value, key)
    elif isinstance(said, str) and said.strip(" .…") == "":
        yield key


def _judged(name: str, successor: str, said: Any, today: date) -> Outcome:
    if not isinstance(said, dict) or not set(said) <= set(KEYS):
        return wrong("These are not the lines that end a contract.", f"Only {', '.join(KEYS)}.")
    old, others, new = _both(name, said)
    if new.status == old.status and new.deprecation is None:
        return incomplete(f"It says nothing yet of an end: its status is {new.status}.")
    decision = _decided(old, others, new, today)
    if fault := next(filter(_stands_in_the_way, decision.findings), None):
        return _told(fault)
    ends = new.deprecation or Deprecation()
    if (ends.replacement or "").rpartition("/")[2] != successor:
        return wrong(f"Readers are sent to {ends.replacement}.", f"Expected is {successor}.",
                     "Where do they find what they read today?")  # fmt: skip
    if not ends.reason:
        return incomplete("It does not say why.", "Whoever has to move is owed a reason.")
    return correct(" ".join(filter(None, (_said_to_readers(decision), _later(old, ends, today)))))


def _later(old: Contract, ends: Deprecation, today: date) -> str:
    """That the sunset could be sooner, where it could."""
    from detection.periods import USUAL

    first = today + timedelta(USUAL.notice_of(old))
    return f"{first} would have done." if ends.sunset_date != first.isoformat() else ""


def _both(name: str, said: dict[str, Any]) -> tuple[Contract, tuple[Contract, ...], Contract]:
    """The contract as it is, all the others, and the contract with the learner's lines."""
    from dataclasses import replace

    from contracts import load_folder
    from contracts.documents import read_bytes, scan_document
    from contracts.loading import contract_in
    from data_assets.reporting import CONTRACTS

    contracts = load_folder(CONTRACTS)
    (old,) = (one for one in contracts if one.name == name)
    whole: Any = scan_document(old.file or "", read_bytes(old.file or "")).value
    stated: dict[str, Any] = dict(whole)
    more = said.get("customProperties", [])
    stated |= {key: value for key, value in said.items() if key != "customProperties"}
    if isinstance(more, list):
        stated["customProperties"] = [*stated["customProperties"], *more]
    text = json.dumps(stated, default=str)
    new = contract_in(scan_document("your_lines.odcs.json", text.encode()))
    others = tuple(one for one in contracts if one is not old)
    return old, others, replace(new, source=old.source)


def _decided(old: Contract, others: tuple[Contract, ...], new: Contract, today: date) -> Decision:
    from contracts.consumers import load_consumers
    from data_assets.reporting import CONTRACTS
    from prevention.gate import Moment, Terms, judge_change

    readers = load_consumers(CONTRACTS / "consumers.yaml")
    return judge_change(
        Moment((old, *others), readers), Moment((new, *others), readers), Terms(today)
    )


def _stands_in_the_way(finding: Finding) -> bool:
    return finding.breaks or finding.rule in _UNFIT


def _told(fault: Finding) -> Outcome:
    from prevention.words import issue, next_step

    return wrong(f"The gate stops at {fault.rule}: {issue(fault)}.", next_step=next_step(fault))


def _said_to_readers(decision: Decision) -> str:
    from prevention.words import issue

    told = next(one for one in decision.findings if one.rule == "lifecycle-deprecated")
    return f"The gate lets it pass. Readers are told: {issue(told)}."
