"""Promises about rows as each dialect says them, read from a document and held to real rows."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contracts.loading import load
from detection.model import CheckLabel
from detection.quality import Demand
from detection.quality.demands import find_demands
from tests.detection.quality.rows import NOW, ago, breaches, fill_columns

ONE_PAGER = """\
contract: salesforce_lead_v2
table: crm.signups
producer: product-signup-service
consumer: rev-ops-reverse-etl
fields:
  - email: string, not_null, unique
  - signup_source: enum(web, mobile, api, partner)
  - created_at: timestamp_utc
  - closed_at_null_reason:
      type: string
      required_when: signup_source = web
sla:
  freshness: < 5 minutes
  completeness: ">= 99.5% on email"
  availability: ">= 99%"
versioning: semver; breaking changes require 30-day notice
owner: growth@guide.example
invariants:
  - length(email) > 3
  - A person signs up once.
quality:
  - type: sql
    query: select count(*) from signups where email is null
    mustBe: 0
"""
ODCS = """\
apiVersion: v3.1.0
kind: DataContract
id: lead
version: 1.0.0
status: active
schema:
  - name: signups
    physicalName: crm.signups
    dataGranularityDescription: signup_id
    properties:
      - name: signup_id
        physicalType: integer
      - name: email
        logicalType: string
        quality:
          - metric: nullValues
            mustBeLessThan: 1
            unit: percent
            severity: warning
          - metric: missingValues
            arguments: {missingValues: [null, '', 'N/A']}
            mustBe: 0
          - type: sql
            query: "select count(*) from {object} where {property} = ''"
            mustBe: 0
          - type: text
            description: Emails were confirmed.
      - name: created_at
        logicalType: timestamp
    quality:
      - metric: rowCount
        mustBeBetween: [1, 3]
      - metric: duplicateValues
        arguments: {properties: [email, created_at]}
        mustBe: 0
slaProperties:
  - property: generalAvailability
    value: 2022-05-12T09:30:10-08:00
  - property: latency
    value: 4
    unit: d
    element: signups.created_at
  - property: retention
    value: 1
    unit: y
    element: signups.created_at
"""
MODELS = """\
dataContractSpecification: 1.1.0
id: lead
info: {title: Lead, version: 1.0.0}
models:
  crm.signups:
    fields:
      email: {type: string, pattern: '@'}
      created_at: {type: timestamp}
      landed_at: {type: timestamp}
    quality:
      - type: sql
        query: SELECT count(*) FROM crm.signups
        mustBeGreaterThan: 9
servicelevels:
  freshness: {threshold: 25h, timestampField: crm.signups.created_at}
  latency:
    threshold: 15m
    sourceTimestampField: crm.signups.created_at
    processedTimestampField: crm.signups.landed_at
  retention: {period: P1Y, timestampField: crm.signups.created_at}
"""
SODA = """\
dataset: museum/crm/signups
columns:
  - name: signup_id
  - name: created_at
  - name: email
    missing_values: [""]
    checks:
      - missing:
      - duplicate:
          threshold:
            metric: percent
            must_be_less_than: 1
      - invalid:
          valid_format: {name: address, regex: "@"}
  - name: score
    checks:
      - aggregate:
          function: avg
          threshold:
            must_be_between: {greater_than_or_equal: 1, less_than_or_equal: 5}
checks:
  - row_count:
      threshold:
        must_be_between: {greater_than_or_equal: 1, less_than_or_equal: 2}
  - failed_rows:
      expression: signup_id > 3
  - failed_rows:
      query: select signup_id from crm.signups where signup_id > 3
  - freshness:
      column: created_at
      threshold: {unit: hour, must_be_less_than: 6}
"""
DBT = """\
version: 2
models:
  - name: signups
    config: {schema: crm, contract: {enforced: true}}
    columns:
      - name: signup_id
        data_type: integer
      - name: email
        data_type: text
        data_tests:
          - not_null
          - unique
      - name: signup_source
        data_type: text
        data_tests:
          - accepted_values:
              arguments: {values: [web, api]}
              config: {severity: warn, where: signup_id < 3}
          - relationships:
              arguments: {to: ref('sources'), field: source}
    data_tests:
      - dbt_utils.unique_combination_of_columns:
          arguments: {combination_of_columns: [email, signup_source]}
      - elementary.volume_anomalies
