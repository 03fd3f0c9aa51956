"""Who is hurt by a broken promise, and what is amiss with the registry that tells it."""

from __future__ import annotations

from pathlib import Path

import pytest

import prevention
from contracts import load_folder
from data_assets.postgres import connect
from detection.catalog import read_catalog
from prevention.consumers import load_registered
from prevention.decision import Decision, NotJudged
from tests.conftest import REPOSITORY

REGISTRY = """\
consumers:
  - name: gallery-map
    team: Visitor Experience
    mode: operational
    migration_contact: visitor-experience@museum.example
    subscriptions:
      - contract: {contract}
        table: object_images
        columns: [object_id, {column}]
    queries:
      - name: pictures
        sql: {sql}
"""
CONTRACT = "met-museum-data/object-images-contract-spec"


def register(folder: Path, stated: dict[str, str]) -> None:
    """A contract, and a registry in which one thing is stated otherwise."""
    spec = REPOSITORY / "contracts" / "object_images_contract_spec.json"
    (folder / spec.name).write_bytes(spec.read_bytes())
    usual = {
        "contract": CONTRACT,
        "column": "primary_image",
        "sql": "select object_id, primary_image from object_images",
    }
    (folder / "consumers.yaml").write_text(REGISTRY.format(**{**usual, **stated}))


def after(url: str, ddl: str) -> Decision:
    contracts = load_folder(REPOSITORY / "contracts")
    with connect(url) as connection:
        connection.execute(ddl)
        catalog = read_catalog(connection)
        connection.rollback()
    consumers = load_registered([REPOSITORY / "contracts"])
    return prevention.judge(contracts, catalog, consumers=consumers)


@pytest.mark.parametrize(
    ("ddl", "rule", "hurt"),
    [
        (
            "alter table object_images rename column primary_image to image",
            "column-renamed",
            ("data-science-training", "guide-app", "gallery-map"),
        ),
        (
            "alter table object_images drop column additional_images",
            "column-missing",
            ("data-science-training",),
        ),
        ("drop table object_api_metadata", "table-missing", ("search-index",)),
        # Near misses: columns on which nobody says that they rely, and what breaks no promise.
        ("alter table object_images drop column created_at", "column-missing", ()),
        ("alter table object_images add column width integer", "column-undeclared", ()),
    ],
)
def test_a_finding_names_those_who_rely_on_what_broke(
    museum: str, ddl: str, rule: str, hurt: tuple[str, ...]
) -> None:
    (finding,) = after(museum, ddl).findings
    assert (finding.rule, tuple(each.name for each in finding.consumers)) == (rule, hurt)
    assert all(each.contact for each in finding.consumers)


@pytest.mark.parametrize(
    ("stated", "rules"),
    [
        ({}, ()),
        ({"sql": "select * from object_images"}, ("consumer-selects-star",)),
        ({"sql": "select count(*) from object_images"}, ()),
        ({"column": "picture"}, ("consumer-column-unpromised",)),
        ({"contract": "met-museum-data/pictures"}, ("consumer-contract-unknown",)),
    ],
)
def test_the_registry_is_looked_over(
    stated: dict[str, str], rules: tuple[str, ...], tmp_path: Path
) -> None:
    register(tmp_path, stated)
    decision = prevention.check(tmp_path, documents_only=True)
    assert tuple(finding.rule for finding in decision.findings) == rules
    assert decision.exit == 0
    place = {finding.location.file for finding in decision.findings if finding.location}
    assert place == ({str(tmp_path / "consumers.yaml")} if rules else set())


@pytest.mark.parametrize(
    ("stated", "found"),
    [
        ({}, ()),
        (
            {"sql": "select object_id, primary_image, created_at from object_images"},
            (("consumer-column-undeclared", "public.object_images.created_at"),),
        ),
        (
            {"sql": "select object_id from object_images"},
            (("consumer-column-unread", "public.object_images.primary_image"),),
        ),
    ],
)
def test_what_queries_read_is_compared_with_the_registry_on_request(
    stated: dict[str, str], found: tuple[tuple[str, str], ...], tmp_path: Path, museum: str
) -> None:
    register(tmp_path, stated)
    asked = prevention.check(tmp_path, database=museum, schemas=["public"], queries=True)
    told = [each for each in asked.findings if each.rule.startswith("consumer-")]
    assert tuple((each.rule, each.element) for each in told) == found
    assert {each.owner.name for each in told if each.owner} <= {"Visitor Experience"}
    unasked = prevention.check(tmp_path, database=museum, schemas=["public"])
    assert [each for each in unasked.findings if each.rule.startswith("consumer-")] == []


def test_the_museum_s_own_registry_says_what_its_queries_read(museum: str) -> None:
    folder = REPOSITORY / "contracts"
    assert prevention.check(folder, database=museum, queries=True).findings == ()


def test_queries_cannot_be_read_without_a_registry(tmp_path: Path, museum: str) -> None:
    spec = REPOSITORY / "contracts" / "object_images_contract_spec.json"
    (tmp_path / spec.name).write_bytes(spec.read_bytes())
    with pytest.raises(NotJudged, match=r"no consumers\.yaml"):
        prevention.check(tmp_path, database=museum, queries=True)


def test_without_a_registry_nobody_is_named(tmp_path: Path) -> None:
    assert load_registered([tmp_path]) == ()
