"""A case for each kind of breaking change that has a safe path: before, after, and who lives on it.

``old`` and ``new`` are what stands in the table beside its key, ``before`` and ``after`` what has
to be there first. Rows, readers and writers are those of the museum's visitors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from contracts.logical_types import logical
from contracts.model import Column, Contract, NullReason, Table
from prevention.planning.model import Wishes

TABLE = "create table visitor (visitor_id integer primary key, {columns})"
Promise = Callable[[Contract, Contract], tuple[Contract, ...]]
"""What the documents say beside the DDL: OLD's contract, then those of NEW."""


@dataclass(frozen=True)
class Case:
    """One change. ``promise`` changes what the documents say on either side, beside the DDL."""

    rule: str
    old: str
    new: str
    rows: str
    reads: tuple[str, ...] = ()
    new_reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    new_writes: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    besides: str = ""
    new_besides: str = ""
    wishes: Wishes = field(default_factory=Wishes)
    promise: Promise = lambda old, new: (old, new)
    id: str = ""
    also: tuple[str, ...] = ()
    whole: tuple[str, str] = ("", "")

    @property
    def old_ddl(self) -> str:
        return self.whole[0] or ";".join(
            filter(None, (self.before, TABLE.format(columns=self.old), self.besides))
        )

    @property
    def new_ddl(self) -> str:
        after = self.after or self.before
        besides = self.new_besides or self.besides
        return self.whole[1] or ";".join(
            filter(None, (after, TABLE.format(columns=self.new), besides))
        )


def said(old: dict[str, object], new: dict[str, object], column: str = "thing") -> Promise:
    """Something that only a document says of a column, on either side."""

    def promise(one: Contract, other: Contract) -> tuple[Contract, Contract]:
        return _with(one, column, old), _with(other, column, new)

    return promise


def _with(contract: Contract, name: str, what: dict[str, object]) -> Contract:
    def column(each: Column) -> Column:
        return replace(each, **what) if each.name == name else each  # type: ignore[arg-type]

    def table(each: Table) -> Table:
        return replace(each, columns=tuple(map(column, each.columns)))

    return replace(contract, tables=tuple(map(table, contract.tables)))


def insert(*values: str, columns: str = "visitor_id, thing") -> str:
    rows = ", ".join(f"({each})" for each in values)
    return f"insert into visitor ({columns}) values {rows}"


def retyped(
    rule: str, old: str, new: str, rows: tuple[str, ...], comes: str, new_comes: str,
    before: str = "", after: str = "", reads: tuple[str, ...] = (), **more: object,
) -> Case:  # fmt: skip
    """The column ``thing`` with another type."""
    written = tuple(f"{number}, {value}" for number, value in enumerate(rows, 1))
    return Case(
        rule, f"thing {old}", f"thing {new}", insert(*written),
        reads=("select visitor_id, thing from visitor", *reads),
        new_reads=("select visitor_id, thing from visitor",),
        writes=(insert(f"101, {comes}"),
        f"update visitor set thing = {comes} where visitor_id = 1"),
        new_writes=(insert(f"102, {new_comes}"),
                    f"update visitor set thing = {new_comes} where visitor_id = 1"),
        before=before, after=after, id=f"{rule} {old} -> {new}", **more,  # type: ignore[arg-type]
    )  # fmt: skip


ENUM = "create type mood as enum ({})"
OIL = insert("1, 'oil'", "2, 'ink'")
THING = "select visitor_id, thing from visitor"
NAMED = "select visitor.thing, count(*) from visitor group by visitor.thing"