"""
MESS = [
    (1, "ada", "web", ago(hours=30), ago(hours=29)),
    (2, "", "ios", ago(days=400), ago(days=400)),
    (3, None, "api", ago(days=5), None),
    (4, "ada", "web", ago(hours=30), ago(hours=30)),
]
LEAD_COLUMNS = ("signup_id", "email", "signup_source", "created_at", "landed_at")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            ONE_PAGER,
            {
                ("rows-query", 22),
                ("rows-of-unknown-state", 7),
                ("rows-required-null", 11),
                ("rows-against-invariant", 19),
                ("rows-stale", 13),
                ("rows-null", 14),
            },
        ),
        (
            ODCS,
            {
                ("rows-count", 31),
                ("rows-duplicate", 33),
                ("rows-null", 16),
                ("rows-missing", 20),
                ("rows-query", 23),
                ("rows-unread", 26),
                ("rows-retention", 43),
            },
        ),
        (
            MODELS,
            {
                ("rows-malformed", 7),
                ("rows-query", 11),
                ("rows-stale", 15),
                ("rows-late", 16),
                ("rows-retention", 20),
            },
        ),
        (
            SODA,
            {
                ("rows-missing", 8),
                ("rows-duplicate", 9),
                ("rows-malformed", 13),
                ("rows-aggregate", 17),
                ("rows-count", 22),
                ("rows-query", 25),
                ("rows-query", 27),
                ("rows-stale", 29),
            },
        ),
        (
            DBT,
            {
                ("rows-null", 11),
                ("rows-duplicate", 12),
                ("rows-unlisted", 16),
                ("rows-orphaned", 19),
                ("rows-duplicate", 22),
                ("rows-unread", 24),
            },
        ),
    ],
    ids=["one-pager", "odcs", "models", "soda", "dbt"],
)
def test_a_promise_is_broken_at_the_line_where_it_stands(
    rows: psycopg.Connection, tmp_path: Path, text: str, expected: set[tuple[str, int]]
) -> None:
    fill_columns(rows, LEAD_COLUMNS, MESS)
    file = tmp_path / "lead.yaml"
    file.write_text(text)
    broken = breaches(rows, load(file), now=NOW)
    assert {(one.rule, one.location.line if one.location else 0) for one in broken} == expected


@pytest.mark.parametrize("text", [ONE_PAGER, ODCS, MODELS, SODA, DBT])
def test_rows_that_keep_all_of_it_are_not_told(
    rows: psycopg.Connection, tmp_path: Path, text: str
) -> None:
    several = [
        (n, f"user{n}@guide.example", "web", ago(minutes=1, days=n - 1), ago(days=n - 1))
        for n in range(1, 3)
    ]
    if text == MODELS:
        several = [(n, f"{n}@x", "web", ago(minutes=n), ago(minutes=n)) for n in range(20)]
    fill_columns(rows, LEAD_COLUMNS, several)
    rows.execute("update crm.signups set closed_at_null_reason = 'x', score = 2")
    rows.execute("insert into crm.sources values ('web')")
    file = tmp_path / "lead.yaml"
    file.write_text(text)
    assert [one.rule for one in breaches(rows, load(file), now=NOW) if one.level != "note"] == []


WATERMARKS = {
    "one-pager": ONE_PAGER.replace("< 5 minutes", "< 5 minutes on crm.watermark.produced_at"),
    "odcs": ODCS.replace(
        "  - property: latency\n    value: 4\n    unit: d\n    element: signups.created_at\n",
        "  - property: freshness\n    value: 5\n    unit: minutes\n"
        "    element: watermark.produced_at\n",
    ),
    "models": MODELS.replace(
        "freshness: {threshold: 25h, timestampField: crm.signups.created_at}",
        "freshness: {threshold: 5m, timestampField: crm.watermark.produced_at}",
    ),
}
"""Freshness by a table that is not the contract's and says until when that one was written."""


@pytest.mark.parametrize("dialect", WATERMARKS)
def test_a_watermark_that_a_document_names_says_how_fresh_the_table_is(
    rows: psycopg.Connection, tmp_path: Path, dialect: str
) -> None:
    fill_columns(rows, LEAD_COLUMNS, MESS)  # which is stale by itself
    file = tmp_path / "lead.yaml"
    file.write_text(WATERMARKS[dialect])
    line = next(
        number
        for number, text in enumerate(file.read_text().splitlines(), 1)
        if "freshness" in text
    )
    contract = load(file)
    for minutes, expected in ((None, "no row has arrived"), (6, "6 minutes old"), (4, None)):
        if minutes is not None:
            rows.execute("truncate crm.watermark")
            rows.execute("insert into crm.watermark values (%s), (%s)",
                         [ago(minutes=minutes), ago(days=9)])  # fmt: skip
        stale = [one for one in breaches(rows, contract, now=NOW) if one.rule == "rows-stale"]
        if expected is None:
            assert stale == []
            continue
        (one,) = stale
        assert str(one.found).endswith(expected)
        assert (one.table, one.location and one.location.line) == ("signups", line)


