"""JSON, held to the standard library's reading of it, and every mistake by its exact words."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.documents import dotted
from contracts.json_text import read_json, read_quickly
from contracts.reading import MAX_DEPTH, MAX_NODES, Lines

texts = st.text(max_size=6)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
layouts = st.sampled_from([(", ", ": "), (",", ":"), (" ,\n", " :\t"), ("\r\n, ", ":\r")])


@given(values, layouts, st.booleans())
def test_every_json_text_reads_as_the_standard_library_reads_it(
    value: object, layout: tuple[str, str], ascii_only: bool
) -> None:
    text = json.dumps(value, separators=layout, ensure_ascii=ascii_only)
    if any(word in text for word in ("\\u0000", "\\ud")) or "\0" in text:
        return  # held to its own rules below
    reading = read_json(text)
    assert reading.whole
    assert reading.faults == ()
    assert _exact(reading.value) == _exact(json.loads(text))


@given(st.text(alphabet="{}[]\",:-+.0123456789eEtrufalsn\\ \n\tN/u'x#", max_size=24))
@example("-")
@example("[1 2]")
@example('{"a":"\\ud83d\\ude00"}')
@example("[-NaN]")
@example("1 2")
@example('"\\u12"')
def test_a_text_is_refused_wherever_the_standard_library_refuses_it(text: str) -> None:
    try:
        expected: object = json.loads(text, parse_constant=_refused)
    except ValueError:
        expected = _REFUSED
    reading = read_json(text)
    if expected is _REFUSED:
        assert reading.faults
    elif not reading.faults:
        assert _exact(reading.value) == _exact(expected)


@given(values)
def test_reading_quickly_and_closely_is_one(value: object) -> None:
    text = json.dumps(value, indent=1)
    reading = read_json(text)
    if _is_plainly_fine(text):
        assert _exact(read_quickly(text)) == _exact(reading.value)
        assert reading.faults == ()


@given(values)
def test_every_value_stands_where_it_is_said_to_stand(value: object) -> None:
    text = json.dumps(value, indent=1)
    reading = read_json(text)
    for path, offset in reading.values.items():
        found, _ = json.JSONDecoder().raw_decode(text, offset)
        assert _exact(found) == _exact(_at(reading.value, path))
    for path, offset in reading.keys.items():
        if isinstance(path[-1], str):
            assert json.JSONDecoder().raw_decode(text, offset)[0] == path[-1]


def _is_plainly_fine(text: str) -> bool:
    try:
        read_quickly(text)
    except ValueError:
        return False
    return True


_REFUSED = object()


def _refused(word: str) -> object:
    raise ValueError(word)


def _exact(value: object) -> str:
    """A value with its types, so that 1 and 1.0 and true differ."""
    return repr(value)


def _at(value: object, path: tuple[str | int, ...]) -> object:
    for step in path:
        value = value[step]  # type: ignore[index]
    return value


MISTAKES = [
    ("", [(1, 1, "", "The document is empty.")]),
    (" \n\n", [(1, 1, "", "The document is empty.")]),
    ('{"a": 1, "a": 2}', [(1, 10, "a", 'The key "a" is here twice; the first is on line 1.')]),
    ('{"b": 1,\n "a": {},\n "b": 2}',
     [(3, 2, "b", 'The key "b" is here twice; the first is on line 1.')]),
    ('{"a": NaN, "b": -Infinity}', [
        (1, 7, "a", "Expected a value, found the word NaN."),
        (1, 17, "b", "Expected a value, found the word -Infinity."),
    ]),
    ('{"a": True, "b": None, "c": yes}', [
        (1, 7, "a", "Expected a value, found the word True."),
        (1, 18, "b", "Expected a value, found the word None."),
        (1, 29, "c", "Expected a value, found the word yes."),
    ]),
    ('{"a": 1,}', [(1, 8, "", "There is a comma before }.")]),
    ('{"a": [1, 2,]}', [(1, 12, "a", "There is a comma before ].")]),
    ('{"a": 1\n "b": 2}', [(1, 8, "", 'Expected , or }, found "\\"".')]),
    ("[1 2]", [(1, 3, "", 'Expected , or ], found "2".')]),
    ('{"a": [1}', [(1, 9, "a", 'Expected , or ], found "}".')]),
    ('{"a" 1}', [(1, 6, "a", 'Expected : after the key, found "1".')]),
    ('{"a" = 1}', [(1, 6, "a", 'Expected : after the key, found "=".')]),
    ('{"a": }', [(1, 7, "a", 'Expected a value, found "}".')]),
    ('{"a":', [(1, 5, "a", "Expected a value, found the end of the document.")]),
    ('{"a": {"b": 1}\n', [(1, 14, "", "The document ends where } was expected.")]),
    ("{'a': 'b'}", [
        (1, 2, "a", 'The key "a" is not in double quotes.'),
        (1, 7, "a", "The text is in single quotes."),
    ]),
    ("{a: 1}", [(1, 2, "a", 'The key "a" is not in double quotes.')]),
    ("{1: 1}", [(1, 2, "", 'Expected a key in double quotes, found "1".')]),
    ('{"a": "b\n"}', [(1, 7, "a", "The text that begins here is not closed on its line.")]),
    ('{"a": "\t"}', [(1, 8, "a", "There is a tab inside a text.")]),
    ('{"a": "\x07"}', [(1, 8, "a", "There is the control character U+0007 inside a text.")]),
    ('{"a": "\\q"}', [(1, 8, "a", "\\q is no escape that JSON knows.")]),
    ('{"a": "\\ud800"}',
     [(1, 7, "a", "The text holds half of a surrogate pair, which is no character.")]),
    ('{"a": "\\u0000"}',
     [(1, 7, "a", "The text holds the character NUL, which no text in Postgres can.")]),
    ('{"a": 01, "b": +1, "c": .5, "d": 1_000, "e": 0x1f}', [
        (1, 7, "a", '"01" is no number that JSON knows.'),
        (1, 16, "b", '"+1" is no number that JSON knows.'),
        (1, 25, "c", '".5" is no number that JSON knows.'),
        (1, 34, "d", '"1_000" is no number that JSON knows.'),
        (1, 46, "e", '"0x1f" is no number that JSON knows.'),
    ]),
    ("1e999", [(1, 1, "", "The number 1e999 is too large to be read.")]),
    ("1" * 1001, [(1, 1, "", "The number has 1,001 characters; at most 1,000 are read.")]),
    ('{"a": 1} // why\n', [(1, 10, "", "There is a comment, and JSON has none.")]),
    ('{"a": 1} {"b": 2}', [
        (1, 10, "", 'The document ended before this, but "{\\"b\\": 2}" follows.'),
    ]),
    ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), [
        (1, MAX_DEPTH + 1, "[0][0][0]",
         "More than 64 objects and lists stand inside one another."),
    ]),
    ("[" + "1," * MAX_NODES + "1]", [
        (1, 2 * MAX_NODES, f"[{MAX_NODES - 1}]",
         "The document holds more than 200,000 values, aliases written out."),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=[text[:30] for text, _ in MISTAKES])
def test_a_mistake_is_named_where_it_stands(
    text: str, expected: list[tuple[int, int, str, str]]
) -> None:
    lines = Lines(text)
    faults = read_json(text).faults
    found = [(*lines.at(fault.offset), dotted(fault.path), fault.what) for fault in faults]
    assert found == expected
    assert all(fault.next_step for fault in faults)
    assert not _is_plainly_fine(text)


def test_what_is_within_the_bounds_is_read() -> None:
    for text in (
        "[" * MAX_DEPTH + "]" * MAX_DEPTH,
        "1" * 1000,
        "[" + "1," * (MAX_NODES - 2) + "1]",
    ):
        assert read_json(text).faults == ()
