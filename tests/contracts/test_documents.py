"""Documents: files, encodings, bounds, and where things stand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from contracts.documents import Document, dotted, read_document, scan_document
from contracts.model import Location
from contracts.problems import DocumentError
from contracts.reading import MAX_BYTES

TEXT = b"""{
  "name": "a",
  "columns": {
    "a.b": {"is_nullable": false}
  },
  "list": [1,
 2]
}
"""


def problems(file: str, content: bytes) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        scan_document(file, content)
    return [str(problem) for problem in refused.value.problems]


TOO_LARGE = "a.json:1: The file is larger than 5,000,000 bytes. Next: "
TOO_LARGE += "Split it: a contract is about one table, and holds no data."
CONTENTS = [
    ("a.json", b"\xff\xfe{\x00}\x00",
     "a.json:1: The file is written in UTF-16; expected UTF-8. Next: Save it as UTF-8."),
    ("a.yaml", b"\xfe\xff\x00a",
     "a.yaml:1: The file is written in UTF-16; expected UTF-8. Next: Save it as UTF-8."),
    ("a.json", '{\n "é": "'.encode() + b'\xe9"}',
     "a.json:2: Byte 10 of the file (0xE9) is not UTF-8. Next: Save the file as UTF-8."),
    ("a.txt", b"{}",
     "a.txt:1: This is neither JSON nor YAML by its name. Next: Name it .json, .yaml or .yml."),
    ("a.json", b" " * (MAX_BYTES + 1), TOO_LARGE),
    ("a.json", b"",
     "a.json:1: The document is empty. Next: Write the contract, or delete the file."),
]  # fmt: skip


@pytest.mark.parametrize(("file", "content", "message"), CONTENTS)
def test_content_that_is_no_text_is_refused(file: str, content: bytes, message: str) -> None:
    assert problems(file, content) == [message]


@pytest.mark.parametrize("file", ["a.json", "a.JSON", "a.yaml", "a.yml"])
def test_a_byte_order_mark_is_dropped(file: str) -> None:
    document = scan_document(file, b'\xef\xbb\xbf{"a": 1}')
    assert document.value == {"a": 1}
    assert document.key_at("a") == Location(file, 1, 2)


def test_a_document_of_exactly_the_largest_size_is_read() -> None:
    content = b'{"a": "' + b"x" * (MAX_BYTES - 9) + b'"}'
    assert len(content) == MAX_BYTES
    assert scan_document("a.json", content).problems == ()


def test_a_file_that_cannot_be_read_is_named_as_the_user_named_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    cases: dict[str | Path, str] = {
        tmp_path / "none.json": "There is no such file. Next: Check the path.",
        tmp_path: "This is no file. Next: Name a .json, .yaml or .yml file.",
        tmp_path / "pipe.json": "This is no file. Next: Name a .json, .yaml or .yml file.",
        "a\0b.json": "The file cannot be read: its name is no path."
        " Next: Check the path and its permissions.",
        "x" * 300 + ".json": "The file cannot be read: File name too long."
        " Next: Check the path and its permissions.",
    }
    for path, message in cases.items():
        with pytest.raises(DocumentError) as refused:
            read_document(path)
        assert str(refused.value) == f"{path}:1: {message}"


PLACES = [
    (("name",), (2, 3), (2, 11)),
    (("columns", "a.b"), (4, 5), (4, 12)),
    (("columns", "a.b", "is_nullable"), (4, 13), (4, 28)),
    (("list", 0), (6, 12), (6, 12)),
    (("list", 1), (7, 2), (7, 2)),
    ((), (1, 1), (1, 1)),
    # what is not there stands where it would
    (("columns", "a.b", "unique"), (4, 12), (4, 12)),
    (("owner",), (1, 1), (1, 1)),
]


@pytest.mark.parametrize(("path", "key", "value"), PLACES)
def test_every_key_and_value_has_its_place(
    path: tuple[str | int, ...], key: tuple[int, int], value: tuple[int, int]
) -> None:
    document = scan_document("a.json", TEXT)
    assert document.key_at(*path) == Location("a.json", *key)
    assert document.value_at(*path) == Location("a.json", *value)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("file", "text"),
    [("a.json", '{\n"é": 1,\n\n"😀": {"b": 2}}'), ("a.yaml", "# é\né: 1\n\n😀: {b: 2}\n")],
)
def test_lines_and_columns_are_those_that_an_editor_shows(
    file: str, text: str, line_end: str
) -> None:
    document = scan_document(file, text.replace("\n", line_end).encode())
    assert document.key_at("é") == Location(file, 2, 1)
    assert document.key_at("😀") == Location(file, 4, 1)
    assert document.key_at("😀", "b").line == 4


def test_what_an_alias_brings_stands_where_it_is_written() -> None:
    text = b"base: &base\n  is_nullable: true\nimage: *base\nother:\n  <<: *base\n  unique: true\n"
    document = scan_document("a.yaml", text)
    assert document.key_at("image") == Location("a.yaml", 3, 1)
    assert document.value_at("image") == Location("a.yaml", 3, 8)
    assert document.key_at("image", "is_nullable") == Location("a.yaml", 2, 3)
    assert document.key_at("other", "is_nullable") == Location("a.yaml", 2, 3)
    assert document.key_at("other", "unique") == Location("a.yaml", 6, 3)


def test_a_source_knows_its_element_and_the_keys_below_it() -> None:
    source = scan_document("a.json", TEXT).source("columns", "a.b")
    assert source.location == Location("a.json", 4, 5)
    assert dict(source.keys) == {"is_nullable": Location("a.json", 4, 13)}
    assert len(source.keys) == 1
    assert source.at("unique", "is_nullable").column == 13
    assert source.at("unique") == source.location
    assert scan_document("a.json", TEXT).source().keys["columns.a.b.is_nullable"].line == 4


def test_no_place_is_looked_up_until_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(file: str, text: str) -> None:
        pytest.fail("read closely without need")

    monkeypatch.setattr("contracts.documents._read_closely", refuse)
    document = scan_document("a.json", TEXT)
    assert document.source("columns", "a.b") is not None
    assert document.source().location == Location("a.json", 1, 1)


def test_a_text_at_fault_that_can_be_read_keeps_its_value_and_says_where() -> None:
    document = scan_document("a.json", b'{"a": {"b": 1, "b": 2,}}')
    assert document.value == {"a": {"b": 2}}
    assert document.faulty == {("a", "b"), ("a",)}
    assert len(document.problems) == 2


def test_read_document_gives_no_document_that_has_problems(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text('{"a": 1, "a": 2}')
    with pytest.raises(DocumentError, match='The key "a" is here twice'):
        read_document(path)
    path.write_text('{"a": 1}')
    assert isinstance(read_document(path), Document)


def test_a_path_is_shown_with_dots_and_brackets() -> None:
    assert dotted(("schema", "properties", "a\x1b", "examples", 0)) == (
        "schema.properties.a\\x1b.examples[0]"
    )
