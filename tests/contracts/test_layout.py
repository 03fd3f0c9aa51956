"""YAML as it is written: read back, it is the same, by us and by others."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from contracts.dialects.layout import laid_out_yaml
from contracts.documents import scan_document

LAID_OUT = [
    (
        {"dataset": "museum/public/object", "columns": [{"name": "title"}]},
        "dataset: museum/public/object\ncolumns:\n  - name: title\n",
    ),
    (
        {"no": ["no", "Norway", "on", "~", ""]},
        "'no':\n  - 'no'\n  - Norway\n  - 'on'\n  - '~'\n  - ''\n",
    ),
    (
        ["1e3", "0o17", "12:30", "2024-01-01", "1_000"],
        "- '1e3'\n- '0o17'\n- '12:30'\n- '2024-01-01'\n- '1_000'\n",
    ),
    ({"query": "select 1\nfrom object\n"}, "query: |\n  select 1\n  from object\n"),
    ((1, 2.5, None, True), "- 1\n- 2.5\n- null\n- true\n"),
    (["a\x85b", "a\u2028b\n"], '- "a\\Nb"\n- "a\\Lb\\n"\n'),
]


@pytest.mark.parametrize(("value", "text"), LAID_OUT)
def test_yaml_is_laid_out_in_one_way(value: object, text: str) -> None:
    assert laid_out_yaml(value) == text


def test_what_is_there_twice_is_written_twice() -> None:
    shared = {"name": "title"}
    assert "&" not in laid_out_yaml([shared, shared])


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | texts | st.sampled_from(["0x1F", "-.inf", "1e5", "<<", "= x", "- x", "a: b", "x #y", "|"])
    | st.sampled_from(["\t", " x "]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


@given(values)
def test_yaml_says_the_same_to_us_and_to_others(value: object) -> None:
    text = laid_out_yaml(value)
    document = scan_document("contract.yaml", text.encode())
    assert document.problems == ()
    assert document.value == value
    assert yaml.safe_load(text) == value
