"""Promises about rows as each dialect says them, read from a document and held to real rows."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contracts.loading import load
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
                ("rows-against-invariant", 18),
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
    ],
    ids=["one-pager", "odcs", "models", "soda"],
)
def test_a_promise_is_broken_at_the_line_where_it_stands(
    rows: psycopg.Connection, tmp_path: Path, text: str, expected: set[tuple[str, int]]
) -> None:
    fill_columns(rows, LEAD_COLUMNS, MESS)
    file = tmp_path / "lead.yaml"
    file.write_text(text)
    broken = breaches(rows, load(file), now=NOW)
    assert {(one.rule, one.location.line if one.location else 0) for one in broken} == expected


@pytest.mark.parametrize("text", [ONE_PAGER, ODCS, MODELS, SODA])
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
    file = tmp_path / "lead.yaml"
    file.write_text(text)
    assert [one.rule for one in breaches(rows, load(file), now=NOW) if one.level != "note"] == []


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
