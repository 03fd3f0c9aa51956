"""The gate with migrations: what they change, what they keep, and what the contracts say of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
import pytest

from data_assets import urls
from data_assets.scratch import PREFIX
from tests.data_assets.test_alembic_run import INI, USUAL_ENV, revision
from tests.prevention.histories import History, book
from tests.prevention.running import Ran, docent

IMAGES = "contracts/object_images.json"
MADE = "create table object_images (object_id integer primary key, primary_image text)"
Files = Mapping[str, str | bytes | None]


def migration(number: int, statement: str) -> dict[str, str]:
    """A migration, by the path of its file."""
    return {f"migrations/versions/{number}_step.py": revision(number, statement)}


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository with one table, under contract, and a branch of work."""
    made = History(tmp_path / "museum")
    made.commit(
        {
            "alembic.ini": INI, "migrations/env.py": USUAL_ENV, IMAGES: book(),
            "pyproject.toml": '[tool.docent]\nbase = "main"\nschemas = ["public"]\n',
            **migration(1, MADE),
        }
    )  # fmt: skip
    made.branch("work")
    return made


@pytest.fixture
def gate(history: History, database: str) -> Callable[..., Ran]:
    """The gate in that repository, with an empty server to work on."""

    def run(*arguments: str, **settings: str | None) -> Ran:
        given = {"DATABASE_URL": database, **settings}
        return docent("gate", *arguments, folder=history.root, settings=given)

    return run


def told(ran: Ran, *levels: str) -> list[tuple[str, str, str | None]]:
    """Rule, element and cause of what was told at these levels (all but notes, without any)."""
    report = json.loads(ran.out)
    assert report["exit"] == ran.code
    return [
        (each["rule"], each["element"], each["cause"])
        for each in report["findings"]
        if each["level"] in (levels or ("error", "warning"))
    ]


DROP = "alter table object_images drop column primary_image"
GONE = "public.object_images.primary_image"


@pytest.mark.parametrize(
    ("change", "code", "expected"),
    [
        # Nothing that concerns the database.
        ({"README.md": "x"}, 0, []),
        # A migration that no contract speaks of.
        (
            migration(2, DROP), 1,
            [("migration-unannounced", GONE, f"column-removed {GONE}")],
        ),
        # The same, announced: told once, as the change of the contract.
        (
            {**migration(2, DROP), IMAGES: book(columns={"object_id": "integer"})}, 1,
            [("column-removed", GONE, None)],
        ),
        # A promise that no migration keeps.
        (
            {IMAGES: book(columns={
                "object_id": "integer", "primary_image": "text", "credit": "text"})}, 1,
            [("column-missing", "public.object_images.credit", None)],
        ),
        # One that a migration keeps in the same branch.
        (
            {IMAGES: book(columns={
                "object_id": "integer", "primary_image": "text", "credit": "text"}),
             **migration(2, "alter table object_images add column credit text")}, 0, [],
        ),
        # Only an addition.
        (
            migration(2, "alter table object_images add column credit text"), 0,
            [("migration-unannounced", "public.object_images.credit",
              "column-added public.object_images.credit")],
        ),
        # A table that nobody promises.
        (
            migration(2, "create table guestbook (id integer)"), 0,
            [("table-uncovered", "public.guestbook", None)],
        ),
        # What nobody can notice.
        (migration(2, "create index on object_images (primary_image)"), 0, []),
        # Another column than the one that the contract gives up.
        (
            {**migration(2, "alter table object_images alter column object_id type bigint"),
             IMAGES: book(columns={"object_id": "integer"})}, 1,
            [("column-removed", GONE, None),
             ("migration-unannounced", "public.object_images.object_id",
              "integer-widened public.object_images.object_id"),
             ("column-undeclared", GONE, None)],
        ),
        # The whole table under another name.
        (
            migration(2, "alter table object_images rename to pictures"), 1,
            [("migration-unannounced", "public.pictures", "table-name-changed public.pictures")],
        ),
        # Another way to the same database.
        (migration(1, MADE.replace("text)", "text null)")), 0, []),
    ],
)  # fmt: skip
def test_three_ways(
    history: History,
    gate: Callable[..., Ran],
    change: Files,
    code: int,
    expected: list[tuple[str, str, str | None]],
) -> None:
    history.commit(change)
    ran = gate("--format", "json")
    assert (ran.code, told(ran)) == (code, expected)