LEVELS = [
    ("odcs", "metric: nullValues, mustBe: 0", "error"),
    ("odcs", "metric: nullValues, mustBe: 0, severity: error", "error"),
    ("odcs", "metric: nullValues, mustBe: 0, severity: high", "error"),
    ("odcs", "metric: nullValues, mustBe: 0, severity: warning", "warning"),
    ("odcs", "metric: nullValues, mustBe: 0, severity: info", "note"),
    ("soda", "missing: {threshold: {must_be: 0}}", "error"),
    ("soda", "missing: {threshold: {level: fail, must_be: 0}}", "error"),
    ("soda", "missing: {threshold: {level: warn, must_be: 0}}", "warning"),
    ("dbt", "not_null: {}", "error"),
    ("dbt", "not_null: {config: {severity: error}}", "error"),
    ("dbt", "not_null: {config: {severity: warn}}", "warning"),
]
WRITTEN = {
    "odcs": (
        "apiVersion: v3.1.0\nkind: DataContract\nid: lead\nversion: 1.0.0\nstatus: active\n"
        "schema:\n- name: signups\n  physicalName: crm.signups\n  properties:\n"
        "  - name: email\n    logicalType: string\n    quality:\n    - {CHECK}\n"
    ),
    "soda": "dataset: museum/crm/signups\ncolumns:\n- name: email\n  checks:\n  - {CHECK}\n",
    "dbt": (
        "models:\n- name: signups\n  config: {schema: crm, contract: {enforced: true}}\n"
        "  columns:\n  - name: email\n    data_type: text\n    data_tests:\n    - {CHECK}\n"
    ),
}


@pytest.mark.parametrize(("dialect", "stated", "level"), LEVELS)
def test_a_check_warns_or_fails_as_its_dialect_says(
    rows: psycopg.Connection, tmp_path: Path, dialect: str, stated: str, level: str
) -> None:
    file = tmp_path / "lead.yaml"
    file.write_text(WRITTEN[dialect].replace("CHECK", stated))
    fill_columns(rows, ("email",), [(None,)])
    assert [(one.rule, one.level) for one in breaches(rows, load(file))] == [("rows-null", level)]


def test_what_an_author_calls_a_check_is_told_with_it(
    rows: psycopg.Connection, tmp_path: Path
) -> None:
    stated = "metric: nullValues, mustBe: 0, name: no_ghosts, dimension: completeness,"
    stated += " severity: high, description: A lead without an address is none."
    file = tmp_path / "lead.yaml"
    fill_columns(rows, ("email",), [(None,)])
    for text, label in (
        (stated, CheckLabel("no_ghosts", "A lead without an address is none.", "completeness",
                            "high")),
        ("metric: nullValues, mustBe: 0", None),
    ):  # fmt: skip
        file.write_text(WRITTEN["odcs"].replace("CHECK", text))
        assert [one.label for one in breaches(rows, load(file))] == [label]


OPERATORS = [
    ("mustBe: 2", 2), ("mustNotBe: 3", 2), ("mustBeGreaterThan: 1", 2),
    ("mustBeGreaterOrEqualTo: 2", 2), ("mustBeLessThan: 3", 2), ("mustBeLessOrEqualTo: 2", 2),
    ("mustBeBetween: [2, 3]", 2), ("mustNotBeBetween: [3, 4]", 2),
    ("mustBe: 2", 3), ("mustNotBe: 3", 3), ("mustBeGreaterThan: 1", 1),
    ("mustBeGreaterOrEqualTo: 2", 1), ("mustBeLessThan: 3", 3), ("mustBeLessOrEqualTo: 2", 3),
    ("mustBeBetween: [2, 3]", 4), ("mustNotBeBetween: [3, 4]", 3),
]  # fmt: skip


@pytest.mark.parametrize(("bound", "many"), OPERATORS)
def test_each_operator_of_odcs_is_held_to_rows(
    rows: psycopg.Connection, tmp_path: Path, bound: str, many: int
) -> None:
    """The first half is kept by so many rows, the second is not."""
    file = tmp_path / "lead.yaml"
    file.write_text(WRITTEN["odcs"].replace("CHECK", f"metric: nullValues, {bound}"))
    fill_columns(rows, ("signup_id", "email"), [(number, None) for number in range(many)])
    is_kept = (bound, many) in OPERATORS[: len(OPERATORS) // 2]
    broken = breaches(rows, load(file))
    assert [one.rule for one in broken] == ([] if is_kept else ["rows-null"])


def test_a_threshold_in_a_tool_s_own_words_is_left_to_the_tool(
    rows: psycopg.Connection, tmp_path: Path
) -> None:
    """No single operator says it, so nothing is held against the rows that nobody promised."""
    file = tmp_path / "lead.yaml"
    own = "  - name: email\n    checks:\n      - missing:\n          threshold:\n"
    own += "            must_be_between: {greater_than: 1, less_than_or_equal: 5}\n"
    file.write_text(f"dataset: museum/crm/signups\ncolumns:\n{own}")
    fill_columns(rows, ("email",), [(None,)])
    assert [one.rule for one in breaches(rows, load(file))] == ["rows-unread"]


def test_demands_are_found_without_a_database(tmp_path: Path) -> None:
    from contracts.model import Column, DataType, Table
    from detection.model import Catalog

    file = tmp_path / "lead.yaml"
    file.write_text(ONE_PAGER)
    times = DataType("timestamp with time zone")
    names = ("email", "signup_source", "closed_at_null_reason")
    columns = (*map(Column, names), Column("created_at", times))
    catalog = Catalog("museum", 180000, ("crm",), (Table("signups", "crm", columns=columns),))
    found: tuple[Demand, ...] = find_demands([load(file)], catalog)
    assert [one.trouble for one in found] == [None] * len(found)
    assert len(found) == 6