COLUMNS = (
    Case("column-removed", "thing text not null, note text", "note text", OIL,
         reads=(THING,), new_reads=("select visitor_id, note from visitor",),
         writes=(insert("3, 'wax'"),), new_writes=("insert into visitor (visitor_id) values (4)",)),
    Case("column-removed", "thing text unique default 'x', note text", "note text",
         insert("1, 'oil'", "2, null"), reads=(THING,),
         writes=(insert("3, 'wax'"),), new_writes=("insert into visitor (visitor_id) values (4)",),
         id="column-removed with a default and a key"),
    Case("column-name-changed", "thing text not null, note text", "label text not null, note text",
         OIL, reads=(THING, NAMED), new_reads=("select visitor_id, label from visitor",),
         writes=(insert("3, 'wax'"), "update visitor set thing = 'tin' where visitor_id = 1",
                 "delete from visitor where visitor_id = 2"),
         new_writes=(insert("4, 'wax'", columns="visitor_id, label"),
                     "update visitor set label = 'tin' where visitor_id = 1"),
         wishes=Wishes(renames={"thing": "label"})),
    Case("column-name-changed", "thing text unique default 'x' check (thing <> ''), note text",
         "label text unique default 'x' check (label <> ''), note text",
         OIL, reads=(THING,), new_reads=("select label from visitor",),
         writes=(insert("3, 'wax'"), "insert into visitor (visitor_id) values (6)"),
         new_writes=(insert("4, 'wax'", columns="visitor_id, label"),),
         wishes=Wishes(renames={"thing": "label"}), id="column-name-changed with keys",
         ),
    Case("column-name-changed", "thing varchar(9) not null, note text",
         "label varchar(9) not null, note text", OIL, reads=(THING, NAMED),
         new_reads=("select visitor_id, label from visitor",),
         writes=(insert("3, 'wax'"), "update visitor set thing = 'tin' where visitor_id = 1"),
         new_writes=(insert("4, 'wax'", columns="visitor_id, label"),),
         wishes=Wishes(renames={"thing": "label"}),
         promise=lambda old, new: (_with(old, "thing", {"data_type": logical("string")}),
                                   _with(new, "label", {"data_type": logical("string")})),
         id="column-name-changed of a type that only the database knows"),
    Case("column-removed", "thing serial, note text", "label serial, note text",
         "insert into visitor (visitor_id) values (1), (2)", reads=(THING,),
         writes=("insert into visitor (visitor_id) values (3)",),
         new_writes=("insert into visitor (visitor_id, label) values (4, 77)",),
         wishes=Wishes(renames={"thing": "label"}), id="a serial renamed"),
    Case("column-added-required", "note text", "note text, thing text not null",
         "insert into visitor values (1, 'a'), (2, 'b')",
         reads=("select visitor_id, note from visitor",), new_reads=(THING,),
         writes=("insert into visitor (visitor_id, note) values (3, 'c')",),
         new_writes=("insert into visitor values (4, 'd', 'oil')",),
         wishes=Wishes(using={"thing": "'MIGRATION_UNKNOWN'"})),
    Case("not-null-added", "thing text", "thing text not null", insert("1, 'oil'", "2, null"),
         reads=(THING, "select count(*) from visitor where thing is null"), new_reads=(THING,),
         writes=(insert("3, null"),), new_writes=(insert("4, 'oil'"),),
         wishes=Wishes(using={"thing": "'unknown'"})),
    Case("not-null-added", "thing text", "thing text not null", OIL, reads=(THING,),
         writes=(insert("3, null"),), new_writes=(insert("4, 'oil'"),),
         id="not-null-added where there is none"),
    Case("not-null-dropped", "thing text not null", "thing text", OIL,
         reads=(THING,
         "select visitor_id from visitor where 'tin' not in (select thing from visitor)"),
         writes=(insert("3, 'wax'"),), new_writes=(insert("4, null"),)),
    Case("column-became-generated", "thing text, note text",
         "thing text generated always as (upper(note)) stored, note text",
         "insert into visitor values (1, 'A', 'a'), (2, 'B', 'b')", reads=(THING,),
         new_reads=(THING,), writes=("insert into visitor values (3, 'C', 'c')",),
         new_writes=("insert into visitor (visitor_id, note) values (4, 'd')",)),
    Case("generation-changed", "thing text generated always as (upper(note)) stored, note text",
         "thing text generated always as (lower(note)) stored, note text",
         "insert into visitor (visitor_id, note) values (1, 'A'), (2, 'B')", reads=(THING,),
         new_reads=(THING,), writes=("insert into visitor (visitor_id, note) values (3, 'C')",),
         new_writes=("insert into visitor (visitor_id, note) values (4, 'd')",)),
    Case("column-no-longer-generated",
         "thing text generated always as (upper(note)) stored, note text",
         "thing text, note text", "insert into visitor (visitor_id, note) values (1, 'A')",
         reads=(THING,), writes=("insert into visitor (visitor_id, note) values (3, 'C')",),
         new_writes=(insert("4, 'tin'"),)),
    Case("collation-changed", 'thing text collate "C"', 'thing text collate "POSIX"', OIL,
         reads=(THING,), new_reads=("select thing from visitor order by thing",),
         writes=(insert("3, 'wax'"),), new_writes=(insert("4, 'wax'"),)),
    Case("default-removed", "thing text not null default 'x'", "thing text not null", OIL,
         reads=(THING,), writes=("insert into visitor (visitor_id) values (3)",),
         new_writes=(insert("4, 'oil'"),)),
    Case("default-changed", "thing text default 'x'", "thing text default 'y'", OIL, reads=(THING,),
         writes=("insert into visitor (visitor_id) values (3)",),
         new_writes=("insert into visitor (visitor_id) values (3)",)),
    Case("default-changed", "thing text", "thing text default 'y'", OIL, reads=(THING,),
         writes=("insert into visitor (visitor_id) values (3)",),
         new_writes=("insert into visitor (visitor_id) values (3)",),
         id="default where there was none"),
    Case("identity-tightened", "thing integer generated by default as identity",
         "thing integer generated always as identity", insert("1, 7", "2, 8"), reads=(THING,),
         writes=(insert("3, 9"),), new_writes=("insert into visitor (visitor_id) values (4)",)),
    Case("identity-loosened", "thing integer generated always as identity",
         "thing integer generated by default as identity",
         "insert into visitor (visitor_id) values (1), (2)", reads=(THING,),
         writes=("insert into visitor (visitor_id) values (4)",), new_writes=(insert("3, 9"),)),
    Case("default-removed", "thing integer generated by default as identity",
         "thing integer not null", insert("1, 7", "2, 8"), reads=(THING,),
         writes=("insert into visitor (visitor_id) values (4)",), new_writes=(insert("3, 9"),),
         id="identity removed"),
)  # fmt: skip

