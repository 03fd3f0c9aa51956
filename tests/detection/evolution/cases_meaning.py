"""Cases of meaning, classification, service levels, quality, and the life of a contract."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from contracts.meaning import (
    Backfill,
    ChangeStream,
    Consistency,
    Deletion,
    Invariant,
    RowLifecycle,
)
from contracts.model import (
    Channel,
    Check,
    Contract,
    Deprecation,
    Link,
    Notice,
    NullReason,
    Owner,
    ServiceLevel,
    Table,
)
from tests.detection.evolution.making import (
    OBJECT_ID,
    Case,
    Side,
    case,
    catalog,
    col,
    contract,
    one,
    table,
    with_table,
)

Miss = tuple[Side, Side, frozenset[str]]


def near(before: Side, after: Side, *rules: str) -> Miss:
    return (before, after, frozenset(rules))


def column(old: dict[str, Any], new: dict[str, Any]) -> Case:
    return case(col("text", **old), col("text", **new))


def whole(old: dict[str, Any], new: dict[str, Any]) -> Case:
    return case(contract(**old), contract(**new))


def of_table(old: dict[str, Any], new: dict[str, Any]) -> Case:
    return case(with_table(**old), with_table(**new))


STREAM: Final = ChangeStream(
    "object", "museum_changes", ("object_id",), "by commit", "tombstone", "initial"
)
CORRECTED: Final = RowLifecycle(correction="a new row")
FILLED: Final = Backfill("title", "lost in a move", confidence="high")
LOANS: Final[dict[str, Any]] = {"states": ("lost", "moving")}
AT_MOST: Final = "mustBeLessOrEqualTo"


def level(
    value: float | str, unit: str | None = None, name: str = "freshness", **facts: Any
) -> Contract:
    return contract(service_levels=(ServiceLevel(name, value, unit, **facts),))


def quality(*checks: Check) -> Contract:
    return contract(checks=checks)


def few_nulls(most: int = 5, **facts: Any) -> Check:
    usual: dict[str, Any] = {"columns": ("primary_image",), "unit": "percent", **facts}
    return Check("nullValues", "mustBeLessThan", (most,), **usual)


def limited(operator: str = "mustBe", **limits: Any) -> Check:
    return Check(
        "invalidValues", operator, (0,), ("title",), arguments=json.dumps(limits, sort_keys=True)
    )


def view(query: str, *columns: str) -> Table:
    read = [OBJECT_ID, *(one("text", name) for name in columns or ("primary_image",))]
    return Table("gallery_map", kind="view", columns=tuple(read), definition=query)


def ending(status: str | None = "deprecated", **facts: Any) -> Contract:
    said = {"sunset_date": "2026-06-30", "replacement": "pictures-v2", **facts}
    return contract(status=status, deprecation=Deprecation(**said))


def stage(status: str | None) -> Contract:
    return ending(status) if status in ("deprecated", "sunset") else contract(status=status)


def steps(*pairs: tuple[str | None, str | None]) -> list[Case]:
    return [case(stage(before), stage(after)) for before, after in pairs]


def family(parent: Contract, child: Contract) -> tuple[Contract, ...]:
    """A parent, and a child that extends it."""
    return (
        replace(parent, name="base"),
        replace(child, name="images", extends="met-museum-data/base"),
    )


BASE = table(one("text", "title"), name="object_images")
MAPPED = "SELECT object_id, primary_image FROM object_images;"
PICTURED = table(one("text", "primary_image"), one("integer", "n"))
RENAMED = table(one("text", "image"), one("integer", "n"))
LOANED = (NullReason("on-loan", "The work is on loan."),)
STORED = (NullReason("stored", "The work is in storage."),)

CASES = {
    "documentation-changed": [
        column({}, {"description": "The title."}), column({"examples": (1,)}, {"examples": (2,)}),
        column({}, {"tags": ("public",)}),
        column({}, {"links": (Link("https://museum.org"),)}), column({}, {"business_name": "T"}),
        column({}, {"custom": (("a", "1"),)}), of_table({}, {"description": "Pictures."}),
        whole({}, {"documentation": "Pictures of works."}),
        whole({}, {"owner": Owner("Registrar")}), whole({}, {"purpose": "To be shown."}),
        whole({}, {"channels": (Channel("#museum"),)}), whole({}, {"extends_version": "2"}),
        whole({}, {"notice": Notice(channel="#museum")}), whole({}, {"consumers": ("guide-app",)}),
        case(ending(), ending(reason="Another schema.")), whole({}, {"status": "active"}),
    ],
    "unit-changed": [
        column({"unit": "cm"}, {"unit": "inch"}), column({"currency": "USD"}, {"currency": "EUR"}),
        column({"timezone": "UTC"}, {"timezone": "America/New_York"}),
        whole({"time": "UTC"}, {"time": "New York"}),
    ],
    "filter-changed": [of_table({"filter": "on view"}, {"filter": "on view or on loan"})],
    "meaning-changed": [
        column({"meaning": "made"}, {"meaning": "acquired"}),
        of_table({"meaning": "works"}, {"meaning": "works on view"}),
    ],
    "meaning-withdrawn": [
        column({"unit": "cm"}, {}), of_table({"filter": "on view"}, {}),
        # one word in the place of the meaning is no meaning
        column({"meaning": "made"}, {"meaning": "unchanged"}),
    ],
    "meaning-stated": [
        column({}, {"unit": "cm"}), of_table({}, {"grain": ("object_id",)}),
        column({}, {"null_reasons": LOANED}), whole({}, {"deletes": "hard"}),
        whole({}, {"source_of_truth": "the Met's API"}),
        whole({}, {"cdc": STREAM}), whole({"cdc": ChangeStream("object")}, {"cdc": STREAM}),
        whole({"deletes": Deletion("soft")}, {"deletes": Deletion("soft", view="left out")}),
        whole({}, {"row_lifecycle": CORRECTED}), column({}, {"warning": "of the load"}),
        column({}, {"terminal_states": ("lost",)}), column({}, {"origin": "visit.seen_at"}),
        column({"external_terms": ()}, {"external_terms": (("lost", "missing"),)}),
        whole({"invariants": ("a > 0",)}, {"invariants": (Invariant("a > 0", "counted"),)}),
    ],
    "row-lifecycle-changed": [
        whole({"row_lifecycle": CORRECTED}, {"row_lifecycle": RowLifecycle(correction="b")}),
        whole({"row_lifecycle": CORRECTED}, {}),
        whole({"row_lifecycle": "a"}, {"row_lifecycle": "b"}),
        column({"correction": "a new row"}, {"correction": "overwritten"}),
        whole({"invariants": (Invariant("a", correction="b"),)}, {"invariants": ("a",)}),
    ],
    "state-meaning-changed": [
        column({"terminal_states": ("lost", "gone")}, {"terminal_states": ("gone",)}),
        column({"transient_states": ("moving",)}, {}),
        column({**LOANS, "external_terms": (("lost", "missing"),)},
               {**LOANS, "external_terms": (("lost", "stolen"),)}),
    ],
    "warning-changed": [
        column({"warning": "of the load"}, {"warning": "of the visit"}),
        column({"warning": "of the load"}, {}),
    ],
    "stream-changed": [
        whole({"cdc": STREAM}, {"cdc": replace(STREAM, publication="other")}),
        whole({"cdc": STREAM}, {"cdc": replace(STREAM, snapshot_mode="none")}),
        whole({"cdc": STREAM}, {"cdc": "a topic"}), whole({"cdc": STREAM}, {}),
    ],
    "stream-key-changed": [
        whole({"cdc": STREAM}, {"cdc": replace(STREAM, key=("title",))}),
        whole({"cdc": STREAM}, {"cdc": replace(STREAM, key=())}),
    ],
    "null-meaning-changed": [
        column({"null_reasons": LOANED}, {"null_reasons": STORED}),
        column({"null_reasons": LOANED}, {"null_reasons": LOANED + STORED}),
        column({"null_reasons": LOANED}, {}),
    ],
    "grain-changed": [
        of_table({"grain": ("object_id",)}, {"grain": ("object_id", "place")}),
        of_table({"grain": ("object_id",)}, {}),
    ],
    "view-query-changed": [
        case(catalog(view(MAPPED)), catalog(view(MAPPED.replace(";", " WHERE is_public;")))),
        case(contract(view(MAPPED)), contract(view(MAPPED.replace(";", " LIMIT 5;")))),
    ],
    "view-base-renamed": [
        case(catalog(replace(PICTURED, kind="table"), view(MAPPED)),
             catalog(replace(RENAMED, kind="table"),
                     view("SELECT object_id, image AS primary_image FROM object_images;")),
             "column-name-changed"),
    ],
    "detail-stated": [
        column({}, {"default": "'a'"}), column({}, {"collation": "C"}),
        case(contract(replace(view(MAPPED), definition=None)), contract(view(MAPPED))),
        case(ending("active", sunset_date=None), ending("active")),
    ],
    "detail-withdrawn": [
        column({"default": "'a'"}, {}), column({"collation": "C"}, {}),
        column({"updatable": True}, {}),
    ],
    "backfill-declared": [
        whole({}, {"backfills": "2019 anew"}),
        whole({"backfills": "2018 anew"}, {"backfills": "2019 anew"}),
        whole({"backfills": (FILLED,)}, {"backfills": (replace(FILLED, confidence="low"),)}),
        whole({"backfills": (FILLED,)}, {"backfills": (FILLED, Backfill("artist"))}),
    ],
    "backfill-withdrawn": [
        whole({"backfills": "2019 anew"}, {}),
        whole({"backfills": (FILLED, Backfill("artist"))}, {"backfills": (FILLED,)}),
    ],
    "delete-mode-changed": [
        whole({"deletes": "hard"}, {"deletes": "soft"}), whole({"deletes": "hard"}, {}),
        whole({"deletes": Deletion("hard")}, {"deletes": Deletion("soft")}),
        whole({"deletes": Deletion("hard", legal_hold="stops it")}, {"deletes": Deletion("hard")}),
        whole({"cdc": STREAM}, {"cdc": replace(STREAM, delete_mode="nothing is sent")}),
    ],
    "consistency-changed": [
        whole({"consistency": "one load, one transaction"}, {"consistency": "eventual"}),
        whole({"consistency": Consistency(cross_row="a")}, {"consistency": Consistency()}),
    ],
    "source-of-truth-changed": [
        whole({"source_of_truth": "the Met's API"}, {"source_of_truth": "the collection"}),
        column({"origin": "visit.seen_at"}, {"origin": "visit.left_at"}),
        column({"transition_history": "loan_history"}, {}),
    ],
    "classification-raised": [
        column({"classification": "internal"}, {"classification": "sensitive"}),
        column({}, {"classification": "internal"}),
        column({"classification": "derived sensitive"}, {"classification": "sensitive"}),
    ],
    "classification-lowered": [
        column({"classification": "highly sensitive"}, {"classification": "public"}),
        column({"classification": "internal"}, {}),
    ],
    "classification-stated": [
        column({}, {"classification": "public"}), column({"classification": "public"}, {}),
    ],
    "service-level-weakened": [
        case(level(4, "hours"), level(1, "day")), case(level("4 hours"), level("5h")),
        case(level(4, "h"), contract()), case(level(99.9, "percent", "availability"),
             level(99, "percent", "availability")),
        case(level(3, "y", "retention"), level(30, "months", "retention")),
        case(level("2032-05-12", None, "endOfSupport"), level("2030-01-01", None, "endOfSupport")),
        case(level(4, "hours"), level(4, "hours", level="warning")),
        case(level(4, "hours"), level(5, "hours", level="warning")),
        case(level(90, "d", "retention", operator=AT_MOST),
             level(120, "d", "retention", operator=AT_MOST)),
        case(level(7, None, "rooms", operator="mustBeGreaterThan"),
             level(5, None, "rooms", operator="mustBeGreaterThan")),
    ],
    "service-level-strengthened": [
        case(level(6, "hours"), level(4, "hours")), case(contract(), level(4, "hours")),
        case(level(95, "%", "completeness"), level(99, "%", "completeness")),
        case(level("daily"), level(1, "hour")),
        case(level(4, "hours", level="note"), level(4, "hours")),
        case(level(120, "d", "retention", operator=AT_MOST),
             level(90, "d", "retention", operator=AT_MOST)),
    ],
    "service-level-changed": [
        case(level("weekdays", None, "supportHours"), level("by mail", None, "supportHours")),
        case(level("soon"), level("later")),
        case(level(99, "percent", "completeness"),
             level(99, "percent", "completeness", operator=AT_MOST)),
        case(level(4, "hours"), level(3, "hours", operator=AT_MOST)),
        case(level(4, "hours"), level(3, "hours", level="warning")),
    ],
    "quality-check-loosened": [
        case(quality(few_nulls(5)), quality(few_nulls(10))), case(quality(few_nulls()), quality()),
        case(quality(few_nulls()), quality(few_nulls(level="warning"))),
        case(quality(Check("rowCount", "mustBeBetween", (10, 20))),
             quality(Check("rowCount", "mustBeBetween", (5, 20)))),
        case(quality(limited(maxLength=10)), quality(limited(maxLength=20))),
        case(quality(limited(maxLength=10, pattern="a")), quality(limited(maxLength=10))),
        case(quality(limited(validValues=["a"])), quality(limited(validValues=["b", "a"]))),
        case(quality(limited(minimum=1, exclusiveMinimum=True)), quality(limited(minimum=1))),
    ],
    "quality-check-tightened": [
        case(quality(few_nulls(10)), quality(few_nulls(5))), case(quality(), quality(few_nulls())),
        case(quality(Check("rowCount", "mustBeGreaterThan", (10,))),
             quality(Check("rowCount", "mustBeGreaterThan", (20,)))),
        case(quality(limited(maxLength=20, minLength=1)),
             quality(limited(maxLength=10, minLength=2))),
        case(quality(limited(invalidValues=["n/a"])),
             quality(limited(invalidValues=["n/a", "none"]))),
    ],
    "quality-check-changed": [
        case(quality(Check("rowCount", "mustBe", (10,))),
             quality(Check("rowCount", "mustBe", (20,)))),
        case(quality(Check("sql", query="select 1", name="a")),
             quality(Check("sql", query="select 2", name="a"))),
        case(quality(few_nulls(10)), quality(few_nulls(5, level="warning"))),
        case(quality(limited(pattern="a")), quality(limited(pattern="b"))),
        case(quality(limited(minLength=1, maxLength=5)),
             quality(limited(minLength=2, maxLength=9))),
        case(quality(limited(minimum=1)), quality(limited(minimum="2026-01-01"))),
        # how many values are outside at least: nobody is helped by another limit
        case(quality(limited("mustBeGreaterThan", maxLength=9)),
             quality(limited("mustBeGreaterThan", maxLength=5))),
    ],
    "invariant-dropped": [whole({"invariants": ("One gallery a work.",)}, {})],
    "invariant-added": [whole({}, {"invariants": ("One gallery a work.",)})],
    "notice-shortened": [
        whole({"notice": Notice(lead_days=90)}, {"notice": Notice(lead_days=30)}),
        whole({"notice": Notice(lead_days=90)}, {}),
    ],
    "notice-lengthened": [
        whole({"notice": Notice(lead_days=30)}, {"notice": Notice(lead_days=90)}),
    ],
    "compatibility-loosened": [
        whole({"compatibility": (("field_removal", "requires v2"),)}, {}),
        whole({"compatibility": (("field_removal", "requires v2"),)},
              {"compatibility": (("field_removal", "allowed"),)}),
    ],
    "compatibility-tightened": [
        whole({}, {"compatibility": (("status_value_addition", "requires notice"),)}),
    ],
    "strictness-dropped": [whole({"strict": True}, {"strict": False}), whole({"strict": True}, {})],
    "strictness-added": [whole({}, {"strict": True})],
    "parent-changed": [
        whole({"extends": "base"}, {"extends": "museum"}), whole({"extends": "base"}, {}),
    ],
    "contract-activated": steps(("draft", "active"), ("proposed", "active")),
    "contract-deprecated": [
        *steps(("active", "deprecated"), (None, "deprecated")),
        # a document without states says by its date alone that it ends
        case(ending(None, sunset_date=None), ending(None)),
        case(ending("active"), ending(None)),
    ],
    "contract-sunset": steps(("deprecated", "sunset")),
    "contract-retired": steps(("sunset", "retired")),
    "deprecation-incomplete": [
        case(stage("active"), ending(sunset_date=None)),
        case(stage("active"), ending(replacement=None)),
        case(stage("active"), contract(status="deprecated")),
        case(ending(), ending(replacement=None), "documentation-changed"),
    ],
    "sunset-moved-earlier": [
        case(ending(), ending(sunset_date="2026-03-31")),
        case(ending(None), ending(None, sunset_date=None)),
    ],
    "sunset-postponed": [case(ending(), ending(sunset_date="2026-12-31"))],
    "notice-too-short": [
        case(stage("active"), ending(announced="2026-06-20")),
    ],
    "state-skipped": steps(("active", "sunset"), ("active", "retired"), ("draft", "deprecated")),
    "state-stepped-back": steps(("active", "draft"), ("deprecated", "active"), (None, "proposed")),
    "child-weaker": [
        case(family(level(24, "hours"), contract()), family(level(24, "hours"), level(48, "hours")),
             "service-level-strengthened"),
        # a parent that is strengthened leaves its child behind
        case(family(level(72, "hours"), level(48, "hours")),
             family(level(24, "hours"), level(48, "hours")), "service-level-strengthened"),
        case(family(contract(table(one(nullable=False))), contract(table(one(nullable=False)))),
             family(contract(table(one(nullable=False))), contract(table(one(nullable=True)))),
             "not-null-dropped"),
    ],
}  # fmt: skip

NEAR_MISSES: dict[str, list[Miss]] = {
    "documentation-changed": [
        near(col("text", tags=("a", "b")), col("text", tags=("b", "a"))),
        near(with_table(catalog="postgres"), with_table(catalog="museum")),
        near(contract(consumers=("a", "b")), contract(consumers=("b", "a"))),
    ],
    "unit-changed": [near(col("text"), col("text", unit="cm"), "meaning-stated")],
    "filter-changed": [near(with_table(filter="on view"), with_table(filter="on view"))],
    "meaning-changed": [
        near(col("text", description="a"), col("text", description="b"), "documentation-changed"),
    ],
    "meaning-withdrawn": [near(col("text"), col("text", meaning="unchanged"))],
    "meaning-stated": [near(col("text", meaning="unchanged"), col("text"))],
    "null-meaning-changed": [
        near(col("text", null_reasons=LOANED + STORED), col("text", null_reasons=STORED + LOANED)),
    ],
    "grain-changed": [
        near(with_table(grain=("object_id", "place")), with_table(grain=("place", "object_id"))),
    ],
    "view-query-changed": [
        near(catalog(view(MAPPED)), catalog(view(MAPPED.replace(" ", "\n  ")))),
    ],
    "view-base-renamed": [
        # two aliases that changed places are another query
        near(catalog(view("SELECT a AS x, b AS y FROM t", "x", "y")),
             catalog(view("SELECT b AS x, a AS y FROM t", "x", "y")), "view-query-changed"),
    ],
    "detail-stated": [near(col("text", default=""), col("text"), "documentation-changed")],
    "detail-withdrawn": [near(col("text", collation="C"), col("text", collation="C"))],
    "backfill-declared": [near(contract(backfills="a"), contract(backfills="a"))],
    "backfill-withdrawn": [near(contract(), contract(backfills="a"), "backfill-declared")],
    "delete-mode-changed": [
        near(contract(), contract(deletes="soft"), "meaning-stated"),
        near(contract(deletes=Deletion(retention="1 year")),
             contract(deletes=Deletion(retention="30 days")), "service-level-weakened"),
        near(contract(deletes=Deletion(retention="1 year")),
             contract(deletes=Deletion(retention="2 years")), "service-level-strengthened"),
    ],
    "consistency-changed": [
        near(contract(), contract(consistency="eventual"), "meaning-stated"),
        # how stale data may be is a service level, however it is put
        near(contract(consistency=Consistency(max_staleness="5 minutes")),
             contract(consistency=Consistency(max_staleness="300 s"))),
        near(contract(consistency=Consistency(max_staleness="5 minutes")),
             contract(consistency=Consistency(max_staleness="1 hour")), "service-level-weakened"),
    ],
    "row-lifecycle-changed": [
        near(contract(row_lifecycle=CORRECTED), contract(row_lifecycle=RowLifecycle(
            correction="a new row", creation="on commit")), "meaning-stated"),
    ],
    "state-meaning-changed": [
        # a state that is new, or gone, is a value that is
        near(col("text", states=("a",), terminal_states=("a",)),
             col("text", states=("a", "b"), terminal_states=("a", "b")), "value-added"),
        near(col("text", states=("a",)),
             col("text", states=("a", "b"), external_terms=(("b", "x"),)), "value-added"),
        near(col("text", terminal_states=("a", "b")), col("text", terminal_states=("b", "a"))),
    ],
    "warning-changed": [near(col("text"), col("text", warning="a"), "meaning-stated")],
    "stream-changed": [
        near(contract(cdc=STREAM), contract(cdc=replace(STREAM, custom=(("topic", '"a"'),))),
             "documentation-changed"),
        near(contract(), contract(cdc=ChangeStream()), "meaning-stated"),
    ],
    "stream-key-changed": [
        near(contract(cdc=replace(STREAM, key=())), contract(cdc=STREAM), "meaning-stated"),
    ],
    "source-of-truth-changed": [near(contract(source_of_truth="a"), contract(source_of_truth="a"))],
    "classification-raised": [
        near(col("text"), col("text", classification="public"), "classification-stated"),
    ],
    "classification-lowered": [
        near(col("text", classification="public"), col("text"), "classification-stated"),
    ],
    "classification-stated": [
        near(col("text"), col("text", classification="internal"), "classification-raised"),
    ],
    "service-level-weakened": [
        near(level(4, "hours"), level(240, "minutes")), near(level("daily"), level("24 hours")),
    ],
    "service-level-strengthened": [near(level(1, "day"), level("24h"))],
    "service-level-changed": [
        near(level("weekdays"), level("weekdays")),
        near(level(4, "hours"), level(4, "hours", operator="mustBeLessThan")),
        near(level(99, "%", "completeness"),
             level(99, "%", "completeness", operator="mustBeGreaterOrEqualTo")),
    ],
    "quality-check-loosened": [
        near(quality(few_nulls(), Check("rowCount")), quality(Check("rowCount"), few_nulls())),
    ],
    "quality-check-tightened": [
        near(quality(few_nulls()), quality(few_nulls(description="Few.")), "documentation-changed"),
        near(quality(limited(minLength=1, maxLength=5)),
             quality(limited(maxLength=5, minLength=1))),
    ],
    "quality-check-changed": [
        near(quality(few_nulls(5)), quality(few_nulls(6)), "quality-check-loosened"),
        # with several about one column, nobody can tell which became which
        near(quality(limited(maxLength=5), limited(pattern="a")),
             quality(limited(maxLength=4), limited(pattern="b")),
             "quality-check-tightened", "quality-check-loosened"),
    ],
    "invariant-dropped": [
        near(contract(invariants=("a", "b")), contract(invariants=("b", "a"))),
    ],
    "invariant-added": [near(contract(invariants=("a",)), contract(invariants=("a",)))],
    "notice-shortened": [
        near(contract(notice=Notice("a", 30)), contract(notice=Notice("b", 30)),
             "documentation-changed"),
    ],
    "notice-lengthened": [near(contract(), contract(notice=Notice()))],
    "compatibility-loosened": [
        near(contract(compatibility=(("a", "1"), ("b", "2"))),
             contract(compatibility=(("b", "2"), ("a", "1")))),
    ],
    "compatibility-tightened": [near(contract(), contract(compatibility=()))],
    "strictness-dropped": [near(contract(strict=False), contract(), "documentation-changed")],
    "strictness-added": [near(contract(), contract(strict=False), "documentation-changed")],
    "parent-changed": [
        near(contract(extends="a", extends_version="1"), contract(extends="a", extends_version="2"),
             "documentation-changed"),
    ],
    "contract-activated": [
        near(stage("proposed"), stage("draft"), "documentation-changed"),
        near(stage(None), stage("active"), "documentation-changed"),
    ],
    "contract-deprecated": [near(stage("deprecated"), stage("deprecated"))],
    "contract-sunset": [near(stage("active"), stage("sunset"), "state-skipped")],
    "contract-retired": [near(stage("deprecated"), stage("retired"), "state-skipped")],
    "deprecation-incomplete": [near(stage("active"), stage("deprecated"), "contract-deprecated")],
    "sunset-moved-earlier": [near(ending(), ending(reason="r"), "documentation-changed")],
    "sunset-postponed": [near(ending(), ending(announced="2026-01-01"), "documentation-changed")],
    "notice-too-short": [
        near(stage("active"), ending(announced="2026-05-31"), "contract-deprecated"),
    ],
    "state-skipped": [near(stage("draft"), stage("active"), "contract-activated")],
    "state-stepped-back": [near(stage("draft"), stage("proposed"), "documentation-changed")],
    "child-weaker": [
        # what a child does not say it inherits, and more is allowed
        near(family(level(24, "hours"), level(24, "hours")),
             family(level(24, "hours"), contract()), "service-level-weakened"),
        near(family(level(24, "hours"), contract()), family(level(24, "hours"), level(4, "hours")),
             "service-level-strengthened"),
        # nothing changed: a weakness that was there before is told by no diff
        near(family(level(24, "hours"), level(48, "hours")),
             family(level(24, "hours"), level(48, "hours"))),
        near(family(contract(table(one(nullable=False))), contract(table(name="other"))),
             family(contract(table(one(nullable=False))), contract(table(BASE.columns[1],
                    name="other"))), "column-removed", "column-added"),
    ],
}  # fmt: skip
