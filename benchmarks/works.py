"""The pieces of work that have a budget, each with its baseline."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks import peers
from benchmarks.experiments import experiment, slowest_experiment
from benchmarks.gates import gate_of_documents, gate_of_thousands, gate_with_databases
from benchmarks.measure import Measurement, measure
from benchmarks.quality import grains, grouped_checks, implied_checks, ten_checks
from benchmarks.usual_seed import usual_seed
from data_assets import sandbox as museum
from data_assets import urls
from data_assets.crm import seed_signups
from data_assets.migrating import upgrade
from data_assets.museum import bring_up_to_date
from data_assets.postgres import connect
from data_assets.seeding import seed
from detection.catalog import read_catalog

REPOSITORY = Path(__file__).resolve().parent.parent
SAMPLE = REPOSITORY / "data_assets" / "raw_data" / "objects.json"
COLUMNS = 20
LOANS = 12
"""Tables beside those of the sandbox, so that there are 22."""

FLAT = """
select n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum)
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid and c.relkind in ('r', 'p', 'v', 'm', 'f')
join pg_namespace as n on n.oid = c.relnamespace and n.nspname = 'public'
left join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped
"""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A sandbox for the benchmarks alone: its environment, and the URL of its database."""

    environment: Mapping[str, str]
    url: str
    folder: Path

    @classmethod
    def open(cls, folder: Path) -> Sandbox:
        """Make a sandbox in an empty folder."""
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        environment = {**kept, "DOCENT_HOME": str(folder / "home"), "DOCENT_LEARNER": "bench"}
        return cls(environment, museum.up(environment), folder)

    def close(self) -> None:
        """Stop its server."""
        museum.down(self.environment)

    def run(self, *command: str) -> None:
        """Run a command in the repository and wait for its end; it must end well."""
        subprocess.run(
            command, cwd=REPOSITORY, env=dict(self.environment), check=True, capture_output=True
        )

    def new_database(self, name: str) -> str:
        """Create an empty database beside the learner's and return its URL."""
        with psycopg.connect(urls.with_name(self.url, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return urls.with_name(self.url, name)


def docent(*arguments: str) -> tuple[str, ...]:
    """Return the command line of ``docent``, run by this very Python."""
    return (str(Path(sys.executable).with_name("docent")), *arguments)


def start_up(sandbox: Sandbox) -> Measurement:
    """How long ``docent --help`` takes."""
    return measure(
        "`docent --help`",
        lambda: sandbox.run(*docent("--help")),
        "an empty Python",
        lambda: sandbox.run(sys.executable, "-c", "pass"),
        rounds=9,
        budget=0.25,
    )


def check_museum(sandbox: Sandbox) -> Measurement:
    """How long a check of the museum takes, as a process."""
    return check_process(sandbox, sandbox.url, REPOSITORY / "contracts", "10 tables")


def check_22_tables(sandbox: Sandbox) -> Measurement:
    """How long a check of 22 tables takes, as a process: the sandbox's and 12 more."""
    url = sandbox.new_database("bench_22")
    bring_up_to_date(url, lambda _: None, SAMPLE)
    folder = sandbox.folder / "contracts"
    shutil.copytree(REPOSITORY / "contracts", folder)
    with connect(url, autocommit=True) as connection:
        seed_signups(connection)
        for number in range(LOANS):
            connection.execute(create_table(f"loan_{number}"))
    environment = {**sandbox.environment, "DATABASE_URL": url}
    for number in range(LOANS):
        path = folder / f"loan_{number}_contract_spec.json"
        subprocess.run(
            docent("draft", f"public.loan_{number}", "--output", str(path)),
            cwd=REPOSITORY, env=environment, check=True, capture_output=True,
        )  # fmt: skip
    return check_process(sandbox, url, folder, "22 tables")


def check_process(sandbox: Sandbox, url: str, folder: Path, what: str) -> Measurement:
    """Time ``docent check`` beside the usual check of the same contracts."""
    named = Sandbox({**sandbox.environment, "DATABASE_URL": url}, url, sandbox.folder)
    usual = str(REPOSITORY / "benchmarks" / "usual_check.py")
    return measure(
        f"`docent check`, {what}",
        lambda: named.run(*docent("check", str(folder))),
        "information_schema and pandas",
        lambda: named.run(sys.executable, usual, url, str(folder)),
        rounds=7,
        budget=0.5,
    )


def catalogue(sandbox: Sandbox) -> Measurement:
    """How long the catalogue of 10,000 tables takes to read."""
    url = sandbox.new_database("bench_catalogue")
    with connect(url, autocommit=True) as connection:
        for start in range(0, 10_000, 500):  # a transaction can hold only so many locks
            tables = [create_table(f"work_{number}") for number in range(start, start + 500)]
            connection.execute(sql.SQL(";").join(tables))
        connection.execute("vacuum analyze")
        return measure(
            f"catalogue of 10,000 tables × {COLUMNS} columns",
            lambda: read_catalog(connection, ["public"]),
            "the bare query, its rows fetched",
            lambda: connection.execute(FLAT).fetchall(),
            ratio_budget=1.5,
        )


def create_table(name: str) -> sql.Composed:
    """Return the statement that creates a table of the benchmark's size."""
    kinds = ("text", "integer", "varchar(40)", "numeric(10,2)", "timestamptz")
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(f"column_{n}"), sql.SQL(kinds[n % len(kinds)]))
        for n in range(1, COLUMNS)
    ]
    return sql.SQL("create table {} (id integer primary key, {})").format(
        sql.Identifier(name), sql.SQL(", ").join(columns)
    )


