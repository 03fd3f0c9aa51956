"""One value of a YAML text set, or dropped, so that all else stays as it is.

Where things stand is told by the parser's nodes. What is new stands on lines of its own among
values that do, and between brackets among those that stand there.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import yaml

from contracts.between_brackets import Brackets, line_end, with_member, without_member
from contracts.reading import KeyPath
from contracts.yaml_text import Loader

_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s+)*")
_ALIAS: Final = re.compile(r"\s*:\s*(\*[^\s,\]}]+)")
_COMMENT: Final = re.compile(r"([ \t]*)#[^\r\n]*(?:\r\n|\r|\n|$)")
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_BREAKS: Final = re.compile(r"(?:[ \t]*(?:\r\n|\r|\n))+\Z")
_PLAIN: Final = re.compile(
    r"[A-Za-z](?:[\w./()@'-]|:(?=[\w/])| (?=[\w./(]))*|\d+\.\d+\.\d+(?:-[\w.]+)?", re.ASCII
)
_WORDS: Final = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
"""What some version of YAML takes for no text."""
_UNPRINTABLE: Final = re.compile("[^\x20-\x7e\xa1-\ud7ff\ue000-\ufefe\uff00-\uffef]|[\u2028\u2029]")


def put(text: str, path: KeyPath, value: Any, after: tuple[str, ...]) -> str:
    """The text with this value at a path; see :class:`contracts.editing.Put`."""
    root = _composed(text)
    parent = _at(root, path[:-1])
    names = _names(parent)
    if path[-1] in names:
        return _replaced(text, parent, names.index(path[-1]), value)
    place = next((names.index(key) for key in after if key in names), len(names) - 1)
    key = path[-1] if isinstance(parent, yaml.MappingNode) else None
    if parent.flow_style or not names:

        def write(_indent: str | None) -> str:
            written = in_flow(value)
            return written if key is None else f"{in_flow(key)}: {written}"

        return with_member(text, _brackets(text, parent), place, write)
    column = _column(text, parent)
    lines = in_block({key: value} if key is not None else [value], _steps(text, root), " " * column)
    at = _end_of_entry(text, parent, place, column)
    if at == len(text) and _ends_open(text, parent, place):
        at = _end_of_entry(text, parent, place - 1, column) if place else _line_of(text, parent)
    ending = line_end(text)
    block = ending.join(lines)
    if at and text[at - 1] not in "\r\n":  # the last line of the text does not end
        return f"{text[:at]}{ending}{block}{text[at:]}"
    return f"{text[:at]}{block}{ending}{text[at:]}"


def dropped(text: str, path: KeyPath) -> str:
    """The text without one item of a list."""
    parent = _at(_composed(text), path[:-1])
    names = _names(parent)
    if path[-1] not in names:
        raise _refused(f"There is nothing at {path}.")
    number = names.index(path[-1])
    if parent.flow_style:
        return without_member(text, _brackets(text, parent), number)
    item = parent.value[number]
    dash = text.rfind("-", 0, item.start_mark.index)
    start = max(text.rfind("\n", 0, dash), text.rfind("\r", 0, dash)) + 1
    return text[:start] + text[_end_of_entry(text, parent, number, _column(text, parent)) :]


def in_flow(value: Any) -> str:
    """A value on one line, as it stands between brackets."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{in_flow(key)}: {in_flow(inner)}" for key, inner in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(in_flow, value)) + "]"
    if not isinstance(value, str):
        return json.dumps(value)
    plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return value if plain else in_quotes(value)


def in_quotes(text: str) -> str:
    """A text in double quotes, whatever is in it."""
    return _UNPRINTABLE.sub(_escaped, json.dumps(text, ensure_ascii=False))


def in_block(value: Any, steps: tuple[int, int], indent: str) -> list[str]:
    """An object or a list as lines.

    steps:  by how much what is below a key is indented: an object, a list.
    """
    if isinstance(value, list):
        return [line for item in value for line in _item(item, steps, indent)]
    lines = []
    for key, inner in value.items():
        if isinstance(inner, dict | list) and inner:
            deeper = indent + " " * steps[isinstance(inner, list)]
            lines += [f"{indent}{in_flow(key)}:", *in_block(inner, steps, deeper)]
        else:
            lines.append(f"{indent}{in_flow(key)}: {in_flow(inner)}")
    return lines


