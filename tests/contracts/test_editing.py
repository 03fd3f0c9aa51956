"""Editing a document: what was asked for is there afterwards, and all else is as it was."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.documents import Document, scan_document
from contracts.editing import Drop, Edit, EditError, Put, edited

ENDS: Final = {"sunset_date": "2026-02-03", "reason": "Prices: all # of them"}
STATUS: Final = Put(("status",), "deprecated", ("version", "name"))
VERSION: Final = Put(("version",), "1.6.0")
END: Final = Put(("deprecation",), ENDS, ("status",))
ITEM: Final = Put(("list", 1), {"property": "deprecation", "value": ENDS})


def changed(text: str, *edits: Edit, file: str = "c.yaml") -> list[str]:
    """The lines that an edit takes away (``-``) and adds (``+``), line ends included."""
    document = scan_document(file, text.encode())
    new = edited(document, edits)
    found = difflib.ndiff(text.splitlines(keepends=True), new.splitlines(keepends=True))
    return [line[0] + line[2:] for line in found if line[0] in "+-"]


REPLACED = [
    ("status: active\n", ["-status: active\n", "+status: deprecated\n"]),
    ("status: 'active' # so\n", ["-status: 'active' # so\n", "+status: 'deprecated' # so\n"]),
    ('status: "active"\n', ['-status: "active"\n', '+status: "deprecated"\n']),
    ("status:   active   \n", ["-status:   active   \n", "+status:   deprecated   \n"]),
    ("status:\nx: 1\n", ["-status:\n", "+status: deprecated\n"]),
    ("status: # soon\nx: 1\n", ["-status: # soon\n", "+status: deprecated # soon\n"]),
    ("status: ~\n", ["-status: ~\n", "+status: deprecated\n"]),
    ("status: >-\n  active\nx: 1\n", ["-status: >-\n", "-  active\n", "+status: deprecated\n"]),
    ("status: !!str active\n", ["-status: !!str active\n", "+status: !!str deprecated\n"]),
    ("status: &s active\n", ["-status: &s active\n", "+status: &s deprecated\n"]),
    ("a: &s active\nstatus: *s # so\n", ["-status: *s # so\n", "+status: deprecated # so\n"]),
    ("status: active", ["-status: active", "+status: deprecated"]),
    ("status: active\r\nx: 1\r\n", ["-status: active\r\n", "+status: deprecated\r\n"]),
    ("{status: active}\n", ["-{status: active}\n", "+{status: deprecated}\n"]),
    ("--- # so\nstatus: active\n...\n", ["-status: active\n", "+status: deprecated\n"]),
]


@pytest.mark.parametrize(("text", "lines"), REPLACED, ids=[text for text, _ in REPLACED])
def test_a_value_takes_the_place_of_another(text: str, lines: list[str]) -> None:
    assert sorted(changed(text, STATUS)) == sorted(lines)


BLOCK = [
    "+deprecation:\n",
    '+  sunset_date: "2026-02-03"\n',
    '+  reason: "Prices: all # of them"\n',
]
ADDED = {
    "behind its neighbour": ("status: active # so\n# below\nx: 1\n", 1, BLOCK),
    "at the end": ("x: 1\n", 1, BLOCK),
    "without a last line end": ("x: 1", 1, [*BLOCK[:-1], BLOCK[-1].rstrip("\n")]),
    "below a comment of the neighbour's": ("status:\n  # in\nx: 1\n", 2, BLOCK),
    "above a blank line": ("status: |\n  active\n\n\nx: 1\n", 2, BLOCK),
    "below a text that keeps its blank lines": ("status: |+\n  active\n\n\nx: 1\n", 4, BLOCK),
    "below a block": ("status:\n  a: 1\n  b: 2 # b\n# x\nx: 1\n", 3, BLOCK),
    "below a long text": ('status: "one\n  two"\nx: 1\n', 2, BLOCK),
    "below an alias": ("a: &a 1\nstatus: *a\nx: 1\n", 2, BLOCK),
    "in a text of four blanks": (
        "status: active\nx:\n    y: 1\n",
        1,
        [re.sub("^\\+  ", "+    ", line) for line in BLOCK],
    ),
    "with line ends of Windows": (
        "status: active\r\nx: 1\r\n",
        1,
        [line.replace("\n", "\r\n") for line in BLOCK],
    ),
    "before the end of the document": ("status: active\n...\n", 1, BLOCK),
}


@pytest.mark.parametrize("name", ADDED)
def test_a_key_is_added(name: str) -> None:
    text, at, lines = ADDED[name]
    before = text.splitlines(keepends=True)
    new = edited(scan_document("c.yaml", text.encode()), [END])
    added = [line[1:] for line in lines]
    assert new.replace("1\ndep", "1dep") == "".join([*before[:at], *added, *before[at:]]).replace(
        "1\ndep", "1dep"
    )


FLOW = [
    ("{status: active, x: 1}\n", '{status: active, version: "1.6.0", x: 1}\n'),
    ("{x: 1}\n", '{x: 1, version: "1.6.0"}\n'),
    ("{}\n", '{version: "1.6.0"}\n'),
    ("{x: 1,}\n", '{x: 1, version: "1.6.0",}\n'),
    ("{\n  x: 1 # one\n}\n", '{\n  x: 1, # one\n  version: "1.6.0"\n}\n'),
    ("{\n  x: 1, # one\n}\n", '{\n  x: 1, # one\n  version: "1.6.0",\n}\n'),
]


@pytest.mark.parametrize(("text", "wanted"), FLOW, ids=[text for text, _ in FLOW])
def test_a_key_is_added_between_brackets(text: str, wanted: str) -> None:
    edit = Put(("version",), "1.6.0", ("status",))
    assert edited(scan_document("c.yaml", text.encode()), [edit]) == wanted.replace(
        '"1.6.0"', "1.6.0"
    )


ITEMS = [
    ("list:\n- a: 1\n# x\ny: 2\n", 2, "- property: deprecation\n  value:\n    "),
    ("list:\n  - a: 1 # one\ny: 2\n", 2, "  - property: deprecation\n    value:\n      "),
    ("list:\n  -   a: 1\n      b: |\n        # no\n\ny: 2\n", 4, "  - property: deprecation\n"),
]


@pytest.mark.parametrize(("text", "at", "begins"), ITEMS)
def test_an_item_is_added_to_a_list(text: str, at: int, begins: str) -> None:
    lines = text.splitlines(keepends=True)
    new = edited(scan_document("c.yaml", text.encode()), [ITEM])
    assert new.startswith("".join(lines[:at]) + begins)
    assert new.endswith("".join(lines[at:]))


JSON = [
    ('{"status": "active"}', '{"status": "deprecated", "version": "1.6.0"}'),
    ('{"status":"active"}\n', '{"status":"deprecated","version":"1.6.0"}\n'),
    (
        '{\n\t"status": "active",\n\t"x": [1, 2]\n}\n',
        '{\n\t"status": "deprecated",\n\t"x": [1, 2],\n\t"version": "1.6.0"\n}\n',
    ),
    (
        '{\r\n    "x": {"status": "active"}\r\n}',
        '{\r\n    "x": {"status": "active"},\r\n    "status": "deprecated"\r\n}'.replace(
            '"\r\n}', '",\r\n    "version": "1.6.0"\r\n}'
        ),
    ),
    ("{}", '{"status": "deprecated", "version": "1.6.0"}'),
    ('{"name": "A\\u00e4"}', '{"name": "A\\u00e4", "status": "deprecated", "version": "1.6.0"}'),
]


@pytest.mark.parametrize(("text", "wanted"), JSON, ids=[text for text, _ in JSON])
def test_json_stays_as_it_is_written(text: str, wanted: str) -> None:
    assert edited(scan_document("c.json", text.encode()), [STATUS, VERSION]) == wanted


def test_an_object_is_added_to_json_as_the_others_are_written() -> None:
    text = '{\n   "list": [\n      {\n         "a": 1\n      }\n   ]\n}\n'
    assert edited(scan_document("c.json", text.encode()), [ITEM]) == (
        '{\n   "list": [\n      {\n         "a": 1\n      },\n      {\n         "property": '
        '"deprecation",\n         "value": {\n            "sunset_date": "2026-02-03",\n'
        '            "reason": "Prices: all # of them"\n         }\n      }\n   ]\n}\n'
    )


DROPPED = [
    ("c.yaml", "list:\n- a\n- b # of b\n# c\n- c\n", 1, "list:\n- a\n# c\n- c\n"),
    ("c.yaml", "list: [a, b, c]\n", 1, "list: [a, c]\n"),
    ("c.yaml", "list: [a, b, c]\n", 2, "list: [a, b]\n"),
    ("c.json", '{"list": ["a", "b"]}', 0, '{"list": ["b"]}'),
    ("c.json", '{"list": ["a"]}', 0, '{"list": []}'),
]


@pytest.mark.parametrize(("file", "text", "number", "wanted"), DROPPED)
def test_an_item_is_dropped(file: str, text: str, number: int, wanted: str) -> None:
    assert edited(scan_document(file, text.encode()), [Drop(("list", number))]) == wanted


REFUSED: dict[str, tuple[str, Edit]] = {
    "others have the value by an alias": ("status: &s active\nx: *s\n", STATUS),
    "the object is written elsewhere": ("a: &a {b: 1}\nc: *a\n", Put(("c", "b"), "x")),
    "the last item is written elsewhere": ("a: &a 1\nlist:\n- *a\n", ITEM),
    "a block takes the place of a value": ("status:\n  a: 1\n", STATUS),
    "there is no such object": ("a: 1\n", Put(("b", "c"), "x")),
    "there is no such item": ("list: [a]\n", Drop(("list", 3))),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_done_alone_is_refused(name: str) -> None:
    text, edit = REFUSED[name]
    with pytest.raises(EditError):
        edited(scan_document("c.yaml", text.encode()), [edit])


# ------------------------------------------------------------------ wild documents

WORDS: Final = st.sampled_from(
    ["plain", '"quoted: # no"', "'single'", "12", "null", "https://a.example/b", "two\n    lines"]
)
COMMENT: Final = st.sampled_from(["", "", " # said", "   # status: x"])
ABOVE: Final = st.lists(st.sampled_from(["# above\n", "\n", "  # aside\n"]), max_size=2).map(
    "".join
)
BLOCKS: Final = st.sampled_from(
    [
        "|\n  text\n  # no comment\n", ">-\n  folded\n  text\n\n  more\n\n", "|+\n  kept\n\n\n",
        "\n  a: 1 # a\n  b: {c: 2} # b\n  # last\n", "\n- a\n- b: 1\n  c: 2 # c\n",
        "\n  - [a,\n    b]\n",
        "&anchor\n  a: 1\n", "{a: 1, # a\n  b: 2}\n", "[]\n", "!!str text\n",
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Wild:
    """A text, and the lines of it that may change."""

    text: str
    open_lines: frozenset[str]


@st.composite
def wild_yaml(draw: st.DrawFn) -> Wild:
    """A document with comments, quotes, blocks and anchors, and with or without a status."""
    entries = [
        f"{draw(ABOVE)}key{number}: {draw(BLOCKS)}".replace("&anchor", f"&a{number}")
        if draw(st.booleans())
        else f"{draw(ABOVE)}key{number}: {draw(WORDS)}{draw(COMMENT)}\n"
        for number in range(draw(st.integers(0, 4)))
    ]
    status = draw(
        st.sampled_from(["", "status: active", "status: 'active'", 'status:   "active"', "status:"])
    )
    if status:
        status += draw(COMMENT) + "\n"
        entries.insert(draw(st.integers(0, len(entries))), status)
    version = draw(st.sampled_from(["", "version: 1.5.0\n", 'version: "1.5.0" # v\n']))
    if version:
        entries.insert(draw(st.integers(0, len(entries))), version)
    text = "".join(entries) or "x: 1\n"
    if draw(st.booleans()):
        text = text.rstrip("\n")
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    open_lines = {status.strip("\n"), version.strip("\n")} - {""}
    return Wild(text.replace("\n", ending), frozenset(open_lines))


@settings(max_examples=150)
@given(wild_yaml())
def test_of_a_wild_document_only_the_lines_about_its_end_change(wild: Wild) -> None:
    document = scan_document("c.yaml", wild.text.encode())
    assert not document.problems
    new = edited(document, [STATUS, VERSION, END])
    old_lines, new_lines = wild.text.splitlines(), new.splitlines()
    gone = [line for line in difflib.ndiff(old_lines, new_lines) if line.startswith("- ")]
    assert {line[2:] for line in gone} <= wild.open_lines
    come = [line[2:] for line in difflib.ndiff(old_lines, new_lines) if line.startswith("+ ")]
    assert len(come) <= len(gone) + (2 - len(gone)) + 3
    assert new.endswith(("\n", "\r")) == wild.text.endswith(("\n", "\r"))
    assert ("\r\n" in new) == ("\r\n" in wild.text) or "\n" not in wild.text
    for line in wild.open_lines:
        assert f"#{line.partition('#')[2]}" in new or "#" not in line


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.text(max_size=6), plain, max_size=4),
    st.sampled_from([None, 0, 1, 4, "\t"]),
    st.sampled_from([(",", ":"), (", ", ": ")]),
)
def test_of_wild_json_all_else_stays(
    value: dict[str, Any], indent: int | str | None, separators: tuple[str, str]
) -> None:
    import json

    value.pop("status", None)
    value.pop("deprecation", None)
    text = json.dumps(value, indent=indent, separators=separators)
    document = Document("c.json", text, json.loads(text))
    if "\\u0000" in text or re.search(r"\\ud[89a-f]", text):
        return
    new = edited(document, [STATUS, END])
    assert json.loads(new) == {**value, "status": "deprecated", "deprecation": ENDS}
    kept = new.index('"status"') if "status" in new else len(new)
    assert text.startswith(new[:kept].rstrip().rstrip(",").rstrip()) or not value
