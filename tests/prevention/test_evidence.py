"""Consumers' queries as evidence: what they say of a change between two real databases."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import psycopg
import pytest

from contracts.consumers import Consumer, load_consumers
from data_assets.postgres import ROW_READER
from data_assets.roles import make_role
from detection.answers import Answer
from prevention.asking import QueryTerms, ask_one
from prevention.report import read_report
from tests.conftest import REPOSITORY, new_database
from tests.prevention.running import Ran, docent

TABLES = """
create table artist (id integer primary key, name text not null);
create table loan (
    id integer primary key, artist integer not null references artist,
    lender varchar(40) not null, pieces integer not null, state text,
    notes json
);
create view open_loan as select id, lender from loan where state = 'open';
"""
ROWS = """
insert into artist select n, 'artist ' || n from generate_series(1, 5) n;
insert into loan select n, n % 5 + 1, 'lender ' || n, n, case when n % 2 = 0 then 'open' end
from generate_series(1, 20) n;
"""
WIDER = "alter table loan alter pieces type bigint"
RENAMED = "alter table loan rename pieces to items"
PIECES = "select id, pieces from loan order by id"
TOTAL = "select sum(pieces)::text as total from loan"
LENDERS = "select lender from loan order by lender"
ARTISTS = "select name from artist order by name"
BEHIND = "create view all_loans as select id, pieces, lender from loan"
SLOW = """
alter table loan rename to loans;
create view loan as select l.* from loans l, (select pg_sleep(2) offset 0) as late
"""


@dataclass(frozen=True)
class Reader:
    """A consumer for the registry: its queries by their names, and the columns that it names."""

    queries: dict[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ("pieces",)
    table: str = "loan"
    name: str = "rights-desk"
    facts: dict[str, Any] = field(default_factory=dict)


def desk(sql: str | None = None, *columns: str, **facts: Any) -> Reader:
    name = facts.pop("name", "rights-desk")
    table = facts.pop("table", "loan")
    queries = {"asked": sql} if sql else {}
    return Reader(queries, columns or ("pieces",), table, name, facts)


def registry(folder: Path, readers: Sequence[Reader]) -> Path:
    """A project's registry of consumers, as JSON, which is YAML too."""
    consumers = [
        {
            "name": each.name, "team": "Rights", "mode": "dashboard",
            "migration_contact": f"{each.name}@museum.org",
            "subscriptions": [{"table": each.table, "columns": list(each.columns)}],
            "queries": [{"name": name, "sql": sql} for name, sql in each.queries.items()],
            **each.facts,
        }
        for each in readers
    ]  # fmt: skip
    file = folder / "contracts" / "consumers.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"consumers": consumers}), encoding="utf-8")
    (folder / "pyproject.toml").write_text('[tool.docent]\nschemas = ["public"]\n', "utf-8")
    return file


@contextmanager
def databases(server: str, change: str, rows: str = ROWS) -> Iterator[tuple[str, str]]:
    with new_database(server) as old, new_database(server) as new:
        for url in (old, new):
            with closing(psycopg.connect(url, autocommit=True)) as connection:
                connection.execute(f"{TABLES}{rows}".encode())
        with closing(psycopg.connect(new, autocommit=True)) as connection:
            connection.execute(change.encode())
        yield old, new


def told(ran: Ran) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(ran.out)
    schema = json.loads((REPOSITORY / "prevention" / "report.schema.json").read_text("utf-8"))
    jsonschema_rs.validator_for(schema).validate(report)
    assert report["exit"] == ran.code
    return report


@dataclass(frozen=True)
class Case:
    """A change, who reads, and what comes of it for one rule.

    reader, witness:  the verdict for readers, and what the queries have to say where it is bad.
    proof:            how the one piece of evidence begins, or none.
    """

    change: str
    readers: tuple[Reader, ...]
    rule: str
    reader: str
    witness: str | None
    proof: str | None = None
    code: int = 1
    rows: str = ROWS
    arguments: tuple[str, ...] = ()


