"""Nothing ends before its readers have read what comes next: as a judgement, and on databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal

import psycopg
import pytest

from contracts.consumers import Consumer, Query, Subscription
from contracts.model import Column, Contract, Deprecation, Status, Table
from detection.answers import Failure
from detection.readiness import Runs, find_readiness
from prevention.configuration import configure
from prevention.decision import NotJudged
from prevention.gate import Moment, Terms, judge_change
from prevention.readiness import describe, find_unready, prove_readiness
from tests.data_assets.test_alembic_run import INI, USUAL_ENV
from tests.prevention.histories import History
from tests.prevention.running import Ran, docent
from tests.prevention.test_gate_databases import migration

ENDS = Deprecation("2026-01-03", "2026-02-03", "customers-v2")
OLD = Contract("my-customers", status="deprecated", deprecation=ENDS, tables=(Table("customers"),))
NEXT = Contract("customers-v2", status="active", tables=(Table("customers_v2"),))
ON_OLD, ON_NEW = "select id from customers", "select id from public.customers_v2 order by id"
MISSING = Failure("42703", 'column "id" does not exist')
ANSWERED: Runs = {("crm-sync", "old"): None, ("crm-sync", "new"): None}


def reader(
    *queries: tuple[str, str], contract: str = "my-customers", since: str = "2025-01-01"
) -> Consumer:
    table = "customers" if contract == "my-customers" else "customers_v2"
    subscription = Subscription(table, ("id",), contract=contract, since=since)
    return Consumer(
        "crm-sync", "CRM", "operational", "crm@museum.org", (subscription,),
        tuple(Query(*each) for each in queries),
    )  # fmt: skip


BOTH = reader(("old", ON_OLD), ("new", ON_NEW))
CASES: dict[str, tuple[Consumer, Runs, list[tuple[str, str]]]] = {
    "its query runs": (BOTH, ANSWERED, [("proven", "it reads customers-v2: new")]),
    "its query fails": (
        BOTH, {**ANSWERED, ("crm-sync", "new"): MISSING},
        [("fails", 'its query new fails on customers-v2: column "id" does not exist')],
    ),
    "one of two fails": (
        reader(("new", ON_NEW), ("more", ON_NEW)),
        {("crm-sync", "new"): None, ("crm-sync", "more"): MISSING},
        [("fails", 'its query more fails on customers-v2: column "id" does not exist')],
    ),
    "the query for the old one fails": (
        BOTH, {**ANSWERED, ("crm-sync", "old"): MISSING},
        [("proven", "it reads customers-v2: new")],
    ),
    "only the old one is read": (
        reader(("old", ON_OLD)), ANSWERED,
        [("silent", "no registered query of it reads customers-v2")],
    ),
    "no query at all": (
        reader(), {}, [("silent", "no registered query of it reads customers-v2")],
    ),
    "a query that is none": (
        reader(("new", "select from where")), {},
        [("silent", "no registered query of it reads customers-v2")],
    ),
    "nobody asked": (
        BOTH, {}, [("unasked", "its queries that read customers-v2 were not answered: new")],
    ),
    "a table behind a name of the query's own": (
        reader(("new", "with customers_v2 as (select 1 as id) select id from customers_v2")), {},
        [("silent", "no registered query of it reads customers-v2")],
    ),
    "the table in a subquery": (
        reader(("new", "select 1 where exists (select from customers_v2)")),
        ANSWERED, [("proven", "it reads customers-v2: new")],
    ),
    "it has moved": (reader(contract="customers-v2"), {}, []),
    "it came after the announcement": (reader(since="2026-01-20"), {}, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_how_far_a_consumer_can_read_the_next(name: str) -> None:
    consumer, runs, expected = CASES[name]
    found = find_readiness(OLD, NEXT, (consumer,), (OLD, NEXT), runs)
    assert [(each.proof, describe(each)) for each in found] == expected
    assert all(each.is_ready == (each.proof == "proven") for each in found)


def test_a_replacement_of_the_same_table_is_read_by_what_reads_the_table() -> None:
    again = replace(NEXT, tables=(Table("customers"),))
    (found,) = find_readiness(OLD, again, (reader(("old", ON_OLD)),), (OLD, again), ANSWERED)
    assert found.proof == "proven"
    more = replace(NEXT, tables=(Table("customers"), Table("customers_v2")))
    (found,) = find_readiness(OLD, more, (reader(("old", ON_OLD)),), (OLD, more), ANSWERED)
    assert found.proof == "silent"


TYPED = {name: Column(name) for name in ("id", "email", "source", "channel")}
RENAMED = "select id, channel from customers"
SAME_TABLE: dict[str, tuple[str, str]] = {
    "by its new name": (RENAMED, "proven"),
    "by its new name, under the old one": ("select channel as source from customers", "proven"),
    "by neither": ("select id from customers where email is not null", "proven"),
    "by its old name": ("select id, source from customers", "silent"),
    "by both": ("select coalesce(channel, source) from customers", "silent"),
    "by its old name in a condition": ("select id from customers c where c.source = ''", "silent"),
    "by its old name in a subquery": (
        "select 1 where exists (select from customers where source = 'web')", "silent",
    ),
    "as a whole row": ("select * from customers", "silent"),
    "another table": ("select source from partners", "silent"),
    "an alias of that name": ("select id as source from customers", "proven"),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME_TABLE)
def test_a_renamed_column_of_the_same_table_is_read_by_what_does_without_the_old_one(
    name: str,
) -> None:
    """While both names are there, a query by the old one runs, and proves nothing."""
    sql, proof = SAME_TABLE[name]
    old, new = (
        replace(each, tables=(Table("customers", columns=tuple(TYPED[c] for c in columns)),))
        for each, columns in ((OLD, ("id", "email", "source")), (NEXT, ("id", "email", "channel")))
    )
    (found,) = find_readiness(old, new, (reader(("old", sql)),), (old, new), ANSWERED)
    assert found.proof == proof


def test_a_replacement_of_another_project_cannot_be_asked() -> None:
    (found,) = find_readiness(OLD, None, (BOTH,), (OLD,), ANSWERED)
    assert (found.proof, describe(found)) == ("unasked", "customers-v2 is no contract here")


def at(status: Status) -> Contract:
    return replace(OLD, status=status, deprecation=ENDS if status != "active" else None)


def moment(status: Status | Literal["gone"]) -> tuple[Contract, ...]:
    return (NEXT,) if status == "gone" else (at(status), NEXT)


STEPS: list[
    tuple[Status | Literal["gone"], Status | Literal["gone"], Consumer, list[tuple[str, str]]]
] = [
    ("active", "deprecated", reader(), [("readiness-open", "warning")]),
    ("active", "deprecated", BOTH, []),  # asked by nobody, and there is time
    ("deprecated", "sunset", reader(), [("readiness-unproven", "error")]),
    ("deprecated", "sunset", BOTH, [("readiness-unknown", "warning")]),
    ("deprecated", "sunset", reader(contract="customers-v2"), []),
    ("deprecated", "deprecated", reader(), []),
    ("sunset", "sunset", reader(), []),
    ("sunset", "retired", reader(), [("readiness-unproven", "error")]),
    ("sunset", "gone", reader(), [("readiness-unproven", "error")]),
    ("deprecated", "gone", reader(), [("readiness-unproven", "error")]),
    ("sunset", "gone", reader(contract="customers-v2"), []),
    ("sunset", "gone", BOTH, [("readiness-unknown", "warning")]),
    ("active", "gone", reader(), []),  # removed without an end: told as such
    ("gone", "gone", reader(), []),
    ("active", "active", reader(), []),
]


@pytest.mark.parametrize(("old", "new", "consumer", "expected"), STEPS)
def test_the_gate_asks_when_a_contract_comes_nearer_to_its_end(
    old: Status | Literal["gone"],
    new: Status | Literal["gone"],
    consumer: Consumer,
    expected: list[tuple[str, str]],
) -> None:
    before, after = moment(old), moment(new)
    found = find_unready(before, after, (consumer,), None)
    assert [(each.rule, each.level) for each in found] == expected
    decision = judge_change(
        Moment(before, (consumer,)), Moment(after, (consumer,)), Terms(today=date(2026, 2, 3))
    )
    told = {each.rule for each in decision.findings if each.rule.startswith("readiness-")}
    assert told == {rule for rule, _ in expected}


# ------------------------------------------------------------------ on databases

MADE = "create table customers (id integer); create table customers_v2 (id integer, email text)"
DOCUMENT = """\
apiVersion: v3.0.2
kind: DataContract
name: {name}
version: {version}
status: {status}
owner: Data
deprecation:
  announced: "2026-01-03"
  sunset_date: "2026-02-03"
  replacement: customers-v2
