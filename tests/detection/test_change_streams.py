"""Streams of changes against what contracts say: publication, columns, key, deletes, for real."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from contracts.meaning import ChangeStream
from contracts.model import Column, Contract, Table
from detection import stream_rules
from detection.catalog import read_catalog
from detection.change_streams import find_stream_violations, promises_streams
from detection.discovery.streams import read_streams
from detection.rules import Rule
from detection.stream_rules import STREAM_RULES
from prevention.access_words import ACCESS_WORDS
from tests.conftest import new_database
from tests.detection.pages import assert_is_a_page

MADE = """
create table signups (id int primary key, email text not null unique, source text);
create table keyless (id int, email text);
create table "Wild; ""one" ("é key" int primary key);
create table visits (day date primary key) partition by range (day);
create table visits_1 partition of visits default;
"""


@pytest.fixture
def made(any_connection: psycopg.Connection) -> psycopg.Connection:
    """A database with tables whose changes can be published."""
    any_connection.execute(MADE)
    return any_connection


def promise(
    name: str = "signups",
    columns: str = "id email source",
    row_filter: str | None = None,
    **said: object,
) -> Contract:
    usual = {"publication": "changes", "key": ("id",), "delete_mode": "tombstone"}
    table = Table(name, columns=tuple(map(Column, columns.split(" "))), filter=row_filter)
    return Contract("c", tables=(table,), cdc=ChangeStream(**usual | said))  # type: ignore[arg-type]


def told(
    connection: psycopg.Connection, *contracts: Contract
) -> list[tuple[str, str | None, str | None]]:
    """What is wrong, but for the note on the server."""
    found = find_stream_violations(contracts, read_catalog(connection), read_streams(connection))
    return [
        (each.rule.removeprefix("stream-"), each.promised, each.found)
        for each in found
        if each.rule != "stream-not-logical"
    ]


CASES = [
    ("", {}, [("publication-missing", "changes", None)]),
    ("", {"publication": None}, []),
    ("create publication changes for table signups", {}, []),
    ("create publication changes for all tables", {}, []),
    ("create publication changes for tables in schema public", {}, []),
    ("create publication other for table signups", {}, [("publication-missing", "changes", None)]),
    ("create publication changes for table keyless", {},
     [("table-unpublished", "changes", "public.keyless")]),
    ("create publication changes for table signups (id, email)", {},
     [("columns-narrowed", "source", "id, email")]),
    ("create publication changes for table signups (id, email)", {"columns": "id email"}, []),
    ("create publication changes for table signups where (id > 1)", {},
     [("rows-filtered", None, "(id > 1)")]),
    ("create publication changes for table signups where (id > 1)", {"row_filter": "id > 1"}, []),
    ("create publication changes for table signups with (publish = 'insert, update')", {},
     [("deletes-unsent", "tombstone", "insert, update")]),
    ("create publication changes for table signups with (publish = 'insert, update')",
     {"delete_mode": "soft"}, []),
    ("create publication changes for table signups with (publish = 'insert, update')",
     {"delete_mode": None}, []),
    ("create publication changes for table signups with (publish = 'insert')",
     {"delete_mode": "none", "key": ("email",)}, [("changes-unsent", "insert, update", "insert")]),
    ("create publication changes for table signups", {"key": ("email",)},
     [("identity-unfit", "email", "id")]),
    ("create publication changes for table signups; "  # noqa: ISC004
     "alter table signups replica identity using index signups_email_key", {"key": ("email",)}, []),
    ("create publication changes for table signups; alter table signups replica identity full",
     {"key": ("email",)}, []),
    ("create publication changes for table signups; alter table signups replica identity nothing",
     {}, [("identity-unfit", "id", "none")]),
    ("create publication changes for table signups", {"delete_mode": "before image"},
     [("identity-unfit", "all columns, for delete_mode before image", "id")]),
    ("create publication changes for table keyless", {"name": "keyless", "columns": "id email", "key": ()},  # noqa: E501
     [("identity-unfit", "any key", "the primary key, and there is none")]),
    ("create publication changes for table visits", {"name": "visits", "columns": "day", "key": ("day",)}, []),  # noqa: E501
    ("create publication changes for table visits_1", {"name": "visits", "columns": "day", "key": ("day",)}, []),  # noqa: E501
    ("create publication changes for table visits with (publish_via_partition_root)",
     {"name": "visits", "columns": "day", "key": ("day",)}, []),
    ("alter table visits_1 replica identity nothing; "  # noqa: ISC004
     "create publication changes for table visits",
     {"name": "visits", "columns": "day", "key": ("day",)},
     [("identity-unfit", "day", "none (public.visits_1)")]),
    ("alter table visits_1 replica identity nothing; "  # noqa: ISC004
     "create publication changes for table visits with (publish_via_partition_root)",
     {"name": "visits", "columns": "day", "key": ("day",)},
     [("identity-unfit", "day", "none (public.visits_1)")]),
    ("alter table visits replica identity full; create publication changes for table visits",
     {"name": "visits", "columns": "day", "key": ("day",), "delete_mode": "before image"},
     [("identity-unfit", "all columns, for delete_mode before image", "day (public.visits_1)")]),
    ("alter table visits_1 replica identity full; create publication changes for table visits",
     {"name": "visits", "columns": "day", "key": ("day",), "delete_mode": "before image"}, []),
    ("alter table visits replica identity nothing; create publication changes for table visits",
     {"name": "visits", "columns": "day", "key": ("day",)}, []),
    *(
        (f"create publication changes for table signups where ({there})",
         {"row_filter": said}, [] if same else [("rows-filtered", None, printed)])
        for there, said, printed, same in (
            ("id > 1 or source = 'x'", "id > 1 or source = 'x'", "", True),
            ("id > 1 or source = 'x'", "(ID > 1) OR (\"source\" = 'x')", "", True),
            ("(id > 1 or source = 'x') and id < 9", "(id>1 or source='x') and id < 9", "", True),
            ("source in ('x', 'y') and id > -1", "source in ('x', 'y') and id > -1", "", True),
            ("not (id > 1 and email is not null)", "not (id > 1 and email is not null)", "", True),
            ("(id > 1 or source = 'x') and id < 9", "id > 1 or source = 'x' and id < 9",
             "(((id > 1) OR (source = 'x'::text)) AND (id < 9))", False),
            ("id > 1 or source = 'x'", "id > 1 or source = 'X'",
             "((id > 1) OR (source = 'x'::text))", False),
            ("id > 1 or source = 'x'", "id >", "((id > 1) OR (source = 'x'::text))", False),
        )
    ),
    ("create publication changes for table signups", {"source_table": "public.signups"}, []),
    ("", {"source_table": "another"}, []),
    ("", {"name": "not there"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said", "expected"), CASES)
def test_what_a_contract_says_of_changes(
    made: psycopg.Connection,
    text: str,
    said: dict[str, object],
    expected: list[tuple[str, str | None, str | None]],
) -> None:
    if text:
        made.execute(text.encode())
    assert told(made, promise(**said)) == expected  # type: ignore[arg-type]


def test_wild_names(made: psycopg.Connection) -> None:
    made.execute('create publication "a; b" for table "Wild; ""one"')
    wild = Table('Wild; "one', columns=(Column("é key"),))
    stream = ChangeStream(publication="a; b", key=("é key",))
    assert told(made, Contract("c", tables=(wild,), cdc=stream)) == []


def test_a_server_that_writes_too_little_is_noted(made: psycopg.Connection) -> None:
    found = find_stream_violations([promise()], read_catalog(made), read_streams(made))
    assert ("stream-not-logical", "logical", "replica") in [
        (each.rule, each.promised, each.found) for each in found
    ]


def test_a_server_whose_changes_can_be_followed(
    talkative_server: tuple[str, Path],
) -> None:
    with new_database(talkative_server[0]) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(MADE)
            connection.execute("create publication changes for table signups")
            name = f"slot_{connection.info.backend_pid}"
            connection.execute("select pg_create_logical_replication_slot(%s, 'pgoutput')", [name])
            streams = read_streams(connection)
            catalog = read_catalog(connection)
            connection.execute("select pg_drop_replication_slot(%s)", [name])
        assert find_stream_violations([promise()], catalog, streams) == ()
        assert [(each.name, each.plugin, each.active) for each in streams.slots] == [
            (name, "pgoutput", False)
        ]


def test_a_contract_that_says_it_in_words_is_not_compared() -> None:
    in_words = Contract("c", tables=(Table("signups"),), cdc="Ask Ada.")
    assert not promises_streams([in_words, Contract("d")])
    assert promises_streams([in_words, promise()])


@pytest.mark.parametrize("one", STREAM_RULES, ids=lambda one: one.id)
def test_a_rules_docstring_is_its_page(one: Rule) -> None:
    assert_is_a_page(one)
    assert one.id == one.states.__name__.replace("_", "-")
    assert vars(stream_rules)[one.states.__name__] is one.states
    assert one.id in ACCESS_WORDS
