"""A contract that a learner wrote as a text: read, or the outcome that says what is in its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docent.answers import kind_of, told
from docent.examining import unwrapped
from docent.exercise import Outcome, wrong

if TYPE_CHECKING:
    from contracts.model import Contract


def read_text(text: str, name: str = "your_contract.yaml") -> Contract:
    """The contract of a text; raises DocumentError."""
    from contracts.documents import scan_document
    from contracts.loading import contract_in

    return contract_in(scan_document(name, text.encode()))


def read_answer(answer: object, name: str = "your_contract.yaml") -> Contract | Outcome:
    """The contract that an answer is the text of; what is wrong with it, where it is none."""
    from contracts.problems import DocumentError

    answer = unwrapped(answer)
    if not isinstance(answer, str):
        seen = f"Your answer is {kind_of(answer)}: {told(answer)}."
        return wrong(seen, "The text of the contract is expected.")
    try:
        return read_text(answer, name)
    except DocumentError as error:
        problem = error.problems[0]
        return wrong(f"Line {problem.location.line}: {problem.what}", next_step=problem.next_step)
