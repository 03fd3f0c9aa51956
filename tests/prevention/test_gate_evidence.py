"""Consumers' queries put to what migrations make: by the gate, and for what is pending."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data_assets import urls
from data_assets.alembic_run import AlembicProject, migrate
from data_assets.scratch import PREFIX
from tests.conftest import new_database
from tests.data_assets.test_alembic_run import INI, USUAL_ENV
from tests.prevention.histories import History, book
from tests.prevention.running import Ran, docent
from tests.prevention.test_diff import told
from tests.prevention.test_gate_databases import IMAGES, migration

MADE = """
create table object_images (
    object_id integer primary key, primary_image text, credit text
);
create table object (object_id integer primary key, views integer)
"""
ROWS = """
insert into object_images select n, 'picture ' || n from generate_series(1, 9) n;
insert into object select n, n from generate_series(1, 9) n
"""
PICTURES = "select primary_image from object_images order by object_id"
TOTAL = "select sum(views)::text as total from object"
AMBIGUOUS = "select primary_image from object_images join object using (object_id)"
OBJECT = "contracts/object.json"
PICTURED = book(columns={"object_id": "integer", "primary_image": "text", "credit": "text"})
UNPICTURED = book(columns={"object_id": "integer", "credit": "text"})
VIEWS = book("object", columns={"object_id": "integer", "views": "integer"})
MORE_VIEWS = book("object", columns={"object_id": "integer", "views": "bigint"})
DROP = migration(2, "alter table object_images drop column primary_image")
WIDEN = migration(2, "alter table object alter views type bigint")
GONE = 'column "primary_image" does not exist'


def registry(**queries: str) -> str:
    consumer = {
        "name": "guide-app", "team": "Assistant", "mode": "operational",
        "migration_contact": "app@museum.org",
        "subscriptions": [{"table": "object", "columns": ["object_id", "views"]}],
        "queries": [{"name": name, "sql": sql} for name, sql in queries.items()],
    }  # fmt: skip
    return json.dumps({"consumers": [consumer]})


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository with two tables under contract, one consumer, and a branch of work."""
    made = History(tmp_path / "museum")
    made.commit(
        {
            "alembic.ini": INI, "migrations/env.py": USUAL_ENV,
            IMAGES: PICTURED, OBJECT: VIEWS,
            "contracts/consumers.yaml": registry(pictures=PICTURES, total=TOTAL, both=AMBIGUOUS),
            "pyproject.toml": '[tool.docent]\nbase = "main"\nschemas = ["public"]\n',
            **migration(1, MADE),
        }
    )  # fmt: skip
    made.branch("work")
    return made


@pytest.fixture
def run(history: History, database: str) -> Callable[..., Ran]:
    """The command line in that repository, with an empty server to work on."""

    def docent_there(*words: str) -> Ran:
        return docent(*words, folder=history.root, settings={"DATABASE_URL": database})

    return docent_there


@pytest.fixture
def filled(history: History, database: str) -> Iterator[str]:
    """The name of a database beside it that has seen the first migration, with rows in it."""
    with new_database(database) as url:
        project = AlembicProject(history.root, history.root / "alembic.ini", history.root)
        migrate(url, project, "1")
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(ROWS.encode())
        yield urls.name_in(url)
        with closing(psycopg.connect(url)) as connection:  # it stays as it was
            row = connection.execute("select sum(views), min(version_num) from object, "
                                     "alembic_version").fetchone()  # fmt: skip
            assert row == (45, "1")
            kept = connection.execute("select count(*) from pg_database where starts_with(datname,"
                                      f" '{PREFIX}')".encode()).fetchone()  # fmt: skip
            assert kept == (0,)


Files = Mapping[str, str | bytes | None]
Told = tuple[str, str, str | None, str | None]
PROVEN = 'guide-app\'s query {} fails: column "primary_image" does not exist'
SAME = "guide-app's query total returns the same before and after, or what the consumer can bear"