PHONES = insert("1, '+43 5551234'", "2, '+1 5559876'", "3, null", columns="visitor_id, phone")
SPLIT = Wishes(
    splits={"phone": ("phone_country", "phone_number")},
    using={
        "phone_country": "split_part(phone, ' ', 1)",
        "phone_number": "split_part(phone, ' ', 2)",
    },
    back={"phone": "phone_country || ' ' || phone_number"},
)
MERGE = Wishes(
    merges={("phone_country", "phone_number"): "phone"},
    using={"phone": "phone_country || ' ' || phone_number"},
    back={
        "phone_country": "split_part(phone, ' ', 1)",
        "phone_number": "split_part(phone, ' ', 2)",
    },
)
PHONE = "select visitor_id, phone from visitor"
PARTS = "select visitor_id, phone_country, phone_number from visitor"
SHAPES = (
    Case("column-removed", "phone text, note text",
         "phone_country text, phone_number text, note text", PHONES,
         reads=(PHONE,), new_reads=(PARTS,),
         writes=(insert("4, '+44 555'", columns="visitor_id, phone"),
                 "update visitor set phone = '+44 1' where visitor_id = 3"),
         new_writes=(insert("5, '+49', '123'", columns="visitor_id, phone_country, phone_number"),
                     "update visitor set phone_number = '77' where visitor_id = 1"),
         wishes=SPLIT, id="split", also=("column-added",)),
    Case("column-removed", "phone_country text, phone_number text, note text",
         "phone text, note text",
         insert("1, '+43', '555'", columns="visitor_id, phone_country, phone_number"),
         reads=(PARTS,), new_reads=(PHONE,),
         writes=(insert("5, '+49', '123'", columns="visitor_id, phone_country, phone_number"),),
         new_writes=(insert("4, '+44 555'", columns="visitor_id, phone"),
                     "update visitor set phone = '+44 1' where visitor_id = 1"),
         wishes=MERGE, id="merge", also=("column-added",)),
    Case("column-name-changed", "thing text, note text",
         "label text, note text, label_source text, label_backfilled_at timestamptz",
         insert("1, 'oil'", "2, 'ink'", "3, null"), reads=(THING,),
         new_reads=("select label, label_source, label_backfilled_at from visitor",),
         writes=(insert("4, 'wax'"), "update visitor set thing = 'tin' where visitor_id = 1"),
         new_writes=(("insert into visitor (visitor_id, label, label_source) "
                     "values (5, 'tin', 'TYPED')"),
                     "update visitor set label = 'tin' where visitor_id = 1"),
         wishes=Wishes(renames={"thing": "label"}), id="a backfill with its origin recorded"),
    Case("unit-changed", "thing numeric", "thing numeric", insert("1, 2.5", "2, 100"),
         reads=("select sum(thing) from visitor",), new_reads=("select sum(thing) from visitor",),
         writes=(insert("3, 4"),), new_writes=(insert("4, 4000"),),
         promise=said({"unit": "m"}, {"unit": "mm"}),
         wishes=Wishes(using={"thing": "thing * 1000"}, back={"thing": "thing / 1000"})),
    Case("meaning-changed", "thing text", "thing text", OIL, reads=(THING,), new_reads=(THING,),
         writes=(insert("3, 'wax'"),), new_writes=(insert("4, 'WAX'"),),
         promise=said({"meaning": "as typed"}, {"meaning": "in capitals"}),
         wishes=Wishes(using={"thing": "upper(thing)"}, back={"thing": "lower(thing)"})),
    Case("null-meaning-changed", "thing text", "thing text", OIL, reads=(THING,),
         new_reads=(THING,), writes=(insert("3, 'wax'"),), new_writes=(insert("4, 'wax'"),),
         promise=said({"null_reasons": (NullReason("NONE", "nobody asked"),)},
                      {"null_reasons": (NullReason("NONE", "asked, and not told"),)}),
         wishes=Wishes(using={"thing": "coalesce(thing, 'none')"},
         back={"thing": "nullif(thing, 'none')"})),
)  # fmt: skip
TYPES = (
    retyped("padding-changed", "text", "character(5)", ("'oil'", "null"), "'wax'", "'tin'"),
    retyped("padding-grown", "character(3)", "character(5)", ("'oil'", "null"), "'wax'", "'tin'"),
    retyped("padding-cut", "character(5)", "character(3)", ("'oil'", "null"), "'wax'", "'tin'"),
    retyped("length-grown", "character varying(5)", "character varying(9)", ("'oil'",), "'wax'",
            "'Aphrodite'"),
    retyped("length-cut", "character varying(9)", "character varying(5)", ("'oil'",),
            "'Aphrodite'", "'Venus'"),
    retyped("length-cut", "text", "character varying(5)", ("'oil'",), "'Aphrodite'", "'Venus'"),
    retyped("text-retyped", "text", "character varying", ("'oil'",), "'wax'", "'tin'"),
    retyped("integer-widened", "integer", "bigint", ("7", "null"), "8", "9",
            reads=("select thing / 2 from visitor",)),
    retyped("integer-widened", "smallint not null", "integer not null", ("7",), "8", "9"),
    retyped("integer-narrowed", "bigint", "integer", ("7", "null"), "3000000000", "9"),
    retyped("integer-to-fraction", "integer", "numeric", ("7", "8"), "9", "9",
            reads=("select thing / 2 from visitor",)),
    retyped("fraction-to-integer", "numeric(4,1)", "integer", ("9.5", "3"), "4.5", "4"),
    retyped("exact-to-float", "bigint", "double precision", ("9007199254740993",), "4", "5"),
    retyped("float-to-exact", "double precision", "numeric(10,2)", ("0.125",), "4.5", "4.25"),
    retyped("float-widened", "real", "double precision", ("0.1",), "0.2", "0.25"),
    retyped("float-narrowed", "double precision", "real", ("16777217",), "1e300", "0.25"),
    retyped("numeric-narrowed", "numeric(12,2)", "numeric(10,2)", ("9.50",), "1234567890.10",
            "1.10"),
    retyped("scale-grown", "numeric(10,2)", "numeric(12,4)", ("9.50",), "9.75", "9.25"),
    retyped("scale-grown-into-digits", "numeric(10,2)", "numeric(10,4)", ("9.50",), "12345678.90",
            "1.5"),
    retyped("scale-lost", "numeric(10,2)", "numeric(10,1)", ("9.55",), "1.25", "1.5"),
    retyped("date-to-timestamp", "date", "timestamp without time zone", ("'2024-01-31'",),
            "'2024-02-01'", "'2024-02-01 10:30'", reads=("select thing + 1 from visitor",)),
    retyped("timestamp-to-date", "timestamp without time zone", "date", ("'2024-01-31 10:30'",),
            "'2024-02-01 11:00'", "'2024-02-01'"),
    retyped("time-zone-changed", "timestamp without time zone", "timestamp with time zone",
            ("'2024-01-31 10:30'",), "'2024-02-01 11:00'", "'2024-02-01 11:00+01'",
            promise=said({"timezone": "Europe/Vienna"}, {"timezone": "Europe/Vienna"})),
    retyped("second-digits-gained", "timestamp(0) without time zone", "timestamp without time zone",
            ("'2024-01-31 10:30'",), "'2024-02-01 11:00'", "'2024-02-01 11:00:00.5'"),
    retyped("second-digits-lost", "timestamp without time zone", "timestamp(0) without time zone",
            ("'2024-01-31 10:30:00.25'",), "'2024-02-01 11:00:00.5'", "'2024-02-01 11:00'"),
    retyped("interval-widened", "interval year to month", "interval", ("'1 year'",), "'2 years'",
            "'3 days'"),
    retyped("interval-narrowed", "interval", "interval year to month", ("'1 year'",),
            "'2 years 4 days'", "'1 year'"),
    retyped("array-changed", "text", "text[]", ("'oil'",), "'wax'", "array['tin']"),
    retyped("array-changed", "text[]", "text", ("array['oil']",), "array['wax']", "'tin'"),
    retyped("json-to-jsonb", "json", "jsonb", ("'{\"b\":1, \"a\":2}'",), "'{}'", "'[1]'"),
    retyped("jsonb-to-json", "jsonb", "json", ("'{\"b\":1}'",), "'{}'", "'[1]'"),
    retyped("type-opened-to-text", "uuid", "text", ("'6f0d6c9c-0000-4000-8000-000000000001'",),
            "gen_random_uuid()", "'6f0d6c9c-0000-4000-8000-000000000002'"),
    retyped("type-closed-from-text", "text", "uuid", ("'6f0d6c9c-0000-4000-8000-000000000001'",),
            "'free text'", "gen_random_uuid()"),
    retyped("type-closed-from-text", "text", "mood", ("'calm'",), "'calm'", "'merry'",
            after=ENUM.format("'calm', 'merry'")),
    retyped("type-changed", "boolean", "integer", ("true", "null"), "false", "1"),
    retyped("type-changed", "integer", "boolean", ("1", "0"), "7", "true"),
    retyped("type-changed", "integer", "text", ("1", "0"), "7", "'8'"),
    retyped("type-changed", "jsonb", "text", ("'{}'",), "'[]'", "'[1]'"),
    retyped("enum-renamed", "mood", "temper", ("'calm'",), "'merry'", "'merry'",
            before=ENUM.format("'calm', 'merry'"),
            after="create type temper as enum ('calm', 'merry')"),
    retyped("value-removed", "mood", "mood", ("'calm'",), "'sad'", "'merry'",
            before=ENUM.format("'calm', 'merry', 'sad'"), after=ENUM.format("'calm', 'merry'"),
            reads=("select count(*) from visitor where thing = 'sad'",)),
    retyped("value-added", "mood", "mood", ("'calm'",), "'merry'", "'sad'",
            before=ENUM.format("'calm', 'merry'"), after=ENUM.format("'calm', 'sad', 'merry'")),
    retyped("values-reordered", "mood", "mood", ("'calm'", "'merry'"), "'merry'", "'calm'",
            before=ENUM.format("'calm', 'merry'"), after=ENUM.format("'merry', 'calm'"),
            reads=("select thing from visitor order by thing",)),
)  # fmt: skip

