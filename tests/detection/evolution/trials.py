"""Trials for the oracle: for every rule about types, keys, nulls, columns, values and defaults.

Beside each rule stands what Postgres must be seen to do. A rule that no query can show is in
:data:`CANNOT_BE_SHOWN`, with the reason.
"""

from __future__ import annotations

from tests.detection.evolution.oracle import TABLE, Trial, retyped

THING = "select thing from object"
DIVIDED = "select thing / 2 from object"
SHOWN = "select thing::text from object"
UPPER = "select upper(thing) from object"


def made(column: str, rows: str = "(1, 'oil')") -> str:
    """A table with a column, and rows."""
    return f"{TABLE.format(column=column)}; insert into object values {rows}"


TYPES = {
    "length-grown": [
        retyped("varchar(5)", "varchar(9)", "'Venus'",
                {f"{THING} where object_id = 1": "other width",
                 "select count(*) from object where length(thing) > 5": "other rows"},
                {"'Venus'": "same"}, comes="'Aphrodite'"),
        retyped("varchar(5)", "text", "'Venus'", {THING: "other types"}, {"'Venus'": "same"}),
    ],
    "length-cut": [
        retyped("varchar(9)", "varchar(5)", "'Venus'", {THING: "other width", UPPER: "same"},
                {"'Venus'": "same", "'Aphrodite'": "refused"}),
        retyped("text", "varchar(5)", "'Venus'", {THING: "other types", UPPER: "same"},
                {"'Aphrodite'": "refused"}),
    ],
    "text-retyped": [
        retyped("text", "varchar", "'Venus'", {THING: "other types", UPPER: "same"},
                {"'Venus'": "same"}),
    ],
    "padding-changed": [
        retyped("text", "char(5)", "'oil'", {"select octet_length(thing) from object":
                "other rows", "select thing like '%l' from object": "other rows"},
                {"'oil'": "same", "'bronze'": "refused"}),
    ],
    "padding-grown": [
        retyped("char(2)", "char(3)", "'US'", {THING: "other rows"}, {"'US'": "same"}),
    ],
    "padding-cut": [
        retyped("char(3)", "char(2)", "'US'", {THING: "other rows"},
                {"'US'": "same", "'USA'": "refused"}),
    ],
    "integer-widened": [
        retyped("integer", "bigint", "7", {THING: "other types", DIVIDED: "other types",
                "select shelf(thing) from object": "fails"}, {"7": "same"},
                setup="create function shelf(integer) returns integer language sql as 'select 1'"),
    ],
    "integer-narrowed": [
        retyped("bigint", "integer", "7", {THING: "other types", SHOWN: "same"},
                {"7": "same", "3000000000": "refused"}),
        retyped("integer", "smallint", "7", {SHOWN: "same"}, {"40000": "refused"}),
    ],
    "integer-to-fraction": [
        retyped("integer", "numeric", "7", {DIVIDED: "other rows"}, {"7": "same"}),
        retyped("integer", "double precision", "7", {DIVIDED: "other rows"}, {"7": "same"}),
    ],
    "fraction-to-integer": [
        retyped("numeric(4,1)", "integer", "9.5", {THING: "other rows"}, {"9.5": "other value"}),
    ],
    "exact-to-float": [
        retyped("bigint", "double precision", "9007199254740993",
                {"select thing::bigint from object": "other rows"},
                {"9007199254740993": "other value"}),
        retyped("numeric(20,2)", "real", "12345678.90", {THING: "other rows"},
                {"12345678.90": "other value"}),
    ],
    "float-to-exact": [
        retyped("real", "numeric(10,2)", "0.125", {THING: "other rows"},
                {"0.125": "other value", "'infinity'": "refused"}),
    ],
    "float-widened": [
        retyped("real", "double precision", "0.1", {THING: "other rows"}, {"0.1": "same"}),
    ],
    "float-narrowed": [
        retyped("double precision", "real", "16777217", {THING: "other rows"},
                {"16777217": "other value", "1e300": "refused"}),
    ],
    "numeric-widened": [
        retyped("numeric(10,2)", "numeric(12,2)", "9.50", {THING: "other width", SHOWN: "same"},
                {"9.50": "same", "12345678.90": "same"}),
    ],
    "numeric-narrowed": [
        retyped("numeric(12,2)", "numeric(10,2)", "9.50", {THING: "other width", SHOWN: "same"},
                {"9.50": "same", "1234567890.10": "refused"}),
    ],
    "scale-grown": [
        retyped("numeric(10,2)", "numeric(12,4)", "9.50",
                {THING: "other width", SHOWN: "other rows"},
                {"9.50": "same", "12345678.90": "same"}, stored="thing::float8"),
        retyped("numeric(10,2)", "numeric", "9.50", {THING: "other width"}, {"9.50": "same"}),
    ],
    "scale-grown-into-digits": [
        retyped("numeric(10,2)", "numeric(10,4)", "9.50", {SHOWN: "other rows"},
                {"9.50": "same", "12345678.90": "refused"}, stored="thing::float8"),
    ],
    "scale-lost": [
        retyped("numeric(10,2)", "numeric(10,1)", "9.55", {THING: "other rows"},
                {"9.55": "other value"}),
    ],
    "date-to-timestamp": [
        retyped("date", "timestamp", "'2024-01-31'",
                {"select thing - date '2024-01-01' from object": "other rows",
                 "select thing + 1 from object": "fails",
                 "select count(*) from object where thing between '2024-02-01' and '2024-02-01'":
                 "same"}, {"'2024-01-31'": "same"}, stored="thing::date",
                comes="'2024-02-01 10:30'"),
        retyped("date", "timestamptz", "'2024-01-31'", {"select thing + 1 from object": "fails"},
                {"'2024-01-31'": "same"}, stored="thing::date"),
    ],
    "timestamp-to-date": [
        retyped("timestamp", "date", "'2024-01-31 10:30'", {THING: "other rows"},
                {"'2024-01-31 10:30'": "other value"}),
    ],
    "time-zone-changed": [
        retyped("timestamp", "timestamptz", "'2024-01-31 10:30'",
                {"select extract(epoch from thing) from object": "other rows"},
                {"'2024-01-31 10:30'": "other value"}, stored="extract(epoch from thing)"),
        retyped("timestamptz", "timestamp", "'2024-01-31 10:30'",
                {"select extract(epoch from thing) from object": "other rows"},
                {"'2024-01-31 10:30'": "other value"}, stored="extract(epoch from thing)"),
        retyped("time", "timetz", "'10:30'", {THING: "other rows"}, {"'10:30'": "other value"}),
    ],
    "second-digits-gained": [
        retyped("timestamp(0)", "timestamp", "'2024-01-31 10:30:00'",
                {"select count(*) from object where thing = date_trunc('second', thing)": "same",
                 "select count(*) from object where thing <> date_trunc('second', thing)":
                 "other rows"}, {"'2024-01-31 10:30:00'": "same"},
                comes="'2024-01-31 10:30:00.5'"),
    ],
    "second-digits-lost": [
        retyped("timestamp", "timestamp(0)", "'2024-01-31 10:30:00.6'", {THING: "other rows"},
                {"'2024-01-31 10:30:00.6'": "other value"}),
    ],
    "interval-widened": [
        retyped("interval year to month", "interval", "'1 year'",
                {"select count(*) from object where extract(day from thing) > 0": "other rows"},
                {"'1 year'": "same"}, comes="'21 days'"),
    ],
    "interval-narrowed": [
        retyped("interval", "interval year to month", "'21 days'", {THING: "other rows"},
                {"'21 days'": "other value"}),
    ],
    "array-changed": [
        retyped("text", "text[]", "'oil'", {UPPER: "fails"}, {"'oil'": "refused"},
                using="array[thing]"),
        retyped("text[]", "text", "'{oil}'", {"select unnest(thing) from object": "fails"},
                {}, using="thing[1]"),
        Trial(made("thing text[]", "(1, '{oil}')"),
              "alter table object alter thing type text using thing[1]", {},
              {"update object set thing[1] = 'ink'": "refused"}),
    ],
    "json-to-jsonb": [
        retyped("json", "jsonb", """'{"b": 1, "a": 2}'""", {SHOWN: "other rows"},
                {"""'{"b": 1, "a": 2}'""": "other value", r"""'"\u0000"'""": "refused"}),
    ],
    "jsonb-to-json": [
        retyped("jsonb", "json", "'{}'", {"select thing @> '{}' from object": "fails",
                "select distinct thing from object": "fails"},
                {"""'{"a": 1, "a": 2}'""": "other value"}),
    ],
    "type-opened-to-text": [
        retyped("uuid", "text", "gen_random_uuid()",
                {"select count(*) from object where thing = gen_random_uuid()": "fails"},
                {"'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'": "same"}),
        retyped("medium", "text", "'oil'",
                {"select count(*) from object where thing < 'ink'::medium": "fails"},
                {"'oil'": "same"}, setup="create type medium as enum ('oil', 'ink')"),
    ],
    "type-closed-from-text": [
        retyped("text", "uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", {UPPER: "fails"},
                {"'oil'": "refused"}, using="thing::uuid"),
        retyped("text", "medium", "'oil'", {"select count(*) from object where thing = 'ivory'":
                "fails"}, {"'ivory'": "refused"}, using="thing::medium",
                setup="create type medium as enum ('oil', 'ink')"),
        retyped("text", "inet", "'10.0.0.1'", {UPPER: "fails"}, {"'oil'": "refused"},
                using="thing::inet"),
    ],
    "enum-renamed": [
        Trial(f"create type medium as enum ('oil'); {made('thing medium')}",
              "alter type medium rename to technique",
              {"select count(*) from object where thing = 'oil'::medium": "fails",
               "select count(*) from object where thing = 'oil'": "same"},
              {"insert into object values (9, 'oil'::medium)": "refused"}),
    ],
    "type-respelled": [
        retyped("gallery", "integer", "7", {THING: "same"}, {"7": "same"},
                setup="create domain gallery as integer"),
    ],
    "type-changed": [
        retyped("text", "integer", "'7'", {UPPER: "fails"}, {"'oil'": "refused"},
                using="thing::integer"),
        retyped("boolean", "integer", "true", {"select count(*) from object where thing":
                "fails"}, {"true": "refused"}, using="thing::integer"),
        retyped("money", "numeric", "'9.50'", {THING: "other rows"}, {"'9,500.10'": "refused"},
                using="thing::numeric"),
        retyped("bit(3)", "bit(4)", "b'101'", {THING: "other rows"}, {"b'101'": "refused"},
                using="thing::bit(4)"),
        retyped("jsonb", "text", "'{}'", {"select thing -> 'a' from object": "fails"},
                {"""'{"b": 1, "a": 2}'""": "other value"}),
    ],
}  # fmt: skip

