"""Names that a pull request's text, a flag or a variable accepts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prevention.accepting import VARIABLE, accepted_names, names_in_text, read_text
from prevention.decision import NotJudged

LINE = "accept-breaking-change: museum.images"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ()),
        (LINE, ("museum.images",)),
        (f"Retires the column.\r\n\r\n{LINE}\r\n", ("museum.images",)),
        (f"{LINE}\n{LINE}\naccept-breaking-change:museum/tags", ("museum.images", "museum/tags")),
        (f"  {LINE}  ", ("museum.images",)),
        (f"- {LINE}\n* {LINE.replace('images', 'tags')}", ("museum.images", "museum.tags")),
        ("Accept-Breaking-Change: museum.images", ("museum.images",)),
        ("accept-breaking-change: `museum.images`", ("museum.images",)),
        ("accept-breaking-change: Objects on view", ("Objects on view",)),
        ("accept-breaking-change:", ()),
        ("accept-breaking-change: ``", ()),
        # What is not a line of its own.
        (f"I would write {LINE}", ()),
        (f"> {LINE}", ()),
        (f"    {LINE}", ()),
        (f"\t{LINE}", ()),
        (f"`{LINE}`", ()),
        ("accept breaking change: museum.images", ()),
        ("don't-accept-breaking-change: museum.images", ()),
        (f"one\x0b{LINE}", ()),
        (f"one\u2028{LINE}", ()),
        # Comments.
        (f"<!--\n{LINE}\n-->", ()),
        (f"<!-- {LINE} -->", ()),
        (f"<!-- one -->{LINE}", ()),
        (f"{LINE} <!-- really -->", ()),
        (f"<!-- how to:\n{LINE}", ()),
        (f"<!-- a --> <!-- b\n{LINE}\n-->\naccept-breaking-change: museum.tags", ("museum.tags",)),
        (f"-->\n{LINE}", ("museum.images",)),
        (f"<!-- ends -->\n{LINE}", ("museum.images",)),
        (f"Write `<!--` to hide it.\n{LINE}", ("museum.images",)),
        (f"<!--\n```\n-->\n{LINE}", ("museum.images",)),
        # Blocks of code.
        (f"```\n{LINE}\n```", ()),
        (f"```text\n{LINE}\n```\n{LINE}", ("museum.images",)),
        (f"~~~\n{LINE}\n```\n{LINE}\n~~~", ()),
        (f"````\n```\n{LINE}\n```\n````", ()),
        (f"```\n<!--\n```\n{LINE}", ("museum.images",)),
        (f"- ```\n  {LINE}\n  ```", ()),
        (f"```\n{LINE}", ()),
        (f"``` not `a` fence\n{LINE}", ("museum.images",)),
    ],
)
def test_which_lines_count(text: str, names: tuple[str, ...]) -> None:
    assert names_in_text(text) == names


@pytest.mark.parametrize(
    ("flag", "variable", "text", "expected"),
    [
        (None, None, None, []),
        ("a, b,,", None, None, [("a", "--accept"), ("b", "--accept")]),
        (None, "a,b", None, [("a", VARIABLE), ("b", VARIABLE)]),
        ("a", "b", None, [("a", "--accept")]),
        ("", "b", None, []),
        ("a", "b", "c", [("a", "--accept"), ("c", "the pull request")]),
        (None, "b", "c", [("b", VARIABLE), ("c", "the pull request")]),
        ("a", None, "a", [("a", "--accept")]),
    ],
)
def test_the_flag_overrides_the_variable_and_the_text_adds_up(
    flag: str | None, variable: str | None, text: str | None, expected: list[tuple[str, str]]
) -> None:
    environment = {} if variable is None else {VARIABLE: variable}
    body = None if text is None else f"accept-breaking-change: {text}"
    found = accepted_names(flag, body, environment)
    assert [(each.name, each.by) for each in found] == expected


@given(st.text(st.sampled_from("ac-:`~<!> \n*x")))
@settings(max_examples=100)
def test_whatever_is_hidden_stays_hidden(text: str) -> None:
    assert names_in_text(f"<!-- {text.replace('-->', '')}\n{LINE}\n") == ()
    if "~" not in text:
        assert names_in_text(f"~~~\n{text}\n{LINE}\n~~~") == ()


def test_the_text_is_read_from_a_file_whatever_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "body.txt"
    file.write_bytes(b"\xef\xbb\xbf" + LINE.encode() + b"\n\xff")
    assert names_in_text(read_text(file)) == ("museum.images",)
    file.write_bytes(b"x" * 1_000_001)
    with pytest.raises(NotJudged, match="no pull request's text is as long"):
        read_text(file)
