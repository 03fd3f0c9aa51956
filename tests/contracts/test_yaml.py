"""YAML by the core schema of 1.2, and every mistake by its exact words."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts import yaml_text
from contracts.documents import dotted
from contracts.reading import MAX_DEPTH, Lines
from contracts.yaml_text import read_yaml


@pytest.fixture(params=["c", "python"], autouse=True)
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything holds with the C parser and with PyYAML's own."""
    if request.param == "python":
        monkeypatch.setattr(yaml_text, "Loader", yaml.SafeLoader)


SCALARS = [
    ("true", True), ("True", True), ("FALSE", False), ("false", False),
    ("yes", "yes"), ("no", "no"), ("NO", "NO"), ("on", "on"), ("off", "off"), ("y", "y"),
    ("null", None), ("~", None), ("", None), ("Null", None), ("none", "none"),
    ("1", 1), ("-17", -17), ("+3", 3), ("007", 7), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"),
    ("12:30", "12:30"), ("1:30:00", "1:30:00"), ("0b11", "0b11"),
    ("1.0", 1.0), ("1.", 1.0), (".5", 0.5), ("-1e3", -1000.0), ("1.2.3", "1.2.3"),
    ("2024-01-01", "2024-01-01"), ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00Z"),
    ('"no"', "no"), ("'1'", "1"), ('"true"', "true"), ('""', ""),
    ("!!str 1", "1"), ("! 1", "1"), ("!!int 1", 1), ("!!float 1", 1), ("!!bool true", True),
    ("!!null ~", None), ("Wheat Field with Cypresses", "Wheat Field with Cypresses"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "value"), SCALARS)
def test_a_scalar_means_what_the_core_schema_says(written: str, value: object) -> None:
    reading = read_yaml(f"a: {written}\n")
    assert reading.faults == ()
    assert repr(reading.value) == repr({"a": value})


def test_keys_are_texts_as_written() -> None:
    reading = read_yaml("1: a\ntrue: b\nnull: c\n2024-01-01: d\n'x': e\n")
    assert reading.value == {"1": "a", "true": "b", "null": "c", "2024-01-01": "d", "x": "e"}


ALIASES = [
    ("a: &x [1, 2]\nb: *x\n", {"a": [1, 2], "b": [1, 2]}),
    ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", {"a": {"b": 1, "c": 2}, "d": {"b": 1, "c": 3}}),
    ("a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}\n",
     {"a": {"b": 1}, "c": {"b": 2, "d": 3}, "e": {"b": 1, "d": 3}}),
    ("a: {'<<': 1}\n", {"a": {"<<": 1}}),
    ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), ALIASES)
def test_aliases_and_merges_are_written_out(text: str, value: object) -> None:
    reading = read_yaml(text)
    assert (reading.faults, reading.value) == ((), value)


def _bomb(levels: int) -> str:
    names = "abcdefghij"[:levels]
    lines = [f"{names[0]}: &{names[0]} [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    for before, name in pairwise(names):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]")
    return "\n".join(lines) + "\n"


TAB = "A tab stands where YAML wants spaces."
MISTAKES = [
    ("", [(1, 1, "", "The document is empty.")]),
    ("# nothing yet\n", [(1, 1, "", "The document is empty.")]),
    ("a: 1\nb: 2\na: 3\n", [(3, 1, "a", 'The key "a" is here twice; the first is on line 1.')]),
    ("a: 1\n---\nb: 2\n", [(2, 1, "", "A second document begins here.")]),
    ("a:\n\tb: 1\n", [(2, 1, "", TAB)]),
    ("a: b: c\n", [(1, 5, "", "A colon stands where no key is expected.")]),
    ("a: @b\n", [(1, 4, "", 'No plain value begins with "@".')]),
    ("a: 'b\n", [(1, 5, "", "A text in quotes is not closed.")]),
    ('a: "\\q"\n', [
        (1, 5, "", "The text in double quotes holds an escape that YAML does not know.")]),
    ("a: .nan\nb: -.inf\n", [
        (1, 4, "a", ".nan is no number that a contract can use."),
        (2, 4, "b", "-.inf is no number that a contract can use."),
    ]),
    ("a: 1e999\n", [(1, 4, "a", 'The number "1e999" is too large to be read.')]),
    (f"a: {'1' * 1001}\n",
     [(1, 4, "a", "The number has 1,001 characters; at most 1,000 are read.")]),
    ("a: !!python/name:os.system x\n",
     [(1, 4, "a", 'The tag "!!python/name:os.system" is not accepted here.')]),
    ("a: !!set {b, c}\n", [(1, 4, "a", 'The tag "!!set" is not accepted here.')]),
    ("a: !!int b\n", [(1, 4, "a", '"b" is not what its tag says.')]),
    ("a: !!int true\n", [(1, 4, "a", '"true" is not what its tag says.')]),
    ("a: *b\n", [(1, 4, "a", "Nothing before this is anchored as &b.")]),
    ("a: &b [*b]\n", [(1, 8, "a[0]", "*b stands inside the value that it names.")]),
    ("a: {<<: 1}\n", [(1, 9, "a.<<", "<< merges objects, and this is none.")]),
    ("? [a]\n: b\n",
     [(1, 3, "", "A key must be a text; this one is an object, a list or an alias.")]),
    ("a: {{ b }}\n",
     [(1, 5, "a", "A key must be a text; this one is an object, a list or an alias.")]),
    ('a: "\\0"\n',
     [(1, 4, "a", "The text holds the character NUL or half of a surrogate pair.")]),
    ("a: b\x07\n", [(1, 5, "", "There is the control character U+0007, which YAML forbids.")]),
    ("[" * (MAX_DEPTH + 1), [(1, MAX_DEPTH + 1, "[0][0][0]",
     "More than 64 objects and lists stand inside one another.")]),
    (_bomb(10), [(6, 8, "f[0]",
     "The document holds more than 200,000 values, aliases written out.")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=[text[:30] for text, _ in MISTAKES])
def test_a_mistake_is_named_where_it_stands(
    text: str, expected: list[tuple[int, int, str, str]]
) -> None:
    lines = Lines(text)
    faults = read_yaml(text).faults
    found = [(*lines.at(fault.offset), dotted(fault.path), fault.what) for fault in faults]
    assert found == expected
    assert all(fault.next_step for fault in faults)


def test_a_bomb_that_stays_within_the_bounds_is_read() -> None:
    assert read_yaml(_bomb(4)).faults == ()


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cn", "Zl", "Zp"], exclude_characters="\ufeff"),
    max_size=6,
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


@given(values)
def test_json_is_yaml_and_means_the_same(value: object) -> None:
    reading = read_yaml(json.dumps({"a": value}, ensure_ascii=False))
    assert reading.faults == ()
    assert reading.value == {"a": value}


@given(values)
def test_what_pyyaml_writes_is_read_with_every_key_where_it_stands(value: object) -> None:
    text = yaml.safe_dump({"a": value}, allow_unicode=True, default_style='"')
    reading = read_yaml(text)
    assert reading.faults == ()
    for path, offset in reading.keys.items():
        if isinstance(path[-1], str) and path[-1].isalpha() and path[-1].isascii():
            assert text.startswith(f'"{path[-1]}"', offset)
