"""Documents that have lost their indentation, as a text does that is copied from a web page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from contracts.documents import Document
from contracts.problems import Problem


def refuse_flat(document: Document, children: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """A problem for each key that holds nothing while what belongs below it stands beside it.

    ``children`` are the keys that stand below each key.
    """
    value = document.value
    if not isinstance(value, dict):
        return
    for key, below in children.items():
        beside = [child for child in below if child in value]
        if key in value and value[key] is None and beside:
            names = " and ".join(filter(None, [", ".join(beside[:-1]), beside[-1]]))
            verb = "stands" if len(beside) == 1 else "stand"
            what = f"{key} holds nothing, and {names} {verb} beside it: the indentation is lost."
            next_step = f"Indent what belongs to {key} by two spaces, below it."
            yield document.problem((key,), what, next_step, key=True)
