from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contracts.consumers import Consumer, load_consumers
from contracts.model import Contract
from detection.catalog import read_catalog
from detection.consumers import (
    find_careless_queries,
    find_undeclared_reads,
    find_unknown_promises,
)
from detection.model import Catalog, Violation
from detection.rules import rule
from tests.lab.tables import MUSEUM

CATALOG = Catalog("museum", 180000, ("public",), MUSEUM)

REGISTRY = """\
consumers:
  - name: guide-app
    team: Museum Assistant
    mode: operational
    migration_contact: assistant@museum.org
    subscriptions:
      - contract: met-museum-data/object-contract-spec
        table: object
        columns: [object_id, title]
    queries:
      - name: cards
        sql: QUERY
"""


def registry(folder: Path, query: str, subscription: str = "") -> tuple[Consumer, ...]:
    path = folder / "consumers.yaml"
    text = REGISTRY.replace("QUERY", repr(query))
    if subscription:
        text = text.replace("columns: [object_id, title]", subscription)
    path.write_text(text, encoding="utf-8")
    return load_consumers(path)


def facts(violations: tuple[Violation, ...]) -> list[tuple[str, str, str | None]]:
    return [(each.rule, each.element.removeprefix("public."), each.found) for each in violations]


CARELESS = {
    "select object_id, title from object": [],
    "select count(*) from object": [],
    "select * from object": [("consumer-selects-star", "object", "*")],
    "select o.* from object o join object_images i using (object_id)": [
        ("consumer-selects-star", "object", "o.*"),
    ],
    "select * from object join object_images using (object_id)": [
        ("consumer-selects-star", "object", "*"),
        ("consumer-selects-star", "object_images", "*"),
    ],
    "with all_images as (select * from object_images) select object_id from all_images": [
        ("consumer-selects-star", "object_images", "*"),
    ],
    "table object_images": [("consumer-selects-star", "object_images", "*")],
    "select (o.tags[1]).* from object_tags o": [
        ("consumer-selects-star", "object", "(o.tags[1]).*"),
    ],
    "select * from": [
        ("consumer-query-unread", "object", "This cannot be read as SQL (line 1)."),
    ],
}  # fmt: skip


@pytest.mark.parametrize("query", CARELESS)
def test_careless_queries(tmp_path: Path, query: str) -> None:
    found = find_careless_queries(registry(tmp_path, query))
    assert facts(found) == CARELESS[query]


def test_a_finding_says_whose_query_it_is_and_where(tmp_path: Path) -> None:
    (found,) = find_careless_queries(registry(tmp_path, "select * from object"))
    assert found.level == rule(found.rule).level == "warning"
    assert found.promised == "guide-app/cards"
    assert str(found.owner) == "Museum Assistant <assistant@museum.org>"
    assert found.location
    assert (Path(found.location.file).name, found.location.line) == ("consumers.yaml", 12)


UNDECLARED = {
    "select object_id, title from object": [],
    "select title, created_at from object where object_id > 0": [
        ("consumer-column-undeclared", "object.created_at", None),
    ],
    "select title from object join object_images using (object_id)": [
        ("consumer-column-undeclared", "object_images.object_id", None),
    ],
    "select title from object": [("consumer-column-unread", "object.object_id", None)],
    "select * from object": [],
    "select o::text from object o": [("consumer-selects-star", "object", "a whole row")],
    "select count(*) from object": [
        ("consumer-column-unread", "object.object_id", None),
        ("consumer-column-unread", "object.title", None),
    ],
}  # fmt: skip


@pytest.mark.parametrize("query", UNDECLARED)
def test_what_is_read_beside_what_is_declared(tmp_path: Path, query: str) -> None:
    found = find_undeclared_reads(registry(tmp_path, query), CATALOG)
    assert facts(found) == UNDECLARED[query]


def test_promises_that_nobody_made(tmp_path: Path, promises: tuple[Contract, ...]) -> None:
    query = "select title from object"
    assert find_unknown_promises(registry(tmp_path, query), promises) == ()
    assert facts(find_unknown_promises(registry(tmp_path, query), ())) == [
        ("consumer-contract-unknown", "object", "met-museum-data/object-contract-spec"),
    ]
    lost = registry(tmp_path, query, "columns: [title, lost]")
    (found,) = find_unknown_promises(lost, promises)
    assert (found.rule, found.element) == ("consumer-column-unpromised", "public.object.lost")
    assert found.location
    assert found.location.line == 9


def test_the_museum_has_no_finding(
    collection: psycopg.Connection, readers: tuple[Consumer, ...], promises: tuple[Contract, ...]
) -> None:
    assert find_careless_queries(readers) == ()
    assert find_unknown_promises(readers, promises) == ()
    assert find_undeclared_reads(readers, read_catalog(collection)) == ()


def test_the_museums_queries_run_and_return_rows(
    collection: psycopg.Connection, readers: tuple[Consumer, ...]
) -> None:
    empty = [
        query.name
        for consumer in readers
        for query in consumer.queries
        if not collection.execute(query.sql.encode()).fetchall()
    ]
    rare = {"unnumbered-places", "free-without-picture"}  # in a small museum
    assert set(empty) - rare == {"calls-of-the-day"}  # until the reverse ETL has run
