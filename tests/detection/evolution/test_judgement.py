"""What is heard besides the rule: consumers, declarations, proofs, own rules, and the day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.consumers import Consumer
from contracts.model import Check, Contract, Deprecation, Notice, ServiceLevel
from detection.change import Proof, Verdict
from detection.evolution import CHANGE_RULES
from detection.periods import Periods
from tests.detection.evolution.making import (
    Side,
    catalog,
    col,
    consumer,
    contract,
    enum,
    one,
    table,
    verdicts,
)

WIDER = (col("integer"), col("bigint"))
MORE = (contract(table(one())), contract(table(one(), one(name="notes"))))
VALUES = (col(enum("oil"), "title"), col(enum("oil", "ink"), "title"))


def only(before: Side, after: Side, *consumers: Consumer, **known: Any) -> Verdict:
    (verdict,) = verdicts(before, after, *consumers, **known)
    return verdict


def bearing(**tolerances: Any) -> Consumer:
    return consumer("search-index", "title", tolerances=tolerances)


STRICT = consumer("guide-app", "title", strict=True)
FOLLOWER = consumer("search-index", "title", mode="async-projection")
ELSEWHERE = consumer("sales", "price", table="object_copyright", tolerances={"wider_types": True})

HEARD: dict[str, tuple[tuple[Any, Any], list[Consumer], str]] = {
    "nobody is registered": (WIDER, [], "conditional"),
    "nobody who is registered reads it": (WIDER, [ELSEWHERE], "conditional"),
    "all readers bear it": (WIDER, [bearing(wider_types=True)], "additive"),
    "one reader does not": (WIDER, [bearing(wider_types=True), STRICT], "conditional"),
    "another tolerance does not help": (WIDER, [bearing(new_values=True)], "conditional"),
    "a reader of another column": (
        WIDER, [consumer("a", "created_at", tolerances={"wider_types": True})], "conditional",
    ),
    "a new column and a tolerant reader": (MORE, [bearing(new_columns=True)], "additive"),
    "a new column and a strict reader": (MORE, [STRICT], "conditional"),
    "a new column and nobody": (MORE, [], "additive"),
    "a new value that is borne": (VALUES, [bearing(new_values=True)], "additive"),
    "a new value that is not": (VALUES, [STRICT], "conditional"),
    "a tolerance settles nothing that is breaking": (
        (col("text"), col("uuid")), [bearing(wider_types=True, new_values=True)], "breaking",
    ),
    "another way of storing, and one who follows": (
        (catalog(table(kind="table")), catalog(table(kind="partitioned table"))), [FOLLOWER],
        "conditional",
    ),
    "another way of storing, and one who asks": (
        (catalog(table(kind="table")), catalog(table(kind="partitioned table"))), [STRICT],
        "patch",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HEARD)
def test_what_registered_readers_bear_counts(name: str) -> None:
    (before, after), consumers, expected = HEARD[name]
    assert only(before, after, *consumers).reader == expected


def test_a_verdict_names_who_spoke_for_it_and_who_against() -> None:
    assert only(*WIDER, bearing(wider_types=True)).proofs == ("search-index bears wider types",)
    assert only(*WIDER, bearing(wider_types=True), STRICT).proofs == (
        "guide-app does not say that it bears wider types",
    )
    assert only(*MORE, STRICT).proofs == (
        "guide-app does not say that it bears columns that it does not know",
    )


def freshness(hours: float | None) -> Contract:
    levels = (ServiceLevel("freshness", hours, "hours"),) if hours else ()
    return contract(service_levels=levels)


def needing(hours: float | None, name: str = "gallery-map") -> Consumer:
    return consumer(name, "title", freshness=timedelta(hours=hours) if hours else None)


@pytest.mark.parametrize(
    ("new", "needs", "expected"),
    [
        (8, [], "conditional"),
        (8, [None], "conditional"),
        (8, [24], "additive"),
        (8, [6], "breaking"),
        (8, [24, 6], "breaking"),
        (8, [24, None], "conditional"),
        (8, [8], "additive"),
        (None, [24], "breaking"),
    ],
)
def test_a_weaker_freshness_is_held_to_what_readers_need(
    new: float | None, needs: list[float | None], expected: str
) -> None:
    readers = [needing(need, f"reader-{number}") for number, need in enumerate(needs)]
    assert only(freshness(4), freshness(new), *readers).reader == expected


@pytest.mark.parametrize(
    ("measure", "tolerance", "expected"),
    [
        ("nullValues", "nulls", "additive"),
        ("nullValues", "new_values", "conditional"),
        ("invalidValues", "new_values", "additive"),
        ("rowCount", "nulls", "conditional"),
    ],
)
def test_a_looser_check_of_quality_is_held_to_what_readers_bear(
    measure: str, tolerance: str, expected: str
) -> None:
    checks = (Check(measure, "mustBeLessThan", (5,), ("primary_image",)),)
    reader = consumer("guide-app", "primary_image", tolerances={tolerance: True})
    before, after = contract(checks=checks), contract()
    assert only(before, after, reader).reader == expected


PROOFS = {
    "for it": ([Proof("public.object_images.title", holds=True, says="same")], "additive"),
    "against it": ([Proof("public.object_images.title", holds=False, says="fails")], "breaking"),
    "one of each": (
        [Proof("public.object_images.title", holds=True, says="a"),
         Proof("public.object_images.title", holds=False, says="b")], "breaking",
    ),
    "for the whole table": ([Proof("public.object_images", holds=True, says="same")], "additive"),
    "for another table": ([Proof("public.object", holds=True, says="same")], "conditional"),
    "for another rule": (
        [Proof("public.object_images.title", holds=True, says="a", rule="length-grown")],
        "conditional",
    ),
    "for its rule": (
        [Proof("public.object_images.title", holds=True, says="a", rule="integer-widened")],
        "additive",
    ),
    "for writers only": (
        [Proof("public.object_images.title", holds=True, says="a", side="writer")], "conditional",
    ),
    "for another contract": (
        [Proof("public.object_images.title", holds=True, says="a", contract="elsewhere")],
        "conditional",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROOFS)
def test_a_proof_settles_what_is_open_both_ways(name: str) -> None:
    proofs, expected = PROOFS[name]
    assert only(*WIDER, proofs=proofs).reader == expected


def test_no_proof_settles_what_is_breaking() -> None:
    proof = Proof("public.object_images.title", holds=True, says="same")
    assert only(col("text"), col("uuid"), proofs=[proof]).overall == "breaking"


def test_harm_that_is_proven_is_told_beside_what_breaks_anyway() -> None:
    element = "public.object_images.title"
    proofs = [Proof(element, holds=False, says="fails"), Proof(element, holds=True, says="same")]
    found = only(col("text"), col("uuid"), proofs=proofs)
    assert (found.reader, found.proofs) == ("breaking", ("fails",))


NOT_BY_QUERIES = {
    "view-replaced-by-table": "a table may grow old, which no query of today shows",
    "foreign-key-dropped": "orphans come later",
    "json-optional-key-removed": "the rows of today keep the key",
    "source-of-truth-changed": "the source is another one, whatever is in it today",
    "function-body-changed": "who calls it cannot be told from a plan",
    "invariant-dropped": "rows that break it come later",
}
"""Rules for which a parity result has to be declared, and why queries alone are not enough."""


def test_a_page_speaks_of_parity_where_queries_can_settle_it() -> None:
    pages = {rule.id for rule in CHANGE_RULES if "parity" in rule.sections.get("Evidence", "")}
    assert pages - NOT_BY_QUERIES.keys() == {rule.id for rule in CHANGE_RULES if rule.by_parity}
    assert NOT_BY_QUERIES.keys() <= pages


VIEW = table(kind="view", definition="select 1")
OTHER = table(kind="view", definition="select 2")


def declaring(words: str | None, version: str = "1.1.0", **facts: Any) -> Contract:
    said = (("meaning", words),) if words else ()
    return contract(OTHER, compatibility=said, version=version, **facts)


DECLARED = {
    "nothing": (contract(VIEW), declaring(None), "conditional"),
    "unchanged": (contract(VIEW), declaring("unchanged"), "additive"),
    "unchanged in this version": (
        replace(declaring("unchanged in 1.1.0"), tables=(VIEW,)), declaring("unchanged in 1.1.0"),
        "additive",
    ),
    "left over from the version before": (
        replace(declaring("unchanged"), tables=(VIEW,)), declaring("unchanged"), "conditional",
    ),
    "unchanged in another version": (
        contract(VIEW), declaring("unchanged in 1.0.0"), "conditional",
    ),
    "on the table": (
        contract(VIEW), contract(replace(OTHER, meaning="unchanged")), "additive",
    ),
    "another meaning": (contract(VIEW), declaring("changed"), "conditional"),
}  # fmt: skip


@pytest.mark.parametrize("name", DECLARED)
def test_a_declared_meaning_settles_what_only_it_can(name: str) -> None:
    before, after, expected = DECLARED[name]
    found = {each.rule: each for each in verdicts(before, after)}
    assert found["view-query-changed"].reader == expected


def evidenced(*entries: dict[str, str], version: str = "2") -> Contract:
    custom = (("evidence", json.dumps(entries)),)
    return replace(col("bigint"), custom=custom, version=version)


ENTRY = {"rule": "integer-widened", "says": "replayed for a week", "version": "2"}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (ENTRY, "additive"),
        ({**ENTRY, "element": "public.object_images.title"}, "additive"),
        ({**ENTRY, "element": "public.object_images.medium"}, "conditional"),
        ({**ENTRY, "rule": "length-grown"}, "conditional"),
        ({**ENTRY, "version": "1"}, "conditional"),
        ({**ENTRY, "says": ""}, "conditional"),
    ],
)
def test_evidence_in_the_document_counts_for_its_version_only(
    entry: dict[str, str], expected: str
) -> None:
    found = {each.rule: each for each in verdicts(col("integer"), evidenced(entry))}
    assert found["integer-widened"].reader == expected


def test_evidence_without_a_version_counts_once() -> None:
    entry = {"rule": "integer-widened", "says": "replayed"}
    before = replace(evidenced(entry), tables=col("integer").tables)
    found = {each.rule: each for each in verdicts(before, evidenced(entry))}
    assert found["integer-widened"].reader == "conditional"


OWN = {
    "stricter": (("additive_fields", "not allowed"), MORE, "breaking"),
    "asks for notice": (("additive_fields", "requires consumer notice"), MORE, "conditional"),
    "says what holds anyway": (("additive_fields", "allowed"), MORE, "additive"),
    "laxer, which it cannot be": (
        ("field_removal", "allowed"), (MORE[1], MORE[0]), "breaking",
    ),
    "by the rule's own id": (("column-added", "breaking"), MORE, "breaking"),
    "of another name": (("colour", "never"), MORE, "additive"),
    "of types": (("type_widening", "requires v2"), WIDER, "breaking"),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("sides", ["before", "after", "both"])
def test_a_contracts_own_rules_are_kept_where_they_are_stricter(name: str, sides: str) -> None:
    rule, (before, after), expected = OWN[name]
    if sides != "after":
        before = replace(before, compatibility=(rule,))
    if sides != "before":
        after = replace(after, compatibility=(rule,))
    found = [each for each in verdicts(before, after) if "compatibility" not in each.rule]
    assert [each.reader for each in found] == [expected]


def test_a_draft_promised_nothing() -> None:
    before, after = (replace(each, status="draft") for each in (col("text"), col("uuid")))
    verdict = only(before, after)
    assert (verdict.rule, verdict.overall) == ("type-closed-from-text", "patch")
    assert only(replace(before, status="active"), replace(after, status="active")).breaks
    found = {each.rule: each.overall for each in verdicts(before, replace(after, status="active"))}
    assert found == {"type-closed-from-text": "patch", "contract-activated": "additive"}


def ending(status: str | None = "deprecated", **facts: Any) -> Contract:
    said = {"sunset_date": "2026-06-30", "replacement": "pictures-v2", **facts}
    return contract(status=status, deprecation=Deprecation(**said))


RETIRED = contract(status="retired")
PLANNED = ending("active", sunset_date="2026-01-01")
DATED = ending(None, replacement=None)
LONG = replace(contract(), notice=Notice(lead_days=90))
LONG_ENDING = replace(ending(), notice=LONG.notice)
PERIODS = Periods(14, 2)

# Before, after, the day, the rule.
DATES = [
    (ending("sunset"), None, date(2026, 7, 7), "contract-retired"),
    (ending("sunset"), None, date(2026, 7, 6), "notice-too-short"),
    (ending("sunset"), None, date(2026, 6, 29), "contract-removed"),
    (ending("sunset"), None, None, "contract-removed"),
    (contract(), None, date(2026, 7, 7), "contract-removed"),
    (ending("sunset"), RETIRED, date(2026, 7, 7), "contract-retired"),
    (ending("sunset"), RETIRED, date(2026, 7, 6), "notice-too-short"),
    (ending("sunset"), RETIRED, date(2026, 7, 1), "notice-too-short"),
    (ending("sunset"), RETIRED, date(2026, 6, 1), "notice-too-short"),
    # a date that was never announced is no notice
    (PLANNED, None, date(2026, 7, 7), "contract-removed"),
    (RETIRED, None, date(2026, 7, 7), "contract-removed"),
    (ending("deprecated"), ending("sunset"), date(2026, 6, 30), "contract-sunset"),
    (ending("deprecated"), ending("sunset"), date(2026, 6, 29), "notice-too-short"),
    (ending("deprecated", sunset_date="2026-02-30"), ending("sunset"), date(2026, 6, 30),
     "notice-too-short"),
    (contract(), ending("deprecated"), date(2026, 5, 31), "contract-deprecated"),
    (contract(), ending("deprecated"), date(2026, 6, 1), "notice-too-short"),
    # an announcement counts from the day that it names, and not before it can be read
    (contract(), ending("deprecated", announced="2026-05-01"), date(2026, 5, 31),
     "contract-deprecated"),
    (contract(), ending("deprecated", announced="2026-05-01"), date(2026, 6, 29),
     "notice-too-short"),
    (contract(), ending("deprecated", announced="2026-06-01"), date(2026, 5, 1),
     "notice-too-short"),
    (LONG, LONG_ENDING, date(2026, 4, 1), "contract-deprecated"),
    (LONG, LONG_ENDING, date(2026, 4, 2), "notice-too-short"),
    (DATED, None, date(2026, 7, 7), "contract-retired"),
    (contract(status=None), DATED, date(2026, 5, 31), "contract-deprecated"),
    (contract(status=None), DATED, date(2026, 6, 1), "notice-too-short"),
    # leap days: thirty days before 1 March is another day in a leap year
    (contract(), ending("deprecated", sunset_date="2028-03-01"), date(2028, 1, 31),
     "contract-deprecated"),
    (contract(), ending("deprecated", sunset_date="2027-03-01"), date(2027, 1, 31),
     "notice-too-short"),
    (contract(), ending("deprecated", sunset_date="2028-02-29"), date(2028, 1, 30),
     "contract-deprecated"),
    (contract(), ending("deprecated", sunset_date="2027-02-29"), date(2027, 1, 1),
     "deprecation-incomplete"),
    (ending("sunset", sunset_date="2028-02-22"), None, date(2028, 2, 29), "contract-retired"),
    (ending("sunset", sunset_date="2028-02-23"), None, date(2028, 2, 29), "notice-too-short"),
    # a day is one in UTC, wherever it was written down
    (ending("deprecated", sunset_date="2026-06-30T00:30+02:00"), ending("sunset"),
     date(2026, 6, 29), "contract-sunset"),
    (ending("deprecated", sunset_date="2026-06-30T23:30-05:00"), ending("sunset"),
     date(2026, 6, 30), "notice-too-short"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "today", "rule"), DATES)
def test_what_only_a_day_can_tell(
    before: Contract, after: Contract | None, today: date | None, rule: str
) -> None:
    said = {each.rule for each in verdicts(before, after, today=today)}
    assert said - {"sunset-moved-earlier", "sunset-postponed"} == {rule}


@pytest.mark.parametrize(
    ("before", "after", "today", "rule"),
    [
        (contract(), ending("deprecated"), date(2026, 6, 16), "contract-deprecated"),
        (contract(), ending("deprecated"), date(2026, 6, 17), "notice-too-short"),
        # never less than the contract promises itself
        (LONG, LONG_ENDING, date(2026, 6, 16), "notice-too-short"),
        (ending("sunset"), None, date(2026, 7, 2), "contract-retired"),
        (ending("sunset"), None, date(2026, 7, 1), "notice-too-short"),
    ],
)
def test_a_project_sets_its_own_periods(
    before: Contract, after: Contract | None, today: date, rule: str
) -> None:
    assert {each.rule for each in verdicts(before, after, today=today, periods=PERIODS)} == {rule}


def test_a_sunset_changes_no_date_that_was_announced() -> None:
    earlier = ending("sunset", sunset_date="2026-01-01")
    found = {each.rule for each in verdicts(ending(), earlier, today=date(2026, 6, 30))}
    assert found == {"contract-sunset", "sunset-moved-earlier"}
    later = ending("sunset", sunset_date="2026-12-31")
    found = {each.rule for each in verdicts(ending(), later, today=date(2026, 6, 30))}
    assert found == {"contract-sunset", "sunset-postponed"}


def test_a_document_without_states_that_gets_one_keeps_its_date() -> None:
    was, today = ending(None), date(2026, 6, 20)
    said = {each.rule for each in verdicts(was, ending(), today=today)}
    assert said == {"documentation-changed"}
    earlier = ending(sunset_date="2026-06-21")
    found = {each.rule for each in verdicts(was, earlier, today=today)}
    assert found == {"documentation-changed", "sunset-moved-earlier"}
    # and a date that was only planned is announced by taking the status away
    planned = ending("active", sunset_date="2026-06-30")
    late = {each.rule for each in verdicts(planned, was, today=today)}
    assert late == {"notice-too-short"}
    assert "state-stepped-back" in {each.rule for each in verdicts(was, planned, today=today)}


def test_what_a_retired_contract_promised_is_no_promise_any_more() -> None:
    (verdict,) = verdicts(RETIRED, None, today=date(2026, 7, 7))
    assert (verdict.rule, verdict.overall) == ("contract-removed", "patch")
    (verdict,) = verdicts(RETIRED, contract(), today=date(2026, 7, 7))
    assert (verdict.rule, verdict.overall) == ("state-stepped-back", "breaking")


def test_another_policy_gives_one_level_and_hears_nobody() -> None:
    verdict = only(*WIDER, STRICT, policy=lambda change, rule: "additive")
    assert (verdict.reader, verdict.writer, verdict.proofs) == ("additive", None, ())