UPSERT = "insert into object values (1, 'ink') on conflict (object_id) do update set thing = 'ink'"
JOINED = "select count(*) from object o join object p using (object_id)"
ARTIST = "create table artist (name text primary key); insert into artist values ('oil')"
FOREIGN = "alter table object add constraint made_by foreign key (thing) references artist"

KEYS = {
    "primary-key-changed": [
        Trial(made("thing text not null"),
              "alter table object drop constraint object_pkey, add primary key (object_id, thing)",
              {JOINED: "other rows"}, {UPSERT: "refused"},
              comes="insert into object values (1, 'ink')"),
    ],
    "primary-key-dropped": [
        Trial(made("thing text"),
              "alter table object drop constraint object_pkey, alter object_id set not null",
              {JOINED: "other rows"}, {UPSERT: "refused"},
              comes="insert into object values (1, 'ink')"),
    ],
    "primary-key-added": [
        Trial("create table object (object_id integer not null, thing text);"
              "insert into object values (1, 'oil')",
              "alter table object add primary key (object_id)",
              {JOINED: "same"}, {"insert into object values (1, 'ink')": "refused"}),
    ],
    "unique-dropped": [
        Trial(made("thing text unique"), "alter table object drop constraint object_thing_key",
              {"select count(*) from object o join object p using (thing)": "other rows"},
              {"insert into object values (9, 'oil') on conflict (thing) do nothing": "refused"},
              comes="insert into object values (9, 'oil')"),
    ],
    "unique-added": [
        Trial(made("thing text"), "create unique index on object (thing)",
              {THING: "same"}, {"insert into object values (9, 'oil')": "refused"}),
    ],
    "nulls-not-distinct-added": [
        Trial(f"{made('thing text', '(1, null)')}; create unique index a on object (thing)",
              "drop index a; create unique index a on object (thing) nulls not distinct",
              {THING: "same"}, {"insert into object values (9, null)": "refused"}),
    ],
    "nulls-not-distinct-dropped": [
        Trial(f"{made('thing text', '(1, null)')};"
              "create unique index a on object (thing) nulls not distinct",
              "drop index a; create unique index a on object (thing)",
              {"select count(*) from object where thing is null": "other rows"},
              {"insert into object values (9, 'oil')": "same"},
              comes="insert into object values (9, null)"),
    ],
    "foreign-key-dropped": [
        Trial(f"{ARTIST}; {made('thing text')}; {FOREIGN}",
              "alter table object drop constraint made_by",
              {"select count(*) from object where thing not in (select name from artist)":
               "other rows"}, {"insert into object values (9, 'oil')": "same"},
              comes="insert into object values (9, 'ivory')"),
    ],
    "foreign-key-added": [
        Trial(f"{ARTIST}; {made('thing text')}", FOREIGN,
              {THING: "same"}, {"insert into object values (9, 'ivory')": "refused"}),
    ],
    "foreign-key-action-changed": [
        Trial(f"{ARTIST}; {made('thing text')}; {FOREIGN} on delete cascade",
              f"alter table object drop constraint made_by; {FOREIGN}",
              {THING: "same"}, {"delete from artist": "refused"}),
        Trial(f"{ARTIST}; {made('thing text')}; {FOREIGN} on update cascade",
              f"alter table object drop constraint made_by; {FOREIGN} on delete set null"
              " on update cascade", {THING: "other rows"},
              {"insert into object values (9, 'oil')": "same"}, comes="delete from artist"),
    ],
    "check-tightened": [
        Trial(made("thing text check (thing in ('oil', 'ink'))"),
              "alter table object drop constraint object_thing_check,"
              " add constraint object_thing_check check (thing in ('oil'))",
              {THING: "same"}, {"insert into object values (9, 'ink')": "refused"}),
    ],
    "check-loosened": [
        Trial(made("thing text check (thing in ('oil'))"),
              "alter table object drop constraint object_thing_check",
              {"select count(*) from object where thing <> 'oil'": "other rows"},
              {"insert into object values (9, 'oil')": "same"},
              comes="insert into object values (9, 'ink')"),
    ],
    "check-changed": [
        Trial(made("thing text check (thing < 'p')"),
              "alter table object drop constraint object_thing_check,"
              " add constraint object_thing_check check (length(thing) < 4)",
              {"select count(*) from object where thing > 'p'": "other rows"},
              {"insert into object values (9, 'bronze')": "refused"},
              comes="insert into object values (9, 'wax')"),
    ],
}  # fmt: skip