GALLERY = (
    "create table gallery (gallery_id integer primary key); insert into gallery values (1), (2)"
)
CONSTRAINTS = (
    Case("unique-added", "thing text", "thing text unique", OIL, reads=(THING,),
         writes=(insert("3, 'oil'"),), new_writes=(insert("4, 'wax'"),)),
    Case("unique-dropped", "thing text unique", "thing text", OIL,
         reads=(THING, "select a.visitor_id from visitor a join visitor b using (thing)"),
         writes=(insert("3, 'oil'") + " on conflict (thing) do nothing",),
         new_writes=(insert("4, 'oil'"),)),
    Case("nulls-not-distinct-added", "thing text unique", "thing text unique nulls not distinct",
         insert("1, 'oil'", "2, null"), reads=(THING,), writes=(insert("3, null"),),
         new_writes=(insert("4, 'wax'"),)),
    Case("nulls-not-distinct-dropped", "thing text unique nulls not distinct", "thing text unique",
         insert("1, 'oil'", "2, null"), reads=(THING,), writes=(insert("3, 'wax'"),),
         new_writes=(insert("4, null"),)),
    Case("foreign-key-added", "thing integer", "thing integer references gallery",
         insert("1, 1", "2, null"), before=GALLERY, reads=(THING,), writes=(insert("3, 9"),),
         new_writes=(insert("4, 2"),)),
    Case("foreign-key-dropped", "thing integer references gallery", "thing integer",
         insert("1, 1", "2, null"), before=GALLERY,
         reads=("select visitor_id from visitor join gallery on gallery_id = thing",),
         writes=(insert("3, 2"),), new_writes=(insert("4, 9"),)),
    Case("foreign-key-action-changed", "thing integer references gallery",
         "thing integer references gallery on delete cascade", insert("1, 1"), before=GALLERY,
         reads=(THING,), writes=(insert("3, 2"),),
         new_writes=("delete from gallery where gallery_id = 1",)),
    Case("check-tightened", "thing integer", "thing integer, constraint adult check (thing > 17)",
         insert("1, 18", "2, null"), reads=(THING,), writes=(insert("3, 5"),),
         new_writes=(insert("4, 20"),)),
    Case("check-loosened", "thing integer, constraint adult check (thing > 17)", "thing integer",
         insert("1, 18"), reads=(THING,), writes=(insert("3, 20"),), new_writes=(insert("4, 5"),)),
    Case("check-changed", "thing integer, constraint adult check (thing % 2 = 0)",
         "thing integer, constraint adult check (thing % 3 = 0)", insert("1, 18"), reads=(THING,),
         writes=(insert("3, 20"),), new_writes=(insert("4, 24"),)),
)  # fmt: skip
VISITOR = "create table {} ({}, thing text, note text)"
KEYED = "visitor_id integer primary key"
WIDE = f"{KEYED}, came date, left_at date, paid numeric, tour text"
SHOWN = "create table record (record_id integer primary key, room text, seen date); "
DAYS = "select room, count(distinct seen) as number from public.record group by room"
GROUPED = "select min(visitor_id) as visitor_id, thing, min(note) as note from {} group by thing"
BASED = (
    "create table base (visitor_id integer, thing text, note text); "
    f"create view visitor as {GROUPED.format('base')}"
)
TWO_KEYS = "create table visitor (visitor_id integer, thing text, {})".format(
    "primary key (visitor_id, thing)"
)
TWO = "create table visitor (visitor_id integer {}, thing text {}, note text)"
PER_ROOM = "create view visitor as select room, count(*) as number from record group by room"
PER_DAY = (
    "create view visitor as select room, count(distinct seen) as number from record group by room"
)
TABLES = (
    Case("table-name-changed", "", "", OIL, reads=(THING,),
         new_reads=("select visitor_id, thing from guest",),
         writes=(insert("3, 'wax'"), "update visitor set thing = 'tin' where visitor_id = 1",
                 "delete from visitor where visitor_id = 2"),
         new_writes=("insert into guest (visitor_id, thing) values (4, 'wax')",),
         whole=(VISITOR.format("visitor", KEYED), VISITOR.format("guest", KEYED))),
    Case("table-name-changed", "", "", OIL, reads=(THING,),
         new_reads=("select visitor_id, label from guest",),
         writes=(insert("3, 'wax'"),),
         new_writes=("insert into guest (visitor_id, label) values (4, 'wax')",),
         whole=(VISITOR.format("visitor", WIDE),
                VISITOR.format("guest", WIDE).replace("thing", "label")),
         wishes=Wishes(renames={"thing": "label"}), id="table and column renamed"),
    Case("table-removed", "", "", OIL, reads=(THING,), writes=(insert("3, 'wax'"),),
         whole=(VISITOR.format("visitor", KEYED) + ";" + GALLERY, GALLERY)),
    Case("view-query-changed", "", "",
         "insert into record values (1, 'A', '2024-01-01'), (2, 'A', '2024-01-01')",
         reads=("select room, number from visitor",),
         new_reads=("select room, number from visitor",),
         writes=("insert into record values (3, 'B', '2024-01-01')",),
         whole=(SHOWN + PER_ROOM, SHOWN + PER_DAY),
         wishes=Wishes(using={"visitor": DAYS})),
    Case("grain-changed", "", "", "insert into visitor values (1, 'oil', 'a'), (2, 'oil', 'b')",
         reads=("select count(*) from visitor",), new_reads=("select count(*) from visitor",),
         writes=(insert("3, 'wax'"),),
         whole=(VISITOR.format("visitor", KEYED),
                BASED),
         promise=lambda old, new: (
             _grained(old, "visitor_id"),
             replace(_grained(new, "thing"), tables=tuple(
                 t for t in _grained(new, "thing").tables if t.name != "base"))),
         wishes=Wishes(using={"visitor": GROUPED.format("public.visitor")})),
    Case("primary-key-changed", "", "", OIL.replace(", thing)", ", thing, note)").replace("')",
         "', 'n')"),
         reads=(THING,), new_reads=(THING,), writes=("insert into visitor values (3, 'wax', 'x')",),
         new_writes=("insert into visitor values (4, 'tin', 'x')",),
         whole=(TWO.format("primary key", "not null"), TWO.format("not null", "primary key"))),
    Case("primary-key-added", "", "", OIL, reads=(THING,), new_reads=(THING,),
         writes=(insert("1, 'wax'"),), new_writes=(insert("4, 'tin'"),),
         whole=("create table visitor (visitor_id integer, thing text)",
                "create table visitor (visitor_id integer primary key, thing text)")),
    Case("primary-key-dropped", "", "", OIL, reads=(THING,), new_reads=(THING,),
         writes=(insert("4, 'wax'"),), new_writes=(insert("1, 'tin'"),),
         whole=("create table visitor (visitor_id integer primary key, thing text)",
                "create table visitor (visitor_id integer not null, thing text)")),
    Case("primary-key-changed", "", "", insert("1, 'oil'", columns="visitor_id, thing"),
         reads=(THING,), new_reads=(THING,), writes=(insert("3, 'wax'"),),
         new_writes=(insert("4, 'tin'"),),
         whole=("create table visitor (visitor_id integer primary key, thing text not null)",
                TWO_KEYS),
         id="primary-key-changed to two columns"),
    Case("integer-widened", "", "", OIL, reads=(THING,), new_reads=(THING,),
         writes=(insert("3, 'wax'"),), new_writes=(insert("4, 'tin'"),),
         whole=("create table visitor (visitor_id integer primary key, thing text)",
                "create table visitor (visitor_id bigint primary key, thing text)"),
         id="the key itself is widened"),
    Case("column-name-changed", "", "", OIL, reads=(THING,),
         new_reads=("select guest_id, thing from visitor",),
         writes=(insert("3, 'wax'"),), new_writes=(insert("4, 'tin'", columns="guest_id, thing"),),
         whole=("create table visitor (visitor_id integer primary key, thing text)",
                "create table visitor (guest_id integer primary key, thing text)"),
         wishes=Wishes(renames={"visitor_id": "guest_id"}), id="the key itself is renamed"),
)  # fmt: skip


