"""Types by their spelling, held to what real servers print."""

from __future__ import annotations

import contextlib
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.builtin_types import ALIASES, BUILT_IN, MEANT, PSEUDO_TYPES
from contracts.model import UNLIMITED, DataType
from contracts.types import UnknownTypeError, completed, parse_type, quoted, type_name

TEXT = DataType("text")

SPELLINGS = [
    ("int4", DataType("integer"), "integer"),
    ("INT", DataType("integer"), "integer"),
    (" Integer ", DataType("integer"), "integer"),
    ("int8", DataType("bigint"), "bigint"),
    ("float8", DataType("double precision"), "double precision"),
    ("float", DataType("double precision"), "double precision"),
    ("float(24)", DataType("real"), "real"),
    ("float(25)", DataType("double precision"), "double precision"),
    ("bool", DataType("boolean"), "boolean"),
    ("varchar(20)", DataType("character varying", length=20), "character varying(20)"),
    ("character  varying ( 9 )", DataType("character varying", length=9), "character varying(9)"),
    ("varchar", DataType("character varying"), "character varying"),
    ("char", DataType("character"), "character"),
    ("char(3)", DataType("character", length=3), "character(3)"),
    ("bpchar", DataType("character", length=UNLIMITED), "bpchar"),
    ("bpchar(3)", DataType("character", length=3), "character(3)"),
    ('"char"', DataType('"char"'), '"char"'),
    ("bit", DataType("bit"), "bit"),
    ('"bit"', DataType("bit", length=UNLIMITED), '"bit"'),
    ("bit(3)", DataType("bit", length=3), "bit(3)"),
    ("varbit(3)", DataType("bit varying", length=3), "bit varying(3)"),
    ("numeric", DataType("numeric"), "numeric"),
    ("decimal(5)", DataType("numeric", precision=5, scale=0), "numeric(5,0)"),
    ("numeric(6, 2)", DataType("numeric", precision=6, scale=2), "numeric(6,2)"),
    ("numeric(2,-1)", DataType("numeric", precision=2, scale=-1), "numeric(2,-1)"),
    ("timestamp", DataType("timestamp without time zone"), "timestamp without time zone"),
    (
        "timestamptz(3)",
        DataType("timestamp with time zone", precision=3),
        "timestamp(3) with time zone",
    ),
    (
        "TIMESTAMP (3) WITH TIME ZONE",
        DataType("timestamp with time zone", precision=3),
        "timestamp(3) with time zone",
    ),
    # Six digits are what a time has when nothing is said: they are kept, and not printed.
    (
        "timestamp(6)",
        DataType("timestamp without time zone", precision=6),
        "timestamp without time zone",
    ),
    ("time(0)", DataType("time without time zone", precision=0), "time(0) without time zone"),
    ("interval", DataType("interval"), "interval"),
    ("interval(3)", DataType("interval", precision=3), "interval(3)"),
    ("interval year to month", DataType("interval", fields="year to month"),
     "interval year to month"),
    ("INTERVAL day to second(3)", DataType("interval", precision=3, fields="day to second"),
     "interval day to second(3)"),
    ("int4range", DataType("int4range", "range"), "int4range"),
    ("text[]", DataType("ARRAY", "array", element=TEXT), "text[]"),
    ("text[][3]", DataType("ARRAY", "array", element=TEXT), "text[]"),
    ("text array[4]", DataType("ARRAY", "array", element=TEXT), "text[]"),
    ("_text", DataType("ARRAY", "array", element=TEXT), "text[]"),
    ("_bpchar", DataType("ARRAY", "array", element=DataType("character", length=UNLIMITED)),
     "bpchar[]"),
    ("pg_catalog.int4", DataType("integer"), "integer"),
    ("pg_catalog.varchar(3)", DataType("character varying", length=3), "character varying(3)"),
    ("public.mood", DataType("mood", "unknown", schema="public"), "public.mood"),
    ("Public.MOOD", DataType("mood", "unknown", schema="public"), "public.mood"),
    ('"My S"."a""b.c"[]',
     DataType("ARRAY", "array", element=DataType('a"b.c', "unknown", schema="My S")),
     '"My S"."a""b.c"[]'),
]  # fmt: skip


@pytest.mark.parametrize(("spelling", "data_type", "printed"), SPELLINGS)
def test_a_spelling_is_resolved_and_printed(
    spelling: str, data_type: DataType, printed: str
) -> None:
    assert parse_type(spelling) == data_type
    assert type_name(data_type) == printed


