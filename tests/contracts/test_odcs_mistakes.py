"""Mistakes in ODCS, by the exact words about each; and near misses, which load."""
# ruff: noqa: E501

from __future__ import annotations

from typing import Any

import pytest

from contracts import DocumentError
from contracts.dialects.odcs_schema import schema
from tests.contracts.odcs_documents import LOANS, PLAIN, bent, read, with_column

C = "schema[0].properties[0]"
STATES = "proposed, draft, active, deprecated, sunset, retired, pending, development, in development, production, current"


def quality(**stated: Any) -> str:
    return with_column({"quality": [stated]})


def own(name: str, value: Any) -> str:
    return with_column({"customProperties": [{"property": name, "value": value}]})


MISTAKES: list[tuple[str, tuple[str, ...]]] = [
    # versions and states
    (bent(version="1.0"), ('6 version: Expected a version like "1.0.0", found "1.0". | Did you mean "1.0.0"?',)),
    (bent(version="v1.2.3"), ('6 version: Expected a version like "1.0.0", found "v1.2.3". | Did you mean "1.2.3"?',)),
    (bent(version="latest"), ('6 version: Expected a version like "1.0.0", found "latest". | Write it as MAJOR.MINOR.PATCH, or as a whole number.',)),
    (bent(version=1.5), ('6 version: Expected a text, found 1.5. | Correct the value. Current version of the data contract.',)),
    (bent(apiVersion="v3.3.0"), ('1 apiVersion: Expected "v3.2.0" or "v3.1.0" or "v3.0.2" or "v3.0.1" or "v3.0.0" or "v2.2.2" or "v2.2.1" or "v2.2.0", found "v3.3.0". | Correct the value. Version of the standard used to build data contract. Default value is v3.2.0.',)),
    (bent(apiVersion="v2.2.2"), ('1 apiVersion: "v2.2.2" is a version of the standard that is not read here. | Write it anew as "v3.1.0".',)),
    (bent(status="actve"), ('7 status: "actve" is no state of a contract. | Did you mean "active"?',)),
    (bent(status="x"), (f'7 status: "x" is no state of a contract. | Write one of {STATES}.',)),
    (bent(status=...), (f'1 : The key "status" is missing. | Add "status". Write one of {STATES}.',)),
    (bent(status=..., state="active"), ('11 state: The key "state" is not known. | Did you mean "status"?',)),
    # unknown, missing and misplaced keys
    (bent(id=..., Id="a"), ('11 Id: The key "Id" is not known. | Did you mean "id"?',)),
    (bent(id=""), ("3 id: Expected a text that is not empty. | Write what the contract is known by.",)),
    (with_column({"requird": True}), (f'12 {C}.requird: The key "requird" is not known. | Did you mean "required"?',)),
    (with_column({"items": {"logicalType": "string"}, "logicalType": "string"}),
     (f'12 {C}.items: The key "items" goes with another type. | Delete it, or correct the type.',)),
    (with_column({"logicalType": "string", "logicalTypeOptions": {"maximum": 3}}),
     (f'14 {C}.logicalTypeOptions.maximum: The key "maximum" is not known. | Delete it. The keys here are minLength, maxLength, pattern, format.',)),
    (with_column({"required": "yes"}), (f'12 {C}.required: Expected true or false, found "yes". | Correct the value. Indicates if the element may contain Null values; possible values are true and false. Default is false.',)),
    (with_column({"logicalType": "sting"}), (f'12 {C}.logicalType: Expected "string" or "date" or "timestamp" or "time" or "number" or "integer" or "object" or "array" or "boolean" or "map" or "vector", found "sting". | Correct the value. The logical element data type.',)),
    (bent(team={"members": [{"name": "Ada"}]}), ('14 team.members[0]: The key "username" is missing. | Add "username". The user\'s username or email.',)),
    (bent(servers=[{"server": "a", "type": "postgres", "host": "h", "port": 1, "database": "d", "schema": "s", "warehouse": "w"}]),
     ('19 servers[0].warehouse: The key "warehouse" goes with another type. | Delete it, or correct the type.',)),
    (bent(schema=[None]), ("9 schema[0]: Expected an object, found null. | Correct the value.",)),
    # types that no system has, by their servers
    (with_column({"physicalType": "strng"}), (f'12 {C}.physicalType: "strng" is no type that Postgres has. | Did you mean "text"?',)),
    (with_column({"physicalType": "numeric(2000)"}), (f'12 {C}.physicalType: "numeric(2000)" has numbers that numeric cannot take. | Write 1 to 1000 digits, and a scale of at most as many.',)),
    (with_column({"physicalType": "int unsignd"}), (f'12 {C}.physicalType: "int unsignd" is no type that Postgres has. | Write a type of Postgres; one that you made needs its schema, as in public.mood.',)),
    (with_column({"physicalType": "double"}, servers=[{"server": "a", "type": "postgres", "host": "h", "port": 1, "database": "d", "schema": "s"}]),
     (f'12 {C}.physicalType: "double" is no type that Postgres has. | Did you mean "double precision"?',)),
    (with_column({"physicalType": "USER-DEFINED"}), (f"12 {C}.physicalType: USER-DEFINED does not say which type. | Name the type itself, with its schema: public.mood.",)),
    (with_column({"logicalType": "array", "items": {"physicalType": "txt"}}), (f'14 {C}.items.physicalType: "txt" is no type that Postgres has. | Did you mean "text"?',)),
    # names and places
    (bent(schema__0__properties=[{"name": "it"}, {"name": "that", "physicalName": "it"}]), ('13 schema[0].properties[1].physicalName: The column "it" is here twice. | Keep one of the two, or rename it.',)),
    (bent(schema=[{"name": "a"}, {"name": "b", "physicalName": "public.a"}]), ("11 schema[1].physicalName: The table public.a is here twice. | Keep one of the two, or rename it.",)),
    (bent(schema__0__name=""), ("9 schema[0].name: Expected a name, found an empty text. | Use the name that the database has.",)),
    (bent(schema__0__properties=[{"name": "a", "primaryKey": True, "primaryKeyPosition": 1}, {"name": "b", "primaryKey": True, "primaryKeyPosition": 1}]),
     ("16 schema[0].properties[1].primaryKeyPosition: Another column of the key has the place 1 too. | Count the columns of the key from 1.",)),
    (bent(schema__0__relationships=[{"from": ["object.a", "object.b"], "to": ["works.a"]}]), ("17 schema[0].relationships[0].to: There are 2 columns in from, and 1 in to. | Name as many columns on both sides.",)),
    (with_column({"relationships": [{"from": "a.b", "to": "c.d"}]}), (f'13 {C}.relationships[0].from: The key "from" has no place here. | Delete it. The \'from\' field must not be specified at property level as it is implicitly derived from the property context',)),
    # checks and service levels
    (quality(metric="nullValues"), (f"13 {C}.quality[0]: Expected one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween; found none. | Add one of them.",)),
    (quality(metric="nullValues", mustBeLess=1), (f'14 {C}.quality[0].mustBeLess: The key "mustBeLess" is not known. | Did you mean "mustBeLessThan"?',)),
    (quality(metric="nullValues", mustBe=1, mustNotBe=2), (f"13 {C}.quality[0]: Expected one of mustBe, mustNotBe, mustBeGreaterThan, mustBeGreaterOrEqualTo, mustBeLessThan, mustBeLessOrEqualTo, mustBeBetween, mustNotBeBetween; found mustBe and mustNotBe. | Keep one of them.",)),
    (quality(metric="nulls", mustBe=0), (f'13 {C}.quality[0].metric: Expected "nullValues" or "missingValues" or "invalidValues" or "duplicateValues" or "rowCount", found "nulls". | Correct the value. Define a data quality check based on the predefined metrics as per ODCS.',)),
    (quality(metric="nullValues", mustBeBetween=[5, 1]), (f"15 {C}.quality[0].mustBeBetween: 5 is more than 1, so nothing is between them. | Write the smaller number first.",)),
    (quality(type="sql", mustBe=0), (f'13 {C}.quality[0]: The key "query" is missing. | Add "query". Query string that adheres to the dialect of the provided server.',)),
    (bent(schema__0__quality=[{"metric": "duplicateValues", "mustBe": 0, "arguments": {"properties": ["itt"]}}]),
     ('17 schema[0].quality[0].arguments.properties[0]: The table has no column "itt". | Did you mean "it"?',)),
    (bent(slaProperties=[{"property": "latancy", "value": 4}]), ('13 slaProperties[0].property: "latancy" is no service level that is known. | Did you mean "latency"?',)),
    (bent(slaProperties=[{"property": "latency", "value": [4]}]), ('15 slaProperties[0].value: Expected a text or a number or a whole number or true or false or null, found a list of 1 item. | Correct the value. Agreement value. The label will change based on the property itself.',)),
    # our own custom properties
    (own("nullable", "yes"), (f'14 {C}.customProperties[0].value: Expected true or false, found "yes". | Correct the value. Whether a column of the key is promised to be nullable.',)),
    (own("nullReasons", [{"cod": "a", "meaning": "b"}]), (f'15 {C}.customProperties[0].value[0].cod: The key "cod" is not known. | Did you mean "code"?',)),
    (own("identity", "sometimes"), (f'14 {C}.customProperties[0].value: Expected "always" or "by default" or "", found "sometimes". | Correct the value. `always`, `by default`, or an empty text for none.',)),
    (bent(customProperties=[{"property": "strict", "value": True}, {"property": "strict", "value": False}]), ('15 customProperties[1].property: The custom property "strict" is here twice. | Keep one of the two.',)),
    (with_column({"physicalType": "text", "customProperties": [{"property": "dataType", "value": {"name": "integer"}}]}),
     (f'16 {C}.customProperties[0].value: dataType is integer, but physicalType is "text". | Correct one of the two, or delete dataType.',)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), MISTAKES)
