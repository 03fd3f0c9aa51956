"""Wild documents in ODCS: a contract that comes back as it was, or problems with their lines."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.dialects import odcs
from contracts.dialects.odcs_schema import schema
from contracts.dialects.odcs_slots import CONTRACT
from contracts.dialects.odcs_table_slots import CHECK, COLUMN, TABLE
from tests.contracts.odcs_documents import LOANS, PLAIN, bent, read, value_of
from tests.contracts.test_wild_dialects import keys_of, load_text, write

FILES = st.sampled_from(["contract.odcs.yaml", "contract.odcs.json"])
KEYS = sorted({"", *keys_of(schema()), *keys_of(schema()["$defs"])})
OWN = sorted(name for element in (CONTRACT, TABLE, COLUMN, CHECK) for name in element.forms)
SAMPLES = [value_of(text) for text in (LOANS, PLAIN, bent(LOANS, apiVersion="v3.2.0"))]

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8) | st.sampled_from(["1.0.0", "text[]", "numeric(6,2)", "serial", "double"])
    | st.sampled_from(["a.b", "schema/w/properties/a", "c.yaml#a.b", "active", "owner", "${A}"])
    | st.builds(lambda name, value: [{"property": name, "value": value}],
                st.sampled_from(OWN), st.sampled_from(["a", True, 1, {}, [], {"name": "text"}])),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@st.composite
def mutated(draw: st.DrawFn) -> Any:
    """A document after a few mutations: keys deleted, renamed and added, values replaced."""
    value = copy.deepcopy(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 4))):
        part: Any = value
        while isinstance(part, dict | list) and part:
            steps = range(len(part)) if isinstance(part, list) else sorted(part)
            step = draw(st.sampled_from(list(steps)))
            if isinstance(part[step], dict | list) and draw(st.integers(0, 4)):
                part = part[step]
                continue
            _mutate(draw, part, step)
            break
    return value


def _mutate(draw: st.DrawFn, part: Any, step: Any) -> None:
    kind = draw(st.sampled_from(["delete", "rename", "add", "replace", "double", "null"]))
    if kind == "delete":
        del part[step]
    elif kind in ("replace", "null"):
        part[step] = None if kind == "null" else draw(plain)
    elif isinstance(part, list):
        part.append(copy.deepcopy(part[step]) if kind == "double" else draw(plain))
    elif kind == "rename":
        part[draw(st.sampled_from(KEYS))] = part.pop(step)
    else:
        part[draw(st.sampled_from(KEYS))] = draw(plain)


def load_and_write(file: str, value: object) -> None:
    for contract in load_text(file, write(file, value)):
        if contract.dialect == "odcs":
            again = read(odcs.write(contract))
            assert replace(again, spec_version=contract.spec_version) == contract


@given(mutated(), FILES)
@settings(max_examples=100)
def test_a_bent_document_comes_back_or_says_what_is_wrong(value: object, file: str) -> None:
    load_and_write(file, value)


@given(st.dictionaries(st.sampled_from([*KEYS, "apiVersion", "schema"]), plain), FILES)
@settings(max_examples=100)
def test_keys_thrown_together_say_what_is_wrong(value: object, file: str) -> None:
    load_and_write(file, value)


@given(st.data())
@settings(max_examples=100)
def test_a_text_cut_flipped_or_without_indentation_says_where(data: st.DataObject) -> None:
    lines = LOANS.splitlines()
    for _ in range(data.draw(st.integers(0, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        lines[number] = " " * data.draw(st.integers(0, 3)) + lines[number].lstrip()
    content = bytearray("\n".join(lines).encode())
    if data.draw(st.booleans()):
        del content[data.draw(st.integers(0, len(content) - 1)) :]
    for _ in range(data.draw(st.integers(0, 4))):
        if content:
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    load_text("contract.odcs.yaml", bytes(content))


@pytest.mark.parametrize("number", range(len(LOANS.splitlines())))
def test_a_document_without_one_of_its_lines_says_what_is_wrong(number: int) -> None:
    lines = LOANS.splitlines()
    del lines[number]
    load_text("contract.odcs.yaml", "\n".join(lines).encode())