INFORMATION_SCHEMA = [
    (("ARRAY",), {"array_element": TEXT}, DataType("ARRAY", "array", element=TEXT)),
    (("array",), {"udt_name": "_text"}, DataType("ARRAY", "array", element=TEXT)),
    (("ARRAY",), {}, DataType("ARRAY", "array")),
    (("ARRAY",), {"udt_schema": "art", "udt_name": "_mood"},
     DataType("ARRAY", "array", element=DataType("mood", "unknown", schema="art"))),
    (("USER-DEFINED",), {"udt_name": "mood"}, DataType("mood", "unknown", schema="public")),
    (("USER-DEFINED",), {"udt_schema": "art", "udt_name": "Mood", "enum_labels": ("a", "b")},
     DataType("Mood", "enum", schema="art", labels=("a", "b"))),
    (("integer",), {"numeric_precision": 32, "numeric_scale": 0},
     DataType("integer", precision=32, scale=0)),
    (("character varying",), {"character_maximum_length": 9},
     DataType("character varying", length=9)),
    (("character varying",), {"character_maximum_length": 9, "domain_name": "code"},
     DataType("code", "domain", schema="public", base=DataType("character varying", length=9))),
    (("interval",), {"interval_type": "DAY TO SECOND(3)"},
     DataType("interval", precision=3, fields="day to second")),
    (("interval",), {"interval_type": "YEAR TO MONTH", "datetime_precision": 0},
     DataType("interval", precision=0, fields="year to month")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "facets", "data_type"), INFORMATION_SCHEMA)
def test_the_words_of_information_schema_are_resolved(
    words: tuple[str], facets: dict[str, Any], data_type: DataType
) -> None:
    assert parse_type(words[0], **facets) == data_type


UNKNOWN = [
    ("itneger", '"itneger" is no type that Postgres has.', 'Did you mean "integer"?'),
    ("txt", '"txt" is no type that Postgres has.', 'Did you mean "text"?'),
    ("string", '"string" is no type that Postgres has.', 'Did you mean "text"?'),
    ("datetime", '"datetime" is no type that Postgres has.',
     'Did you mean "timestamp without time zone"?'),
    ("timestampz", '"timestampz" is no type that Postgres has.',
     'Did you mean "timestamp with time zone"?'),
    ("serial", '"serial" is no type that Postgres has.', 'Did you mean "integer"?'),
    ("USERDEFINED", '"USERDEFINED" is no type that Postgres has.', 'Did you mean "USER-DEFINED"?'),
    ("mood", '"mood" is no type that Postgres has.',
     "Write a type of Postgres; one that you made needs its schema, as in public.mood."),
    ("qqq", '"qqq" is no type that Postgres has.',
     "Write a type of Postgres; one that you made needs its schema, as in public.mood."),
    ("", '"" is no type that Postgres has.',
     "Write a type of Postgres; one that you made needs its schema, as in public.mood."),
    ("record", '"record" is a pseudo-type: no column can have it.',
     "Write the type that the column really has."),
    ("varchar(x)", '"varchar(x)" has something other than numbers in its parentheses.',
     "Write it like numeric(6,2) or varchar(20)."),
    ("varchar(0)", '"varchar(0)" has numbers that character varying cannot take.',
     "Write one length from 1 to 10485760."),
    ("numeric(1001)", '"numeric(1001)" has numbers that numeric cannot take.',
     "Write 1 to 1000 digits, and a scale of at most as many."),
    ("timestamp(9)", '"timestamp(9)" has numbers that timestamp without time zone cannot take.',
     "Write one number of digits from 0 to 6."),
    ("text(3)", '"text(3)" has numbers that text cannot take.', 'Write "text".'),
    ("interval day to month", '"interval day to month" is no interval that Postgres has.',
     "Write interval, interval(3), interval year to month or the like."),
    ("float(54)", '"float(54)" is no float.', "Write 1 to 53 bits, or double precision."),
    ("USER-DEFINED", "USER-DEFINED does not say which type.",
     "Add udt_name, and udt_schema beside it."),
]  # fmt: skip


@pytest.mark.parametrize(("spelling", "what", "next_step"), UNKNOWN)
def test_an_unknown_type_is_refused_with_the_nearest_one(
    spelling: str, what: str, next_step: str
) -> None:
    with pytest.raises(UnknownTypeError) as refused:
        parse_type(spelling)
    assert (refused.value.what, refused.value.next_step) == (what, next_step)


@given(st.text(max_size=40) | st.from_regex(r"[a-z \"]{1,12}(\([0-9, ]{0,5}\))?(\[\])?"))
def test_any_text_is_a_type_or_refused(text: str) -> None:
    with contextlib.suppress(UnknownTypeError):
        printed = type_name(parse_type(text))
        assert type_name(parse_type(printed)) == printed


