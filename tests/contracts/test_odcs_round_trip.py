"""Whatever the model holds comes back from ODCS as it was."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings

from contracts.dialects import odcs, odcs_slots, odcs_table_slots
from contracts.dialects.odcs_elements import Element
from contracts.dialects.odcs_links import LINK
from contracts.dialects.odcs_schema import findings
from contracts.documents import scan_document
from contracts.model import Contract
from contracts.plain import UNSAID
from tests.contracts.wild_contracts import contracts

OTHER_WRITING = ("dialect", "spec_version", "custom")
ELEMENTS = [
    LINK,
    *(one for slots in (odcs_slots, odcs_table_slots)
      for one in vars(slots).values() if isinstance(one, Element)),
]  # fmt: skip


@settings(max_examples=60)
@given(contracts())
def test_a_contract_comes_back_from_odcs_as_it_was(contract: Contract) -> None:
    text = odcs.write(contract)
    document = scan_document("contract.odcs.yaml", text.encode())
    assert findings(document) == []
    again = odcs.read(document)
    assert again.dialect == "odcs"
    assert replace(again, dialect=contract.dialect, spec_version=contract.spec_version) == contract
    assert [table.catalog for table in again.tables] == [one.catalog for one in contract.tables]
    assert [key.custom for table in again.tables for key in table.foreign_keys] == [
        key.custom for table in contract.tables for key in table.foreign_keys
    ]
    assert odcs.write(again) == text


@pytest.mark.parametrize("element", ELEMENTS, ids=lambda element: element.noun.__name__)
def test_every_field_of_the_model_has_a_place(element: Element) -> None:
    placed = {slot.field for slot in element.slots} | {one.field for one in element.properties}
    wanted = {field.name for field in fields(element.noun)} - set(UNSAID) - {"dialect", "custom"}
    assert placed == wanted