def _grained(contract: Contract, column: str) -> Contract:
    tables = (
        replace(table, grain=(column,)) if table.name == "visitor" else table
        for table in contract.tables
    )
    return replace(contract, tables=tuple(tables))


CUSTOMERS = "create table visitor (visitor_id integer primary key, {})"
THREE_BEFORE = CUSTOMERS.format(
    "email text unique not null, phone text, updated_at timestamptz, legacy_id integer"
)
THREE_AFTER = CUSTOMERS.format(
    "primary_email text unique not null, phone_country text, phone_number text, "
    "updated_at timestamptz not null, nickname text"
)
PAID = "paid {} not null check (paid > 0), mood mood, came {}"
TYPES_BEFORE = ENUM.format("'calm', 'sad'") + ";" + CUSTOMERS.format(PAID.format("integer", "date"))
TYPES_AFTER = (
    ENUM.format("'calm'") + ";" + CUSTOMERS.format(PAID.format("numeric", "timestamp"))
).replace("visitor_id integer", "visitor_id bigint")
FOUR = "visitor_id, paid, mood, came"
FIVE = "visitor_id, email, phone, updated_at, legacy_id"
SIX = "visitor_id, primary_email, phone_country, phone_number, updated_at, nickname"
TOGETHER = (
    Case("not-null-added", "", "",
         insert("1, 'a@museum.org', '+43 555', now(), 7", "2, 'b@museum.org', null, null, 8",
                columns=FIVE),
         reads=("select visitor_id, email, phone from visitor", "select legacy_id from visitor",
                "select count(*) from visitor where updated_at is null"),
         new_reads=("select primary_email, phone_country, phone_number from visitor",),
         writes=(insert("3, 'c@museum.org', '+1 2', null, 9", columns=FIVE),),
         new_writes=(insert("4, 'd@museum.org', '+1', '2', now(), 'dee'", columns=SIX),),
         whole=(THREE_BEFORE, THREE_AFTER),
         wishes=replace(SPLIT, renames={"email": "primary_email"},
                        using={**SPLIT.using, "updated_at": "timestamptz '2020-01-01'"}),
         id="three changes in one version"),
    Case("integer-widened", "", "", insert("1, 7, 'calm', '2024-01-31'", columns=FOUR),
         reads=(f"select {FOUR} from visitor",), new_reads=(f"select {FOUR} from visitor",),
         writes=(insert("3, 8, 'sad', '2024-01-31'", columns=FOUR),),
         new_writes=(insert("4, 8, 'calm', '2024-01-31 10:30'", columns=FOUR),),
         whole=(TYPES_BEFORE, TYPES_AFTER), id="several types at once"),
)  # fmt: skip
CASES = (*COLUMNS, *SHAPES, *TYPES, *CONSTRAINTS, *TABLES, *TOGETHER)
