"""How columns are classified at least: the words that a contract's minimum may be stated in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from contracts.dialects.phrases import CLASSIFICATIONS
from contracts.documents import Document
from contracts.model import Classification, Contract
from contracts.problems import Problem
from contracts.reading import KeyPath, shown

MINIMUM: Final = ("minimum_classification", "minimumClassification")
"""Keys of its own by which a contract says how every column of its children is classified at
least."""

_WORDS: Final[Mapping[str, Classification]] = {
    **CLASSIFICATIONS,
    "confidential": "sensitive",
    "restricted": "highly sensitive",
}


def classification_of(stated: object) -> Classification | None:
    """The class that a word stands for in whatever case, ``_`` or ``-`` for a space; or None."""
    if not isinstance(stated, str):
        return None
    return _WORDS.get(" ".join(stated.lower().replace("_", " ").replace("-", " ").split()))


def minimum_classification(contract: Contract) -> Classification | None:
    """How every column of a contract's children is classified at least; ``None`` for unsaid."""
    return classification_of(_stated(contract))


def unknown_minimum(contract: Contract, document: Document) -> Iterator[Problem]:
    """The problem of a minimum that is no classification: it would not bind anybody."""
    stated = _stated(contract)
    if stated is None or classification_of(stated) is not None:
        return
    from contracts.dialects.validation import nearest

    known = sorted(_WORDS)
    near = nearest(stated, known) if isinstance(stated, str) else None
    step = f'Did you mean "{near}"?' if near else f"It is one of these: {', '.join(known)}."
    what = f"Expected a classification, found {shown(stated)}."
    yield document.problem(_path(document.value), what, step)


def _stated(contract: Contract) -> object:
    """What a contract states as its minimum, as its document has it; ``None`` for nothing."""
    custom = dict(contract.custom)
    texts = (custom[key] for key in MINIMUM if key in custom)
    return json.loads(next(texts, "null"))


def _path(value: object) -> KeyPath:
    """Where a document states its minimum: a key of its own, or a property of ODCS."""
    if not isinstance(value, dict):
        return ()
    for key in MINIMUM:
        if key in value:
            return (key,)
    listed = value.get("customProperties")
    for number, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, dict) and each.get("property") in MINIMUM:
            return ("customProperties", number, "value")
    return ()
