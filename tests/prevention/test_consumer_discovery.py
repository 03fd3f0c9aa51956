"""``docent consumers``: who reads what is under contract, on real servers and in repositories."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import yaml
from psycopg import sql

from contracts.consumers import load_consumers
from detection.discovery.model import Reader, Reading
from prevention.discovering import discover
from prevention.render.discovery import entry_of
from tests.conftest import new_database
from tests.prevention.running import Ran, docent, docent_process
from tests.prevention.test_check import in_use

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: signups
name: signups
version: 1.2.0
status: active
schema:
  - name: signups
    physicalName: app.signups
    properties:
      - {name: id, physicalType: integer}
      - {name: email, physicalType: text}
      - {name: source, physicalType: text}
roles:
  - {role: ROLE, access: read}
"""
REGISTRY = """\
consumers:
  - name: sign-up-board
    team: Growth
    mode: dashboard
    migration_contact: growth@museum.org
    code: [boards/*.sql]
    subscriptions:
      - {contract: signups, version: 1.2.0, schema: app, table: signups, columns: [id, source]}
    queries:
      - name: per-source
        sql: "select source, count(id) from app.signups where id > 10 group by source"
"""


@dataclass
class Place:
    """A database with a table under contract, and the folder of the project."""

    url: str
    folder: Path
    role: str

    def run(self, *options: str | Path) -> Ran:
        return docent("consumers", *options, folder=self.folder, settings=in_use(self.url))

    def found(self, *options: str | Path) -> dict[str, dict[str, object]]:
        """The readers by kind and name."""
        ran = self.run("--format", "json", *options)
        assert ran.err == ""
        document = json.loads(ran.out)
        assert document["exit"] == ran.code
        return {f"{each['kind']} {each['name']}": each for each in document["readers"]}


def placed(url: str, folder: Path) -> Iterator[Place]:
    role = f"reader_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("create schema app")
        connection.execute("create table app.signups (id int primary key, email text, source text)")
    (folder / "contracts").mkdir()
    (folder / "contracts" / "signups.odcs.yaml").write_text(CONTRACT.replace("ROLE", role))
    (folder / "contracts" / "consumers.yaml").write_text(REGISTRY)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
        yield Place(url, folder, role)
    with psycopg.connect(url, autocommit=True) as connection:
        for text in ("drop owned by {}", "drop role {}"):
            connection.execute(sql.SQL(text).format(sql.Identifier(role)))


@pytest.fixture
def place(any_database: str, tmp_path: Path) -> Iterator[Place]:
    yield from placed(any_database, tmp_path)


@pytest.fixture
def talkative(talkative_server: tuple[str, Path], tmp_path: Path) -> Iterator[Place]:
    """The same on a server that counts and logs statements, and lets changes be followed."""
    with new_database(talkative_server[0]) as url:
        yield from placed(url, tmp_path)


def columns(reader: dict[str, object], key: str = "unregistered") -> list[str]:
    """The columns of each table that a reader reads."""
    readings = reader[key]
    assert isinstance(readings, list)
    return [f"{each['schema']}.{each['table']}: {' '.join(each['columns'])}" for each in readings]


def execute(place: Place, *texts: str) -> None:
    with psycopg.connect(place.url, autocommit=True) as connection:
        for text in texts:
            connection.execute(text.replace("READER", f'"{place.role}"').encode())


def test_where_nobody_reads_everybody_is_registered(place: Place) -> None:
    ran = place.run()
    assert (ran.code, ran.err) == (0, "")
    assert "registered, and not seen: sign-up-board" in ran.out
    assert ran.out.splitlines()[-1].startswith("0 readers of what is under contract in ")


def test_a_role_that_the_contract_names_owes_no_entry_until_it_is_seen_to_read(
    place: Place,
) -> None:
    execute(
        place, "grant usage on schema app to READER; grant select (id) on app.signups to READER"
    )
    (reader,) = place.found().values()
    assert (reader["registered"], columns(reader, "reads")) == (True, ["app.signups: id"])
    # the same right of a role that no contract names
    contract = place.folder / "contracts" / "signups.odcs.yaml"
    contract.write_text(contract.read_text().replace(place.role, "somebody_else"))
    (reader,) = place.found().values()
    assert (reader["registered"], columns(reader)) == (False, ["app.signups: id"])
    assert place.run().code == 1


