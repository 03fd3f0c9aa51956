"""The end of a contract in its own document: what each dialect says, and that all else stays."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import yaml
from hypothesis import given, settings

from contracts.dialects import odcs
from contracts.documents import Document, read_document, scan_document
from contracts.endings import CannotSayError, with_ending
from contracts.loading import contract_in
from contracts.model import Contract, Deprecation
from tests.conftest import REPOSITORY
from tests.contracts.odcs_documents import PLAIN
from tests.contracts.samples import (
    BIRDS,
    CASES,
    CUSTOMERS,
    CUSTOMERS_RETIRING,
    DBT_MODELS,
    LEADS,
)
from tests.contracts.wild_contracts import contracts

ENDS: Final = Deprecation(
    "2026-01-03", "2026-02-03", "customers-v2", "docs/migrations/c.md", "One: for all"
)


def ended(document: Document, ends: Deprecation = ENDS, version: str | None = "9.0.0") -> str:
    """The document's text once its contract is deprecated, looked at twice."""
    old = contract_in(document)
    new = replace(old, status="deprecated", deprecation=ends)
    new = replace(new, version=version) if old.version and version else new
    text = with_ending(document, old, new)
    read = contract_in(scan_document(document.file, text.encode()))
    assert (read.status, read.deprecation, read.version) == (
        "deprecated",
        new.deprecation,
        new.version,
    )
    return text


def changes(document: Document, ends: Deprecation = ENDS) -> str:
    """The lines that go (``-``) and come (``+``)."""
    new = ended(document, ends).splitlines()
    found = difflib.unified_diff(document.text.splitlines(), new, n=0, lineterm="")
    return "".join(f"{line}\n" for line in [*found][2:] if line[0] in "+-")


def of(text: str, file: str = "contract.yaml") -> Document:
    return scan_document(file, text.encode())


PROPERTY: Final = """\
+  - property: deprecation
+    value:
+      announced: "2026-01-03"
+      sunsetDate: "2026-02-03"
+      replacement: customers-v2
+      migrationGuide: docs/migrations/c.md
+      reason: "One: for all"
"""
BELOW: Final = """\
+deprecation:
+  announced: "2026-01-03"
+  sunset_date: "2026-02-03"
+  replacement: customers-v2
+  migration_guide: docs/migrations/c.md
+  reason: "One: for all"
"""


def test_odcs_of_the_museum() -> None:
    assert changes(read_document(REPOSITORY / "contracts" / "object.odcs.yaml")) == (
        "-version: 1.4.0\n-status: active\n+version: 9.0.0\n+status: deprecated\n" + PROPERTY
    )


def test_odcs_without_custom_properties() -> None:
    assert changes(of(PLAIN)) == (
        "-version: 1.0.0\n-status: active\n+version: 9.0.0\n+status: deprecated\n"
        "+customProperties:\n" + PROPERTY
    )


def test_odcs_with_a_word_of_its_own_for_the_state() -> None:
    document = of(PLAIN.replace("status: active", "status: production # for now"))
    assert "+status: deprecated # for now\n" in changes(document)


def test_odcs_in_json() -> None:
    text = json.dumps(yaml.safe_load(PLAIN), indent=2)
    assert changes(of(text, "contract.json")) == (
        '-  "version": "1.0.0",\n-  "status": "active",\n'
        '+  "version": "9.0.0",\n+  "status": "deprecated",\n'
        '+  ],\n+  "customProperties": [\n+    {\n+      "property": "deprecation",\n'
        '+      "value": {\n+        "announced": "2026-01-03",\n'
        '+        "sunsetDate": "2026-02-03",\n+        "replacement": "customers-v2",\n'
        '+        "migrationGuide": "docs/migrations/c.md",\n+        "reason": "One: for all"\n'
        "+      }\n+    }\n"
    )


@pytest.mark.parametrize(
    ("unstated", "stays"),
    [
        ("    value: [id, status]\n", "    value: [id]\n"),
        ("    value:\n      - id\n      - status\n", "    value:\n      - id\n"),
        ("    value:\n      - status\n", ""),
    ],
)
def test_a_state_that_was_a_stand_in_is_meant_from_now_on(unstated: str, stays: str) -> None:
    head = f"{PLAIN}customProperties:\n  - property: unstated\n"
    text = ended(of(head + unstated), version=None)
    kept = f"  - property: unstated\n{stays}" if stays else ""
    assert f"customProperties:\n{kept}  - property: deprecation\n" in text


def test_an_end_that_is_announced_already_is_changed_where_it_stands() -> None:
    later = replace(ENDS, sunset_date="2026-03-03")
    document = of(ended(of(PLAIN)))
    old = contract_in(document)
    text = with_ending(document, old, replace(old, deprecation=later))
    assert text == document.text.replace("2026-02-03", "2026-03-03")


def test_models() -> None:
    assert changes(of(CUSTOMERS)) == (
        "-version: 1.2.0\n+version: 9.0.0\n+status: deprecated\n" + BELOW
    )


