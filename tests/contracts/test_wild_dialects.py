"""Wild documents in every dialect: a contract, or problems with lines that are in the file."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import DocumentError
from contracts.dialects.form import form
from contracts.documents import scan_document
from contracts.loading import contracts_in
from contracts.model import Contract
from tests.contracts.samples import DBT, MODELS, ONE_PAGERS, SODA
from tests.contracts.test_wild_documents import check_problems

TEXTS = [*ONE_PAGERS.values(), *MODELS.values(), *SODA.values(), *DBT.values()]
VALUES: list[Any] = [yaml.safe_load(text) for text in TEXTS]
FORMS = [form(dialect) for dialect in ("soda", "one_pager", "models", "dbt")]
FILES = st.sampled_from(["contract.yaml", "contract.json"])


def load_text(file: str, content: bytes) -> tuple[Contract, ...]:
    """The contracts, none after all that must hold of an error has been checked."""
    lines = len(re.split(r"\r\n|\r|\n", content.decode("utf-8", "replace")))
    try:
        contracts = contracts_in(scan_document(file, content))
    except DocumentError as error:
        check_problems(error.problems, file, lines)
        return ()
    assert contracts
    for contract in contracts:
        assert contract.identity
        assert contract.source is not None
        for table in contract.tables:
            assert 1 <= len(table.name) <= 63 or table.schema == ""
            for column in table.columns:
                assert 1 <= len(column.name) <= 63
                assert column.source is not None
                assert 1 <= column.source.location.line <= lines
    return contracts


def write(file: str, value: object) -> bytes:
    if file.endswith(".json"):
        return json.dumps(value, indent=1).encode()
    return str(yaml.safe_dump(value, sort_keys=False)).encode()


def keys_of(part: Any) -> set[str]:
    """Every key that a form knows, anywhere."""
    if not isinstance(part, dict):
        return set()
    found = set(part.get("properties", {}))
    return found.union(*(keys_of(child) for child in part.values()))


KEYS = sorted({"", *(key for one in FORMS for key in keys_of(one.schema))})
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["string", "text[]", "numeric(6,2)", "< 5 minutes", "99% on email", "P3M"])
    | st.sampled_from(["enum(a, b)", "uuid required", "ref('a')", "#/definitions/a", "a.b.c"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@st.composite
def bent(draw: st.DrawFn) -> Any:
    """A document after a few mutations: keys deleted, renamed and added, values replaced."""
    value = copy.deepcopy(draw(st.sampled_from(VALUES)))
    for _ in range(draw(st.integers(1, 4))):
        part: Any = value
        while isinstance(part, dict | list) and part:
            steps = range(len(part)) if isinstance(part, list) else sorted(part)
            step = draw(st.sampled_from(list(steps)))
            if isinstance(part[step], dict | list) and draw(st.integers(0, 3)):
                part = part[step]
                continue
            bend(draw, part, step)
            break
    return value


def bend(draw: st.DrawFn, part: Any, step: Any) -> None:
    kind = draw(st.sampled_from(["delete", "rename", "add", "replace", "double"]))
    if kind == "delete":
        del part[step]
    elif kind == "replace":
        part[step] = draw(plain)
    elif isinstance(part, list):
        part.append(copy.deepcopy(part[step]) if kind == "double" else draw(plain))
    elif kind == "rename":
        part[draw(st.sampled_from(KEYS) | st.text(max_size=6))] = part.pop(step)
    else:
        part[draw(st.sampled_from(KEYS))] = draw(plain)


@given(bent(), FILES)
@settings(max_examples=100)
def test_a_bent_contract_loads_or_says_what_is_wrong(value: object, file: str) -> None:
    load_text(file, write(file, value))


@given(st.dictionaries(st.sampled_from(KEYS), plain, max_size=6), FILES)
@settings(max_examples=100)
def test_keys_thrown_together_load_or_say_what_is_wrong(value: object, file: str) -> None:
    load_text(file, write(file, value))


@given(st.sampled_from(TEXTS), st.data())
@settings(max_examples=100)
def test_a_text_cut_or_flipped_says_where(text: str, data: st.DataObject) -> None:
    content = bytearray(text.encode())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    load_text("contract.yaml", bytes(content))


@given(st.sampled_from(TEXTS), st.data())
@settings(max_examples=100)
def test_lines_that_lost_their_indentation_say_where(text: str, data: st.DataObject) -> None:
    lines = text.splitlines()
    for _ in range(data.draw(st.integers(1, 5))):
        number = data.draw(st.integers(0, len(lines) - 1))
        lines[number] = " " * data.draw(st.integers(0, 3)) + lines[number].lstrip()
    load_text("contract.yaml", "\n".join(lines).encode())


@pytest.mark.parametrize("file", ["contract.yaml", "contract.json"])
@pytest.mark.parametrize("value", VALUES, ids=range(len(VALUES)))
def test_an_unbent_contract_loads(value: object, file: str) -> None:
    assert load_text(file, write(file, value))


def test_real_contracts_bent_load_or_say_what_is_wrong(shared: Path) -> None:
    for file in sorted((shared / "soda").glob("*.yaml")):
        text = file.read_text()
        for number in range(len(text.splitlines())):
            lines = text.splitlines()
            del lines[number]
            load_text("contract.yaml", "\n".join(lines).encode())