COLUMNS = {
    "column-removed": [
        Trial(made("thing text"), "alter table object drop column thing", {THING: "fails"},
              {"insert into object (object_id, thing) values (9, 'ink')": "refused"}),
    ],
    "column-name-changed": [
        Trial(made("thing text"), "alter table object rename thing to the_thing",
              {THING: "fails"},
              {"insert into object (object_id, thing) values (9, 'ink')": "refused"}),
    ],
    "column-added": [
        Trial(made("thing text"), "alter table object add column notes text",
              {THING: "same", "select * from object": "other columns"},
              {"insert into object (object_id, thing) values (9, 'ink')": "same",
               "insert into object values (9, 'ink')": "same"}),
    ],
    "column-added-with-default": [
        Trial(made("thing text"),
              "alter table object add column seen boolean not null default true",
              {THING: "same"}, {"insert into object values (9, 'ink')": "same"}),
    ],
    "column-added-required": [
        Trial(made("thing text"),
              "alter table object add column notes text; update object set notes = '';"
              "alter table object alter notes set not null",
              {THING: "same"}, {"insert into object values (9, 'ink')": "refused"}),
    ],
    "columns-reordered": [
        Trial(made("thing text, notes text", "(1, 'oil', 'old')"),
              "alter table object rename to old_object;"
              "create table object (object_id integer primary key, notes text, thing text);"
              "insert into object select object_id, notes, thing from old_object;"
              "drop table old_object",
              {THING: "same", "select * from object": "other columns"},
              {"insert into object values (9, 'ink', 'new') returning thing": "other value",
               "insert into object (object_id, thing) values (9, 'ink') returning thing": "same"}),
    ],
    "not-null-dropped": [
        Trial(made("thing text not null"), "alter table object alter thing drop not null",
              {"select 1 where 'wax' not in (select thing from object)": "other rows"},
              {"insert into object values (9, 'ink')": "same"},
              comes="insert into object values (9, null)"),
        Trial(made("thing text check (thing is not null)"),
              "alter table object drop constraint object_thing_check",
              {"select 1 where 'wax' not in (select thing from object)": "other rows"},
              {"insert into object values (9, 'ink')": "same"},
              comes="insert into object values (9, null)"),
    ],
    "not-null-added": [
        Trial(made("thing text"), "alter table object alter thing set not null", {THING: "same"},
              {"insert into object values (9, null)": "refused"}),
    ],
    "updatability-dropped": [
        Trial(f"{made('thing text')}; create view shown as select object_id, thing from object",
              "create or replace view shown as select object_id, upper(thing) as thing from object",
              {"select object_id from shown": "same"}, {"update shown set thing = 'a'": "refused"}),
    ],
    "default-changed": [
        Trial(made("thing text default 'oil'"), "alter table object alter thing set default 'ink'",
              {"select count(*) from object where thing = 'oil'": "same",
               "select count(*) from object where thing = 'ink'": "other rows"},
              {"insert into object values (9) returning thing": "other value"},
              comes="insert into object values (9)"),
    ],
    "default-removed": [
        Trial(made("thing text not null default 'oil'"),
              "alter table object alter thing drop default",
              {"select count(*) from object where thing = ''": "other rows"},
              {"insert into object values (9)": "refused"},
              comes="insert into object values (9, '')"),
    ],
    "default-added": [
        Trial(made("thing text not null"), "alter table object alter thing set default 'ink'",
              {"select count(*) from object where thing = 'ink'": "other rows"},
              {"insert into object values (9, 'oil') returning thing": "same"},
              comes="insert into object values (9)"),
    ],
    "identity-tightened": [
        Trial(made("thing integer generated by default as identity", "(1, 7)"),
              "alter table object alter thing set generated always",
              {"select count(*) from object where thing = 1": "other rows"},
              {"insert into object values (9, 8)": "refused"},
              comes="insert into object (object_id) values (9)"),
    ],
    "identity-loosened": [
        Trial(made("thing integer generated always as identity", "(1)"),
              "alter table object alter thing set generated by default",
              {"select count(*) from object where thing = 77": "other rows"},
              {"insert into object (object_id) values (9)": "same"},
              comes="insert into object values (9, 77)"),
    ],
    "serial-became-identity": [
        Trial(made("thing serial", "(1)"),
              "alter table object alter thing drop default; drop sequence object_thing_seq;"
              "alter table object alter thing add generated by default as identity (start 2)",
              {THING: "same"},
              {"insert into object (object_id) values (9)": "same",
               "insert into object values (9, 77) returning thing": "same"}),
    ],
    "column-became-generated": [
        Trial(made("thing text"),
              "alter table object drop thing;"
              "alter table object add thing text generated always as (object_id::text) stored",
              {THING: "other rows"}, {"insert into object values (9, 'ink')": "refused"}),
    ],
    "column-no-longer-generated": [
        Trial(made("thing text generated always as (object_id::text) stored", "(1)"),
              "alter table object alter thing drop expression",
              {"select count(*) from object where thing <> object_id::text": "other rows"},
              {"insert into object (object_id) values (9) returning thing": "other value"},
              comes="insert into object values (9, 'ink')"),
    ],
    "generation-changed": [
        Trial(made("thing text generated always as (object_id::text) stored", "(1)"),
              "alter table object drop thing; alter table object add thing text"
              " generated always as ((object_id + 1)::text) stored",
              {THING: "other rows"}, {"insert into object (object_id) values (9)": "same"}),
    ],
    "value-added": [
        Trial(f"create type medium as enum ('oil'); {made('thing medium')}",
              "alter table object alter thing type text; drop type medium;"
              "create type medium as enum ('oil', 'ink');"
              "alter table object alter thing type medium using thing::medium",
              {"select count(*) from object where thing <> 'oil'": "other rows"},
              {"insert into object values (9, 'oil')": "same"},
              comes="insert into object values (9, 'ink')"),
    ],
    "value-removed": [
        Trial(f"create type medium as enum ('oil', 'ink'); {made('thing medium')}",
              "alter table object alter thing type text; drop type medium;"
              "create type medium as enum ('oil');"
              "alter table object alter thing type medium using thing::medium",
              {"select count(*) from object where thing = 'ink'": "fails"},
              {"insert into object values (9, 'ink')": "refused"}),
    ],
    "values-reordered": [
        Trial("create type medium as enum ('oil', 'ink');"
              f"{made('thing medium')}",
              "alter table object alter thing type text; drop type medium;"
              "create type medium as enum ('ink', 'oil');"
              "alter table object alter thing type medium using thing::medium",
              {"select thing < 'ink' from object": "other rows"},
              {"insert into object values (9, 'ink')": "same"}),
    ],
    "view-query-changed": [
        Trial(f"{made('thing text')}; create view shown as select thing from object",
              "create or replace view shown as select thing from object where false",
              {"select thing from shown": "other rows"},
              {"insert into object values (9, 'ink')": "same"}),
    ],
    "view-base-renamed": [
        Trial(f"{made('thing text')}; create view shown as select thing from object",
              "alter table object rename thing to the_thing",
              {"select thing from shown": "same"},
              {"insert into object values (9, 'ink')": "same"}),
    ],
    "view-kind-changed": [
        Trial(f"{made('thing text')}; create view shown as select thing from object",
              "drop view shown; create materialized view shown as select thing from object",
              {"select count(*) from shown where thing = 'ink'": "same"},
              {"insert into object values (9, 'ink')": "same"},
              comes="insert into object values (9, 'ink')"),
    ],
}  # fmt: skip

ALSO = {
    "view-base-renamed": {"column-name-changed"},
    "updatability-dropped": {"view-query-changed"},
}
"""The rules that speak besides, in a trial."""

CANNOT_BE_SHOWN = {
    "type-stated": "A document says more than before; the database is the same.",
    "type-withdrawn": "A document says less than before; the database is the same.",
    "type-made-exact": "A document says more than before; the database is the same.",
    "type-made-general": "A document says less than before; the database is the same.",
    "column-added-within": (
        "Postgres adds a column at the end. To come between others, the table is made anew, as "
        "for columns-reordered, which shows the INSERT that lands elsewhere."
    ),
    "order-stated": "A document promises an order; the database is the same.",
    "order-withdrawn": "A document promises no order; the database is the same.",
    "column-made-optional": "A document promises less; what then goes is column-removed.",
    "column-made-required": "A document promises more; the database is the same.",
    "column-deprecated": "A document announces it; the database is the same.",
    "column-undeprecated": "A document takes an announcement back; the database is the same.",
    "updatability-added": "Nobody is hurt: more statements succeed than before.",
}
"""Rules of these areas that no query shows, each with the reason."""
