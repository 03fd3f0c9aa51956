"""Wild documents: a contract, or problems with lines that are in the file; never anything else."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import DocumentError, Problem, load_folder
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.model import Contract
from tests.conftest import REPOSITORY
from tests.contracts.specs import IMAGES, NORMALIZED

MUSEUM = [
    json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((REPOSITORY / "contracts").glob("*_contract_spec.json"))
]
FILES = st.sampled_from(["spec.json", "spec.yaml"])


def load_text(file: str, content: bytes) -> Contract | None:
    """A contract, or ``None`` after all that must hold of an error has been checked."""
    lines = len(re.split(r"\r\n|\r|\n", content.decode("utf-8", "replace")))
    try:
        contract = contract_in(scan_document(file, content))
    except DocumentError as error:
        check_problems(error.problems, file, lines)
        return None
    assert contract.source is not None
    for column in contract.tables[0].columns:
        assert column.source is not None
        assert 1 <= column.source.at("constraints.data_type").line <= lines
    return contract


def check_problems(problems: Sequence[Problem], file: str, lines: int) -> None:
    assert problems
    for problem in problems:
        assert 1 <= problem.location.line <= lines
        assert problem.location.column >= 1
        assert problem.location.file == file
        assert problem.what
        assert problem.next_step
        assert str(problem).isprintable()
        assert str(problem).encode()


def write(file: str, spec: object) -> bytes:
    if file.endswith(".json"):
        return json.dumps(spec, indent=1).encode()
    return str(yaml.safe_dump(spec, sort_keys=False)).encode()


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["ARRAY", "USER-DEFINED", "text[]", "numeric(6,2)", "interval", "a@b.c"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
KEYS = [
    "spec-version", "owner", "email", "schema", "properties", "constraints", "array_element",
    "data_type", "is_nullable", "numeric_scale", "datetime_precision", "interval_type", "udt_name",
    "domain_name", "enum_labels", "identity_generation", "column_default", "examples", "strict", "",
]  # fmt: skip


@st.composite
def bent_specs(draw: st.DrawFn) -> Any:
    """A spec after a few mutations: keys deleted, renamed and added, values swapped."""
    spec: Any = copy.deepcopy(draw(st.sampled_from([IMAGES, NORMALIZED, *MUSEUM])))
    for _ in range(draw(st.integers(1, 4))):
        part = spec
        while isinstance(part, dict) and part:
            key = draw(st.sampled_from(sorted(part)))
            if isinstance(part[key], dict) and draw(st.integers(0, 3)):
                part = part[key]
                continue
            _bend(draw, part, key)
            break
    return spec


def _bend(draw: st.DrawFn, part: dict[str, Any], key: str) -> None:
    kind = draw(st.sampled_from(["delete", "rename", "add", "replace", "swap"]))
    if kind == "delete":
        del part[key]
    elif kind == "rename":
        part[draw(st.sampled_from(KEYS) | st.text(max_size=6))] = part.pop(key)
    elif kind == "add":
        part[draw(st.sampled_from(KEYS))] = draw(plain)
    elif kind == "replace":
        part[key] = draw(plain)
    else:
        other = draw(st.sampled_from(sorted(part)))
        part[key], part[other] = part[other], part[key]


@settings(max_examples=200)
@given(bent_specs(), FILES)
def test_a_bent_contract_loads_or_says_what_is_wrong(spec: object, file: str) -> None:
    load_text(file, write(file, spec))


@given(st.sampled_from([IMAGES, *MUSEUM]), FILES, st.data())
def test_a_contract_cut_short_says_where_it_ends(
    spec: object, file: str, data: st.DataObject
) -> None:
    content = write(file, spec)
    cut = data.draw(st.integers(0, len(content) - 2))
    contract = load_text(file, content[:cut])
    assert contract is None or file == "spec.yaml"


@given(st.sampled_from([IMAGES, *MUSEUM]), FILES, st.data())
def test_flipped_bytes_never_cost_a_traceback(spec: object, file: str, data: st.DataObject) -> None:
    content = bytearray(write(file, spec))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    load_text(file, bytes(content))


@given(st.sampled_from([IMAGES, *MUSEUM]), FILES, st.data())
def test_pieces_out_of_place_never_cost_a_traceback(
    spec: object, file: str, data: st.DataObject
) -> None:
    content = write(file, spec)
    start = data.draw(st.integers(0, len(content) - 1))
    length = data.draw(st.integers(0, 60))
    place = data.draw(st.integers(0, len(content) - 1))
    piece = data.draw(
        st.just(content[start : start + length])
        | st.sampled_from(
            [b"\t", b"*", b"&a ", b"- ", b": ", b"\\u0000", b"'", b'"', b"{", b"]", b"<<"]
        )
    )
    load_text(file, content[:place] + piece + content[place:])


def test_a_fault_in_a_list_of_a_column_is_told_where_it_stands() -> None:
    spec = copy.deepcopy(IMAGES)
    spec["schema"]["properties"]["primary_image"]["examples"] = ["one", "two words"]
    content = write("spec.json", spec).replace(b"two words", b"two\twords")
    with pytest.raises(DocumentError) as caught:
        contract_in(scan_document("spec.json", content))
    (problem,) = caught.value.problems
    assert problem.path == "schema.properties.primary_image.examples[1]"
    assert problem.location.line == content[: content.index(b"two\t")].count(b"\n") + 1


@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), FILES)
def test_anything_at_all_is_refused_in_words(content: bytes, file: str) -> None:
    assert load_text(file, content) is None


@pytest.mark.parametrize("file", ["spec.json", "spec.yaml"])
@pytest.mark.parametrize("spec", [IMAGES, NORMALIZED, *MUSEUM])
def test_an_unbent_contract_loads(spec: object, file: str) -> None:
    assert load_text(file, write(file, spec)) is not None


def test_a_folder_of_wild_documents_names_each_of_them(tmp_path: Path) -> None:
    contents = {
        "bomb.yaml": b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + b"".join(
            f"{name}: &{name} [{','.join(['*' + before] * 10)}]\n".encode()
            for before, name in zip("abcdefgh", "bcdefghi", strict=True)
        ),
        "deep.json": b"[" * 100_000,
        "deep.yaml": b"[" * 100_000,
        "empty.json": b"",
        "huge.json": b" " * 5_000_001,
        "latin.yaml": "name: é".encode("latin-1"),
        "twice.json": b'{"spec-version": "1.0.0", "spec-version": "1.0.0"}',
        "many.json": b"[" + b"1," * 300_000 + b"1]",
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DocumentError) as refused:
        load_folder(tmp_path)
    said = {
        Path(problem.location.file).name: problem.what for problem in refused.value.problems[::-1]
    }
    assert said["twice.json"].startswith("The key ")
    del said["twice.json"]
    assert said == {
        "bomb.yaml": "The document holds more than 200,000 values, aliases written out.",
        "deep.json": "More than 64 objects and lists stand inside one another.",
        "deep.yaml": "More than 64 objects and lists stand inside one another.",
        "empty.json": "The document is empty.",
        "huge.json": "The file is larger than 5,000,000 bytes.",
        "latin.yaml": "Byte 6 of the file (0xE9) is not UTF-8.",
        "many.json": "The document holds more than 200,000 values, aliases written out.",
    }