def _item(item: Any, steps: tuple[int, int], indent: str) -> list[str]:
    if not isinstance(item, dict) or not item:
        return [f"{indent}- {in_flow(item)}"]
    first, *others = in_block(item, steps, f"{indent}  ")
    return [f"{indent}- {first.lstrip()}", *others]


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"


# ------------------------------------------------------------------ where things stand


def _composed(text: str) -> Any:
    """The root of the text's nodes; a node of PyYAML has no type of its own."""
    try:
        return yaml.compose(text, Loader=Loader)
    except yaml.YAMLError as error:
        raise _refused("Its text cannot be taken apart.") from error


def _at(node: Any, path: KeyPath) -> Any:
    """The object or the list at a path, where it is written itself, and not by its alias."""
    for step in path:
        names = _names(node)
        if step not in names:
            raise _refused(f"There is nothing at {path}.")
        before = _start_of_entry(node, names.index(step))
        node = _value(node, names.index(step))
        if node.start_mark.index < before:
            raise _refused("It is written elsewhere, and named here by an alias.")
    if not isinstance(node, yaml.CollectionNode):
        raise _refused(f"There is no object and no list at {path}.")
    return node


def _names(node: Any) -> list[Any]:
    if isinstance(node, yaml.MappingNode):
        return [key.value for key, _ in node.value]
    return list(range(len(node.value))) if isinstance(node, yaml.SequenceNode) else []


def _value(node: Any, number: int) -> Any:
    entry = node.value[number]
    return entry[1] if isinstance(entry, tuple) else entry


def _start_of_entry(node: Any, number: int) -> int:
    entry = node.value[number]
    at: int = entry[0].start_mark.index if isinstance(entry, tuple) else node.start_mark.index
    return at


def _content_start(text: str, node: Any) -> int:
    """Where a node's own text begins, behind its anchor and its tag."""
    found = _PROPERTIES.match(text, node.start_mark.index)
    return found.end() if found else node.start_mark.index


def _column(text: str, node: Any) -> int:
    """The column of an object's keys, or of a list's dashes."""
    if isinstance(node, yaml.MappingNode):
        column: int = node.value[0][0].start_mark.column
        return column
    start = _content_start(text, node)
    return start - max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) - 1


def _alias(text: str, key: Any, value: Any) -> tuple[int, int] | None:
    """Where an alias stands that is the value of a key; ``None`` where the value is written."""
    if value.start_mark.index >= key.start_mark.index:
        return None
    found = _ALIAS.match(text, key.end_mark.index)
    return found.span(1) if found else None


def _brackets(text: str, node: Any) -> Brackets:
    members = []
    for entry in node.value:
        key, value = entry if isinstance(entry, tuple) else (entry, entry)
        alias = _alias(text, key, value)
        members.append((key.start_mark.index, alias[1] if alias else value.end_mark.index))
    start = _content_start(text, node)
    if text[start : start + 1] not in ("{", "["):
        raise _refused("It is not written between brackets.")
    return Brackets(start, node.end_mark.index, members)


def _end_of_entry(text: str, node: Any, number: int, column: int) -> int:
    """The offset behind the last line of an entry, with the comments that are indented below it."""
    at = _end_of_value(text, node, number)
    while (comment := _COMMENT.match(text, at)) and len(comment[1]) > column and comment[0]:
        at = comment.end()
    return at


