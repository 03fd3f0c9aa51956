import gc

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from contracts.model import UNLIMITED, CheckConstraint, Column, DataType, ForeignKey, UniqueKey
from detection.catalog import ATTEMPTS, LONGEST_PAUSE, read_catalog

COLLECTION = """
create type medium as enum ('oil', 'watercolour', 'it''s "gold", {leaf}');
create domain catalogue_number as integer not null check (value > 0);
create domain gallery_number as catalogue_number constraint below_a_thousand check (value < 1000);
create schema "The Cloisters";
create table artist (artist_id integer generated always as identity primary key, name text);
create table object (
    object_id serial primary key,
    title varchar(200) not null default 'untitled',
    "Accession Number" text unique,
    artist_id integer references artist on update restrict on delete cascade,
    medium medium,
    gallery gallery_number,
    begins integer,
    ends integer,
    span integer generated always as (ends - begins) stored,
    shelf text collate "C",
    price numeric(10,2) constraint not_for_free check (price > 0),
    constraint begins_first check (begins <= ends),
    unique nulls not distinct (begins, shelf)
);
create unique index one_title_a_gallery on object (gallery, title) include (price);
comment on table object is 'A work of art.';
comment on column object.title is 'What it''s called.';
"""


@pytest.fixture
def museum(any_connection: psycopg.Connection) -> psycopg.Connection:
    any_connection.execute(COLLECTION)
    return any_connection


def test_columns_are_read_with_everything_that_a_contract_can_promise(
    museum: psycopg.Connection,
) -> None:
    table = read_catalog(museum).table("public", "object")
    assert table is not None
    integer = DataType("integer", precision=32, scale=0)
    number = DataType("catalogue_number", "domain", schema="public", base=integer)

    def column(name: str, data_type: DataType, **others: object) -> Column:
        usual: dict[str, object] = {
            "nullable": True, "primary_key": False, "unique": False, "updatable": True,
            "default": "", "identity": "", "generated": "",
        }  # fmt: skip
        return Column(name, data_type, **{**usual, **others})  # type: ignore[arg-type]

    assert table.columns == (
        column("object_id", integer, nullable=False, primary_key=True,
               default="nextval('public.object_object_id_seq'::regclass)"),
        column("title", DataType("character varying", length=200), nullable=False,
               default="'untitled'::character varying", description="What it's called."),
        column("Accession Number", DataType("text"), unique=True),
        column("artist_id", integer),
        column("medium", DataType("medium", "enum", schema="public",
                                  labels=("oil", "watercolour", 'it\'s "gold", {leaf}'))),
        column("gallery", DataType("gallery_number", "domain", schema="public", base=number),
               nullable=False),
        column("begins", integer),
        column("ends", integer),
        column("span", integer, generated="(ends - begins)", updatable=False),
        column("shelf", DataType("text"), collation="C"),
        column("price", DataType("numeric", precision=10, scale=2)),
    )  # fmt: skip
    assert [one.position for one in table.columns] == list(range(1, 12))


def test_keys_and_checks_are_those_of_their_table(museum: psycopg.Connection) -> None:
    table = read_catalog(museum).table("public", "object")
    assert table is not None
    assert table.kind == "table"
    assert table.description == "A work of art."
    assert table.primary_key == ("object_id",)
    assert table.unique_keys == (
        UniqueKey("object_Accession Number_key", ("Accession Number",)),
        UniqueKey("object_begins_shelf_key", ("begins", "shelf"), nulls_not_distinct=True),
        UniqueKey("one_title_a_gallery", ("gallery", "title")),
    )
    assert table.foreign_keys == (
        ForeignKey("object_artist_id_fkey", ("artist_id",), "public", "artist", ("artist_id",),
                   "RESTRICT", "CASCADE"),
    )  # fmt: skip
    assert table.checks == (
        CheckConstraint("begins_first", ("begins", "ends"), "CHECK ((begins <= ends))"),
        CheckConstraint("not_for_free", ("price",), "CHECK ((price > (0)::numeric))"),
        CheckConstraint("below_a_thousand", ("gallery",), "CHECK (((VALUE)::integer < 1000))"),
        CheckConstraint("catalogue_number_check", ("gallery",), "CHECK ((VALUE > 0))"),
    )


