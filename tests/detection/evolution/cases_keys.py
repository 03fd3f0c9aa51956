"""Cases of keys, constraints and indexes, and of how a table is kept and who may use it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.model import (
    CheckConstraint,
    Contract,
    ForeignKey,
    Role,
    Storage,
    Table,
    UniqueKey,
)
from detection.model import Catalog
from tests.detection.evolution.making import (
    CREATED_AT,
    OBJECT_ID,
    Case,
    Side,
    bare,
    case,
    catalog,
    contract,
    one,
    table,
)

Miss = tuple[Side, Side, frozenset[str]]
KEYLESS = replace(OBJECT_ID, primary_key=None)
NO_KEY = replace(OBJECT_ID, primary_key=False)
PLACE = one("integer", "place", nullable=False)


def near(before: Side, after: Side, *rules: str) -> Miss:
    return (before, after, frozenset(rules))


def key(*columns: str) -> Contract:
    """A contract whose primary key is stated for the table."""
    return bare(KEYLESS, PLACE, primary_key=columns)


def unique(*keys: str, distinct: bool = True) -> Contract:
    """A contract with unique keys, each a text of column names."""
    made = tuple(UniqueKey(name, tuple(name.split()), not distinct) for name in keys)
    return contract(table(one(), one(name="culture"), unique_keys=made))


def foreign(**facts: Any) -> Contract:
    usual = {"references_columns": ("object_id",), **facts}
    tie = ForeignKey("fk", ("object_id",), "public", "object", **usual)
    return contract(table(foreign_keys=(tie,)))


def checks(*expressions: str, names: tuple[str, ...] = ()) -> Contract:
    made = tuple(
        CheckConstraint(name, ("weight",), f"CHECK ({text})")
        for name, text in zip(names or tuple(f"c{n}" for n in range(9)), expressions, strict=False)
    )
    return contract(table(one("numeric", "weight"), checks=made))


def check(before: str, after: str, *also: str) -> Case:
    return case(checks(before), checks(after), *also)


def named(column: str) -> Contract:
    """A contract in which everything about one column goes by its name."""
    return contract(
        table(
            one("numeric", column),
            CREATED_AT,
            primary_key=("object_id", column),
            unique_keys=(UniqueKey("u", (column, "created_at")),),
            foreign_keys=(ForeignKey("f", (column,), "public", "scale", ("step",)),),
            checks=(CheckConstraint("c", (column,), f"CHECK ({column} > 0)"),),
            grain=(column,),
        )
    )


def kept(**facts: Any) -> Catalog:
    return catalog(table(kind="table", storage=Storage(**facts)))


def roles(*roles: Role) -> Contract:
    return contract(roles=roles)


INDEX = "CREATE INDEX a ON public.object_images USING btree (created_at)"
PARTIAL = "CREATE UNIQUE INDEX a ON public.object_images USING btree (title) WHERE is_public"
PARTED = Table("visit", kind="partitioned table", storage=Storage(partition_key="RANGE (at)"))
READER = Role("reporting", "read")

CASES = {
    "primary-key-changed": [
        case(key("object_id"), key("object_id", "place")), case(key("object_id"), key("place")),
        case(bare(OBJECT_ID, replace(PLACE, primary_key=False)),
             bare(OBJECT_ID, replace(PLACE, primary_key=True))),
        # what was unique as the key, and is unique by itself now, stays so
        case(key("object_id"), bare(replace(KEYLESS, unique=True), PLACE, primary_key=("place",))),
    ],
    "primary-key-dropped": [
        case(key("object_id"), key()), case(bare(OBJECT_ID), bare(NO_KEY)),
        case(bare(OBJECT_ID), bare(KEYLESS)),
    ],
    "primary-key-added": [
        case(key(), key("object_id")), case(bare(NO_KEY), bare(OBJECT_ID)),
        case(bare(KEYLESS, PLACE), key("object_id")),
    ],
    "unique-dropped": [
        case(unique("title"), unique()), case(unique("title culture"), unique()),
        case(contract(table(one(unique=True))), contract(table(one(unique=False)))),
        case(kept(indexes=(PARTIAL,)), kept()),
        case(unique("title"), unique("culture"), "unique-added"),
    ],
    "unique-added": [
        case(unique(), unique("title")), case(unique(), unique("title culture")),
        case(contract(table(one())), contract(table(one(unique=True)))),
        case(kept(), kept(indexes=(PARTIAL,))),
    ],
    "nulls-not-distinct-added": [case(unique("title"), unique("title", distinct=False))],
    "nulls-not-distinct-dropped": [case(unique("title", distinct=False), unique("title"))],
    "foreign-key-dropped": [case(foreign(), contract())],
    "foreign-key-added": [
        case(contract(), foreign()),
        case(foreign(), foreign(references_columns=("id",)), "foreign-key-dropped"),
    ],
    "foreign-key-action-changed": [
        case(foreign(on_delete="RESTRICT"), foreign(on_delete="CASCADE")),
        case(foreign(), foreign(on_update="CASCADE")),
    ],
    "check-tightened": [
        case(checks(), checks("weight > 0")), check("weight >= 0", "weight > 0"),
        check("weight > 0", "weight > 5"), check("weight < 9", "weight <= 8"),
        check("weight > 0", "weight > 0 and weight < 100"),
        check("title = any (array['a', 'b'])", "title = any (array['a'])"),
        check("title = any (array['a', 'b'])", "title = 'a'"),
        check("0 < weight", "weight > (5)::numeric"),
    ],
    "check-loosened": [
        case(checks("weight > 0"), checks()), check("weight > 0", "weight >= 0"),
        check("weight < 100 and weight > 0", "weight > 0"),
        check("title in ('a')", "title in ('a', 'b')"),
    ],
    "check-changed": [
        check("weight > 0", "weight < 100"), check("begins <= ends", "ends - begins < 500"),
        check("title in ('a')", "title in ('b')"),
        check("weight > 0 or title = 'a'", "weight > 5 or title = 'a'"),
        check("not weight > 0", "not weight > 5"),
    ],
    "partitioning-changed": [
        case(catalog(PARTED), catalog(replace(PARTED, storage=Storage(partition_key="HASH (id)")))),
    ],
    "replication-changed": [
        case(kept(), kept(replica_identity="full")), case(kept(publications=("all",)), kept()),
    ],
    "index-added": [case(kept(), kept(indexes=(INDEX,)))],
    "index-removed": [case(kept(indexes=(INDEX,)), kept())],
    "grant-narrowed": [
        case(roles(READER), roles()), case(roles(Role("guide", "read, write")),
             roles(Role("guide", "read"))),
        case(kept(grants=("reporting SELECT",)), kept()),
        case(kept(grants=("reporting SELECT", "reporting INSERT")),
             kept(grants=("reporting SELECT",))),
        case(roles(Role("a", "read", classifications=("internal", "public"))),
             roles(Role("a", "read", classifications=("public",)))),
        case(roles(Role("a")), roles(Role("a", classifications=("public",)))),
        case(roles(Role("a", "write")), roles(Role("a", "append"))),
        case(roles(Role("a", "write")), roles(Role("a", "read"))),
    ],
    "grant-widened": [
        case(roles(), roles(READER)), case(kept(), kept(grants=("reporting SELECT",))),
        case(roles(READER), roles(replace(READER, access="read and write"))),
        case(roles(Role("a", "read")), roles(Role("a", "write"))),
        case(roles(Role("a")), roles(Role("a", classifications=("sensitive",)))),
    ],
}  # fmt: skip

NEAR_MISSES: dict[str, list[Miss]] = {
    "primary-key-changed": [near(key("object_id", "place"), key("place", "object_id"))],
    "primary-key-dropped": [near(key(), bare(KEYLESS, PLACE), "documentation-changed")],
    "primary-key-added": [
        near(bare(KEYLESS), bare(NO_KEY), "documentation-changed"),
        near(bare(OBJECT_ID), bare(OBJECT_ID, primary_key=("object_id",))),
    ],
    "unique-dropped": [
        near(unique("title culture"), unique("culture title")),
        near(contract(table(one(unique=True))),
             contract(table(one(unique=None), unique_keys=(UniqueKey("k", ("title",)),)))),
        near(bare(replace(KEYLESS, unique=True)), bare(OBJECT_ID), "primary-key-added"),
        near(kept(indexes=(PARTIAL,)), kept(indexes=(PARTIAL.replace(" a ", " b "),))),
    ],
    "unique-added": [
        near(bare(OBJECT_ID), bare(OBJECT_ID, unique_keys=(UniqueKey("k", ("object_id",)),))),
    ],
    "nulls-not-distinct-added": [near(unique(), unique("title", distinct=False), "unique-added")],
    "nulls-not-distinct-dropped": [
        near(unique("title", distinct=False), unique(), "unique-dropped"),
    ],
    "foreign-key-dropped": [
        near(foreign(), foreign(on_delete="CASCADE"), "foreign-key-action-changed"),
    ],
    "foreign-key-added": [near(foreign(), foreign())],
    "foreign-key-action-changed": [
        near(foreign(on_delete="CASCADE"), foreign(on_delete="CASCADE")),
    ],
    "check-tightened": [
        near(checks("weight > 0"), checks("(weight > 0)")),
        near(checks("weight > 0"), checks("weight > 0", names=("renamed",))),
        near(checks(), checks("weight is not null"), "not-null-added"),
    ],
    "check-loosened": [near(checks("weight is not null"), checks(), "not-null-dropped")],
    "check-changed": [
        # keys, checks and grain go with a column that is called otherwise now
        near(named("weight"), named("weight_kg"), "column-name-changed"),
        near(checks("weight > 0"), checks("weight < 100", names=("other",)), "check-loosened",
             "check-tightened"),
    ],
    "partitioning-changed": [near(catalog(PARTED), catalog(PARTED))],
    "replication-changed": [near(kept(publications=("all",)), kept(publications=("all",)))],
    "index-added": [near(kept(indexes=(INDEX,)), kept(indexes=(INDEX.replace(" a ", ' "B c" '),)))],
    "index-removed": [near(kept(indexes=(PARTIAL,)), kept(), "unique-dropped")],
    "grant-narrowed": [
        near(roles(Role("a", "read")), roles(Role("a", "read", "Reads.")), "documentation-changed"),
    ],
    "grant-widened": [
        near(roles(Role("a", old)), roles(Role("a", new)))
        for old, new in (
            ("write, read", "read/write"), ("read-write", "read, write"), ("write", "read_write"),
            ("append", "insert"), ("rw", "write"), ("select", "read"), ("read", "Read-Only"),
        )
    ] + [
        near(roles(Role("a", classifications=("internal", "public"))),
             roles(Role("a", classifications=("internal",))), "documentation-changed"),
    ],
}  # fmt: skip