def test_views_and_functions_over_a_contract_are_readers(place: Place) -> None:
    execute(
        place,
        "create view public.board as select id, email from app.signups where source <> 'x'",
        "create view public.over as select email from public.board",
        "create function public.f(x int) returns text language sql as "
        "$$ select email from app.signups where id = x $$",
        "create function public.g() returns int language plpgsql as $$ declare n int; begin "
        "select count(source) into n from app.signups; perform 1; return n; end $$",
        "create function public.h() returns int language sql as $$ select 1 /* app.signups */ $$",
    )
    found = place.found()
    assert {name: columns(reader) for name, reader in found.items()} == {
        "view public.board": ["app.signups: email id source"],
        "function public.f": ["app.signups: email id"],
        "function public.g": ["app.signups: source"],
    }


def test_a_whole_row_is_all_of_its_columns(place: Place) -> None:
    execute(
        place,
        "create view public.rows as select to_jsonb(s) as j from app.signups s",
        "create view public.beside as select id, row_to_json(s) as j from app.signups s",
        "create view public.over as select to_jsonb(r) as j from public.rows r",
        "create view public.alone as select id from app.signups",
    )
    whole = ["app.signups: email id source"]
    found = place.found()
    assert {name: columns(reader) for name, reader in found.items()} == {
        "view public.rows": whole,
        "view public.beside": whole,
        "view public.alone": ["app.signups: id"],
    }
    folder = place.folder / "boards_of_others"
    folder.mkdir()
    (folder / "over.sql").write_text("select j from public.over")
    assert columns(place.found("--scan", folder)["file over.sql"]) == whole


def test_the_queries_of_a_repository(place: Place) -> None:
    repository = place.folder / "repository"
    texts = {
        "boards/open.sql": "select id, source from app.signups",
        "boards/wide.sql": "select email from app.signups where email = 'ada@met.org'",
        "jobs/mail.py": '"""select what you like"""\nQ = f"select email from app.signups where id = {1}"',  # noqa: E501
        "jobs/same.py": 'Q = "SELECT source, count(id) FROM app.signups WHERE id > 99 GROUP BY source"',  # noqa: E501
        "cards.yml": "a: {sql: 'select s.source from app.signups s'}",
        "notes.md": "select email from app.signups",
        "ignored/secret.sql": "select email from app.signups",
        ".gitignore": "ignored/\n",
        "large.sql": "-- " + "x" * 1_000_001 + "\nselect email from app.signups",
    }  # fmt: skip
    for name, text in texts.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
    ran = place.run("--scan", repository)
    assert "1 files of more than 1 MB were not scanned" in ran.out
    assert "ada@met.org" not in ran.out
    found = place.found("--scan", repository)
    assert {name: columns(reader) for name, reader in found.items()} == {
        "file jobs/mail.py": ["app.signups: email id"],
        "file cards.yml": ["app.signups: source"],
        "file sign-up-board": ["app.signups: email"],
    }
    board = found["file sign-up-board"]
    assert board["consumer"] == "sign-up-board"
    assert [each["place"] for each in board["seen"]] == [  # type: ignore[attr-defined]
        "boards/open.sql:1",
        "boards/wide.sql:1",
        "jobs/same.py:1",
    ]
    # without git all files are looked at
    subprocess.run(["rm", "-r", ".git"], cwd=repository, check=True)
    assert "file ignored/secret.sql" in place.found("--scan", repository)


def test_dashboards_are_readers(place: Place) -> None:
    boards = place.folder / "exported"
    boards.mkdir()
    texts = {
        "card.json": {"dataset_query": {"native": {"query":
            "select email from app.signups where true [[and source = {{source}}]]"}}},
        "panel.json": {"panels": [{"title": "Select email from app.signups", "targets": [{"rawSql":
            "select id from app.signups where $__timeFilter(id) and email = 'ada@met.org'"}]}]},
        "chart.json": {"params": json.dumps({"sql": "select source from app.signups"})},
        "clicks.json": {"dataset_query": {"query": {"source-table": "signups"}}},
        "words.json": {"select": "email", "title": "select the best from all"},
        "elsewhere.json": {"sql": "select email from app.other"},
    }  # fmt: skip
    for name, value in texts.items():
        (boards / name).write_text(json.dumps(value))
    (boards / "broken.json").write_text('{"sql": "select email from app.signups"')
    found = place.found("--scan", boards)
    assert {name: columns(reader) for name, reader in found.items()} == {
        "file card.json": ["app.signups: email source"],
        "file panel.json": ["app.signups: email id"],
        "file chart.json": ["app.signups: source"],
    }
    assert "ada@met.org" not in place.run("--scan", boards).out


