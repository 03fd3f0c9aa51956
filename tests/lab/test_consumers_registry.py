from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from contracts import DocumentError
from contracts.consumers import (
    MUSEUM_FILE,
    Consumer,
    Query,
    Subscription,
    Tolerances,
    load_consumers,
    schema,
)
from contracts.model import Contract

LEAST = """\
consumers:
  - name: gallery-map
    team: Visitor Experience
    mode: dashboard
    migration_contact: map@museum.org
    subscriptions:
      - table: object_gallery_info
        columns: [object_id]
"""


def registry(folder: Path, text: str) -> tuple[Consumer, ...]:
    path = folder / "consumers.yaml"
    path.write_text(text, encoding="utf-8")
    return load_consumers(path)


def test_a_consumer_is_read_whole(tmp_path: Path) -> None:
    text = """\
consumers:
  - name: search-index
    team: Search
    purpose: Follows the collection.
    mode: async-projection
    migration_contact: search@museum.org
    freshness_requirement: 5 minutes
    strictness: strict
    tolerances: {nulls: true, new_columns: true, row_count_drift: 2.5}
    subscriptions:
      - contract: met-museum-data/object-contract-spec
        version: 1.2.0
        since: 2025-04-07
        schema: museum
        table: Object
        columns: [object_id, title]
    queries:
      - name: documents
        purpose: What is searched.
        sql: |
          select object_id, title
          from museum."Object";
"""
    (consumer,) = registry(tmp_path, text)
    assert consumer == Consumer(
        name="search-index",
        team="Search",
        purpose="Follows the collection.",
        mode="async-projection",
        migration_contact="search@museum.org",
        freshness=timedelta(minutes=5),
        strict=True,
        tolerances=Tolerances(new_columns=True, nulls=True, row_count_drift=2.5),
        subscriptions=(
            Subscription(
                "Object",
                ("object_id", "title"),
                schema="museum",
                contract="met-museum-data/object-contract-spec",
                version="1.2.0",
                since="2025-04-07",
            ),
        ),
        queries=(
            Query(
                "documents",
                'select object_id, title\nfrom museum."Object"',
                "What is searched.",
            ),
        ),
    )
    assert consumer.reads("museum", "Object") == ("object_id", "title")
    assert consumer.reads("public", "Object") == ()
    assert consumer.source
    assert consumer.source.location.line == 2
    assert consumer.queries[0].source
    assert consumer.queries[0].source.at("sql").line == 20


def test_what_is_not_said_has_a_usual_meaning(tmp_path: Path) -> None:
    (consumer,) = registry(tmp_path, LEAST)
    assert not consumer.strict
    assert consumer.tolerances == Tolerances(new_columns=True, new_values=True)
    assert consumer.freshness is None
    assert consumer.queries == ()
    assert consumer.subscriptions[0].schema == "public"
    assert consumer.subscriptions[0].contract is None


LINE = "\n        "
FRESHNESS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "15 minutes": timedelta(minutes=15),
    "1 day": timedelta(days=1),
    "90 seconds": timedelta(seconds=90),
    "2 weeks": timedelta(weeks=2),
}


@pytest.mark.parametrize(("text", "expected"), FRESHNESS.items())
def test_freshness(tmp_path: Path, text: str, expected: timedelta) -> None:
    (consumer,) = registry(tmp_path, LEAST + f"    freshness_requirement: {text}\n")
    assert consumer.freshness == expected


PLACES = {
    "table: customer": ("public", "customer"),
    "table: shop.customer": ("shop", "customer"),
    "table: Shop.Customer": ("Shop", "Customer"),
    "{schema: shop, table: customer}": ("shop", "customer"),
    # beside a schema the table is a name and nothing else: a dot can be part of it
    "{schema: public, table: shop.customer}": ("public", "shop.customer"),
    "{schema: shop, table: a.b.c}": ("shop", "a.b.c"),
}


@pytest.mark.parametrize(("stated", "expected"), PLACES.items())
def test_the_table_of_a_subscription(
    tmp_path: Path, stated: str, expected: tuple[str, str]
) -> None:
    text = LEAST.replace("table: object_gallery_info", stated.strip("{}").replace(", ", LINE))
    (consumer,) = registry(tmp_path, text)
    (subscription,) = consumer.subscriptions
    assert (subscription.schema, subscription.table) == expected


