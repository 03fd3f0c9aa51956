"""JSON laid out for people: two spaces a level, short lists on one line, as in the book."""

from __future__ import annotations

import json
from typing import Final

_WIDTH: Final = 96


def laid_out(value: object) -> str:
    """A value as JSON text that ends with a line break; equal values give equal texts."""
    return f"{_written(value, '')}\n"


def _written(value: object, indent: str) -> str:
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        members = (
            f"{deeper}{_plain(key)}: {_written(inner, deeper)}" for key, inner in value.items()
        )
        return "{\n" + ",\n".join(members) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and value:
        short = _plain(value)
        if len(indent) + len(short) <= _WIDTH and "\n" not in short:
            return short
        return (
            "[\n" + ",\n".join(deeper + _written(item, deeper) for item in value) + f"\n{indent}]"
        )
    return _plain(value)


def _plain(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
