"""Documents laid out for people, always in the same way: equal values give equal texts.

JSON has two spaces a level and short lists on one line, as in the book. YAML means the same by
the core schema of YAML 1.2, which is how documents are read here, and by that of 1.1, which is
how others read them.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any, Final

_WIDTH: Final = 96
_OTHER_BREAKS: Final = frozenset("\r\x85\u2028\u2029")
"""What YAML takes for the end of a line besides, and folds away outside of double quotes."""


def laid_out(value: object) -> str:
    """A value as JSON text that ends with a line break."""
    return f"{_written(value, '')}\n"


def laid_out_yaml(value: object) -> str:
    """A value as YAML text that ends with a line break; texts of several lines stand as blocks."""
    import yaml

    text: str = yaml.dump(
        value,
        Dumper=_dumper(),
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=_WIDTH,
    )
    return text


@cache
def _dumper() -> Any:
    """A dumper without aliases that puts a text in quotes wherever it could be read otherwise."""
    import yaml

    from contracts.reading import Pass
    from contracts.yaml_scalars import meaning_of

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, _data: object) -> bool:
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            super().increase_indent(flow=flow, indentless=False)

    def represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
        if not _OTHER_BREAKS.isdisjoint(text):
            return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
        if "\n" in text:
            return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|")
        read_otherwise = not isinstance(meaning_of(Pass(""), text, ()), str)
        style = "'" if read_otherwise else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    Dumper.add_representer(str, represent)
    Dumper.add_representer(tuple, lambda dumper, items: dumper.represent_list(list(items)))
    return Dumper


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