@pytest.mark.parametrize(
    ("index", "unique"),
    [
        ("create unique index by_title on object (title)", True),
        ("alter table object add unique (title)", True),
        ("alter table object add unique (title) deferrable initially deferred", True),
        # near misses: unique only for some rows, for another value, or for the pair
        ("create unique index on_show on object (title) where gallery is not null", False),
        ("create unique index folded on object (lower(title))", False),
        ("create unique index pair on object (title, begins)", False),
        ("create index plain on object (title)", False),
    ],
)
def test_a_column_is_unique_by_a_constraint_or_an_index_on_it_alone(
    museum: psycopg.Connection, index: str, unique: bool
) -> None:
    museum.execute(index)
    table = read_catalog(museum).table("public", "object")
    assert table is not None
    title = table.column("title")
    assert title is not None
    assert title.unique is unique


def test_every_kind_of_relation(any_connection: psycopg.Connection) -> None:
    any_connection.execute("""
        create table object (object_id integer primary key, title text);
        create view labels as select object_id, upper(title) as title from object;
        create materialized view counted as select count(*) as works from object;
        create table visit (at timestamptz not null, constraint one primary key (at))
            partition by range (at);
        create table visit_2026 partition of visit
            for values from ('2026-01-01') to ('2027-01-01');
        create foreign data wrapper nowhere;
        create server elsewhere foreign data wrapper nowhere;
        create foreign table lent (object_id integer not null) server elsewhere;
        create table empty_case ();
    """)
    catalog = read_catalog(any_connection)
    assert {table.name: table.kind for table in catalog.tables} == {
        "object": "table",
        "labels": "view",
        "counted": "materialized view",
        "visit": "partitioned table",
        "visit_2026": "partition",
        "lent": "foreign table",
        "empty_case": "table",
    }
    by_name = {table.name: table for table in catalog.tables}
    assert by_name["visit_2026"].partition_of == "public.visit"
    assert by_name["visit_2026"].primary_key == ("at",)
    assert "upper(" in (by_name["labels"].definition or "")
    assert "count(*)" in (by_name["counted"].definition or "")
    assert by_name["object"].definition is None
    assert by_name["empty_case"].columns == ()
    facts = {
        (name, column.name): (column.nullable, column.updatable)
        for name in ("labels", "counted", "lent")
        for column in by_name[name].columns
    }
    assert facts == {
        # nobody can say whether a view's column holds nulls
        ("labels", "object_id"): (None, True),
        ("labels", "title"): (None, False),
        ("counted", "works"): (None, False),
        ("lent", "object_id"): (False, False),
    }


def test_functions_and_procedures_with_their_signatures(any_connection: psycopg.Connection) -> None:
    any_connection.execute("""
        create function hang(integer, wall text default 'north') returns boolean
            language sql as 'select true';
        create function hang(text) returns setof integer language sql as 'select 1';
        create procedure restore(inout object_id integer) language plpgsql as 'begin end';
        create aggregate total(integer) (sfunc = int4pl, stype = integer);
        comment on function hang(text) is 'Hangs a work by its title.';
    """)
    functions = read_catalog(any_connection).functions
    assert [(f.name, f.kind, f.arguments, f.result) for f in functions] == [
        ("hang", "function", "integer, wall text", "boolean"),
        ("hang", "function", "text", "SETOF integer"),
        ("restore", "procedure", "INOUT object_id integer", None),
        ("total", "aggregate", "integer", "integer"),
    ]
    assert functions[1].description == "Hangs a work by its title."
    assert (functions[0].definition or "").startswith("CREATE OR REPLACE FUNCTION public.hang")
    assert functions[3].definition is None


NAMES = (
    "Object",
    "two words",
    'say "oil"',
    "a.b",
    "naïve 作品",
    "select",
    "{object}",
    "50%s",
    "\\x",
)