# What a branch changes; then of each finding about it, the rule, the element, the verdict for
# readers, and what the queries have to say.
CASES: dict[str, tuple[Files, int, list[Told], list[str]]] = {
    "nothing of the database": ({"README.md": "x"}, 0, [], []),
    "a break that nobody announced": (
        DROP, 1,
        [("migration-unannounced", "public.object_images.primary_image", "breaking", "shown")],
        ["pictures", "both"],
    ),
    "the same, announced": (
        {**DROP, IMAGES: UNPICTURED}, 1,
        [("column-removed", "public.object_images.primary_image", "breaking", "shown")],
        ["pictures", "both"],
    ),
    "one that the database does not know of": (
        {IMAGES: UNPICTURED}, 1,
        [("column-removed", "public.object_images.primary_image", "breaking", "no rows"),
         ("column-undeclared", "public.object_images.primary_image", None, None)],
        [],
    ),
    "one that no query reads": (
        migration(2, "alter table object_images rename credit to credits"), 1,
        [("migration-unannounced", "public.object_images.credits", "breaking", "unread")],
        [],
    ),
    "an open question, on tables without rows": (
        {**WIDEN, OBJECT: MORE_VIEWS}, 1,
        [("integer-widened", "public.object.views", "conditional", "no rows")], [],
    ),
    "a query that means two things now": (
        {**migration(2, "alter table object add column primary_image text"),
         OBJECT: book("object", columns={
             "object_id": "integer", "views": "integer", "primary_image": "text"})}, 1,
        [("query-broken", "guide-app/both", None, None)], ["both"],
    ),
}  # fmt: skip


def findings(ran: Ran) -> list[Told]:
    return [
        (each["rule"], each["element"], *(
            (each["verdict"]["reader"], each["verdict"]["witness"])
            if each["verdict"] else (None, None)))
        for each in told(ran)["findings"]
        if each["level"] in ("error", "warning")
    ]  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_queries_say_at_the_gate(history: History, run: Callable[..., Ran], name: str) -> None:
    change, code, expected, hurt = CASES[name]
    history.commit(change)
    ran = run("gate", "--format", "json")
    assert (findings(ran), ran.code) == (expected, code)
    queries: list[dict[str, Any]] = told(ran)["queries"]
    assert [each["query"] for each in queries if each["hurt"]] == hurt
    if "announced" in name:
        finding = told(ran)["findings"][0]
        assert finding["verdict"]["proofs"] == [PROVEN.format(each) for each in hurt]
        # Its consumer is not registered for the table; the query gives them away.
        assert [each["name"] for each in finding["consumers"]] == ["guide-app"]


def test_rows_settle_what_empty_tables_leave_open(
    history: History, run: Callable[..., Ran], filled: str
) -> None:
    history.commit({**WIDEN, OBJECT: MORE_VIEWS})
    ran = run("gate", "--format", "json", "--rows-from", filled)
    assert (findings(ran), ran.code) == ([], 0)
    found = told(ran)["findings"][0]
    assert (found["rule"], found["verdict"]["reader"]) == ("integer-widened", "additive")
    assert found["verdict"]["proofs"][-1] == SAME


def test_rows_show_what_a_migration_does_to_them(
    history: History, run: Callable[..., Ran], filled: str
) -> None:
    history.commit(migration(2, "update object set views = 0 where object_id = 7"))
    assert findings(run("gate", "--format", "json")) == []
    ran = run("gate", "--format", "json", "--rows-from", filled)
    assert (findings(ran), ran.code) == ([("query-differs", "guide-app/total", None, None)], 0)
    assert told(ran)["findings"][0]["found"] == (
        "returns 1 row different, such as one row less ('45')"
    )


VISITORS = """
apiVersion: v3.1.0
kind: DataContract
id: visitors
name: visitors
version: 1.0.0
status: active
schema:
  - name: object
    physicalName: public.object
    properties:
      - {name: views, logicalType: integer, physicalType: integer, classification: sensitive}
"""