models:
  {table}:
    elements:
      id: {{type: int}}
"""


def document(status: str = "deprecated", version: str = "1.5.0") -> str:
    return DOCUMENT.format(name="my-customers", version=version, status=status, table="customers")


SUCCESSOR = "".join(
    line
    for line in DOCUMENT.format(
        name="customers-v2", version="2.0.0", status="active", table="customers_v2"
    ).splitlines(keepends=True)
    if not line.startswith(("deprecation", "  announced", "  sunset", "  replacement"))
)


def registry(sql: str) -> str:
    subscription = {"table": "customers", "columns": ["id"], "contract": "my-customers",
                    "version": "1.5.0", "since": "2025-01-01"}  # fmt: skip
    consumer = {
        "name": "crm-sync", "team": "CRM", "mode": "operational",
        "migration_contact": "crm@museum.org", "subscriptions": [subscription],
        "queries": [{"name": "leads", "sql": sql}],
    }  # fmt: skip
    return json.dumps({"consumers": [consumer]})


@pytest.fixture
def history(tmp_path: Path) -> History:
    """A repository with a deprecated contract, its replacement, and a branch of work."""
    made = History(tmp_path / "shop")
    made.commit(
        {
            "alembic.ini": INI, "migrations/env.py": USUAL_ENV,
            "contracts/old.yaml": document(), "contracts/new.yaml": SUCCESSOR,
            "contracts/consumers.yaml": registry("select id from customers"),
            "pyproject.toml": '[tool.docent]\nbase = "main"\nschemas = ["public"]\n',
            **migration(1, MADE),
        }
    )  # fmt: skip
    made.branch("work")
    return made


@pytest.fixture
def run(history: History, database: str) -> Callable[..., Ran]:
    def docent_there(*words: str) -> Ran:
        return docent(*words, folder=history.root, settings={"DATABASE_URL": database})

    return docent_there


GATES = [
    # the query that is registered on the branch, the migration, exit code, what is found
    ("select id from customers", {}, 1,
     [("readiness-unproven", "no registered query of it reads customers-v2")]),
    ("select id, email from customers_v2", {}, 0, []),
    ("select mail from customers_v2", {}, 1,
     [("readiness-unproven",
       'its query leads fails on customers-v2: column "mail" does not exist')]),
    # what counts is the database as the branch makes it
    ("select mail from customers_v2",
     migration(2, "alter table customers_v2 add column mail text"), 0, []),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "migrated", "code", "expected"), GATES)
def test_a_sunset_waits_for_the_proof(
    history: History, run: Callable[..., Ran], sql: str, migrated: dict[str, str], code: int,
    expected: list[tuple[str, str]],
) -> None:  # fmt: skip
    history.commit(
        {"contracts/old.yaml": document("sunset", "1.6.0"),
         "contracts/consumers.yaml": registry(sql), **migrated}
    )  # fmt: skip
    ran = run("gate", "--now", "2026-02-03", "--format", "json")
    found = json.loads(ran.out)["findings"]
    assert ran.code == code, [each["issue"] for each in found]
    assert [
        (each["rule"], each["found"]) for each in found if each["rule"].startswith("readiness-")
    ] == expected


LIVE = [
    # the query that is registered, whether there are migrations, what is found
    ("select id, email from customers_v2", True, []),
    ("select id, email from customers_v2", False, []),
    ("select mail from customers_v2", True,
     [("readiness-unproven",
       'its query leads fails on customers-v2: column "mail" does not exist')]),
    ("select mail from customers_v2", False,
     [("readiness-unproven",
       'its query leads fails on customers-v2: column "mail" does not exist')]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "migrated", "expected"), LIVE)
def test_a_table_that_no_migration_makes_is_asked_where_it_is(
    tmp_path: Path, database: str, sql: str, migrated: bool, expected: list[tuple[str, str]]
) -> None:
    made = History(tmp_path / "shop")
    settings = '[tool.docent]\nbase = "main"\n[tool.docent.connections]\nlocal = "$LIVE"\n'
    scripts = {
        "alembic.ini": INI, "migrations/env.py": USUAL_ENV,
        **migration(1, "create table customers (id integer)"),
    }  # fmt: skip
    made.commit(
        {
            "contracts/old.yaml": document(), "contracts/new.yaml": SUCCESSOR,
            "contracts/consumers.yaml": registry(sql), "pyproject.toml": settings,
            **(scripts if migrated else {}),
        }
    )  # fmt: skip
    made.branch("work")
    made.commit({"contracts/old.yaml": document("sunset", "1.6.0")})
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        connection.execute(MADE.encode())
    there = {"LIVE": database, "DATABASE_URL": database}
    words = ("gate", "--connection", "local", "--now", "2026-02-03", "--format", "json")
    ran = docent(*words, folder=made.root, settings=there)
    assert [
        (each["rule"], each["found"])
        for each in json.loads(ran.out)["findings"]
        if each["rule"].startswith("readiness-")
    ] == expected


def test_without_a_database_nobody_knows(history: History, run: Callable[..., Ran]) -> None:
    history.commit(
        {"contracts/old.yaml": document("sunset", "1.6.0"),
         "contracts/consumers.yaml": registry("select id from customers_v2")}
    )  # fmt: skip
    ran = run("gate", "--documents", "--now", "2026-02-03", "--format", "json")
    rules = {each["rule"] for each in json.loads(ran.out)["findings"]}
    assert (ran.code, "readiness-unknown" in rules) == (0, True)


def test_one_call_asks_a_database(history: History, database: str) -> None:
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        connection.execute(MADE.encode())
    folder = history.root / "contracts"
    settings = configure(history.root)
    (found,) = prove_readiness("my-customers", folder, database=database, configuration=settings)
    assert (found.consumer.name, found.proof) == ("crm-sync", "silent")
    (folder / "consumers.yaml").write_text(registry("select mail from customers_v2"))
    (found,) = prove_readiness("my-customers", folder, database=database, configuration=settings)
    assert found.failure == ("leads", 'column "mail" does not exist')
    (folder / "consumers.yaml").write_text(registry("select email from customers_v2"))
    (found,) = prove_readiness("my-customers", folder, database=database, configuration=settings)
    assert found.is_ready


NO_PROOF = [
    ("my-customer", "No contract goes by my-customer, and none is about such a table.",
     "Did you mean my-customers?"),
    ("xyz", "No contract goes by xyz, and none is about such a table.",
     "There are: customers-v2, my-customers."),
    ("customers-v2", "customers-v2 is active, and names no replacement to be ready for.",
     "docent deprecate customers-v2 --replacement NAME says what comes after it."),
]  # fmt: skip


@pytest.mark.parametrize(("name", "what", "step"), NO_PROOF)
def test_what_cannot_be_proven_is_told_with_what_to_do(
    history: History, name: str, what: str, step: str
) -> None:
    with pytest.raises(NotJudged) as told:
        prove_readiness(name, history.root / "contracts", configuration=configure(history.root))
    assert str(told.value) == f"{what}\nNext: {step}"
