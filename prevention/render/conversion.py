"""What a conversion leaves behind and adds: for people on standard error, for programs as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from contracts.conversion import Converted
from contracts.differences import Difference
from contracts.model import Contract
from prevention.render.plain import count, one_line

VERSION: Final = 1
WIDEST: Final = 120
"""The characters of a value that are shown to people; JSON has all of it."""


def as_text(contract: Contract, to: str, converted: Converted) -> str:
    """What became of a contract, in lines; promises that share a fate stand on one."""
    left, added = converted.left_behind, converted.added
    if not left and not added:
        return f"{one_line(contract.identity)} is carried over whole.\n"
    told = f"{count(len(left), 'property', 'properties')} could not be carried over to {to}"
    lines = [f"{one_line(contract.identity)}: {told}, {len(added)} came in."]
    lines += [f"  left behind  {line}" for line in _lines(left)]
    lines += [f"  came in      {line}" for line in _lines(added)]
    return "\n".join(lines) + "\n"


def as_json(
    contract: Contract, to: str, converted: Converted, output: str | None
) -> Mapping[str, Any]:
    """The conversion as an object: the text, or the file that has it, and every difference."""
    return {
        "schema": VERSION,
        "contract": contract.identity,
        "from": contract.dialect,
        "to": to,
        "output": output,
        "text": None if output else converted.text,
        "left_behind": [
            {
                "element": one.element,
                "property": one.property,
                "value": one.before,
                "became": one.after,
            }
            for one in converted.left_behind
        ],
        "added": [
            {"element": one.element, "property": one.property, "value": one.after}
            for one in converted.added
        ],
    }


def _lines(differences: Sequence[Difference]) -> list[str]:
    """One line for each property with the same values, naming every element that it is about."""
    elements: dict[str, list[str]] = {}
    for one in differences:
        elements.setdefault(_told(one), []).append(one_line(one.element))
    return [f"{told} ({', '.join(named)})" for told, named in elements.items()]


def _told(difference: Difference) -> str:
    name = one_line(difference.property)
    if difference.before is None:
        return f"{name}: {_shown(difference.after)}"
    if difference.after is None:
        return f"{name}: {_shown(difference.before)}"
    return f"{name}: {_shown(difference.before)}, now {_shown(difference.after)}"


def _shown(value: object) -> str:
    """A value on one line, cut where it is longer than anybody wants to read here."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = one_line(" ".join(text.split())) or '""'
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