def test_a_mistake_is_named_with_its_place_and_the_way_out(
    text: str, expected: tuple[str, ...]
) -> None:
    with pytest.raises(DocumentError) as refused:
        read(text)
    found = [
        f"{problem.location.line} {problem.path}: {problem.what} | {problem.next_step}"
        for problem in refused.value.problems
    ]
    assert found == list(expected)


NEAR_MISSES: list[str] = [
    bent(version=3),
    bent(description={"purpose": None, "usage": "a", "limitations": None}),
    bent(tags=None, name="work", team=None),
    bent(status="sunset"),
    bent(status=..., apiVersion="v3.2.0"),
    bent(slaProperties=[{"property": "LATENCY", "value": 4}, {"property": "visits", "value": None}]),
    with_column({"physicalType": "DOUBLE"}),
    with_column({"physicalType": "int unsigned"}),
    with_column({"physicalType": "public.mood"}),
    with_column({"logicalTypeOptions": {"maximum": 3}}),
    with_column({"semanticType": "measure", "physicalType": "strng"}, apiVersion="v3.2.0"),
    bent(schema=[{"name": "a"}, {"name": "b", "physicalName": "art.a"}]),
    bent(schema=[]),
    bent(schema=...),
    quality(rule="between"),
    quality(metric="nullValues", mustBeBetween=[1, 5]),
    quality(metric="duplicateValues", mustBe=0, arguments={"properties": ["it", "${KEY}"]}),
    own("nullReasons", None),
    own("null_reasons", "as others have it"),
    with_column({"primaryKey": True, "required": False}),
    with_column({"physicalType": "varchar", "customProperties": [
        {"property": "dataType", "value": {"name": "character varying"}}]}),
]  # fmt: skip


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_is_unusual_but_right_is_accepted(text: str) -> None:
    read(text)