def test_names_are_exact_however_they_are_written(any_connection: psycopg.Connection) -> None:
    for name in NAMES:
        identifier = sql.Identifier(name)
        any_connection.execute(sql.SQL("create schema {}").format(identifier))
        any_connection.execute(
            sql.SQL("create table {} ({} integer primary key references {})").format(
                sql.Identifier(name, name), identifier, sql.Identifier(name, name)
            )
        )
    catalog = read_catalog(any_connection)
    assert catalog.schemas == tuple(sorted((*NAMES, "public")))
    for name in NAMES:
        table = catalog.table(name, name)
        assert table is not None
        assert table.primary_key == (name,)
        assert table.foreign_keys[0].references_columns == (name,)
    assert read_catalog(any_connection, [NAMES[2], "nowhere"]).schemas == (NAMES[2],)


def test_schemas_that_were_asked_for_and_no_others(any_connection: psycopg.Connection) -> None:
    any_connection.execute("create schema archive; create table archive.letter (id integer)")
    any_connection.execute("create table object (id integer)")
    any_connection.execute("create temporary table scratch (id integer)")
    assert [table.qualified_name for table in read_catalog(any_connection).tables] == [
        "archive.letter", "public.object",
    ]  # fmt: skip
    archive = read_catalog(any_connection, ["archive"])
    assert [table.qualified_name for table in archive.tables] == ["archive.letter"]
    assert read_catalog(any_connection, []).tables == ()


def test_not_null_that_old_rows_need_not_obey_is_no_not_null(
    connection: psycopg.Connection,
) -> None:
    connection.execute("""
        create table object (object_id integer, title text, medium text);
        insert into object values (1, null, 'oil');
        alter table object add constraint titled not null title not valid;
        alter table object add constraint of_something not null medium not valid;
        alter table object validate constraint of_something;
    """)
    table = read_catalog(connection).table("public", "object")
    assert table is not None
    assert [column.nullable for column in table.columns] == [True, True, False]


def test_what_is_new_in_postgres_18(connection: psycopg.Connection) -> None:
    connection.execute("""
        create table loan (
            object_id int4range,
            during daterange,
            days integer,
            weeks integer generated always as (days / 7) virtual,
            due date, constraint soon check (due > '2026-01-01') not enforced,
            primary key (object_id, during without overlaps)
        );
    """)
    table = read_catalog(connection).table("public", "loan")
    assert table is not None
    assert table.primary_key == ("object_id", "during")
    assert [(c.generated, c.updatable) for c in table.columns][3] == ("(days / 7)", False)
    assert [(check.name, check.columns) for check in table.checks] == [("soon", ("due",))]
    assert table.checks[0].expression.endswith("NOT ENFORCED")


def test_a_dropped_column_leaves_no_trace(museum: psycopg.Connection) -> None:
    museum.execute("alter table object drop column title; alter table object add column title text")
    table = read_catalog(museum).table("public", "object")
    assert table is not None
    assert [column.position for column in table.columns] == list(range(1, 12))
    assert (table.columns[-1].name, table.columns[-1].nullable) == ("title", True)
    assert table.columns[-1].data_type == DataType("text")
    assert [key.columns for key in table.unique_keys] == [
        ("Accession Number",),
        ("begins", "shelf"),
    ]


def test_a_role_that_may_read_nothing_sees_the_same(museum: psycopg.Connection) -> None:
    everything = read_catalog(museum)
    role = sql.Identifier(f"visitor_{museum.info.dbname}")
    museum.execute(sql.SQL("create role {}").format(role))
    try:
        museum.execute("revoke all on schema public from public")
        museum.execute(sql.SQL("set role {}").format(role))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            museum.execute("select from public.object")
        assert read_catalog(museum) == everything
    finally:
        museum.execute("reset role")
        museum.execute(sql.SQL("drop role {}").format(role))