SQL = {"jobs/a.sql", "tests/t.sql", "tests.sql"}


@pytest.mark.parametrize(
    ("patterns", "left", "said"),
    [
        (("tests",), {"jobs/a.sql", "tests.sql"}, "1 file of {} left out by --exclude"),
        (("tests/",), {"jobs/a.sql", "tests.sql"}, "1 file of {} left out by --exclude"),
        (("*.sql",), set(), "3 files of {} left out by --exclude"),
        (("jobs/?.sql", "tests/t.sql"), {"tests.sql"}, "2 files of {} left out by --exclude"),
        (("test",), SQL, "--exclude test fits no file of {}"),
        (("a.sql",), SQL, "--exclude a.sql fits no file of {}"),
        (("JOBS",), SQL, "--exclude JOBS fits no file of {}"),
    ],
)  # fmt: skip
def test_files_are_left_out_of_a_scan(
    place: Place, patterns: tuple[str, ...], left: set[str], said: str
) -> None:
    folder = place.folder / "scanned"
    for name in SQL:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("select email from app.signups")
    words = [word for each in patterns for word in ("--exclude", each)]
    assert set(place.found("--scan", folder, *words)) == {f"file {name}" for name in left}
    assert said.format(folder) in place.run("--scan", folder, *words).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--exclude", "tests"), "--exclude goes with --scan."),
        (("--scan", ".", "--exclude", " "), "--exclude needs a path or a pattern."),
    ],
)
def test_what_cannot_be_left_out(place: Place, words: tuple[str, ...], message: str) -> None:
    ran = place.run(*words)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("schema", "table", "said"),
    [
        ("public", "card", {"table": "card"}),
        ("shop", "card", {"schema": "shop", "table": "card"}),
        ("public", "shop.card", {"schema": "public", "table": "shop.card"}),
    ],
)
def test_an_entry_names_the_table_that_was_read(
    schema: str, table: str, said: dict[str, str]
) -> None:
    reading = Reading(schema, table, ("id",))
    reader = Reader("file", "mail.py", (reading,), (), "mail", (reading,))
    assert entry_of(reader)["subscriptions"] == [{**said, "columns": ["id"]}]


def test_a_statement_that_the_parser_does_not_know_is_not_told(place: Place) -> None:
    program = place.folder / "rights.py"
    program.write_text(
        "OWN = \"create policy own on app.signups for select using (email = 'Secret Person')\"\n"
        "SENT = 'create publication changes for table app.signups'\n"
        "READ = 'select source from app.signups'\n"
    )
    ran = docent_process(
        "consumers", "--scan", program, folder=place.folder, settings=in_use(place.url)
    )
    assert (ran.code, ran.err) == (1, "")
    assert "Secret Person" not in ran.out
    assert "file rights.py" in ran.out


def test_the_entry_to_paste_is_an_entry(place: Place) -> None:
    query = place.folder / "mail job.sql"
    query.write_text("select email from app.signups")
    ran = place.run("--scan", query)
    assert ran.code == 1
    pasted = ran.out[ran.out.index("consumers:\n") : ran.out.rindex("\n\n")]
    (entry,) = yaml.safe_load(pasted)["consumers"]
    registry = place.folder / "contracts" / "consumers.yaml"
    registry.write_text(REGISTRY + pasted.partition("\n")[2] + "\n")
    *_, added = load_consumers(registry)
    assert (added.name, added.code) == ("mail-job-sql", ("mail job.sql",))
    assert entry["subscriptions"] == [
        {"contract": "signups", "version": "1.2.0", "schema": "app", "table": "signups",
         "columns": ["email"]}
    ]  # fmt: skip
    assert place.run("--scan", query).code == 0
    registry.write_text(REGISTRY)
    marked = place.run("--scan", query, "--format", "markdown").out
    assert "| file mail job.sql | **no** | app.signups (email) |" in marked


