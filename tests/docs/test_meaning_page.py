"""The page on meaning: what it shows is read as it says, and the same in either dialect."""

from __future__ import annotations

import re
from dataclasses import fields

import yaml

from contracts.dialects import odcs
from contracts.dialects.odcs_slots import CONTRACT
from contracts.dialects.odcs_table_slots import COLUMN, TABLE
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.meaning import Deletion
from contracts.model import Column
from detection.evolution import CHANGE_RULES
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "meaning.md").read_text()
ON_ONE_PAGE, IN_ODCS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_shows_a_contract_that_the_model_holds_whole() -> None:
    contract = contract_in(scan_document("loans.yaml", ON_ONE_PAGE.encode()))
    assert contract.custom == ()
    sections = (contract.deletes, contract.row_lifecycle, contract.backfills,
                contract.consistency, contract.invariants, contract.cdc)  # fmt: skip
    assert all(sections)
    columns = contract.tables[0].columns
    assert all(column.custom == () for column in columns)
    said = {f.name for column in columns for f in fields(Column)
            if getattr(column, f.name) not in (None, ())}  # fmt: skip
    wanted = "origin correction warning null_reasons terminal_states transient_states"
    wanted += " external_terms transition_history unknown_value_policy"
    assert {*wanted.split()} <= said


def test_what_it_shows_in_odcs_is_the_same() -> None:
    contract = contract_in(scan_document("loans.yaml", ON_ONE_PAGE.encode()))
    written = yaml.safe_load(odcs.write(contract))["customProperties"]
    shown = yaml.safe_load(IN_ODCS)
    assert [one for one in written if one["property"] in {each["property"] for each in shown}] == (
        shown
    )
    assert isinstance(contract.deletes, Deletion)


def test_it_names_properties_and_rules_that_there_are() -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| `")]
    names = {one.name for element in (CONTRACT, TABLE, COLUMN) for one in element.properties}
    names |= {slot.key for element in (CONTRACT, TABLE, COLUMN) for slot in element.slots}
    assert {name for row in rows for name in re.findall(r"`(\w+)`", row[2])} <= names
    rules = {rule.id for rule in CHANGE_RULES}
    told = {name for row in rows for name in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", row[4])}
    assert told <= rules
