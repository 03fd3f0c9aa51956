"""Contracts on one page: how their words are read, and what is said of those that cannot be."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from contracts import DocumentError
from contracts.dialects.phrases import (
    Phrase,
    in_words,
    lead_days,
    read_notice,
    read_owner,
    read_phrase,
    read_version,
    service_level,
)
from contracts.documents import scan_document
from contracts.loading import contract_in
from contracts.logical_types import logical
from contracts.meaning import Consistency, RowLifecycle
from contracts.model import (
    Column,
    Contract,
    DataType,
    Notice,
    NullReason,
    Owner,
    ServiceLevel,
    Table,
)
from contracts.types import parse_type
from tests.contracts.samples import (
    CASES,
    CASES_IN_LINES,
    CONSUMERS_OF_CASES,
    LEADS,
    LEADS_AS_PRINTED,
    ONE_PAGERS,
)

STRING = logical("string")


def read(text: str) -> Contract:
    return contract_in(scan_document("page.yaml", text.encode()))


def problems_of(text: str) -> list[str]:
    with pytest.raises(DocumentError) as refused:
        read(text)
    return [str(problem).removeprefix("page.yaml:") for problem in refused.value.problems]


def field(stated: object) -> Column:
    """The one field of a contract, as it is read."""
    page = {"contract": "leads", "table": "crm.signups", "fields": {"it": stated}}
    (column,) = read(str(yaml.safe_dump(page))).tables[0].columns
    return column


def test_the_leads_are_read_whole() -> None:
    contract = read(LEADS)
    assert contract == Contract(
        "salesforce_lead_v2",
        dialect="one_pager",
        owner=Owner("[email protected]"),
        producer="product-signup-service",
        consumers=("rev-ops-reverse-etl",),
        notice=Notice(lead_days=30),
        tables=(
            Table(
                "salesforce_lead_v2",
                "",
                columns=(
                    Column("email", STRING, nullable=False, unique=True),
                    Column(
                        "signup_source",
                        STRING,
                        states=("web", "mobile", "api", "partner"),
                    ),
                    Column("created_at", logical("timestamp"), timezone="UTC"),
                ),
            ),
        ),
        service_levels=(
            ServiceLevel("freshness", 5, "minutes"),
            ServiceLevel("completeness", 99.5, "percent", "email"),
        ),
        custom=(("versioning", '"semver; breaking changes require 30-day notice"'),),
    )
    assert contract.identity == "salesforce_lead_v2"
    assert [
        column.source.location.line for column in contract.tables[0].columns if column.source
    ] == [
        5,
        6,
        7,
    ]


def test_the_leads_as_printed_are_refused_with_their_repairs() -> None:
    (unquoted,) = problems_of(LEADS_AS_PRINTED)
    assert unquoted == (
        "10: A value that begins with > or | is read as a block of text, on the lines below."
        ' Next: Put the value in quotes, as in ">= 99.5%".'
    )
    quoted = LEADS_AS_PRINTED.replace(">= 99.5% on email", '">= 99.5% on email"')
    flat, bracketed = problems_of(quoted)
    assert flat == (
        "8 at sla: sla holds nothing, and freshness and completeness stand beside it: the"
        " indentation is lost. Next: Indent what belongs to sla by two spaces, below it."
    )
    assert bracketed == (
        "12 at owner: Expected a text or an object or null, found a list of 1 item. Next: Correct"
        " the value. Whom to talk to: a name, an address, or both. Put it in quotes where it begins"
        " with [ or @."
    )
    indented = quoted.replace("\nfreshness", "\n  freshness").replace("\ncompl", "\n  compl")
    assert read(indented.replace("[email protected]", "'[email protected]'")) == read(LEADS)


def test_the_fuller_template_is_read_whole() -> None:
    contract = read(CASES)
    assert (contract.identity, contract.version) == ("reporting.case_summary", "1.0.0")
    assert contract.status == "active"
    assert contract.owner == Owner("enforcement-platform")
    assert contract.technical_owner == Owner("database-platform")
    assert contract.business_owner == Owner("case-operations")
    assert contract.consumers == ("compliance-dashboard", "nightly-regulator-export")
    assert contract.source_of_truth == (
        "database: enforcement_oltp\nsource_tables:\n  - case_file\n  - case_assignment_history"
    )
    assert contract.service_levels == (
        ServiceLevel(
            "freshness",
            5,
            "minutes",
            custom=(
                ("mode", '"materialized projection"'),
                ("maximum_lag_before_alert", '"15 minutes"'),
            ),
        ),
    )
    assert contract.deletes == "soft-deleted cases excluded"
    assert contract.consistency == Consistency(
        row_level="transactionally derived from committed source rows"
    )
    assert contract.row_lifecycle == RowLifecycle(
        correction="corrected rows overwrite current view"
    )
    assert contract.notice == Notice(lead_days=90)
    assert dict(contract.compatibility)["field_removal"] == "requires v2"
    (table,) = contract.tables
    assert [(one.name, one.data_type, one.nullable) for one in table.columns] == [
        ("case_id", parse_type("uuid"), False),
        ("current_status", STRING, False),
        ("closed_at", logical("timestamp"), True),
    ]
    assert table.columns[0].meaning == "Stable internal case identifier."
    assert table.columns[1].states == ("DRAFT", "OPEN", "UNDER_REVIEW", "ESCALATED", "CLOSED")


def test_what_fields_mean_may_stand_apart_from_them() -> None:
    contract = read(CASES_IN_LINES)
    status = contract.tables[0].column("current_status")
    assert status is not None
    assert status.nullable is False
    assert status.description == "Latest operational lifecycle state of the case."
    assert status.states == ("DRAFT", "OPEN", "UNDER_REVIEW", "ESCALATED", "CLOSED")
    assert (status.warning, status.custom) == ("Do not infer legal finality from CLOSED.", ())
    assert contract.consistency == Consistency(
        "primary OLTP database", "transactionally consistent within each row",
        max_staleness="5 minutes",
    )  # fmt: skip
    assert contract.deletes == "rows are not physically deleted before retention expiry"
    assert contract.row_lifecycle == RowLifecycle(
        "case appears after case_file transaction commits"
    )
    assert contract.service_levels == (ServiceLevel("freshness", 5, "minutes"),)
    assert len(contract.tables[0].columns) == 7


def test_a_meaning_may_be_one_sentence() -> None:
    contract = read("contract: leads\nfields: {email: string}\nsemantics: {email: their address}\n")
    assert contract.tables[0].columns == (Column("email", STRING, meaning="their address"),)


def test_freshness_may_stand_beside_other_service_levels() -> None:
    text = (
        "contract: leads\nfields: {email: string}\nsla: {uptime: 99%}\nfreshness: under 5 minutes\n"
    )
    assert read(text).service_levels == (
        ServiceLevel("uptime", 99, "percent"),
        ServiceLevel("freshness", 5, "minutes"),
    )


def test_consumers_are_known_by_their_names() -> None:
    contract = read(CONSUMERS_OF_CASES)
    assert contract.consumers == ("compliance-dashboard", "search-indexer")
    assert "analytics-oncall" in dict(contract.custom)["consumers"]


@pytest.mark.parametrize("text", ONE_PAGERS.values(), ids=list(ONE_PAGERS))
def test_every_printed_page_loads(text: str) -> None:
    assert read(text).dialect == "one_pager"


FIELDS: list[tuple[Any, dict[str, Any]]] = [
    ("string", {"data_type": STRING}),
    ("uuid required", {"data_type": parse_type("uuid"), "nullable": False}),
    ("timestamp nullable", {"data_type": logical("timestamp"), "nullable": True}),
    (
        "varchar(20), not null, unique",
        {"data_type": parse_type("varchar(20)"), "nullable": False, "unique": True},
    ),
    ("numeric(6,2) not null", {"data_type": parse_type("numeric(6,2)"), "nullable": False}),
    ("timestamp with time zone", {"data_type": parse_type("timestamptz")}),
    ("string primary key", {"data_type": STRING, "primary_key": True, "nullable": False}),
    ("string, deprecated", {"data_type": STRING, "deprecated": True}),
    ("enum(oil, 'bronze')", {"data_type": STRING, "states": ("oil", "bronze")}),
    (None, {}),
    ({"type": "string", "required": False}, {"data_type": STRING, "nullable": True}),
    ({"type": "string", "nullable": False}, {"data_type": STRING, "nullable": False}),
    ({"meaning": "when", "timezone": "UTC"}, {"meaning": "when", "timezone": "UTC"}),
    (
        {"type": "string", "null_reasons": {"UNKNOWN": "nobody knows"}, "unit": "cm"},
        {
            "data_type": STRING,
            "null_reasons": (NullReason("UNKNOWN", "nobody knows"),),
            "unit": "cm",
        },
    ),
    ({"classification": "Highly sensitive"}, {"classification": "highly sensitive"}),
    ({"classification": "secret"}, {"custom": (("classification", '"secret"'),)}),
    (
        {"type": "array", "items": {"type": "string"}},
        {"data_type": DataType("ARRAY", "array", element=STRING)},
    ),
    ({"required_when": "a = 1", "x": 2}, {"custom": (("required_when", '"a = 1"'), ("x", "2"))}),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "facts"), FIELDS)
def test_a_field_is_read(stated: object, facts: dict[str, Any]) -> None:
    assert field(stated) == Column("it", **facts)


WAYS_TO_LIST = [
    "fields:\n- it: string, unique\n- at: date\n",
    "fields:\n- name: it\n  type: string\n  unique: true\n- name: at\n  type: date\n",
    "fields:\n  it: string, unique\n  at:\n    type: date\n",
    "shape:\n  it: string, unique\n  at: date\n",
    "shape:\n  fields:\n    it: string unique\n    at: date\n",
]


@pytest.mark.parametrize("fields", WAYS_TO_LIST)
def test_fields_may_be_listed_in_many_ways(fields: str) -> None:
    contract = read(f"contract: leads\n{fields}")
    assert contract.tables[0].columns == (
        Column("it", STRING, unique=True),
        Column("at", parse_type("date")),
    )


def test_a_field_may_be_called_name() -> None:
    contract = read("contract: leads\nfields:\n- name: string, not_null\n- fields: date\n")
    assert [column.name for column in contract.tables[0].columns] == ["name", "fields"]


PHRASES = [
    ("< 5 minutes", Phrase(5, "minutes", "mustBeLessThan")),
    ("under 5 minutes", Phrase(5, "minutes", "mustBeLessThan")),
    ("24h", Phrase(24, "hours")),
    ("<= 1 day", Phrase(1, "days", "mustBeLessOrEqualTo")),
    (">= 99.5% on email", Phrase(99.5, "percent", "mustBeGreaterOrEqualTo", "email")),
    ("at least 3 on signup_source", Phrase(3, None, "mustBeGreaterOrEqualTo", "signup_source")),
    ("99.9%", Phrase(99.9, "percent")),
    ("daily", Phrase("daily")),
    ("5 minutes after the fact", Phrase("5 minutes after the fact")),
    ("< five minutes", Phrase("< five minutes")),
    ("> 3 foxes", Phrase("> 3 foxes")),
]


@pytest.mark.parametrize(("text", "phrase"), PHRASES)
def test_a_bound_is_read_from_its_phrase(text: str, phrase: Phrase) -> None:
    assert read_phrase(text) == phrase


@pytest.mark.parametrize(
    ("stated", "level"),
    [
        ("< 5 minutes", ServiceLevel("it", 5, "minutes")),
        ("5 minutes", ServiceLevel("it", 5, "minutes")),
        (
            "<= 5 minutes",
            ServiceLevel("it", 5, "minutes", operator="mustBeLessOrEqualTo"),
        ),
        (">= 99%", ServiceLevel("it", 99, "percent")),
        (
            "> 99%",
            ServiceLevel("it", 99, "percent", operator="mustBeGreaterThan"),
        ),
        (7, ServiceLevel("it", 7)),
        ("soon", ServiceLevel("it", "soon")),
    ],
)
def test_an_operator_is_kept_where_its_unit_does_not_imply_it(
    stated: object, level: ServiceLevel
) -> None:
    assert service_level("it", stated) == level


def test_owners_notices_and_versions() -> None:
    assert read_owner("Registrar <registrar@museum.org>") == Owner(
        "Registrar", "registrar@museum.org"
    )
    assert read_owner("registrar@museum.org") == Owner(
        "registrar@museum.org", "registrar@museum.org"
    )
    assert str(read_owner("registrar@museum.org")) == "registrar@museum.org"
    assert read_owner({"name": "Registrar"}) == Owner("Registrar")
    assert read_owner({"slack": "#x"}) is None
    assert read_owner(None) is None
    assert read_notice({"channel": "#data", "lead_time": "6 weeks"}) == Notice("#data", 42)
    assert read_notice(14) == Notice(lead_days=14)
    assert read_notice("soon") is None
    assert lead_days("P3M") == 90
    assert lead_days("semver; breaking changes require 30-day notice") == 30
    assert lead_days("semver") is None
    assert [read_version(said) for said in (1, "2", "1.2.0", "v1", None)] == [
        "1.0.0", "2.0.0", "1.2.0", "v1", None,
    ]  # fmt: skip
    assert in_words({"a": {"b": [1, "two"]}, "c": True}) == "a:\n  b:\n    - 1\n    - two\nc: true"


def test_the_rest_of_a_page() -> None:
    contract = read(
        """\