def test_a_document_names_all_its_mistakes_at_once() -> None:
    text = (
        LOANS.replace("version: 1.2.0", 'version: "1.2"')
        .replace("tenant:", "tennant:")
        .replace("host: db.museum.example", "host: [db]")
        .replace("physicalType: int4", "physicalType: itneger")
        .replace("mustBeLessThan: 5", "mustBeLess: 5")
        .replace("leadDays: 90", "leadDays: soon")
        .replace("tags: [loans]", "tags: [loans]\ntags: [again]")
    )
    with pytest.raises(DocumentError) as refused:
        read(text)
    assert [(problem.location.line, problem.what) for problem in refused.value.problems] == [
        (8, 'Expected a version like "1.0.0", found "1.2".'),
        (10, 'The key "tennant" is not known.'),
        (16, 'The key "tags" is here twice; the first is on line 15.'),
        (24, "Expected a text, found a list of 1 item."),
        (43, '"itneger" is no type that Postgres has.'),
        (62, 'The key "mustBeLess" is not known.'),
        (135, 'Expected a whole number, found "soon".'),
    ]


def test_the_official_schema_is_the_newest() -> None:
    assert schema()["properties"]["apiVersion"]["default"] == "v3.2.0"
    assert read(PLAIN).spec_version == "v3.1.0"
