"""The one call by which a pipeline verifies a contract: it returns only where all promises hold."""

from __future__ import annotations

import pickle
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from contracts import DocumentError
from data_assets.errors import SandboxError
from prevention import BrokenPromiseError, RowTerms, verify
from prevention.decision import NotJudged
from tests.prevention.running import REPOSITORY, environment

LAST = datetime(2026, 1, 15, 12, tzinfo=UTC)
PAGE = """\
contract: loans_v1
table: shop.loans
owner: Registrar <registrar@museum.example>
fields:
  - loan_id: integer, primary_key
  - lender: string, not_null
  - made_at: timestamptz
sla:
  freshness: < 1 hours on made_at
  completeness: ">= 90% on made_at"
"""
REGISTRY = """\
consumers:
  - name: loan-desk
    team: Loans
    mode: dashboard
    migration_contact: loans@museum.example
    subscriptions:
      - contract: loans_v1
        schema: shop
        table: loans
        columns: [loan_id, lender]
"""
TABLE = """
create schema shop;
create table shop.loans (
  loan_id integer primary key, lender text not null, made_at timestamptz);
insert into shop.loans
  select n, 'Lender ' || n, '2026-01-15 12:00+00'::timestamptz - n * interval '1 minute'
  from generate_series(0, 99) as n
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The contract, in the folder of a project with a registry of consumers."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contracts" / "loans").mkdir(parents=True)
    (tmp_path / "contracts" / "consumers.yaml").write_text(REGISTRY)
    path = tmp_path / "contracts" / "loans" / "loans.yaml"
    path.write_text(PAGE)
    return path


def run(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def verified(page: Path, url: str, **terms: timedelta) -> BrokenPromiseError | None:
    """What stops the pipeline; nothing, where nothing does."""
    try:
        now = LAST + terms.get("later", timedelta())
        assert verify(page, database=url, rows=RowTerms(now=now)).status == "held"
    except BrokenPromiseError as error:
        return error
    return None


def test_where_all_holds_the_decision_comes_back(any_database: str, page: Path) -> None:
    run(any_database, TABLE)
    decision = verify(page, database=any_database, rows=RowTerms(now=LAST))
    assert (decision.status, decision.exit, decision.findings) == ("held", 0, ())
    assert decision.checked.measured == 2


@pytest.mark.parametrize(
    ("statement", "rule", "says"),
    [
        (
            "alter table shop.loans rename column lender to owner",
            "column-renamed",
            ["shop.loans.lender", "found     owner", "consumers loan-desk"],
        ),
        (
            "alter table shop.loans alter column lender drop not null",
            "nullability-differs",
            ["shop.loans.lender", "consumers loan-desk"],
        ),
        (
            "drop table shop.loans; create table shop.lenders (name text)",
            "table-missing",
            ["shop.loans", "consumers loan-desk"],
        ),
        (
            "update shop.loans set made_at = null where loan_id >= 89",
            "rows-null",
            ["shop.loans.made_at", "89 percent; 11 of 100 rows without"],
        ),
        ("delete from shop.loans where loan_id < 61", "rows-stale", ["shop.loans.made_at"]),
        # Near misses: what nobody was promised, and what is just within the promise.
        ("alter table shop.loans add column note text", None, []),
        ("update shop.loans set made_at = null where loan_id >= 90", None, []),
        ("delete from shop.loans where loan_id < 60", None, []),
    ],
)
def test_what_breaks_a_promise_stops_the_run_and_says_why(
    any_database: str, page: Path, statement: str, rule: str | None, says: list[str]
) -> None:
    run(any_database, TABLE, statement)
    error = verified(page, any_database, later=timedelta(seconds=-1))
    assert (error is None) is (rule is None)
    if error is None:
        return
    said = str(error)
    assert said.startswith(f"a contract is broken\n\nerror  {rule}  ")
    owner = "owner     Registrar <registrar@museum.example>"
    for part in (*says, "contract  loans_v1", owner, "/loans.yaml:", "next      "):
        assert part in said
    assert [finding.rule for finding in error.decision.findings if finding.breaks] == [rule]
    assert error.decision.exit == 1


def test_all_that_is_broken_is_told_at_once(any_database: str, page: Path) -> None:
    run(any_database, TABLE, "alter table shop.loans rename column lender to owner")
    error = verified(page, any_database, later=timedelta(hours=2))
    assert error
    rules = {finding.rule for finding in error.decision.findings}
    assert rules == {"column-renamed", "rows-stale"}


def test_strict_is_asked_for(database: str, page: Path) -> None:
    run(database, TABLE, "alter table shop.loans add column note text")
    assert verified(page, database) is None
    with pytest.raises(BrokenPromiseError, match="column-undeclared"):
        verify(page, database=database, rows=RowTerms(now=LAST), strict=True)


def test_what_nobody_could_judge_is_not_held(database: str, page: Path) -> None:
    with pytest.raises(NotJudged, match="has no schema shop"):
        verify(page, database=database)
    run(database, TABLE)
    (page.parent / "none").mkdir()
    with pytest.raises(NotJudged, match="Nothing was checked"):
        verify(page.parent / "none", database=database)
    with pytest.raises(NotJudged, match="cannot be chosen"):
        verify(page, database=database, rows=RowTerms(where="delete from shop.loans"))
    with pytest.raises(SandboxError, match="is down"):
        verify(page, database="postgresql://ada@127.0.0.1:1/museum")
    page.write_text(PAGE.replace("on made_at", "on mada_at", 1))
    with pytest.raises(DocumentError, match="mada_at"):
        verify(page, database=database)


def test_what_is_not_committed_is_not_seen(database: str, page: Path) -> None:
    run(database, TABLE)
    with psycopg.connect(database) as writing:
        writing.execute("update shop.loans set made_at = null")
        assert verified(page, database) is None
        writing.commit()
    assert verified(page, database)


def test_no_value_of_a_classified_column_is_told(database: str, page: Path) -> None:
    page.write_text(
        PAGE.replace("  - lender: string, not_null\n", "  - lender: enum(Louvre, Prado)\n")
        + "semantics: {lender: {classification: sensitive}}\n"
    )
    run(database, TABLE)
    with pytest.raises(BrokenPromiseError) as stopped:
        verify(page, database=database, rows=RowTerms(now=LAST, show=3))
    assert "loan_id" in str(stopped.value)
    assert "Lender 1" not in str(stopped.value)


def test_it_survives_the_way_from_one_process_to_another(database: str, page: Path) -> None:
    """As the exception of a task does, on its way to whatever has started it."""
    run(database, TABLE, "alter table shop.loans rename column lender to owner")
    error = verified(page, database)
    assert error
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is BrokenPromiseError
    assert (str(arrived), arrived.decision) == (str(error), error.decision)
    with pytest.raises(NotJudged) as unjudged:
        verify(page, database=database, rows=RowTerms(where="delete from shop.loans"))
    assert pickle.loads(pickle.dumps(unjudged.value)).obstacles == unjudged.value.obstacles
    with pytest.raises(SandboxError) as down:
        verify(page, database="postgresql://ada@127.0.0.1:1/museum")
    assert str(pickle.loads(pickle.dumps(down.value))) == str(down.value)


STEP = """
import sys
from datetime import UTC, datetime
from prevention import RowTerms, verify
verify(sys.argv[1], rows=RowTerms(now=datetime(2026, 1, 15, 12, tzinfo=UTC)))
print("the next step")
"""


def test_the_run_of_a_pipeline_ends_there(database: str, page: Path) -> None:
    run(database, TABLE)

    def ran() -> tuple[int, str, str]:
        process = subprocess.run(
            [sys.executable, "-c", STEP, str(page)], cwd=page.parent, text=True,
            env=environment({"DATABASE_URL": database, "PYTHONPATH": str(REPOSITORY)}),
            capture_output=True, check=False, timeout=120,
        )  # fmt: skip
        return process.returncode, process.stdout, process.stderr

    assert ran() == (0, "the next step\n", "")
    run(database, "alter table shop.loans rename column lender to owner")
    code, out, err = ran()
    assert (code, out) == (1, "")
    assert "BrokenPromiseError: a contract is broken" in err
    assert "column-renamed  shop.loans.lender" in err