SAME = "rights-desk's query asked returns the same before and after, or what the consumer can bear"
CASES = {
    "a break that a query shows": Case(
        RENAMED, (desk(PIECES),), "column-name-changed", "breaking", "shown",
        'rights-desk\'s query asked fails: column "pieces" does not exist',
    ),
    "one that a query on another column does not": Case(
        RENAMED, (desk(LENDERS),), "column-name-changed", "breaking", "unread",
    ),
    "nor one on another table": Case(
        RENAMED, (desk(ARTISTS),), "column-name-changed", "breaking", "unread",
    ),
    "nor nobody's": Case(RENAMED, (desk(),), "column-name-changed", "breaking", "unread"),
    "a break that the queries do not notice": Case(
        "alter table loan alter lender drop not null", (desk(LENDERS, "lender"),),
        "not-null-dropped", "breaking", "same",
    ),
    "a break before a query that failed already": Case(
        RENAMED, (desk("select pieces, nothing from loan"),),
        "column-name-changed", "breaking", "unanswered",
    ),
    "an open question settled as harmless": Case(
        WIDER, (desk(TOTAL),), "integer-widened", "additive", None, SAME, code=0,
    ),
    "and as breaking": Case(
        WIDER, (desk(PIECES),), "integer-widened", "breaking", "shown",
        "rights-desk's query asked returns pieces as bigint instead of integer",
    ),
    "one query for it and one against": Case(
        WIDER, (Reader({"total": TOTAL, "pieces": PIECES}),), "integer-widened", "breaking",
        "shown", "rights-desk's query pieces returns pieces as bigint instead of integer",
    ),
    "open before a table without rows": Case(
        WIDER, (desk(TOTAL),), "integer-widened", "conditional", "no rows", rows="",
    ),
    "open before another table that has rows": Case(
        WIDER, (desk("select (select sum(pieces)::text from loan) as total, name from artist"),),
        "integer-widened", "conditional", "no rows",
        rows="insert into artist values (1, 'Hokusai')",
    ),
    "open before a query on another column": Case(
        WIDER, (desk(LENDERS),), "integer-widened", "conditional", "unread",
    ),
    "open before the same name in another table": Case(
        "drop view open_loan; alter table loan alter id type bigint",
        (desk("select a.id, l.lender from artist a join loan l on l.artist = a.id order by 2",
              "id"),),
        "integer-widened", "conditional", "unread",
    ),
    "open as long as somebody is silent": Case(
        WIDER, (desk(TOTAL), desk(LENDERS, name="press-office")),
        "integer-widened", "conditional", "partly",
    ),
    "settled if the other is not registered for it": Case(
        WIDER, (desk(TOTAL), desk(LENDERS, "lender", name="press-office")),
        "integer-widened", "additive", None, SAME, code=0,
    ),
    "open where rows to come matter": Case(
        "alter table loan alter state set default 'open'",
        (desk("select state from loan order by id", "state"),),
        "default-changed", "conditional", "same",
    ),
    "a strict reader who names its columns": Case(
        "alter table loan add note text", (desk(PIECES, strictness="strict"),),
        "column-added", "additive", None, SAME, code=0,
    ),
    "a strict reader with a star": Case(
        "alter table loan add note text", (desk("select * from loan", strictness="strict"),),
        "column-added", "breaking", "shown",
    ),
    "a question that readers have answered, and writers not": Case(
        "alter table loan alter notes type jsonb",
        (desk("select count(notes) from loan", "notes"),),
        "json-to-jsonb", "additive", None, SAME,
    ),
    "a view that returns the same by another way": Case(
        "create or replace view open_loan as select id, lender from loan where state like 'open'",
        (desk("select lender from open_loan order by 1", "lender", table="open_loan"),),
        "view-query-changed", "additive", None, SAME, code=0,
    ),
    "a view that returns others": Case(
        "create or replace view open_loan as select id, lender from loan where id > 2",
        (desk("select lender from open_loan order by 1", "lender", table="open_loan"),),
        "view-query-changed", "breaking", "shown",
        "rights-desk's query asked returns 9 rows different (18 rows instead of 10), such as",
    ),
    "a column behind a view": Case(
        f"drop view all_loans; {WIDER}; {BEHIND}",
        (desk("select sum(pieces)::text as s from all_loans", "pieces", table="all_loans"),),
        "integer-widened public.loan.pieces", "additive", None, SAME, code=0,
        rows=f"{ROWS}; {BEHIND}",
    ),
    "a query that became slow": Case(
        SLOW, (desk(PIECES),), "table-replaced-by-view", "breaking", "shown",
        "rights-desk's query asked was not answered in time: canceling statement due to "
        "statement timeout; it was answered before", arguments=("--time-limit", "0.5"),
    ),
    "one that was slow before": Case(
        WIDER, (desk("select sum(pieces)::text, pg_sleep(2)::text from loan"),),
        "integer-widened", "conditional", "unanswered", arguments=("--time-limit", "0.5"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_queries_say_of_a_change(server_18: str, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    registry(tmp_path, case.readers)
    with databases(server_18, case.change, case.rows) as urls:
        ran = docent(
            "diff", "--databases", *urls, "--format", "json", *case.arguments, folder=tmp_path
        )
    found = next(
        each
        for each in told(ran)["findings"]
        if f"{each['rule']} {each['element']}".startswith(case.rule)
    )
    verdict = found["verdict"]
    assert (verdict["reader"], verdict["witness"], ran.code) == (
        case.reader, case.witness, case.code,
    )  # fmt: skip
    by_query = [proof for proof in verdict["proofs"] if "'s query " in proof]
    assert len(by_query) == (case.witness == "shown" or case.proof == SAME)
    if case.proof:
        assert any(proof.startswith(case.proof) for proof in verdict["proofs"])


# What nobody's rule explains: the change, the query, and what is found beside the changes.
UNEXPLAINED = {
    "a name that means two things now": (
        "alter table artist add lender text",
        "select lender from loan join artist on artist.id = loan.artist",
        ("query-broken", "error", 'fails: column reference "lender" is ambiguous'), 1,
    ),
    "rows that were changed": (
        "update loan set pieces = 0 where id = 7", PIECES,
        ("query-differs", "warning", "returns 1 row different, such as pieces '0' instead of '7'"),
        0,
    ),
    "an index that a large table needed": (
        "drop index by_state", "select id from loan where state = '77'",
        ("query-differs", "warning", "returns the same, row for row, and takes "), 0,
    ),
    "rows in another order, for which nobody asked": (
        "update loan set pieces = pieces where id = 1", "select lender from loan", None, 0,
    ),
    "a query that failed before": (
        "alter table artist add note text", "select nothing from loan", None, 0,
    ),
}  # fmt: skip
LARGE = """
insert into artist values (1, 'Hokusai');
insert into loan select n, 1, 'lender', n, n::text from generate_series(1, 200000) n;
create index by_state on loan (state);
analyze loan
"""


LENDER = """
apiVersion: v3.1.0
kind: DataContract
id: loans
name: loans
version: 1.0.0
status: active
schema:
  - name: loan
    physicalName: public.loan
    properties:
      - {name: lender, logicalType: string, classification: LABEL}
"""


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("sensitive", "returns 1 row different; not shown: lender is classified"),
        ("public", "returns 1 row different, such as one row less ('lender 7')"),
    ],
)
def test_a_row_is_an_example_only_where_nobody_classifies_what_is_read(
    server_18: str, tmp_path: Path, label: str, said: str
) -> None:
    registry(tmp_path, [desk(LENDERS, "lender")])
    (tmp_path / "contracts" / "loans.yaml").write_text(LENDER.replace("LABEL", label))
    change = "update loan set lender = 'secret' where id = 7"
    with databases(server_18, change) as urls:
        ran = docent("diff", "--databases", *urls, "--format", "json", folder=tmp_path)
        text = docent("diff", "--databases", *urls, folder=tmp_path)
    found = [each["found"] for each in told(ran)["findings"] if each["rule"] == "query-differs"]
    assert found == [said]
    assert ("lender 7" in text.out) == (label == "public")


@pytest.mark.parametrize("name", UNEXPLAINED)
def test_a_query_that_suffers_is_told_whatever_the_changes_are(
    server_18: str, tmp_path: Path, name: str
) -> None:
    change, query, expected, code = UNEXPLAINED[name]
    registry(tmp_path, [desk(query)])
    rows = LARGE if "index" in change else ROWS
    with databases(server_18, change, rows) as urls:
        ran = docent("diff", "--databases", *urls, "--format", "json", folder=tmp_path)
    found = [each for each in told(ran)["findings"] if each["verdict"] is None]
    assert ran.code == code
    assert [(each["rule"], each["level"]) for each in found] == ([expected[:2]] if expected else [])
    for each in found:
        assert expected
        assert each["found"].startswith(expected[2])
        assert each["element"] == "rights-desk/asked"
        assert [one["name"] for one in each["consumers"]] == ["rights-desk"]
        assert each["location"]["file"] == "contracts/consumers.yaml"


@pytest.fixture
def two(server_18: str, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A column that was renamed, between two readers: one who sees it and one who does not."""
    registry(
        tmp_path,
        [
            desk(PIECES),
            desk(ARTISTS, "name", table="artist", name="press-office"),
            desk("select state, nothing from loan", "state", name="archive"),
        ],
    )
    with databases(server_18, f"{RENAMED}; alter table loan drop state cascade") as urls:
        yield urls


@pytest.mark.parametrize("form", ["text", "json", "markdown", "junit", "github"])
def test_every_format_tells_evidence_and_the_want_of_it(
    two: tuple[str, str], tmp_path: Path, form: str
) -> None:
    ran = docent("diff", "--databases", *two, "--format", form, "--output", "out", folder=tmp_path)
    assert ran.code == 1
    text = (tmp_path / "out").read_text(encoding="utf-8")
    for said in ("fails: column", "pieces", "does not exist", "failed before"):
        assert said in text
    if form == "json":
        decision = read_report(tmp_path / "out")
        assert decision.queries is not None
        assert [(each.query, each.outcome, each.hurt) for each in decision.queries] == [
            ("asked", "fails", True),
            ("asked", "same", False),
            ("asked", "failed before", False),
        ]
        paces = [(each.before is None, each.after is None) for each in decision.queries]
        assert paces == [(False, True), (False, False), (True, True)]
        assert "failed before, or were not answered" not in text
    else:
        assert "failed before, or were not answered" in text
    if form == "junit":
        cases = ET.fromstring(text).findall("testsuite[@name='queries of consumers']/testcase")
        assert [case.get("classname") for case in cases] == [
            "rights-desk", "press-office", "archive",
        ]  # fmt: skip


def test_the_text_for_people(two: tuple[str, str], tmp_path: Path) -> None:
    ran = docent("diff", "--databases", *two, folder=tmp_path)
    blocks = {block.splitlines()[0].split()[-1]: block for block in ran.out.split("\n\n")}
    assert (
        '  evidence  rights-desk\'s query asked fails: column "pieces" does not exist'
        in blocks["public.loan.items"].splitlines()
    )
    assert (
        "  witness   none: the registered queries that read it failed before, or were not answered"
        in blocks["public.loan.state"].splitlines()
    )
    assert blocks["queries"].splitlines()[1:] == [
        '  rights-desk\'s query asked fails: column "pieces" does not exist',
        '  archive\'s query asked failed before, and fails now: column "state" does not exist',
        "  1 other query returns the same",
    ]


def test_evidence_can_be_left_out(two: tuple[str, str], tmp_path: Path) -> None:
    ran = docent("diff", "--databases", *two, "--format", "json", "--no-evidence", folder=tmp_path)
    report = told(ran)
    assert report["queries"] is None
    assert {each["verdict"]["witness"] for each in report["findings"]} == {None}


def test_a_project_without_consumers_has_no_witness(server_18: str, tmp_path: Path) -> None:
    with databases(server_18, RENAMED) as urls:
        ran = docent("diff", "--databases", *urls, "--format", "json", folder=tmp_path)
    report = told(ran)
    assert report["queries"] == []
    assert {each["verdict"]["witness"] for each in report["findings"]} == {"unread"}


@pytest.mark.parametrize("arguments", [("--evidence",), ("--time-limit", "3")])
def test_contracts_alone_are_no_place_for_queries(arguments: tuple[str, ...]) -> None:
    ran = docent("diff", "a.json", "b.json", *arguments)
    assert ran.code == 2
    assert "--evidence and --time-limit go with two databases." in ran.err


def test_both_databases_stay_as_they_were(server_18: str, tmp_path: Path) -> None:
    registry(tmp_path, [desk("select setval('numbers', 7) as pieces from loan")])
    with databases(server_18, "select 1", f"{ROWS}; create sequence numbers") as urls:
        docent("diff", "--databases", *urls, folder=tmp_path)
        for url in urls:
            with closing(psycopg.connect(url)) as connection:
                row = connection.execute("select is_called from numbers").fetchone()
                assert row == (False,)


# ------------------------------------------------------------------ as whom queries are asked


@pytest.fixture
def lent(server_18: str) -> Iterator[str]:
    """A database in which the role that reads rows may read one column of loans."""
    with new_database(server_18) as url:
        with closing(psycopg.connect(url, autocommit=True)) as connection:
            connection.execute(f"{TABLES}{ROWS}".encode())
            make_role(connection, ROW_READER)
            connection.execute(f"grant select (lender) on loan to {ROW_READER}".encode())
        yield url


def asked_as(url: str, file: Path) -> set[str]:
    """The roles as which the queries of a registry are answered, by their own word."""
    consumers: tuple[Consumer, ...] = load_consumers(file)
    said = ask_one(url, consumers, QueryTerms(), paced=False)
    assert all(isinstance(each, Answer) for each in said.answers)
    return {str(each.rows[0][0]) for each in said.answers if isinstance(each, Answer)}


WHO = "select current_user::text as who, lender from loan"


def test_queries_are_asked_as_the_role_that_reads_rows(lent: str, tmp_path: Path) -> None:
    assert asked_as(lent, registry(tmp_path, [desk(WHO, "lender")])) == {ROW_READER}


@pytest.mark.parametrize(
    "beyond",
    [
        # The registry names a column that the role may not read.
        desk(WHO, "lender", "state"),
        # A query reads more than the registry says.
        desk("select current_user::text as who, state from loan", "lender"),
    ],
)
def test_the_role_is_not_taken_where_it_would_be_refused(
    lent: str, tmp_path: Path, beyond: Reader
) -> None:
    assert asked_as(lent, registry(tmp_path, [beyond])) == {"postgres"}