def test_no_row_of_a_query_that_reads_a_classified_column_is_in_the_report(
    history: History, run: Callable[..., Ran], filled: str
) -> None:
    changed = migration(2, "update object set views = 0 where object_id = 7")
    history.commit({**changed, "contracts/visitors.yaml": VISITORS})
    rows = ("--rows-from", filled)
    (finding,) = (
        each
        for each in told(run("gate", "--format", "json", *rows))["findings"]
        if each["rule"] == "query-differs"
    )
    assert finding["found"] == "returns 1 row different; not shown: views is classified"
    for form in ("text", "json", "markdown", "junit", "github"):
        assert "'45'" not in run("gate", "--format", form, *rows).out


def test_a_migration_that_real_rows_stop(
    history: History, run: Callable[..., Ran], filled: str
) -> None:
    history.commit(migration(2, "alter table object add constraint few check (views < 5)"))
    assert run("gate", "--format", "json").code in (0, 1)
    ran = run("gate", "--rows-from", filled)
    assert ran.code == 2
    assert "check constraint" in ran.err


def test_a_copy_is_made_only_of_what_is_there_and_free(
    history: History, run: Callable[..., Ran], filled: str, database: str
) -> None:
    history.commit(WIDEN)
    ran = run("gate", "--rows-from", "nowhere")
    assert ran.code == 2
    assert "There is no database 'nowhere' on this server" in ran.err
    with closing(psycopg.connect(urls.with_name(database, filled))):
        ran = run("gate", "--rows-from", filled)
    assert ran.code == 2
    assert f"The database '{filled}' cannot be copied while somebody is connected" in ran.err


def test_the_gate_tells_people_only_of_queries_that_suffer(
    history: History, run: Callable[..., Ran]
) -> None:
    history.commit(DROP)
    said = run("gate").out
    assert "queries\n  guide-app's query pictures fails: " in said
    assert "returns the same" not in said
    assert "\nqueries\n" not in run("gate", "--no-evidence").out


def test_evidence_can_be_left_out(history: History, run: Callable[..., Ran]) -> None:
    history.commit(DROP)
    report = told(run("gate", "--format", "json", "--no-evidence"))
    assert report["queries"] is None
    assert [each["verdict"]["witness"] for each in report["findings"]] == [None]


def test_a_broken_query_can_be_known_before(history: History, run: Callable[..., Ran]) -> None:
    history.commit(CASES["a query that means two things now"][0])
    (finding,) = [
        each
        for each in told(run("gate", "--format", "json"))["findings"]
        if each["rule"] == "query-broken"
    ]
    known = {"accepted": [{"fingerprint": finding["fingerprint"]}]}
    history.write({"known.json": json.dumps(known)})
    ran = run("gate", "--format", "json", "--baseline", "known.json")
    assert ran.code == 0
    assert [
        each["acknowledged"] for each in told(ran)["findings"] if each["rule"] == "query-broken"
    ] == [True]


@pytest.mark.parametrize("words", [("--documents",), ("--policy", "seed-004")])
def test_rows_are_for_migrations(run: Callable[..., Ran], words: tuple[str, ...]) -> None:
    ran = run("gate", "--rows-from", "filled", *words)
    assert ran.code == 2
    assert "--rows-from means nothing where no migration is run." in ran.err


# ------------------------------------------------------------------ what is pending


def test_what_is_pending_is_shown_by_queries(
    history: History, run: Callable[..., Ran], filled: str, database: str
) -> None:
    """The database in use has seen the first migration; a copy of another has rows, too."""
    project = AlembicProject(history.root, history.root / "alembic.ini", history.root)
    migrate(database, project, "1")
    history.write({**WIDEN, **migration(3, "alter table object_images drop primary_image")})
    for words, reader, witness in (
        ((), "conditional", "no rows"),
        (("--rows-from", filled), "additive", None),
    ):
        report = told(run("diff", "--pending", "--format", "json", *words))
        said = {each["rule"]: each["verdict"] for each in report["findings"]}
        wider = said["integer-widened"]
        assert (wider["reader"], wider["witness"]) == (reader, witness), words
        assert said["column-removed"]["witness"] == "shown"
        assert said["column-removed"]["proofs"][0] == PROVEN.format("pictures")


def test_rows_are_for_what_is_pending() -> None:
    ran = docent("diff", "--databases", "a", "b", "--rows-from", "filled")
    assert ran.code == 2
    assert "--rows-from goes with --pending." in ran.err
