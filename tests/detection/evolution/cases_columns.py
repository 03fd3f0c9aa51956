"""Cases of columns, of what fills them, and of the values that they can take."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.model import Column, Contract, JsonShape
from tests.detection.evolution.making import (
    CREATED_AT,
    OBJECT_ID,
    Case,
    Side,
    bare,
    case,
    catalog,
    col,
    contract,
    enum,
    one,
    table,
)

Miss = tuple[Side, Side, frozenset[str]]
IMAGE = one("text", "primary_image")
NOTES = one("text", "notes")


def near(before: Side, after: Side, *rules: str) -> Miss:
    return (before, after, frozenset(rules))


def said(old: dict[str, Any], new: dict[str, Any], *also: str) -> Case:
    """A text column that says this before, and that after."""
    return case(col("text", **old), col("text", **new), *also)


def missed(old: dict[str, Any], new: dict[str, Any], *rules: str) -> Miss:
    return near(col("text", **old), col("text", **new), *rules)


def plus(**facts: Any) -> Case:
    """A column like this is new."""
    return case(contract(table(IMAGE)), contract(table(IMAGE, one("text", "notes", **facts))))


def ordered(*columns: Column, **facts: Any) -> Contract:
    return bare(OBJECT_ID, *columns, **{"ordered": True, **facts})


def shape(required: str = "", optional: str = "") -> dict[str, Any]:
    return {"json_shape": JsonShape(tuple(required.split()), tuple(optional.split()))}


def labels(*before: str) -> Contract:
    return col(enum(*before), "medium")


SERIAL = {"default": "nextval('object_id_seq'::regclass)"}
NOT_NULL = {"nullable": False}
OPEN = {"states": ("a",), "extensible": True, "unknown_value_policy": "treat as open"}

CASES = {
    "column-removed": [
        case(contract(table(IMAGE, NOTES)), contract(table(IMAGE))),
        case(catalog(table(IMAGE, NOTES)), catalog(table(IMAGE))),
        case(contract(table(replace(IMAGE, unique=True), NOTES)), contract(table(NOTES))),
        case(contract(table(replace(IMAGE, deprecated=True), NOTES)), contract(table(NOTES))),
    ],
    "column-name-changed": [
        case(contract(table(IMAGE, CREATED_AT)), contract(table(replace(IMAGE, name="image"),
             CREATED_AT))),
        case(contract(table(replace(IMAGE, unique=True), CREATED_AT)),
             contract(table(replace(IMAGE, name="image", unique=True), CREATED_AT))),
        case(bare(replace(OBJECT_ID, name="id"), IMAGE), bare(OBJECT_ID, IMAGE)),
        case(contract(table(IMAGE, CREATED_AT)), contract(table(replace(IMAGE, name="image",
             nullable=False), CREATED_AT)), "not-null-added"),
    ],
    "column-added": [
        plus(), plus(nullable=True), plus(default="''"),
        case(catalog(table(IMAGE)), catalog(table(IMAGE, NOTES))),
        # a key on nothing but what is new keeps out no row that is there
        case(contract(table(IMAGE)), contract(table(IMAGE, replace(NOTES, unique=True)))),
        case(contract(table(IMAGE)), contract(table(NOTES, IMAGE))),
    ],
    "column-added-with-default": [
        plus(nullable=False, default="''"), plus(nullable=False, identity="by default"),
        plus(nullable=False, generated="upper(title)"),
    ],
    "column-added-required": [
        plus(nullable=False), plus(nullable=False, default=""),
        case(ordered(IMAGE), ordered(replace(NOTES, nullable=False), IMAGE)),
    ],
    "column-added-within": [
        case(ordered(IMAGE), ordered(NOTES, IMAGE)),
        case(ordered(IMAGE), ordered(replace(NOTES, nullable=False, default="''"), IMAGE)),
    ],
    "column-made-optional": [said({}, {"optional": True})],
    "column-made-required": [said({"optional": True}, {"optional": False})],
    "columns-reordered": [
        case(ordered(IMAGE, NOTES), ordered(NOTES, IMAGE)),
        case(catalog(table(IMAGE, NOTES)), catalog(table(NOTES, IMAGE))),
    ],
    "order-stated": [case(bare(OBJECT_ID, IMAGE), ordered(IMAGE))],
    "order-withdrawn": [
        case(ordered(IMAGE), bare(OBJECT_ID, IMAGE)),
        case(ordered(IMAGE, NOTES), ordered(NOTES, IMAGE, ordered=False)),
    ],
    "column-deprecated": [
        said({}, {"deprecated": True, "replaced_by": "caption"}), said({}, {"deprecated": True}),
    ],
    "column-undeprecated": [said({"deprecated": True}, {"deprecated": False})],
    "not-null-dropped": [
        said(NOT_NULL, {"nullable": True}), said(NOT_NULL, {}),
        case(catalog(table(one(nullable=False), NOTES)), catalog(table(one(nullable=True), NOTES))),
    ],
    "not-null-added": [said({"nullable": True}, NOT_NULL), said({}, NOT_NULL)],
    "collation-changed": [
        said({"collation": "C"}, {"collation": "de-x-icu"}),
        case(catalog(table(one(), NOTES)), catalog(table(one(collation="C"), NOTES))),
    ],
    "updatability-dropped": [said({"updatable": True}, {"updatable": False})],
    "updatability-added": [said({"updatable": False}, {"updatable": True})],
    "default-changed": [
        said({"default": "'a'"}, {"default": "'b'"}),
        said({"default": "'a'"}, {"default": ""}), said({"default": ""}, {"default": "'a'"}),
        said({"default": "1"}, SERIAL), said({"default": "1"}, {"identity": "by default"}),
        said({"identity": "always"}, {"default": "1"}),
    ],
    "default-removed": [
        said({**NOT_NULL, "default": "'a'"}, {**NOT_NULL, "default": ""}),
        said({**NOT_NULL, **SERIAL}, {**NOT_NULL, "default": ""}),
        said({**NOT_NULL, "identity": "always"}, {**NOT_NULL, "identity": "", "default": ""}),
        said({**NOT_NULL, "default": "'a'"}, {"nullable": True, "default": ""},
             "not-null-dropped"),
    ],
    "default-added": [
        said({**NOT_NULL, "default": ""}, {**NOT_NULL, "default": "'a'"}),
        said({**NOT_NULL, "default": ""}, {**NOT_NULL, "default": "", "identity": "by default"}),
    ],
    "identity-tightened": [
        said({"identity": "by default"}, {"identity": "always"}), said(SERIAL,
             {"identity": "always"}),
        said({**NOT_NULL, "default": ""}, {**NOT_NULL, "default": "", "identity": "always"}),
    ],
    "identity-loosened": [
        said({"identity": "always"}, {"identity": "by default"}),
        said({"identity": "always"}, SERIAL),
    ],
    "serial-became-identity": [
        said(SERIAL, {"identity": "by default"}), said({"identity": "by default"}, SERIAL),
    ],
    "column-became-generated": [
        said({"default": ""}, {"generated": "upper(name)"}),
        said({"default": "", "updatable": True}, {"generated": "upper(n)", "updatable": False}),
    ],
    "column-no-longer-generated": [said({"generated": "upper(name)"}, {"default": ""})],
    "generation-changed": [said({"generated": "upper(name)"}, {"generated": "lower(name)"})],
    "value-added": [
        said({"states": ("a",)}, {"states": ("a", "b")}),
        case(labels("oil"), labels("oil", "pastel")),
        said({**OPEN, "unknown_value_policy": None}, {**OPEN, "states": ("a", "b"),
             "unknown_value_policy": None}),
        case(catalog(table(one(enum("oil"), "medium"), NOTES)),
             catalog(table(one(enum("oil", "pastel"), "medium"), NOTES))),
    ],
    "value-added-to-extensible": [said(OPEN, {**OPEN, "states": ("a", "b")})],
    "value-removed": [
        said({"states": ("a", "b")}, {"states": ("a",)}), case(labels("oil", "ivory"),
             labels("oil")),
    ],
    "values-reordered": [case(labels("oil", "bronze"), labels("bronze", "oil"))],
    "values-stated": [said({}, {"states": ("a", "b")})],
    "values-withdrawn": [said({"states": ("a", "b")}, {})],
    "values-opened": [said({}, {"extensible": True})],
    "values-closed": [said({"extensible": True}, {"extensible": False})],
    "unknown-value-policy-changed": [
        said(OPEN, {**OPEN, "unknown_value_policy": "leave the row out"}),
        said(OPEN, {**OPEN, "unknown_value_policy": None}),
    ],
    "json-key-removed": [
        said(shape("term id"), shape("term")), said(shape("term"), shape("", "term")),
    ],
    "json-optional-key-removed": [said(shape("term", "wikidata"), shape("term"))],
    "json-key-added": [said(shape("term"), shape("term", "wikidata"))],
    "json-key-required": [
        said(shape("term"), shape("term id")), said(shape("", "term"), shape("term")),
    ],
    "json-shape-stated": [said({}, shape("term"))],
    "json-shape-withdrawn": [said(shape("term"), {})],
}  # fmt: skip

NEAR_MISSES: dict[str, list[Miss]] = {
    "column-removed": [
        near(contract(table(IMAGE, NOTES)), contract(table(NOTES, IMAGE))),
        near(contract(table(IMAGE, CREATED_AT)), contract(table(replace(IMAGE, name="image"),
             CREATED_AT)), "column-name-changed"),
    ],
    "column-name-changed": [
        near(contract(table(IMAGE, CREATED_AT)),
             contract(table(one("text", "image_a"), one("text", "image_b"), CREATED_AT)),
             "column-removed", "column-added"),
        near(contract(table(IMAGE, CREATED_AT)), contract(table(one("integer", "image"),
             CREATED_AT)), "column-removed", "column-added"),
    ],
    "column-added": [near(*plus(nullable=False)[:2], "column-added-required")],
    "column-added-with-default": [near(*plus(default="''")[:2], "column-added")],
    "column-added-required": [
        near(*plus(nullable=False, identity="always")[:2], "column-added-with-default"),
    ],
    "column-added-within": [
        near(ordered(IMAGE), ordered(IMAGE, NOTES), "column-added"),
        near(catalog(table(IMAGE)), catalog(table(NOTES, IMAGE)), "column-added"),
    ],
    "column-made-optional": [missed({}, {"optional": False}, "documentation-changed")],
    "column-made-required": [missed({"optional": True}, {"optional": True})],
    "columns-reordered": [
        near(contract(table(IMAGE, NOTES)), contract(table(NOTES, IMAGE))),
        near(ordered(IMAGE, NOTES), ordered(IMAGE, one("integer", "n"), NOTES),
             "column-added-within"),
    ],
    "order-stated": [near(bare(OBJECT_ID), ordered(ordered=False), "documentation-changed")],
    "order-withdrawn": [near(ordered(IMAGE), ordered(IMAGE))],
    "column-deprecated": [
        missed({"deprecated": True, "replaced_by": "a"}, {"deprecated": True, "replaced_by": "b"},
               "documentation-changed"),
    ],
    "column-undeprecated": [missed({"deprecated": False}, {}, "documentation-changed")],
    "not-null-dropped": [
        missed({"nullable": True}, {}, "documentation-changed"),
        # of a view's column Postgres cannot say
        near(catalog(table(one(nullable=False), NOTES)), catalog(table(one(nullable=None), NOTES))),
    ],
    "not-null-added": [missed({}, {"nullable": True}, "documentation-changed")],
    "collation-changed": [
        missed({"collation": "C"}, {}, "detail-withdrawn"),
        near(catalog(table(one(), NOTES)), catalog(table(one(collation="default"), NOTES))),
    ],
    "updatability-dropped": [
        missed({"updatable": True}, {}, "detail-withdrawn"),
        near(catalog(table(one(updatable=True), kind="table")),
             catalog(table(one(updatable=False), kind="view")), "table-replaced-by-view"),
    ],
    "updatability-added": [missed({}, {"updatable": True}, "detail-stated")],
    "default-changed": [
        missed({"default": "now()"}, {"default": "NOW()"}, "documentation-changed"),
        missed({"default": "'a'"}, {"default": "('a'::text)"}, "documentation-changed"),
    ],
    "default-removed": [
        missed({"default": "'a'"}, {"default": ""}, "default-changed"),
        missed({**NOT_NULL, "default": "'a'"}, NOT_NULL, "detail-withdrawn"),
    ],
    "default-added": [missed(NOT_NULL, {**NOT_NULL, "default": "'a'"}, "detail-stated")],
    "identity-tightened": [missed({"identity": "always"}, {"identity": "always"})],
    "identity-loosened": [missed({"identity": "always", "default": ""}, {"identity": "always"},
                                 "documentation-changed")],
    "serial-became-identity": [
        missed(SERIAL, {"default": "nextval('other_seq'::regclass)"}, "default-changed"),
    ],
    "column-became-generated": [missed({}, {"generated": "upper(name)"}, "detail-stated")],
    "column-no-longer-generated": [missed({"generated": "upper(name)"}, {}, "detail-withdrawn")],
    "generation-changed": [
        missed({"generated": "upper(name)"}, {"generated": "UPPER( name )"},
               "documentation-changed"),
    ],
    "value-added": [missed({"states": ("a", "b")}, {"states": ("b", "a")})],
    "value-added-to-extensible": [
        # what is declared in the same change was not declared when readers came
        missed({"states": ("a",)}, {**OPEN, "states": ("a", "b")}, "value-added", "values-opened",
               "detail-stated"),
    ],
    "value-removed": [near(labels("oil"), labels("oil"))],
    "values-reordered": [
        missed({"states": ("a", "b")}, {"states": ("b", "a")}),
        near(labels("oil", "bronze"), labels("pastel", "oil", "bronze"), "value-added"),
    ],
    "values-stated": [near(col(enum("oil")), col(enum("oil")))],
    "values-withdrawn": [missed({"states": ()}, {"states": ()})],
    "values-opened": [missed({}, {"extensible": False}, "documentation-changed")],
    "values-closed": [missed({"extensible": True}, {"extensible": True})],
    "unknown-value-policy-changed": [
        missed({}, {"unknown_value_policy": "treat as open"}, "detail-stated"),
    ],
    "json-key-removed": [missed(shape("a b"), shape("b a"))],
    "json-optional-key-removed": [missed(shape("", "a"), shape("a"), "json-key-required")],
    "json-key-added": [missed(shape("a"), shape("a b"), "json-key-required")],
    "json-key-required": [missed(shape("a"), shape("a"))],
    "json-shape-stated": [missed(shape(), shape("", "a"), "json-key-added")],
    "json-shape-withdrawn": [missed(shape("", "a"), shape(), "json-optional-key-removed")],
}  # fmt: skip
