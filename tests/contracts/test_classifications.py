"""The minimum classification of a family: in which words it is read, and which are refused."""

from __future__ import annotations

import pytest

from contracts import DocumentError
from contracts.classifications import minimum_classification
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.model import Contract

ONE_PAGE = """\
contract: base
version: "1.0.0"
owner: Data Office <data-office@museum.example>
{key}: {word}
fields:
  - seen_at: timestamp_utc, not_null
"""
ODCS = """\
apiVersion: v3.1.0
kind: DataContract
id: base
version: 1.0.0
status: active
customProperties:
  - property: other
    value: sensitiv
  - property: {key}
    value: {word}
"""
WAYS = {"base.yaml": ONE_PAGE, "base.odcs.yaml": ODCS}
KEYS = "minimum_classification", "minimumClassification"


def read(file: str, key: str, word: str) -> Contract:
    return contract_in(scan_document(file, WAYS[file].format(key=key, word=word).encode()))


@pytest.mark.parametrize("file", WAYS)
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("sensitive", "sensitive"),
        ("Sensitive", "sensitive"),
        ("SENSITIVE", "sensitive"),
        ("highly_sensitive", "highly sensitive"),
        ("Derived-Sensitive", "derived sensitive"),
        ("confidential", "sensitive"),
        ("restricted", "highly sensitive"),
        ("internal restricted", "internal"),
        ("public", "public"),
        ("null", None),
    ],
)
def test_a_minimum_is_read_in_the_words_in_use(
    file: str, key: str, word: str, meant: str | None
) -> None:
    assert minimum_classification(read(file, key, word)) == meant


@pytest.mark.parametrize(("file", "line"), [("base.yaml", 4), ("base.odcs.yaml", 10)])
@pytest.mark.parametrize(
    ("word", "found", "step"),
    [
        ("sensitiv", '"sensitiv"', 'Did you mean "sensitive"?'),
        ("secret", '"secret"', "It is one of these: confidential, derived sensitive, "),
        ("3", "3", "It is one of these: confidential, derived sensitive, "),
        ("[sensitive]", "a list of 1 item", "It is one of these: "),
    ],
)
def test_a_word_that_is_none_is_refused_where_it_stands(
    file: str, line: int, word: str, found: str, step: str
) -> None:
    with pytest.raises(DocumentError) as refused:
        read(file, "minimum_classification", word)
    (problem,) = refused.value.problems
    assert (problem.location.file, problem.location.line) == (file, line)
    assert problem.what == f"Expected a classification, found {found}."
    assert problem.next_step.startswith(step)