contract: leads
table: crm.signups
version: "2.1.0"
notice: {channel: "#data", lead_days: 14}
deprecation: {announced: 2026-01-03, replacement: leads-v3, because: age}
extends: {name: base, version: 1}
grain: [email, created_at]
invariants: [email holds an @]
time: {created_at: UTC}
backfill: none
deletion: hard
enforcement: CI
fields: {email: {type: string, invariant: lower case}}
unknown_status_policy: {dashboards: show it}
x-ticket: 7
owner: {name: Registrar, email: registrar@museum.org, slack: "#r"}
"""
    )
    assert contract.tables[0].qualified_name == "crm.signups"
    assert contract.tables[0].grain == ("email", "created_at")
    assert (contract.extends, contract.extends_version) == ("base", "1.0.0")
    assert contract.deprecation is not None
    assert contract.deprecation.replacement == "leads-v3"
    assert contract.notice == Notice("#data", 14)
    assert (contract.time, contract.backfills, contract.deletes) == (
        "created_at: UTC",
        "none",
        "hard",
    )
    assert contract.invariants == ("email holds an @", "email: lower case")
    assert dict(contract.custom) == {
        "unknown_status_policy": '{"dashboards": "show it"}',
        "x-ticket": "7",
        "owner.slack": '"#r"',
        "deprecation.because": '"age"',
    }


REFUSED = [
    (
        "contract: leads\nfields:\n- email: strng\n",
        '3 at fields[0].email: "strng" is no type that Postgres has. Next: Did you mean "string"?',
    ),
    (
        "contract: leads\nfields:\n- e: intger\n",
        '3 at fields[0].e: "intger" is no type that Postgres has. Next: Did you mean "integer"?',
    ),
    (
        "contract: leads\nfields:\n- source: enum(web, mobile\n",
        '3 at fields[0].source: "enum(web, mobile" has a parenthesis without its other half.',
    ),
    (
        "contract: leads\nfields:\n- email: string, unic\n",
        '3 at fields[0].email: "unic" says nothing about a field. Next: Did you mean "unique"?',
    ),
    (
        "contract: leads\nfield:\n- email: string\n",
        '2 at field: The key "field" is not known. Next: Did you mean "fields"?',
    ),
    (
        "contract: leads\nfields:\n- email: string\n- email: date\n",
        '4 at fields[1].email: The field "email" is here already. Next: Delete one of the two.',
    ),
    (
        "contract: leads\nfields: {email: string}\nsla: {completeness: 99% on emial}\n",
        '3 at sla.completeness: The contract promises no field "emial". Next: Did you mean',
    ),
    (
        "contract: a\ntable: crm.leads\nfields: {at: date}\nsla: {freshness: 1h on leads.att}\n",
        '4 at sla.freshness: The contract promises no field "att". Next: Did you mean "at"?',
    ),
    (
        "contract: leads\nfields: {email: string}\nsemantics: {mail: {meaning: x}}\n",
        '3 at semantics.mail: The contract promises no field "mail". Next: Add it to fields.',
    ),
    (
        'contract: leads\nfields: {email: string}\nsemantics: {"\\x1f": x}\n',
        '3 at semantics.\\x1f: The contract promises no field "\\x1f". Next: Add it to fields.',
    ),
    (
        "contract: leads\nversion: 1.10\n",
        "2 at version: Expected a text or a whole number or null, found 1.1. Next: Correct",
    ),
    (
        "contract: leads\nfields: {email: {type: string, requird: true}}\n",
        '2 at fields.email.requird: The key "requird" is not known. Next: Did you mean "required"?',
    ),
    (
        "contract: leads\nstatus: deprected\n",
        '2 at status: Expected "proposed" or "draft"',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_page_that_is_wrong_says_where_and_what_is_meant(text: str, said: str) -> None:
    (problem,) = problems_of(text)
    assert problem.startswith(said)


def test_all_that_is_wrong_comes_at_once() -> None:
    text = (
        "contract: leads\nversion: 1.5\nfields:\n- a: strng\n- b: date, unic\n- a: date\nownr: x\n"
    )
    assert [problem.split(":")[0] for problem in problems_of(text)] == [
        "2 at version",
        "4 at fields[0].a",
        "5 at fields[1].b",
        "6 at fields[2].a",
        "7 at ownr",
    ]


@pytest.mark.parametrize(
    "tie", ["extends: base", "extends: {name: base, version: 1.0.0}", "parent: base"]
)
def test_a_child_speaks_of_fields_that_it_inherits(tie: str) -> None:
    said = "semantics: {mail: {classification: sensitive}, name: As typed.}\n"
    text = f"contract: leads\n{tie}\nfields: {{email: string}}\n{said}"
    columns = read(f"{text}sla: {{completeness: 99% on phone}}\n").tables[0].columns
    assert [(one.name, one.classification, one.meaning) for one in columns] == [
        ("email", None, None),
        ("mail", "sensitive", None),
        ("name", None, "As typed."),
    ]
    assert columns[1].source is not None
    assert columns[1].source.location.line == 4
    alone = text.replace(f"{tie}\n", "")
    assert len(problems_of(alone)) == 2


def test_a_child_without_fields_may_still_say_what_they_mean() -> None:
    said = "contract: leads\nextends: base\nsemantics: {mail: {classification: internal}}\n"
    (column,) = read(said).tables[0].columns
    assert (column.name, column.classification, column.data_type) == ("mail", "internal", None)