def test_the_search_path_of_whoever_reads_changes_nothing(museum: psycopg.Connection) -> None:
    museum.execute("create view labels as select title from object")
    everything = read_catalog(museum)
    museum.execute('set search_path = "The Cloisters", pg_catalog')
    assert read_catalog(museum) == everything
    assert museum.execute("show search_path").fetchone() == ('"The Cloisters", pg_catalog',)
    # nor can somebody's function stand in for one of Postgres's
    museum.execute("set search_path = public, pg_catalog")
    museum.execute("""
        create function format_type(oid, integer) returns text language plpgsql
            as $$ begin raise 'I am not the one you meant'; end $$;
        create function set_config(text, text, boolean) returns text language plpgsql
            as $$ begin raise 'Nor am I'; end $$;
    """)
    assert read_catalog(museum).tables == everything.tables


def test_what_a_transaction_has_not_committed_is_seen_and_can_be_undone(
    any_database: str,
) -> None:
    with psycopg.connect(any_database) as connection:
        connection.execute("create table object (object_id integer)")
        connection.commit()
        connection.execute("set local search_path = pg_catalog, public")
        connection.execute("alter table object add column title text")
        table = read_catalog(connection).table("public", "object")
        assert table is not None
        assert [column.name for column in table.columns] == ["object_id", "title"]
        assert connection.info.transaction_status.name == "INTRANS"
        assert connection.execute("show search_path").fetchone() == ("pg_catalog, public",)
        connection.rollback()
        table = read_catalog(connection).table("public", "object")
        assert table is not None
        assert [column.name for column in table.columns] == ["object_id"]
        # no transaction was open, so none is left open
        assert connection.info.transaction_status.name == "IDLE"
        assert connection.execute("show search_path").fetchone() == ('"$user", public',)


def test_a_savepoint_is_left_alone(any_database: str) -> None:
    with psycopg.connect(any_database, autocommit=True) as connection:
        connection.execute("create table object (object_id integer)")
        with connection.transaction(force_rollback=True):
            connection.execute("drop table object")
            with connection.transaction():
                assert read_catalog(connection).tables == ()
            assert read_catalog(connection).tables == ()
        assert len(read_catalog(connection).tables) == 1