def test_what_is_told_of_a_migration(history: History, gate: Callable[..., Ran]) -> None:
    registry = {
        "consumers": [
            {
                "name": "gallery-map", "team": "Visitors", "mode": "dashboard",
                "migration_contact": "maps@museum.org",
                "subscriptions": [{"table": "object_images", "columns": ["primary_image"]}],
            },
            {
                "name": "counter", "team": "Counting", "mode": "dashboard",
                "migration_contact": "count@museum.org",
                "subscriptions": [{"table": "object_images", "columns": ["object_id"]}],
            },
        ]
    }  # fmt: skip
    history.commit({**migration(2, DROP), "contracts/consumers.yaml": json.dumps(registry)})
    ran = gate()
    assert (
        f"error  migration-unannounced  {GONE}\n"
        f"  A migration changes '{GONE}', and the contract stays as it is: "
        "a column is gone (it was 'text')\n"
    ) in ran.out
    assert "  verdict   breaking for readers, breaking for writers\n" in ran.out
    assert "  promise   contracts/object_images.json:" in ran.out
    assert "  changed   migrations/versions/2_step.py:5\n" in ran.out
    assert "  consumers gallery-map (maps@museum.org)\n" in ran.out
    assert "and ran the migrations of both." in ran.out
    assert "in a scratch database." in ran.out
    annotated = gate("--format", "github")
    assert "::error file=migrations/versions/2_step.py,line=5," in annotated.out
    assert gate("--accept", "public.object_images").code == 0


def test_a_promise_that_was_broken_before_may_be_kept_at_last(
    history: History, gate: Callable[..., Ran]
) -> None:
    history.switch("main")
    columns = {"object_id": "bigint", "primary_image": "text"}
    history.commit({IMAGES: book(columns=columns)})
    history.branch("mending")
    history.commit({"README.md": "x"})
    ran = gate("--format", "json")
    assert (ran.code, told(ran)) == (
        1, [("type-differs", "public.object_images.object_id", None)]
    )  # fmt: skip
    history.commit(migration(2, "alter table object_images alter column object_id type bigint"))
    ran = gate("--format", "json")
    assert (ran.code, told(ran)) == (0, [])


def test_what_was_broken_before_is_not_told_under_another_change(
    history: History, gate: Callable[..., Ran]
) -> None:
    history.switch("main")
    history.commit({IMAGES: book(columns={"object_id": "bigint", "primary_image": "text"})})
    history.branch("further")
    history.commit(migration(2, "alter table object_images add unique (object_id, primary_image)"))
    ran = gate("--format", "json")
    assert (ran.code, told(ran)) == (
        1,
        [
            ("migration-unannounced", "public.object_images (unique)",
             "unique-added public.object_images (unique)"),
            ("type-differs", "public.object_images.object_id", None),
        ],
    )  # fmt: skip


def test_a_new_column_stops_the_branch_where_a_reader_cannot_bear_it(
    history: History, gate: Callable[..., Ran]
) -> None:
    strict = {
        "name": "guide-app", "team": "Assistant", "mode": "operational", "strictness": "strict",
        "migration_contact": "museum-assistant@museum.org",
        "subscriptions": [{"table": "object_images", "columns": ["primary_image"]}],
    }  # fmt: skip
    history.commit(migration(2, "alter table object_images add column credit text"))
    assert gate().code == 0
    history.commit({"contracts/consumers.yaml": json.dumps({"consumers": [strict]})})
    ran = gate()
    assert ran.code == 1
    assert "  consumers guide-app (museum-assistant@museum.org)\n" in ran.out


def test_what_nobody_promises_is_a_warning_and_for_its_readers_too(
    history: History, gate: Callable[..., Ran]
) -> None:
    history.switch("main")
    history.commit(
        migration(2, "alter table object_images add column credit text; "
                     "create table guestbook (id integer, note text)")
    )  # fmt: skip
    history.branch("further")
    drops = "alter table object_images drop column credit; alter table guestbook drop column note"
    history.commit(migration(3, drops))
    ran = gate("--format", "json")
    assert (ran.code, told(ran)) == (
        0,
        [
            ("migration-unannounced", "public.object_images.credit",
             "column-removed public.object_images.credit"),
            ("table-uncovered", "public.guestbook", None),
        ],
    )  # fmt: skip
    reader = {
        "name": "guest-screen", "team": "Visitors", "mode": "dashboard",
        "migration_contact": "guests@museum.org",
        "subscriptions": [{"table": "guestbook", "columns": ["note"]}],
    }  # fmt: skip
    history.commit({"contracts/consumers.yaml": json.dumps({"consumers": [reader]})})
    ran = gate("--format", "json")
    assert ran.code == 0
    assert ("column-removed", "public.guestbook.note", None) in told(ran)


def test_a_broken_past_is_held_by_a_baseline(
    history: History, gate: Callable[..., Ran], database: str, tmp_path: Path
) -> None:
    history.switch("main")
    history.commit({IMAGES: book(columns={"object_id": "bigint", "primary_image": "text"})})
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(MADE)
    known = str(tmp_path / "known.json")
    settings: dict[str, str | None] = {"DATABASE_URL": database}
    kept = docent("check", "--write-baseline", known, folder=history.root, settings=settings)
    assert kept.code == 0
    history.branch("further")
    history.commit({"README.md": "x"})
    assert gate().code == 1
    ran = gate("--baseline", known)
    assert (ran.code, "1 known before" in ran.out) == (0, True)
    history.commit(migration(2, DROP))
    ran = gate("--baseline", known, "--format", "json")
    new = [each for each in json.loads(ran.out)["findings"] if not each["acknowledged"]]
    assert (ran.code, [each["rule"] for each in new]) == (1, ["migration-unannounced"])


