"""Cases of contracts, tables and views as a whole, and of functions, indexes and servers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.model import Contract, Function, Location, Server, Source, Table
from tests.detection.evolution.making import (
    OBJECT_ID,
    Side,
    case,
    catalog,
    contract,
    one,
    table,
)

Miss = tuple[Side, Side, frozenset[str]]

IMAGES = contract()
TITLES = contract(table(one(), name="object"), name="object")
PICTURES = table(name="object_pictures")
DRAFT = replace(IMAGES, status="draft")


def near(before: Side, after: Side, *rules: str) -> Miss:
    return (before, after, frozenset(rules))


def filed(path: str) -> Contract:
    return replace(IMAGES, source=Source(Location(path, 1)))


def kind(noun: str, /, **facts: Any) -> Table:
    return table(kind=noun, **facts)


def function(arguments: str = "gallery integer", **facts: Any) -> Function:
    usual: dict[str, Any] = {"result": "integer", "definition": "select 1"}
    return Function("public", "open_works", "function", arguments, **{**usual, **facts})


def with_functions(*functions: Function) -> Contract:
    return contract(functions=functions)


def partition(name: str) -> Table:
    return table(name=name, kind="partition", partition_of="public.visit")


VISIT = kind("partitioned table", name="visit")
LATE = partition("visit_2019")
STAGING = Server("staging", "postgres", host="pg1.museum.org")

CASES = {
    "contract-removed": [
        case(IMAGES, None), case((IMAGES, TITLES), (IMAGES,)),
        case(IMAGES, replace(TITLES, namespace="archive"), "contract-added"),
    ],
    "contract-added": [case(None, IMAGES), case((TITLES,), (IMAGES, TITLES))],
    "contract-name-changed": [
        case(IMAGES, replace(IMAGES, name="pictures")),
        case(IMAGES, replace(IMAGES, namespace="museum")),
        case(contract(table(one(), name="a"), id="5"), contract(table(one(), name="b"), id="5",
             name="pictures"), "table-name-changed"),
    ],
    "contract-id-changed": [case(replace(IMAGES, id="53581432"), replace(IMAGES, id="64692543"))],
    "contract-moved": [case(filed("old/images.json"), filed("new/collection/images.json"))],
    "dialect-changed": [
        case(IMAGES, replace(IMAGES, dialect="odcs", spec_version="v3.1.0")),
        case(replace(IMAGES, spec_version="v3.0.2"), replace(IMAGES, spec_version="v3.1.0")),
    ],
    "table-removed": [
        case(contract(table(), table(one(), name="object")), contract(table())),
        case(catalog(table(), table(one(), name="object")), catalog(table())),
    ],
    "table-added": [
        case(contract(table()), contract(table(), table(one(), name="visitor"))),
        case(catalog(table()), catalog(table(), table(one(), name="visitor"))),
    ],
    "table-name-changed": [
        case(contract(table()), contract(PICTURES)),
        case(catalog(table()), catalog(PICTURES)),
        case(contract(table()), contract(replace(PICTURES, schema="gallery"))),
    ],
    "table-renamed-behind-view": [
        case((IMAGES,), (contract(PICTURES), contract(kind("view"), name="old-images")),
             "contract-added"),
    ],
    "table-replaced-by-view": [
        case(catalog(kind("table")), catalog(kind("table", name="object_pictures"), kind("view")),
             "table-added"),
        case(contract(kind("table")), contract(kind("view"))),
    ],
    "view-replaced-by-table": [case(catalog(kind("view")), catalog(kind("table")))],
    "view-kind-changed": [
        case(catalog(kind("view")), catalog(kind("materialized view"))),
        case(contract(kind("materialized view")), contract(kind("view"))),
    ],
    "table-kind-changed": [
        case(catalog(kind("table")), catalog(kind("foreign table"))),
        case(catalog(kind("foreign table")), catalog(kind("table"))),
    ],
    "partitioning-changed": [
        case(catalog(kind("table")), catalog(kind("partitioned table"))),
        case(catalog(kind("table", name="visit_2019"), VISIT), catalog(LATE, VISIT)),
    ],
    "partition-removed": [case(catalog(VISIT, LATE), catalog(VISIT))],
    "partition-detached": [
        case(catalog(VISIT, LATE), catalog(VISIT, kind("table", name="visit_2019"))),
        case(catalog(VISIT, LATE), catalog(VISIT, replace(LATE, partition_of="public.archive"))),
    ],
    "partition-added": [case(catalog(VISIT), catalog(VISIT, LATE))],
    "enforcement-switched-off": [
        case(contract(enforcement="docent gate"), contract(enforcement="none")),
        case(contract(enforcement="docent gate"), contract()),
    ],
    "enforcement-switched-on": [
        case(contract(enforcement="none"), contract(enforcement="docent gate")),
        case(contract(), contract(enforcement="docent gate")),
    ],
    "function-removed": [
        case(with_functions(function()), with_functions()),
        case(catalog(functions=(function(),)), catalog()),
    ],
    "function-added": [
        case(with_functions(), with_functions(function())),
        case(with_functions(function()), with_functions(function(), function("text"))),
    ],
    "function-signature-changed": [
        case(with_functions(function()), with_functions(function("gallery text"))),
        case(with_functions(function()), with_functions(function(result="bigint"))),
        case(with_functions(function()), with_functions(function(result=None))),
        case(catalog(functions=(function(),)), catalog(functions=(function("room integer"),))),
    ],
    "function-body-changed": [
        case(with_functions(function()), with_functions(function(definition="select 2"))),
        case(catalog(functions=(function(),)),
             catalog(functions=(function(definition="select 2"),))),
    ],
    "server-changed": [
        case(contract(servers=(STAGING,)),
             contract(servers=(replace(STAGING, host="pg2.museum.org"),))),
        case(contract(servers=(STAGING,)), contract()),
    ],
    "server-added": [case(contract(), contract(servers=(STAGING,)))],
}  # fmt: skip

NEAR_MISSES: dict[str, list[Miss]] = {
    "contract-removed": [near(filed("old/a.json"), filed("new/b.json"), "contract-moved")],
    "contract-added": [near(IMAGES, replace(IMAGES, name="pictures"), "contract-name-changed")],
    "contract-name-changed": [
        near(IMAGES, TITLES, "contract-removed", "contract-added"),
        near(replace(IMAGES, id="1"), replace(IMAGES, id="2", name="pictures"),
             "contract-removed", "contract-added"),
        # either could be what the other became
        near(IMAGES, (replace(IMAGES, name="pictures"), replace(IMAGES, name="images")),
             "contract-removed", "contract-added"),
        near((replace(IMAGES, name="pictures"), replace(IMAGES, name="images")), IMAGES,
             "contract-removed", "contract-added"),
    ],
    "contract-id-changed": [
        near(IMAGES, replace(IMAGES, id="53581432"), "documentation-changed"),
    ],
    "contract-moved": [near(filed("old/images.json"), filed("new/images.json"))],
    "dialect-changed": [near(IMAGES, replace(IMAGES))],
    "table-removed": [
        near(contract(table()), contract(PICTURES), "table-name-changed"),
        near(catalog(table(), Table("alembic_version")), catalog(table())),
    ],
    "table-added": [
        near(catalog(table()), catalog(table(), Table("alembic_version", columns=(OBJECT_ID,)))),
    ],
    "table-name-changed": [
        near(contract(table()), contract(table(one(), one("integer", "n"), name="visitor")),
             "table-removed", "table-added"),
        near(catalog(table()), catalog(table(name="images_one"), table(name="images_two")),
             "table-removed", "table-added"),
        near(catalog(table(name="images_one"), table(name="images_two")), catalog(table()),
             "table-removed", "table-added"),
    ],
    "table-renamed-behind-view": [
        near((IMAGES,), (contract(PICTURES), contract(kind("table"), name="old-images")),
             "table-name-changed", "contract-added"),
    ],
    "table-replaced-by-view": [near(catalog(kind("view")), catalog(kind("view")))],
    "view-replaced-by-table": [near(contract(kind("view")), contract(table()),
                                    "documentation-changed")],
    "view-kind-changed": [near(catalog(kind("view")), catalog(kind("view")))],
    "table-kind-changed": [
        near(catalog(kind("table")), catalog(kind("partitioned table")), "partitioning-changed"),
    ],
    "partitioning-changed": [near(catalog(VISIT, LATE), catalog(VISIT, LATE))],
    "partition-removed": [near(catalog(VISIT), catalog(), "table-removed")],
    "partition-detached": [
        # the columns of a partition are those of its parent, which tells of them
        near(catalog(VISIT, partition("visit_2019")),
             catalog(VISIT, replace(partition("visit_2019"), columns=(OBJECT_ID,)))),
    ],
    "partition-added": [near(catalog(VISIT, LATE), catalog(VISIT, LATE))],
    "enforcement-switched-off": [
        near(contract(enforcement="docent gate"), contract(enforcement="soda"),
             "documentation-changed"),
    ],
    "enforcement-switched-on": [
        near(contract(), contract(enforcement="none"), "documentation-changed"),
    ],
    "function-removed": [
        near(with_functions(function()), with_functions(function("text")),
             "function-signature-changed"),
    ],
    "function-added": [near(with_functions(function()), with_functions(function()))],
    "function-signature-changed": [
        near(with_functions(function()), with_functions(function(description="Open works.")),
             "documentation-changed"),
        near(with_functions(function()), with_functions(function("text"), function("uuid")),
             "function-removed", "function-added"),
        # the same function, its type spelt otherwise or its argument named for the first time
        near(with_functions(function("gallery int4", result="int")), with_functions(function()),
             "documentation-changed"),
        near(with_functions(function("integer")), with_functions(function()),
             "documentation-changed"),
    ],
    "function-body-changed": [
        near(with_functions(function()), with_functions(function(definition="select\n  1"))),
        near(with_functions(function()), with_functions(function(definition=None)),
             "detail-withdrawn"),
    ],
    "server-changed": [
        near(contract(servers=(STAGING,)), contract(servers=(replace(STAGING, description="a"),)),
             "documentation-changed"),
    ],
    "server-added": [
        near(contract(servers=(STAGING,)), contract(servers=(replace(STAGING, database="met"),)),
             "server-changed"),
    ],
}  # fmt: skip