@pytest.mark.parametrize(
    ("data_type", "expected"),
    [
        (DataType("smallint"), DataType("smallint", precision=16, scale=0)),
        (DataType("real"), DataType("real", precision=24)),
        (DataType("numeric"), DataType("numeric", precision=UNLIMITED, scale=UNLIMITED)),
        (DataType("numeric", precision=4), DataType("numeric", precision=4, scale=0)),
        (DataType("character"), DataType("character", length=1)),
        (DataType("character varying"), DataType("character varying", length=UNLIMITED)),
        (DataType("interval", precision=3), DataType("interval", precision=3)),
        (DataType("date"), DataType("date")),
        (
            DataType("ARRAY", "array", element=DataType("time with time zone")),
            DataType("ARRAY", "array", element=DataType("time with time zone", precision=6)),
        ),
        (
            DataType("code", "domain", schema="public", base=DataType("bit")),
            DataType("code", "domain", schema="public", base=DataType("bit", length=1)),
        ),
        (DataType("numeric", schema="art"), DataType("numeric", schema="art")),
    ],
)
def test_what_postgres_takes_for_granted_is_filled_in(
    data_type: DataType, expected: DataType
) -> None:
    assert completed(data_type) == expected
    assert completed(expected) == expected


@pytest.mark.parametrize(
    ("name", "written"),
    [("mood", "mood"), ("Mood", '"Mood"'), ("a b", '"a b"'), ('a"b', '"a""b"'), ("1a", '"1a"')],
)
def test_an_identifier_is_quoted_where_it_needs_it(name: str, written: str) -> None:
    assert quoted(name) == written


TYPES_OF_COLUMNS = """
    select format_type(t.oid, -1), format_type(t.oid, null)
    from pg_type t
    left join pg_type e on e.oid = t.typelem
    left join pg_class c on c.oid in (t.typrelid, e.typrelid) and c.oid <> 0
    where t.typtype <> 'p'
      and coalesce(e.typtype, '') <> 'p'
      -- the row type of a table is no type that anybody gives a column
      and coalesce(c.relkind, 'c') = 'c'
"""


def test_every_type_of_a_real_server_comes_back_as_it_was_printed(
    any_connection: psycopg.Connection,
) -> None:
    any_connection.execute("""
        create schema "My Schema";
        create type public.mood as enum ('calm', 'wild');
        create type "My Schema"."Frame" as (width numeric(6,2), "Gilt?" boolean);
        create domain public.code as varchar(3);
        create type public."date.range" as range (subtype = date);
        set search_path to '';
    """)
    rows = any_connection.execute(TYPES_OF_COLUMNS).fetchall()
    assert len(rows) > 150
    wrong = {
        printed: type_name(parse_type(printed))
        for spellings in rows
        for printed in spellings
        if type_name(parse_type(printed)) != printed
    }
    assert wrong == {}


MODIFIED = [
    "character varying(20)", "character(3)", "bit(3)", "bit varying(3)", "numeric(6,2)",
    "numeric(2,-1)", "numeric(3,5)", "time(3) without time zone", "time(0) with time zone",
    "timestamp(1) without time zone", "timestamp(5) with time zone", "interval(2)",
    "interval year", "interval month", "interval day", "interval hour", "interval minute",
    "interval second", "interval second(4)", "interval year to month", "interval day to hour",
    "interval day to minute", "interval day to second", "interval day to second(3)",
    "interval hour to minute", "interval hour to second(1)", "interval minute to second(2)",
]  # fmt: skip


def test_every_modifier_of_a_real_server_comes_back_as_it_was_printed(
    any_connection: psycopg.Connection,
) -> None:
    spelled = [*MODIFIED, *(f"{spelling}[]" for spelling in MODIFIED)]
    columns = ", ".join(f"c{number} {spelling}" for number, spelling in enumerate(spelled))
    any_connection.execute(f"create table made ({columns})")
    printed = [
        row[0]
        for row in any_connection.execute(
            "select format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = 'made'::regclass and attnum > 0 order by attnum"
        )
    ]
    assert printed == spelled
    assert [type_name(parse_type(text)) for text in printed] == printed


def test_the_list_of_built_in_types_is_that_of_a_real_server(
    connection: psycopg.Connection,
) -> None:
    def named(condition: str) -> set[str]:
        statement = f"select format_type(oid, null) from pg_type where {condition}"
        return {row[0] for row in connection.execute(statement)}

    in_catalog = "typnamespace = 'pg_catalog'::regnamespace"
    assert named(f"{in_catalog} and typtype in ('b', 'r', 'm') and typname !~ '^_'") == BUILT_IN
    pseudo = {name.strip('"') for name in named("typtype = 'p'")}
    assert pseudo >= PSEUDO_TYPES


def test_the_aliases_are_those_of_a_real_server(connection: psycopg.Connection) -> None:
    columns = ", ".join(f"c{number} {alias}" for number, alias in enumerate(ALIASES))
    connection.execute(f"create table made ({columns})")
    printed = connection.execute(
        "select format_type(atttypid, null) from pg_attribute"
        " where attrelid = 'made'::regclass and attnum > 0 order by attnum"
    ).fetchall()
    assert [row[0] for row in printed] == list(ALIASES.values())


def test_what_other_systems_say_leads_to_types_that_exist() -> None:
    assert set(MEANT.values()) <= BUILT_IN | {"ARRAY"}
    assert not MEANT.keys() & (BUILT_IN | ALIASES.keys())