def test_models_that_say_half_of_it() -> None:
    assert changes(of(CUSTOMERS_RETIRING + CUSTOMERS.removeprefix("version: 1.2.0\n"))) == (
        "-version: 1.5.0\n+version: 9.0.0\n"
        "-  migration_guide: https://wiki.example.com/migrate-v2\n"
        "+  migration_guide: docs/migrations/c.md\n"
        '+  reason: "One: for all"\n'
        '+  announced: "2026-01-03"\n+  sunset_date: "2026-02-03"\n'
    )


def test_models_of_the_older_kind_say_it_where_they_say_the_version() -> None:
    text = (
        "dataContractSpecification: 1.1.0\nid: c\ninfo:\n  title: C\n  version: 1.0.0\n"
        "  status: active\nmodels:\n  c:\n    fields:\n      a: {type: text}\n"
    )
    assert changes(of(text)) == (
        BELOW + "-  version: 1.0.0\n-  status: active\n+  version: 9.0.0\n+  status: deprecated\n"
    )


def test_one_page() -> None:
    document = read_document(REPOSITORY / "contracts" / "crm" / "salesforce_lead.yaml")
    assert changes(document) == (
        '-version: "2.0.0"\n-status: active\n+version: "9.0.0"\n+status: deprecated\n' + BELOW
    )


@pytest.mark.parametrize("text", [LEADS, CASES], ids=["leads", "cases"])
def test_one_page_that_names_no_state(text: str) -> None:
    found = changes(of(text))
    assert "+deprecation:\n" in found
    assert "+status: deprecated\n" in found


@pytest.mark.parametrize("name", ["models", "odcs", "one_pager"])
def test_a_document_that_says_all_it_can_keeps_it_all(name: str) -> None:
    document = read_document(REPOSITORY / "docs" / "specimens" / f"{name}.yaml")
    gone = [line for line in changes(document).splitlines() if line.startswith("-")]
    assert len(gone) == 5  # version, sunset date, replacement, guide, reason


def contract_in_first(document: Document) -> Contract:
    from contracts.loading import contracts_in

    return contracts_in(document)[0]


def test_a_custom_property_that_is_called_status_stays() -> None:
    own = (("status", '"an-id"'),)
    document = of(odcs.write(Contract("shop", status="active", version="1.0.0", custom=own)))
    new = contract_in(of(ended(document, version="1.1.0")))
    assert (new.status, new.version, new.custom) == ("deprecated", "1.1.0", own)


SPEECHLESS: Final[dict[str, tuple[Path | str, str, str]]] = {
    "book": (
        REPOSITORY / "contracts" / "object_images_contract_spec.json",
        "the book's spec has no words for the life of a contract",
        (
            "docent convert {file} --to odcs --output {folder}/object_images.odcs.yaml; "
            "then delete {file}."
        ),
    ),
    "soda": (
        BIRDS,
        "a contract of Soda has no words for its life",
        "docent convert {file} --to odcs --output contract.odcs.yaml; then delete {file}.",
    ),
    "dbt": (
        DBT_MODELS,
        "dbt has a word for the date alone",
        (
            "docent convert {file} --table {table} --to odcs --output {name}.odcs.yaml; "
            "then take the model out of {file}."
        ),
    ),
}


@pytest.mark.parametrize("dialect", SPEECHLESS)
def test_a_dialect_without_words_for_it_says_so(dialect: str) -> None:
    what, why, step = SPEECHLESS[dialect]
    document = read_document(what) if isinstance(what, Path) else of(what)
    old = contract_in_first(document)
    with pytest.raises(CannotSayError) as told:
        with_ending(document, old, replace(old, status="deprecated", deprecation=ENDS))
    assert why in told.value.what
    table = old.tables[0]
    said = step.format(
        file=document.file,
        folder=Path(document.file).parent,
        table=table.qualified_name,
        name=table.name,
    )
    assert told.value.next_step == f"Write it in one that can: {said}"


def test_a_document_in_a_way_of_its_own_is_left_with_the_words_to_write() -> None:
    document = of(CUSTOMERS.replace("1.2.0", "1.2.0\nstatus: &s active\nproducer: *s"))
    old = contract_in(document)
    with pytest.raises(CannotSayError) as told:
        with_ending(document, old, replace(old, status="deprecated", deprecation=ENDS))
    assert "was left as it is" in told.value.what
    assert "status: deprecated, announced: 2026-01-03" in told.value.next_step


def test_what_is_not_asked_for_stays() -> None:
    document = of(CUSTOMERS)
    old = contract_in(document)
    assert with_ending(document, old, old) == CUSTOMERS
    assert with_ending(document, old, replace(old, status="sunset")) == CUSTOMERS.replace(
        "1.2.0\n", "1.2.0\nstatus: sunset\n"
    )


@settings(max_examples=15)
@given(contracts())
def test_of_any_contract_in_odcs_nothing_else_changes(contract: Contract) -> None:
    text = odcs.write(replace(contract, status="active", deprecation=None))
    document = of(text)
    new = ended(document, version=None)
    gone = [line for line in difflib.ndiff(text.splitlines(), new.splitlines()) if line[0] == "-"]
    assert len(gone) <= 2