def test_what_was_run_is_known_by_role_by_query_and_from_the_log(
    talkative: Place, talkative_server: tuple[str, Path]
) -> None:
    execute(
        talkative,
        "create extension pg_stat_statements schema app",
        "grant usage on schema app to READER; grant select on app.signups to READER",
        "select app.pg_stat_statements_reset()",
        "set role READER",
        "select email from app.signups where email = 'ada@met.org'",
        "select email from app.signups where email = 'bob@met.org'",
        "select source, count(id) from app.signups where id > 4711 group by source",
        "reset role",
        "insert into app.signups values (1, 'ada@met.org', 'x')",
    )
    found = talkative.found()
    reader = found[f"role {talkative.role}"]
    assert columns(reader) == ["app.signups: email"]
    assert reader["queries"] == ["SELECT email FROM app.signups WHERE email = ?"]
    assert {"surface": "pg_stat_statements", "place": "2 calls"} in reader["seen"]  # type: ignore[operator]
    assert reader["entry"]["roles"] == [talkative.role]  # type: ignore[index]
    board = found["role sign-up-board"]
    assert (board["registered"], columns(board, "reads")) == (True, ["app.signups: id source"])
    user = psycopg.conninfo.conninfo_to_dict(talkative.url)["user"]
    for name in ("server.log", "server.csv", "server.json"):
        log = talkative_server[1] / name
        seen = talkative.found("--log", log)
        said = seen[f"role {user}"]["seen"]
        assert any(each["surface"] == "log" for each in said), name  # type: ignore[attr-defined]
        assert columns(seen[f"role {user}"]) == ["app.signups: email"]
        assert "met.org" not in talkative.run("--log", log).out
    # registered by its role, it is the same reader by all that it is seen as
    registry = talkative.folder / "contracts" / "consumers.yaml"
    registry.write_text(
        REGISTRY.replace("code:", f"roles: [{talkative.role}]\n    code:").replace(
            "[id, source]", "[id, source, email]"
        )
    )
    (only,) = talkative.found().values()
    assert (only["consumer"], only["registered"]) == ("sign-up-board", True)


def test_a_slot_is_a_reader_of_what_is_published(talkative: Place) -> None:
    execute(talkative, "create publication changes for table app.signups (id, source)")
    (reader,) = talkative.found().values()
    assert (reader["kind"], reader["registered"]) == ("publication", True)
    name = f"search_{uuid.uuid4().hex[:8]}"
    execute(talkative, f"select pg_create_logical_replication_slot('{name}', 'pgoutput')")
    try:
        (reader,) = talkative.found().values()
        assert (reader["kind"], reader["name"]) == ("slot", name)
        assert columns(reader) == ["app.signups: id source"]
        assert reader["entry"]["mode"] == "async-projection"  # type: ignore[index]
        execute(talkative, "drop publication changes")
        ran = talkative.run()
        assert ran.code == 0
        assert f"the slot {name} (pgoutput) follows changes, and no publication says" in ran.out
    finally:
        execute(talkative, f"select pg_drop_replication_slot('{name}')")


def test_an_extension_that_is_not_loaded_is_said(place: Place) -> None:
    assert "note  pg_stat_statements is not installed" in place.run().out
    with psycopg.connect(place.url, autocommit=True) as connection:
        try:
            connection.execute("create extension pg_stat_statements")
        except psycopg.errors.FeatureNotSupported:  # the embedded server does not bring it
            return
    assert "note  pg_stat_statements is installed and not loaded" in place.run().out


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--log", "nowhere.csv"), "nowhere.csv: No such file or directory"),
        (("--log", "contracts"), "Is a directory"),
        (("--scan", "nowhere"), "There is no nowhere to scan."),
        (("--format", "yaml"), "'yaml' is not one of"),
        (("nowhere.yaml",), "nowhere.yaml"),
        (("--connection", "x"), "No connection 'x'"),
    ],
)
def test_what_makes_no_sense_is_refused(place: Place, options: tuple[str, ...], what: str) -> None:
    ran = place.run(*options)
    assert (ran.code, ran.out) == (2, "")
    assert what in ran.err
    assert "\nNext: " in ran.err


def test_as_a_python_call(place: Place) -> None:
    found = discover(place.folder / "contracts", database=place.url)
    assert (found.readers, found.unseen, found.exit) == ((), ("sign-up-board",), 0)
