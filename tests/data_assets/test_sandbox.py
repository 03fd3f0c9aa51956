"""A learner's database: made, kept, made afresh, and never anybody else's."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from data_assets import migrating, postgres, sandbox, server, urls
from data_assets.errors import SandboxError
from data_assets.marking import Mark, mark_of, read_mark
from data_assets.museum import fingerprint
from tests.conftest import REPOSITORY
from tests.data_assets.conftest import comment, rows

Environment = dict[str, str]


def databases(url: str, like: str = "%") -> list[str]:
    found = rows(
        urls.with_name(url, "postgres"),
        f"select datname from pg_database where datname like '{like}' order by 1",
    )
    return [name for (name,) in found]


def works(url: str) -> int:
    count: int = rows(url, "select count(*) from object")[0][0]
    return count


def test_up_makes_a_database_for_the_learner(environment: Environment, sample: Path) -> None:
    said: list[str] = []
    url = sandbox.up(environment, say=said.append, sample=sample)
    name = f"docent_{environment['DOCENT_LEARNER']}"
    assert urls.name_in(url) == name
    assert url == postgres.database_url(environment)
    assert works(url) == 3
    assert said[-1] == f"making the database {name}"
    with psycopg.connect(url) as connection:
        mark = mark_of(connection)
        assert mark == Mark("learner", made=fingerprint(sample))


def test_up_again_changes_nothing(environment: Environment, sample: Path) -> None:
    url = sandbox.up(environment, sample=sample)
    with psycopg.connect(url) as connection:
        connection.execute("delete from object where object_id = 1")
        connection.execute("alter table object_images rename column primary_image to image")
    said: list[str] = []
    assert sandbox.up(environment, say=said.append, sample=sample) == url
    assert said == []
    assert works(url) == 2
    rows(url, "select image from object_images")


def test_up_brings_an_emptied_museum_back(environment: Environment, sample: Path) -> None:
    url = sandbox.up(environment, sample=sample)
    migrating.downgrade(url)
    sandbox.up(environment, sample=sample)
    assert works(url) == 3


def test_up_leaves_an_experiment_without_the_table_alone(
    environment: Environment, sample: Path
) -> None:
    url = sandbox.up(environment, sample=sample)
    with psycopg.connect(url) as connection:
        connection.execute("drop table object")
    sandbox.up(environment, sample=sample)
    assert rows(url, "select to_regclass('object')") == [(None,)]


def test_learners_do_not_see_each_other(environment: Environment, sample: Path) -> None:
    other = environment | {"DOCENT_LEARNER": environment["DOCENT_LEARNER"] + "b"}
    one, two = sandbox.up(environment, sample=sample), sandbox.up(other, sample=sample)
    with psycopg.connect(one) as connection:
        connection.execute("truncate object")
    assert (works(one), works(two)) == (0, 3)


def test_the_template_follows_the_sample_and_lets_nobody_in(
    environment: Environment, sample: Path, tmp_path: Path
) -> None:
    url = sandbox.up(environment, sample=sample)
    newer = tmp_path / "objects.json"
    newer.write_text(sample.read_text().replace("Kitten", "Cat"))
    said: list[str] = []
    sandbox.up(environment, say=said.append, sample=newer)
    assert "docent reset gives you a fresh one" in said[-1]
    assert rows(url, "select distinct title from object") == [("Kitten in a Cradle",)]
    sandbox.reset(environment, sample=newer)
    assert rows(url, "select distinct title from object") == [("Cat in a Cradle",)]
    with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
        psycopg.connect(urls.with_name(url, sandbox.TEMPLATE))
    assert databases(url, "docent-template%") == ["docent-template"]


def test_reset_gives_a_fresh_database_and_keeps_the_old_one(
    environment: Environment, sample: Path
) -> None:
    url = sandbox.up(environment, sample=sample)
    name = urls.name_in(url)
    with psycopg.connect(url) as connection:
        connection.execute("create table mine (id int)")
        connection.execute("drop table object_tags")
    with psycopg.connect(url) as notebook:  # somebody is at work in it
        done = sandbox.reset(environment, sample=sample)
        with pytest.raises(psycopg.OperationalError):
            notebook.execute("select 1")
    assert done.url == url
    assert done.put_aside is not None
    assert done.put_aside.startswith(f"{name}-20")
    assert rows(url, "select to_regclass('mine'), to_regclass('object_tags')::text") == [
        (None, "object_tags")
    ]
    old = urls.with_name(url, done.put_aside)
    assert rows(old, "select to_regclass('mine')::text") == [("mine",)]
    with psycopg.connect(old) as connection:
        mark = mark_of(connection)
        assert mark is not None
        assert (mark.kind, mark.of) == ("put aside", name)


def test_the_last_three_are_kept(environment: Environment, sample: Path) -> None:
    url = sandbox.up(environment, sample=sample)
    other = sandbox.up(environment | {"DOCENT_LEARNER": environment["DOCENT_LEARNER"] + "b"})
    sandbox.reset(environment | {"DOCENT_LEARNER": environment["DOCENT_LEARNER"] + "b"})
    aside = [sandbox.reset(environment, sample=sample).put_aside for _ in range(5)]
    name = urls.name_in(url)
    assert databases(url, f"{name}-%") == aside[-3:]
    assert len(databases(url, f"{urls.name_in(other)}-%")) == 1


def test_a_long_name_can_be_reset(environment: Environment, sample: Path) -> None:
    long = environment | {"DOCENT_LEARNER": environment["DOCENT_LEARNER"] + "x" * 200}
    sandbox.up(long, sample=sample)
    for _ in range(2):
        done = sandbox.reset(long, sample=sample)
        assert done.put_aside is not None
        assert len(done.put_aside) <= 63
        assert works(urls.with_name(done.url, done.put_aside)) == 3


def test_reset_before_up_makes_the_database(environment: Environment, sample: Path) -> None:
    done = sandbox.reset(environment, sample=sample)
    assert done.put_aside is None
    assert works(done.url) == 3


def test_a_database_of_somebody_elses_under_the_learners_name(
    environment: Environment, sample: Path, sandbox_home: Path
) -> None:
    server.start(sandbox_home)
    name = f"docent_{environment['DOCENT_LEARNER']}"
    with psycopg.connect(server.url(sandbox_home, "postgres"), autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
    for command in (sandbox.up, sandbox.reset):
        with pytest.raises(SandboxError, match="is not marked as a sandbox"):
            command(environment, sample=sample)
    assert databases(server.url(sandbox_home, name), f"{name}%") == [name]


def test_what_an_interrupted_reset_left_is_cleared_up(
    environment: Environment, sample: Path
) -> None:
    url = sandbox.up(environment, sample=sample)
    name = urls.name_in(url)
    with psycopg.connect(urls.with_name(url, "postgres"), autocommit=True) as connection:
        connection.execute(f'create database "{name}-fresh"')
        connection.execute(f"comment on database \"{name}-fresh\" is 'docent sandbox'")
        connection.execute(f'alter database "{name}" with allow_connections false')
    assert sandbox.up(environment, sample=sample) == url
    assert works(url) == 3
    sandbox.reset(environment, sample=sample)
    assert f"{name}-fresh" not in databases(url)


def test_a_reset_that_fails_leaves_the_old_database_open(
    environment: Environment, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sandbox.up(environment, sample=sample)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sandbox, "send_out", interrupt)
    with pytest.raises(KeyboardInterrupt):
        sandbox.reset(environment, sample=sample)
    assert works(url) == 3


def test_whoever_comes_back_at_once_is_in_nobodys_way(
    environment: Environment, sample: Path
) -> None:
    """Some come and go, one comes back each time that it is sent out, and stays."""
    url = sandbox.up(environment, sample=sample)
    over = threading.Event()

    def come(stay: float) -> None:
        while not over.is_set():
            with contextlib.suppress(psycopg.Error), psycopg.connect(url) as connection:
                connection.execute("select pg_sleep(%s)", [stay])

    guests = [threading.Thread(target=come, args=[stay]) for stay in (0, 0, 0.01, 60)]
    for guest in guests:
        guest.start()
    try:
        aside = [sandbox.reset(environment, sample=sample).put_aside for _ in range(3)]
    finally:
        over.set()
        with psycopg.connect(urls.with_name(url, "postgres"), autocommit=True) as connection:
            connection.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                [urls.name_in(url)],
            )
        for guest in guests:
            guest.join()
    assert databases(url, f"{urls.name_in(url)}-%") == aside
    assert works(url) == 3


def test_two_at_once_do_no_harm(environment: Environment, sample: Path) -> None:
    sandbox.up(environment, sample=sample)
    code = (
        "import sys, pathlib; from data_assets import sandbox;"
        "print(sandbox.reset(sample=pathlib.Path(sys.argv[1])).put_aside)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(sample)], cwd=REPOSITORY, text=True,
                         stdout=subprocess.PIPE, env=os.environ | environment)
        for _ in range(3)
    ]  # fmt: skip
    aside = {each.communicate(timeout=120)[0].strip() for each in running}
    assert [each.returncode for each in running] == [0, 0, 0]
    url = postgres.database_url(environment)
    assert set(databases(url, f"{urls.name_in(url)}-%")) == aside
    assert len(aside) == 3
    assert works(url) == 3


def test_a_template_that_cannot_be_made_leaves_the_old_one(
    environment: Environment, sample: Path, tmp_path: Path
) -> None:
    url = sandbox.up(environment, sample=sample)
    bad = tmp_path / "objects.json"
    bad.write_text("[1]")
    with pytest.raises(SandboxError, match="record 1"):
        sandbox.reset(environment, sample=bad)
    with pytest.raises(SandboxError, match=r"none\.json is missing"):
        sandbox.reset(environment, sample=tmp_path / "none.json")
    assert works(url) == 3
    sandbox.reset(environment, sample=sample)
    assert databases(url, "docent-template%") == ["docent-template"]


# ------------------------------------------------------------------ the role that reads no row


def test_structure_is_read_by_a_role_that_can_read_no_row(
    environment: Environment, sample: Path
) -> None:
    url = sandbox.up(environment, sample=sample)
    with contextlib.closing(postgres.connect(url, structure_only=True)) as connection:
        assert connection.execute("select current_user").fetchone() == (postgres.CATALOG_READER,)
        assert connection.execute(
            "select count(*) from pg_attribute where attrelid = 'object'::regclass and attnum > 0"
        ).fetchone() == (4,)
        for forbidden in ("select from object", "select count(*) from object_images"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
                connection.execute(forbidden)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), connection.transaction():
            connection.execute("create temporary table x ()")


def test_without_the_role_structure_is_read_as_ourselves(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"drop role if exists {postgres.CATALOG_READER}")
    with contextlib.closing(postgres.connect(database, structure_only=True)) as connection:
        assert connection.execute("select current_user").fetchone() == ("postgres",)
        assert connection.execute("show transaction_read_only").fetchone() == ("on",)


# ------------------------------------------------------------------ DATABASE_URL


@pytest.fixture(params=["superuser", "creator", "plain"])
def own(request: pytest.FixtureRequest, any_database: str) -> Iterator[str]:
    """URL of an empty database as its owner: one who may do all, who may create, or neither."""
    if request.param == "superuser":
        yield any_database
        return
    name = urls.name_in(any_database)
    role = f"role_{name}"
    with psycopg.connect(any_database, autocommit=True) as connection:
        right = "createdb" if request.param == "creator" else "nocreatedb"
        connection.execute(f'create role "{role}" login {right}')
        connection.execute(f'alter database "{name}" owner to "{role}"')
    yield any_database.replace("postgres:@", f"{role}@").replace("postgres@", f"{role}@")
    with psycopg.connect(urls.with_name(any_database, "postgres"), autocommit=True) as connection:
        for database in databases(any_database, f"{name}-%"):
            connection.execute(f'drop database "{database}" with (force)')
        connection.execute(f'alter database "{name}" owner to postgres')
    with psycopg.connect(any_database, autocommit=True) as connection:
        connection.execute(f'drop owned by "{role}"')
        connection.execute(f'drop role "{role}"')


def test_up_adopts_an_empty_database(own: str, sample: Path) -> None:
    environment = {"DATABASE_URL": own}
    assert sandbox.up(environment, sample=sample) == own
    assert works(own) == 3
    with psycopg.connect(own) as connection:
        assert mark_of(connection) == Mark("adopted", made=fingerprint(sample))
    said: list[str] = []
    sandbox.up(environment, say=said.append, sample=sample)
    assert said == []
    assert not sandbox.down(environment | {"DOCENT_HOME": "/nowhere"})


def test_reset_puts_a_database_of_ones_own_aside(own: str, sample: Path) -> None:
    environment = {"DATABASE_URL": own}
    sandbox.up(environment, sample=sample)
    with psycopg.connect(own) as connection:
        connection.execute("create table mine (id int)")
        may = connection.execute(
            "select rolcreatedb or rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
    if may == (False,):
        with pytest.raises(SandboxError, match="may not create databases") as caught:
            sandbox.reset(environment, sample=sample)
        assert "alembic downgrade base, then docent up" in caught.value.next_step
        assert rows(own, "select to_regclass('mine')::text") == [("mine",)]
        return
    done = sandbox.reset(environment, sample=sample)
    assert works(own) == 3
    assert rows(own, "select to_regclass('mine')") == [(None,)]
    assert done.put_aside is not None
    assert works(urls.with_name(own, done.put_aside)) == 3
    with psycopg.connect(urls.with_name(own, "postgres"), autocommit=True) as connection:
        connection.execute(f'drop database "{done.put_aside}" with (force)')


def test_a_database_with_somebody_elses_tables_is_refused(any_database: str, sample: Path) -> None:
    with psycopg.connect(any_database) as connection:
        connection.execute("create table till (id int)")
    for command in (sandbox.up, sandbox.reset):
        with pytest.raises(SandboxError, match="not marked as a sandbox"):
            command({"DATABASE_URL": any_database}, sample=sample)
    assert rows(any_database, "select tablename from pg_tables where schemaname = 'public'") == [
        ("till",)
    ]


def test_an_empty_database_that_is_not_ours_to_mark(any_database: str, sample: Path) -> None:
    name = urls.name_in(any_database)
    role = f"guest_{name}"
    with psycopg.connect(any_database, autocommit=True) as connection:
        connection.execute(f'create role "{role}" login')
    guest = any_database.replace("postgres:@", f"{role}@").replace("postgres@", f"{role}@")
    try:
        with pytest.raises(SandboxError, match="only its owner may do that"):
            sandbox.up({"DATABASE_URL": guest}, sample=sample)
    finally:
        with psycopg.connect(any_database, autocommit=True) as connection:
            connection.execute(f'drop role "{role}"')


def test_the_servers_own_database_is_not_renamed(server_18: str, sample: Path) -> None:
    with pytest.raises(SandboxError, match="is the server's own") as caught:
        sandbox.reset({"DATABASE_URL": server_18}, sample=sample)
    assert "create database museum" in caught.value.next_step


# ------------------------------------------------------------------ the mark


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, None),
        ("", None),
        ("the till; docent sandbox", None),
        ("docent sandbox", Mark()),
        ("docent sandbox of anna's", Mark()),
        (
            'docent sandbox {"kind": "put aside", "of": "x", "made": "y"}',
            Mark("put aside", "x", "y"),
        ),
        ("docent sandbox [1]", Mark()),
        (str(Mark("template", made="ab")), Mark("template", made="ab")),
    ],
)
def test_the_mark(text: str | None, expected: Mark | None) -> None:
    assert read_mark(text) == expected


def test_the_mark_is_a_comment_that_anybody_can_set(museum_18: str, sample: Path) -> None:
    comment(museum_18, "docent sandbox, and mine")
    sandbox.up({"DATABASE_URL": museum_18}, sample=sample)
    assert works(museum_18) == 3


# ------------------------------------------------------------------ killed in the middle


def test_up_that_is_killed_at_any_moment_can_be_repeated(
    environment: Environment, sample: Path
) -> None:
    """Killed wherever it happens to be, it leaves nothing that the next one trips over."""
    code = (
        "import sys, pathlib; from data_assets import sandbox;"
        "sandbox.reset(sample=pathlib.Path(sys.argv[1]))"
    )
    url = sandbox.up(environment, sample=sample)
    for tenths in (3, 5, 6, 7, 8, 10):
        running = subprocess.Popen(
            [sys.executable, "-c", code, str(sample)],
            cwd=REPOSITORY, env=os.environ | environment, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(tenths / 10)
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert sandbox.up(environment, sample=sample) == url
    assert works(url) == 3
    sandbox.reset(environment, sample=sample)
    name = urls.name_in(url)
    assert not [database for database in databases(url, f"{name}%") if database.endswith("fresh")]


def test_a_database_that_was_made_and_not_yet_marked_stands_in_nobodys_way(
    environment: Environment, sample: Path
) -> None:
    url = sandbox.up(environment, sample=sample)
    fresh = f"{urls.name_in(url)}-fresh"
    with psycopg.connect(urls.with_name(url, "postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(fresh)))
    sandbox.reset(environment, sample=sample)
    assert works(url) == 3
    assert fresh not in databases(url, f"{urls.name_in(url)}%")