def _end_of_value(text: str, node: Any, number: int) -> int:
    """The offset behind the last line of a value."""
    while True:
        entry = node.value[number]
        if isinstance(entry, tuple) and (alias := _alias(text, *entry)):
            return _end_of_line(text, alias[1])
        value = entry[1] if isinstance(entry, tuple) else entry
        if not isinstance(value, yaml.CollectionNode) or value.flow_style or not value.value:
            break
        if isinstance(value, yaml.SequenceNode) and _is_alias(value):
            raise _refused("A list ends with an alias.")
        node, number = value, len(value.value) - 1
    if value.start_mark.index < node.start_mark.index:
        raise _refused("A list ends with an alias.")
    if value.style in ("|", ">") if isinstance(value, yaml.ScalarNode) else False:
        return _end_of_block(text, value)
    return _end_of_line(text, value.end_mark.index)


def _ends_open(text: str, node: Any, number: int) -> bool:
    """Whether a text ends with a block that would get a line end more by what follows it."""
    value = _value(node, number)
    while isinstance(value, yaml.CollectionNode) and value.value:
        value = _value(value, len(value.value) - 1)
    return getattr(value, "style", None) in ("|", ">") and not text.endswith(("\n", "\r"))


def _line_of(text: str, node: Any) -> int:
    """The offset at which the line of an object's first key begins."""
    at: int = node.value[0][0].start_mark.index
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _is_alias(node: Any) -> bool:
    """Whether the last item of a list is written before the list."""
    before: bool = node.value[-1].start_mark.index < node.start_mark.index
    return before


def _end_of_block(text: str, scalar: Any) -> int:
    """The offset behind the last line of a block of text; the blank lines below it are not its."""
    start: int = scalar.start_mark.index
    end: int = scalar.end_mark.index
    header = _LINE.match(text, _content_start(text, scalar))
    if header and "+" in header[0].partition("#")[0]:
        return end  # blank lines belong to the text
    blank = _BREAKS.search(text, start, end)
    return _end_of_line(text, blank.start() if blank else end)


def _end_of_line(text: str, at: int) -> int:
    if at and text[at - 1] in "\r\n" and text[at : at + 1] != "\n":
        return at
    found = _LINE.match(text, at)
    return found.end() if found else at


def _steps(text: str, root: Any) -> tuple[int, int]:
    """By how much the text indents what is below a key: an object, a list."""
    found = [2, 2]
    for kind, of_kind in enumerate((yaml.MappingNode, yaml.SequenceNode)):
        for _, value in root.value if isinstance(root, yaml.MappingNode) else ():
            if isinstance(value, of_kind) and not value.flow_style and value.value:
                step = _column(text, value) - root.value[0][0].start_mark.column
                if step >= (0 if kind else 1):
                    found[kind] = step
                    break
    return found[0], found[1]


# ------------------------------------------------------------------ a value in another's place


def _replaced(text: str, parent: Any, number: int, value: Any) -> str:
    entry = parent.value[number]
    node = _value(parent, number)
    if isinstance(entry, tuple) and (alias := _alias(text, *entry)):
        return text[: alias[0]] + in_flow(value) + text[alias[1] :]
    if node.start_mark.index < _start_of_entry(parent, number):
        raise _refused("It is written elsewhere, and named here by an alias.")
    start, end = _content_start(text, node), node.end_mark.index
    if isinstance(node, yaml.CollectionNode):
        if not node.flow_style:
            raise _refused("A block cannot be replaced by one value.")
        return text[:start] + in_flow(value) + text[end:]
    if start == end:  # nothing is written, which is null
        return f"{text[:start]} {in_flow(value)}{text[end:]}"
    if node.style in ("|", ">"):
        end = _end_of_block(text, node)
        ended = text[:end].endswith(("\n", "\r"))
        return text[:start] + in_flow(value) + (line_end(text) if ended else "") + text[end:]
    return text[:start] + _in_style(value, node.style) + text[end:]


def _in_style(value: Any, style: str | None) -> str:
    """A value in the quotes of the one that it takes the place of."""
    if not isinstance(value, str) or _UNPRINTABLE.search(value):
        return in_flow(value)
    if style == "'":
        return "'" + value.replace("'", "''") + "'"
    return in_quotes(value) if style == '"' else in_flow(value)


def _refused(what: str) -> Exception:
    from contracts.editing import EditError

    return EditError(what)