def test_the_working_tree_is_migrated_too(history: History, gate: Callable[..., Ran]) -> None:
    history.write(migration(2, DROP))
    assert gate().code == 0
    ran = gate("--worktree", "--format", "json")
    assert told(ran, "error") == [("migration-unannounced", GONE, f"column-removed {GONE}")]
    place = json.loads(ran.out)["findings"][0]["changed_at"]
    assert (place["file"], place["line"]) == ("migrations/versions/2_step.py", 5)


def test_a_migration_that_fails_cannot_be_judged_and_leaves_nothing(
    history: History, gate: Callable[..., Ran], database: str
) -> None:
    history.commit(migration(2, "alter table nowhere add x int"))
    ran = gate()
    assert ran.code == 2
    assert "could not run (migrations/versions/2_step.py:5)" in ran.err
    with psycopg.connect(database) as connection:
        names = [name for (name,) in connection.execute("select datname from pg_database")]
    assert [name for name in names if name.startswith(PREFIX)] == []


def test_without_a_server_contracts_are_compared_alone(
    history: History, gate: Callable[..., Ran]
) -> None:
    history.commit(migration(2, DROP))
    ran = gate(DATABASE_URL=None)
    assert (ran.code, "and ran no migrations." in ran.out) == (0, True)
    assert gate("--documents").code == 0
    down = urls.with_name("postgresql://postgres@127.0.0.1:1/x", "museum")
    ran = gate(DATABASE_URL=down)
    assert (ran.code, "is down" in ran.err) == (2, True)
    assert gate("--documents", DATABASE_URL=down).code == 0
    told = " ".join(docent("gate", "--help").out.split())
    assert (
        "where neither DATABASE_URL nor a sandbox names a server, the contracts are compared "
        "alone; a server that is named and does not answer ends it with 2 (--documents asks none)."
    ) in told


def test_without_migrations_the_database_is_judged_as_it_is(
    history: History, gate: Callable[..., Ran], database: str
) -> None:
    history.switch("main")
    history.commit({"alembic.ini": None})
    history.branch("plain")
    history.commit({"README.md": "x"})
    assert gate().code == 2  # an empty database keeps no promise, and breaks none
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(MADE)
        assert gate().code == 0
        connection.execute(DROP)
    ran = gate("--format", "json")
    assert (ran.code, told(ran)) == (1, [("column-missing", GONE, None)])


def test_a_live_database_by_its_name(
    history: History, gate: Callable[..., Ran], database: str
) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create table object_images (object_id integer primary key)")
    history.commit(
        {
            "pyproject.toml": '[tool.docent]\nbase = "main"\n'
            '[tool.docent.connections]\nstaging = "$STAGING_URL"\n'
        }
    )
    assert gate(DATABASE_URL=None).code == 0
    for migrated in (None, database):
        ran = gate("--connection", "staging", "--format", "json",
                   STAGING_URL=database, DATABASE_URL=migrated)  # fmt: skip
        assert (ran.code, told(ran)) == (1, [("column-missing", GONE, None)])
        assert json.loads(ran.out)["compared"]["migrated"] is (migrated is not None)
    missing = gate("--connection", "staging", DATABASE_URL=None)
    assert (missing.code, "kept in STAGING_URL, which is not set" in missing.err) == (2, True)


def test_migrations_in_a_folder_of_their_own_with_modules_of_the_project(
    tmp_path: Path, database: str
) -> None:
    made = History(tmp_path / "all")
    env = "from shop.tables import WHAT\n" + USUAL_ENV
    settings = '[tool.docent]\nbase = "main"\nalembic = "db/alembic.ini"\n'
    files: dict[str, str | bytes | None] = {
        "services/shop/pyproject.toml": settings,
        "services/shop/contracts/object_images.json": book(),
        "services/shop/db/alembic.ini": "[alembic]\nscript_location = migrations\n",
        "services/shop/db/migrations/env.py": env,
        "services/shop/src/shop/__init__.py": "",
        "services/shop/src/shop/tables.py": "WHAT = 1\n",
        "services/shop/db/migrations/versions/1_step.py": revision(1, MADE),
        "elsewhere/big.bin": b"\0" * 100,
    }
    made.commit(files)
    made.branch("work")
    made.commit({"services/shop/db/migrations/versions/2_step.py": revision(2, DROP)})
    ran = docent(
        "gate", "--format", "json",
        folder=made.root / "services/shop", settings={"DATABASE_URL": database},
    )  # fmt: skip
    assert (ran.code, told(ran, "error")) == (
        1, [("migration-unannounced", GONE, f"column-removed {GONE}")],
    )  # fmt: skip
    finding = json.loads(ran.out)["findings"][0]
    assert finding["location"]["file"] == "services/shop/contracts/object_images.json"
    assert finding["changed_at"]["file"] == "services/shop/db/migrations/versions/2_step.py"