def seeding(sandbox: Sandbox) -> Measurement:
    """How long it takes to load records into the eight empty tables."""
    shared = Path(os.environ.get("DOCENT_SHARED", "")) / "met" / "met_api_records.json.gz"
    path = shared if shared.is_file() else SAMPLE
    url = sandbox.new_database("bench_seeding")
    upgrade(url)

    def empty() -> None:
        with connect(url) as connection:
            tables = connection.execute(
                "select string_agg(quote_ident(relname), ', ') from pg_class "
                "where relkind = 'r' and relname like 'object%'"
            ).fetchone()
            assert tables
            connection.execute(sql.SQL("truncate {}").format(sql.SQL(tables[0])))

    def load() -> None:
        with connect(url) as connection:
            seed(connection, path)

    what = "2,857 real records" if path == shared else "the bundled sample"
    return measure(
        f"seeding {what}, all or nothing",
        load,
        "row by row, in one transaction",
        lambda: usual_seed(url, path),
        budget=0.5,
        before_each=empty,
    )


def reset(sandbox: Sandbox) -> Measurement:
    """How long a fresh database takes, the old one put aside."""
    maintenance = urls.with_name(sandbox.url, "postgres")
    name = sql.Identifier("bench_clone")
    template = sql.Identifier(museum.TEMPLATE)

    def clone() -> None:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL("create database {} template {}").format(name, template))

    def forget() -> None:
        with psycopg.connect(maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {}").format(name))

    return measure(
        "reset of a learner's database",
        lambda: museum.reset(sandbox.environment),
        "a bare clone of the template",
        clone,
        budget=0.2,
        before_each=forget,
    )


def quality_database(sandbox: Sandbox) -> str:
    """Return the URL of the database with the large table, made once."""
    name = "bench_rows"
    with psycopg.connect(urls.with_name(sandbox.url, "postgres")) as connection:
        found = connection.execute("select from pg_database where datname = %s", [name]).fetchone()
    return urls.with_name(sandbox.url, name) if found is not None else sandbox.new_database(name)


def lab(sandbox: Sandbox) -> Measurement:
    """How long a warm ``docent lab`` takes until JupyterLab answers."""
    jupyter = (sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root")
    return measure(
        "a warm `docent lab`, until JupyterLab answers",
        lambda: until_it_answers(sandbox, docent("lab", "--no-browser", "--port")),
        "JupyterLab alone",
        lambda: until_it_answers(sandbox, (*jupyter, "--port")),
        rounds=3,
        budget=10,
    )


def until_it_answers(sandbox: Sandbox, command: tuple[str, ...]) -> None:
    """Start a server on a free port, wait for its first answer, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [*command, str(port)], cwd=REPOSITORY, env=dict(sandbox.environment),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not answers(f"http://127.0.0.1:{port}/api"):
            if time.monotonic() > deadline or server.poll() is not None:
                raise TimeoutError(f"{' '.join(command)} does not answer")
            time.sleep(0.05)
    finally:
        server.terminate()
        server.wait()


def answers(url: str) -> bool:
    """Say whether a server answers at this address."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


WORKS: Mapping[str, Callable[[Sandbox], Measurement]] = {
    "start-up": start_up,
    "check-museum": check_museum,
    "check-22-tables": check_22_tables,
    "catalogue": catalogue,
    "seeding": seeding,
    "reset": reset,
    "experiment": lambda sandbox: experiment(sandbox.url),
    "experiment-slowest": lambda sandbox: slowest_experiment(sandbox.url),
    "gate-documents": lambda sandbox: gate_of_documents(sandbox.environment, sandbox.folder),
    "gate-databases": lambda sandbox: gate_with_databases(
        sandbox.environment, sandbox.url, sandbox.folder
    ),
    "gate-thousands": lambda sandbox: gate_of_thousands(sandbox.environment, sandbox.folder),
    "rows": lambda sandbox: ten_checks(quality_database(sandbox)),
    "rows-grouped": lambda sandbox: grouped_checks(quality_database(sandbox)),
    "rows-implied": lambda sandbox: implied_checks(quality_database(sandbox)),
    "rows-grains": lambda sandbox: grains(quality_database(sandbox)),
    "peers-breaking": lambda sandbox: peers.breaking(sandbox.environment, sandbox.folder),
    "peers-changelog": lambda sandbox: peers.changelog(sandbox.environment, sandbox.folder),
    "peers-soda": lambda sandbox: peers.rows_beside_soda(
        sandbox.environment, quality_database(sandbox), sandbox.folder
    ),
    "peers-datacontract": lambda sandbox: peers.rows_beside_datacontract(
        sandbox.environment, quality_database(sandbox), sandbox.folder
    ),
    "lab": lab,
}
"""Every benchmark, by the word that chooses it."""