def test_it_reads_through_a_connection_with_rows_of_its_own_making(any_database: str) -> None:
    with psycopg.connect(any_database, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("create table object (object_id integer)")
        assert [table.name for table in read_catalog(connection).tables] == ["object"]


def test_it_works_in_a_transaction_that_may_only_read(any_database: str) -> None:
    with psycopg.connect(any_database) as connection:
        connection.read_only = True
        assert read_catalog(connection).tables == ()


def test_a_broken_transaction_stays_the_callers(any_database: str) -> None:
    with psycopg.connect(any_database) as connection:
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute("select from nowhere")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            read_catalog(connection)
    assert gc.isenabled()


def test_it_takes_three_statements_whatever_the_size(any_connection: psycopg.Connection) -> None:
    sent: list[str] = []

    class Listening(psycopg.Cursor[tuple[object, ...]]):
        def execute(self, query, *arguments, **options):  # type: ignore[no-untyped-def]
            sent.append(query.as_string(self) if isinstance(query, sql.Composable) else query)
            return super().execute(query, *arguments, **options)

    any_connection.cursor_factory = Listening
    any_connection.execute("create table object (object_id integer); create table artist ()")
    sent.clear()
    read_catalog(any_connection)
    assert len(sent) == 1
    without_comments = "\n".join(line.partition("--")[0] for line in sent[0].splitlines())
    assert without_comments.count(";") == 2


def test_a_table_that_an_extension_brought_along_is_read_and_says_so(
    any_connection: psycopg.Connection,
) -> None:
    any_connection.execute("""
        create table lookup (code integer primary key);
        create view looked as select code from lookup;
        create function looked_up() returns integer language sql as 'select 1';
        alter extension plpgsql add table lookup;
        alter extension plpgsql add view looked;
        alter extension plpgsql add function looked_up();
    """)
    any_connection.execute("create table object (title text)")
    catalog = read_catalog(any_connection)
    assert [(table.name, table.extension) for table in catalog.tables] == [
        ("looked", "plpgsql"),
        ("lookup", "plpgsql"),
        ("object", None),
    ]
    assert catalog.tables[1].primary_key == ("code",)
    assert catalog.functions == ()


def test_figures_that_stand_for_no_limit(any_connection: psycopg.Connection) -> None:
    any_connection.execute("""
        create table object (
            a varchar, b bpchar, c numeric, d numeric(5), e numeric(3, -2), f bit varying,
            g interval, h time(0), i timestamptz(3), j "char", k char
        )
    """)
    table = read_catalog(any_connection).table("public", "object")
    assert table is not None
    assert [column.data_type for column in table.columns] == [
        DataType("character varying", length=UNLIMITED),
        DataType("character", length=UNLIMITED),
        DataType("numeric", precision=UNLIMITED, scale=UNLIMITED),
        DataType("numeric", precision=5, scale=0),
        DataType("numeric", precision=3, scale=-2),
        DataType("bit varying", length=UNLIMITED),
        DataType("interval", precision=6),
        DataType("time without time zone", precision=0),
        DataType("timestamp with time zone", precision=3),
        DataType('"char"'),
        DataType("character", length=1),
    ]


def test_tables_of_one_shape_share_their_columns_and_no_others(
    any_connection: psycopg.Connection,
) -> None:
    any_connection.execute("""
        create table visit_2025 (visit_id integer primary key, at date default now(), note text);
        create table visit_2026 (visit_id integer primary key, at date default now(), note text);
        create table visit_2027 (visit_id integer, at date default now(), note text primary key);
        create table visit_2028 (visit_id integer primary key, at date default now(), note text);
        comment on column visit_2028.note is 'in the visitor''s own words';
    """)
    of_2025, of_2026, of_2027, of_2028 = read_catalog(any_connection).tables
    assert of_2025.columns is of_2026.columns
    assert of_2025.columns != of_2027.columns
    assert [column.primary_key for column in of_2027.columns] == [False, False, True]
    assert [column.description for column in of_2025.columns] == [None, None, None]
    assert of_2028.columns[2].description == "in the visitor's own words"


class Disturbed(psycopg.Cursor[tuple[object, ...]]):
    """A cursor to which a view vanishes before its text is printed, as often as is said."""

    disturbances = 0

    def execute(self, query, *arguments, **options):  # type: ignore[no-untyped-def]
        result = super().execute(query, *arguments, **options)
        if isinstance(query, sql.Composable) and Disturbed.disturbances:
            Disturbed.disturbances -= 1
            raise psycopg.errors.InternalError_("could not open relation with OID 16384")
        return result


@pytest.mark.parametrize("autocommit", [True, False])
def test_it_reads_again_when_somebody_drops_what_it_is_reading(
    any_database: str, autocommit: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("detection.catalog.time.sleep", pauses.append)
    with psycopg.connect(any_database, autocommit=autocommit) as connection:
        connection.cursor_factory = Disturbed
        Disturbed.disturbances = ATTEMPTS - 1
        assert read_catalog(connection).tables == ()
        assert Disturbed.disturbances == 0
        assert connection.info.transaction_status.name == "IDLE"
        assert pauses == sorted(pauses)
        assert len(pauses) == ATTEMPTS - 1
        assert 0 < pauses[0] < pauses[-1] == LONGEST_PAUSE
        Disturbed.disturbances = ATTEMPTS
        with pytest.raises(psycopg.errors.InternalError_):
            read_catalog(connection)
        # what has ended the caller's transaction is the caller's to know, and at once
        pauses.clear()
        Disturbed.disturbances = 1
        with pytest.raises(psycopg.errors.InternalError_), connection.transaction():
            read_catalog(connection)
        assert Disturbed.disturbances == 0
        assert pauses == []


def test_a_view_is_printed_before_anything_that_takes_time(connection: psycopg.Connection) -> None:
    connection.execute("create table object (title text); create view titles as table object")
    order: list[str] = []

    class Watched(psycopg.Cursor[tuple[object, ...]]):
        def fetchall(self) -> list[tuple[object, ...]]:
            rows = super().fetchall()
            order.extend(dict.fromkeys(str(row[0]) for row in rows))
            return rows

    connection.cursor_factory = Watched
    by_name = {table.name: table for table in read_catalog(connection).tables}
    assert order[:3] == ["schema", "view", "type"]
    assert "object" in (by_name["titles"].definition or "")
    assert by_name["object"].definition is None
