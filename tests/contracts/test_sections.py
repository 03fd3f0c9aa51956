"""The sections about meaning on one page: by every key in use, in words, and by way of ODCS."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
import yaml

from contracts.dialects import odcs
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.meaning import (
    Backfill,
    ChangeStream,
    Consistency,
    Deletion,
    Invariant,
    RowLifecycle,
    in_lines,
    in_one_line,
)
from contracts.model import Column, Contract, NullReason
from contracts.plain import UNSAID
from contracts.problems import DocumentError

NOUNS = (Deletion, RowLifecycle, Backfill, Consistency, Invariant, ChangeStream)


def read(**said: Any) -> Contract:
    page = {"contract": "loans", "table": "museum.loan", **said}
    return contract_in(scan_document("loans.yaml", yaml.safe_dump(page, sort_keys=False).encode()))


def column(**said: Any) -> Column:
    (table,) = read(**said).tables
    return table.columns[0]


@pytest.mark.parametrize("noun", NOUNS)
def test_no_part_has_a_name_that_is_never_written(noun: type) -> None:
    assert {field.name for field in fields(noun)}.isdisjoint(UNSAID)


DELETED = {
    "operational_table": "soft, returned_at is set",
    "reporting_view": "left out",
    "cdc_stream": "a tombstone",
    "search_projection": "dropped on the tombstone",
    "warehouse": "kept, marked",
    "legal_hold": True,
    "retention": "10 years",
    "shredder": "on Mondays",
}
DELETION = Deletion(
    "soft, returned_at is set", "left out", "a tombstone", "dropped on the tombstone",
    "kept, marked", retention="10 years", legal_hold="true",
    custom=(("shredder", '"on Mondays"'),),
)  # fmt: skip
STREAM = {
    "source_table": "loan", "publication": "museum_changes", "key": "loan_id",
    "ordering": "as committed", "delete_mode": "tombstone", "snapshot_mode": "initial + streaming",
    "schema_change_policy": "only additive without notice", "consumer_idempotency_required": True,
}  # fmt: skip
CDC = ChangeStream(
    "loan", "museum_changes", ("loan_id",), "as committed", "tombstone", "initial + streaming",
    "only additive without notice", idempotency_required=True,
)  # fmt: skip
PAGES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"deletion": DELETED}, {"deletes": DELETION}),
    ({"deletes": {"table": "hard"}}, {"deletes": Deletion("hard")}),
    ({"deletion": "Rows are marked."}, {"deletes": "Rows are marked."}),
    ({"deletion": ["marked", "then purged"]}, {"deletes": "- marked\n- then purged"}),
    # of two keys for one part the first in use holds, and the other is kept
    (
        {"deletion": {"table": "hard", "operational_table": "soft"}},
        {"deletes": Deletion("soft", custom=(("table", '"hard"'),))},
    ),
    (
        {"lifecycle": {"creation": "on signing", "deletion": "hard", "correction": "a new row"}},
        {"row_lifecycle": RowLifecycle("on signing", correction="a new row"), "deletes": "hard"},
    ),
    ({"lifecycle": {"deletion": "hard"}}, {"deletes": "hard"}),
    ({"lifecycle": "Rows come and go."}, {"row_lifecycle": "Rows come and go."}),
    (
        {"lifecycle": {"deletion": "hard"}, "deletion": {"view": "left out"}},
        {"deletes": Deletion(view="left out")},
    ),
    (
        {"backfill": {"why": "a move", "value_origin": "the ledger", "backfill_timestamp": "May 2",
                      "effective_timestamp": "signed_on", "confidence": "low",
                      "recalculation": False}},
        {"backfills": (Backfill(None, "a move", "the ledger", "May 2", "signed_on", "low",
                                recalculate="false"),)},
    ),
    (
        {"backfills": [{"what": "a"}, {"what": "b"}]},
        {"backfills": (Backfill("a"), Backfill("b"))},
    ),
    ({"backfills": ["2019", "2020"]}, {"backfills": "- 2019\n- 2020"}),
    ({"backfill": "none"}, {"backfills": "none"}),
    (
        {"consistency": {"source": "the primary", "read_consistency": "a row is whole",
                         "cross_table_consistency": "best effort", "max_staleness": "5 minutes"}},
        {"consistency": Consistency("the primary", "a row is whole", "best effort",
                                    max_staleness="5 minutes")},
    ),
    (
        {"consistency": {"row_level": "whole", "cross_row": "eventual",
                         "historical_reproducibility": "none; read loan_daily"}},
        {"consistency": Consistency(None, "whole", "eventual", "none; read loan_daily")},
    ),
    (
        {"invariants": ["fee >= 0", {"invariant": "due_on > signed_on", "meaning": "time passes",
                                     "correction": "a new row"}, {"of old": "none"}]},
        {"invariants": ("fee >= 0", Invariant("due_on > signed_on", "time passes", "a new row"),
                        "of old: none")},
    ),
    ({"cdc": STREAM}, {"cdc": CDC}),
    ({"cdc": {"key": ["a", "b"]}}, {"cdc": ChangeStream(key=("a", "b"))}),
    (
        {"cdc": {"idempotency_required": "for deletes"}},
        {"cdc": ChangeStream(custom=(("idempotency_required", '"for deletes"'),))},
    ),
    ({"cdc": "the topic loans"}, {"cdc": "the topic loans"}),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "held"), PAGES)
def test_a_section_is_held_as_it_is_said(stated: dict[str, Any], held: dict[str, Any]) -> None:
    contract = read(**stated)
    sections = ("deletes", "row_lifecycle", "backfills", "consistency", "invariants", "cdc")
    said = {name: getattr(contract, name) for name in sections}
    assert {name: one for name, one in said.items() if one not in (None, ())} == held
    if "time" not in stated:
        assert contract.custom == ()


@pytest.mark.parametrize(("stated", "held"), PAGES)
def test_it_comes_back_from_odcs(stated: dict[str, Any], held: dict[str, Any]) -> None:
    contract = read(**stated)
    again = odcs.read(scan_document("loans.odcs.yaml", odcs.write(contract).encode()))
    assert replace(again, dialect=contract.dialect, spec_version=None) == contract


FIELDS: list[tuple[dict[str, Any], Column]] = [
    (
        {"meaning": "the day of signing", "source": "loan_history.signed_at",
         "timezone": "UTC instant", "correction_policy": "by a correcting event",
         "warning": "not the day of the load"},
        Column("it", meaning="the day of signing", timezone="UTC instant",
               origin="loan_history.signed_at", correction="by a correcting event",
               warning="not the day of the load"),
    ),
    (
        {"allowed_values": ["OPEN", "LOST"], "terminal_values": ["LOST"], "transient_states": [],
         "external_terms": {"LOST": "missing"}, "transition_history": "loan_history",
         "unknown_status_policy": {"dashboards": "show it", "exports": "hold"}},
        Column("it", states=("OPEN", "LOST"), terminal_states=("LOST",),
               external_terms=(("LOST", "missing"),), transition_history="loan_history",
               unknown_value_policy=(("dashboards", "show it"), ("exports", "hold"))),
    ),
    ({"unknown_value_policy": "ask"}, Column("it", unknown_value_policy="ask")),
    (
        {"null_reasons": {"NOT_RETURNED": "still lent"}},
        Column("it", null_reasons=(NullReason("NOT_RETURNED", "still lent"),)),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "held"), FIELDS)
def test_so_is_what_a_field_says(stated: dict[str, Any], held: Column) -> None:
    assert column(fields={"it": stated}) == replace(held, position=1)
    assert column(fields=[{"name": "it", **stated}]) == replace(held, position=1)


def test_what_is_said_of_a_time_goes_to_its_field() -> None:
    said = {"signed_at": {"meaning": "signing", "source": "the desk"}, "zone": "all times are UTC"}
    contract = read(fields={"signed_at": "timestamp", "fee": "number"}, time=said)
    signed, _ = contract.tables[0].columns
    assert (signed.meaning, signed.origin) == ("signing", "the desk")
    assert contract.time == "zone: all times are UTC"


def test_a_word_on_a_time_stays_where_it_was_said() -> None:
    contract = read(fields={"signed_at": "timestamp"}, time={"signed_at": "UTC"})
    assert contract.time == "signed_at: UTC"
    assert contract.tables[0].columns[0].meaning is None


POLICY = {"dashboards": "show UNKNOWN", "exports": "hold"}


def test_what_is_said_of_unknown_states_goes_to_the_only_field_with_states() -> None:
    states = {"allowed_values": ["OPEN", "LOST"]}
    contract = read(fields={"status": states, "fee": "number"}, unknown_status_policy=POLICY)
    assert contract.tables[0].columns[0].unknown_value_policy == tuple(POLICY.items())
    assert contract.custom == ()


@pytest.mark.parametrize(
    "of_fields",
    [{"fee": "number"}, {"a": {"allowed_values": ["x"]}, "b": {"allowed_values": ["y"]}}],
)
def test_nobody_guesses_which_of_several(of_fields: dict[str, Any]) -> None:
    contract = read(fields=of_fields, unknown_status_policy=POLICY)
    assert all(one.unknown_value_policy is None for one in contract.tables[0].columns)
    assert [name for name, _ in contract.custom] == ["unknown_status_policy"]


def test_a_slip_of_the_pen_is_refused_and_a_key_of_another_tool_is_not() -> None:
    with pytest.raises(DocumentError, match='Did you mean "publication"'):
        read(cdc={"publicaton": "museum_changes"})
    assert read(cdc={"topic": "loans"}).cdc == ChangeStream(custom=(("topic", '"loans"'),))


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        (None, ()),
        ("a\n\nb", ("a", "b")),
        (CDC, (
            "source table: loan", "publication: museum_changes", "key: loan_id",
            "ordering: as committed", "delete mode: tombstone",
            "snapshot mode: initial + streaming",
            "schema change policy: only additive without notice", "idempotency required: yes",
        )),
        ((("dashboards", "show it"),), ("dashboards: show it",)),
        ((Backfill("a", "b"), Backfill("c")), ("what: a; reason: b", "what: c")),
        (("a > 0", Invariant("b > 0", "counted")), ("a > 0", "b > 0; meaning: counted")),
    ],
)  # fmt: skip
def test_a_section_as_people_read_it(said: Any, lines: tuple[str, ...]) -> None:
    assert in_lines(said) == lines
    assert in_one_line(said) == "; ".join(lines)