def query(sql: str) -> str:
    return LEAST + f"    queries:\n      - name: shown\n        sql: {sql!r}\n"


TWICE = LEAST + LEAST.removeprefix("consumers:\n")

# A registry, and each problem of it: line, path, what is wrong, what to do.
PROBLEMS = {
    "misspelt key": (
        LEAST.replace("migration_contact", "migration_contect"),
        [(5, "consumers[0].migration_contect", "not known", 'Did you mean "migration_contact"?')],
    ),
    "several at once": (
        LEAST.replace("dashboard", "daschboard").replace("gallery-map", "Gallery Map"),
        [
            (2, "consumers[0].name", 'found "Gallery Map"', "small letters"),
            (4, "consumers[0].mode", '"dashboard"', "operational"),
        ],
    ),
    "no columns": (
        LEAST.replace("[object_id]", "[]"),
        [(8, "consumers[0].subscriptions[0].columns", "found a list of 0 items", "The columns")],
    ),
    "freshness": (
        LEAST + "    freshness_requirement: soon\n",
        [(9, "consumers[0].freshness_requirement", 'found "soon"', "15 minutes")],
    ),
    "name said twice": (
        TWICE,
        [(9, "consumers[1].name", '"gallery-map" is here already', "a name of its own")],
    ),
    "two statements": (
        query("select object_id from object; drop table object"),
        [(11, "consumers[0].queries[0].sql", "semicolon ends the statement on line 1", "one stat")],
    ),
    "a statement that writes": (
        query("with gone as (delete from object returning object_id) select object_id from gone"),
        [(11, "consumers[0].queries[0].sql", "does more than read: it has DELETE", "one SELECT")],
    ),
    "a table in too many places": (
        LEAST.replace("object_gallery_info", "museum.shop.customer"),
        [(7, "consumers[0].subscriptions[0].table", '"museum.shop.customer" is no', "two keys")],
    ),
    "a table with no name": (
        LEAST.replace("object_gallery_info", "shop."),
        [(7, "consumers[0].subscriptions[0].table", '"shop." is no schema.table', "two keys")],
    ),
    "no registry": ("[1, 2]", [(1, "", "Expected an object", "Who reads the data")]),
}  # fmt: skip


@pytest.mark.parametrize("case", PROBLEMS)
def test_a_problem_says_where_what_and_what_next(tmp_path: Path, case: str) -> None:
    text, expected = PROBLEMS[case]
    with pytest.raises(DocumentError) as caught:
        registry(tmp_path, text)
    found = caught.value.problems
    assert [(problem.location.line, problem.path) for problem in found] == [
        (line, path) for line, path, *_ in expected
    ]
    for problem, (*_, what, next_step) in zip(found, expected, strict=True):
        assert what in problem.what
        assert next_step in problem.next_step


def test_every_field_of_the_schema_is_described() -> None:
    def undescribed(part: object, path: str) -> list[str]:
        if not isinstance(part, dict):
            return []
        lost = [
            f"{path}/{key}"
            for key, value in part.get("properties", {}).items()
            if "description" not in value
        ]
        return lost + [name for key, value in part.items() for name in undescribed(value, key)]

    jsonschema.Draft202012Validator.check_schema(schema())
    assert undescribed(schema(), "") == []


def test_both_validators_agree_about_the_museum() -> None:
    value = yaml.safe_load(
        MUSEUM_FILE.read_text(encoding="utf-8").replace("since: ", "since: !!str ")
    )
    jsonschema.Draft202012Validator(schema()).validate(value)


def test_the_museum_and_its_crm_have_consumers_of_promises_that_exist(
    readers: tuple[Consumer, ...], promises: tuple[Contract, ...]
) -> None:
    assert [consumer.name for consumer in readers] == [
        "data-science-training", "guide-app", "gallery-map", "rights-desk", "search-index",
        "rev-ops-reverse-etl", "sdr-call-list",
    ]  # fmt: skip
    assert {consumer.mode for consumer in readers} == {
        "operational", "dashboard", "batch-export", "async-projection",
    }  # fmt: skip
    known = {contract.identity for contract in promises}
    assert {each.contract for consumer in readers for each in consumer.subscriptions} <= known
    assert all(consumer.queries for consumer in readers)
