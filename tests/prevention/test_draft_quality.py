"""``docent draft --with-quality``: what is proposed is kept, and says why and how tight it is."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.loading import load
from contracts.model import Check, Table
from detection.model import Catalog
from detection.quality.headroom import without_headroom
from detection.quality.model import Demand, Measurement, Reach
from detection.quality.proposing import SHARES, upper_share
from tests.detection.quality.rows import check
from tests.prevention.running import Ran, docent

SIGNUPS = """
create schema crm;
create table crm.signups (
  signup_id integer primary key, email text, signup_source text not null,
  age integer, note text, extra json, created_at timestamptz not null);
insert into crm.signups
  select n, n || '@guide.example', (array['web', 'mobile', 'api', 'partner'])[1 + n % 4],
         case when n % 50 > 0 then 18 + n % 60 end,
         case when n % 20 > 1 then 'n' || n % 500 when n % 20 > 0 then '' end, null,
         now() - n * interval '7 minutes'
  from generate_series(1, 1000) as n;
"""


@pytest.fixture
def signups(database: str) -> str:
    """URL of a database with a thousand sign-ups, the last of them seven minutes ago."""
    with psycopg.connect(database) as connection:
        connection.execute(SIGNUPS)
    return database


def drafted(url: str, folder: Path, *arguments: str, table: str = "crm.signups") -> Ran:
    draft = ("draft", table, "--with-quality", *arguments)
    return docent(*draft, folder=folder, settings={"DATABASE_URL": url})


def test_each_promise_is_told_with_its_reason(signups: str, tmp_path: Path) -> None:
    ran = drafted(signups, tmp_path, "--output", "lead.yaml")
    assert (ran.code, ran.err.splitlines()) == (
        0,
        [
            "at least 900 rows: 1000 rows today; with a tenth fewer, a load was not whole.",
            (
                "email: at most 1 percent of the rows with a null: 0 of 1000 rows are null today; "
                "so many rows can vouch for 1 percent, and not for less."
            ),
            (
                "email: no row that repeats the email of another: "
                "The 1000 values of today are all different."
            ),
            (
                "  warning: no headroom: nothing in the database keeps it so; "
                "a UNIQUE constraint would"
            ),
            (
                "signup_source: no row with a value other than api, mobile, partner, web: "
                "4 different values in 1000 rows."
            ),
            (
                "  warning: no headroom: a new value breaks it; "
                "say in the contract what readers do with one"
            ),
            (
                "age: at most 5 percent of the rows with a null: 20 of 1000 rows are null today; "
                "so many rows can vouch for 5 percent, and not for less."
            ),
            "age: no row with a value below 0: The least value today is 18.",
            (
                "note: at most 15 percent of the rows with a missing value (null, ''): "
                "100 of 1000 rows are null or empty today; "
                "so many rows can vouch for 15 percent, and not for less."
            ),
            (
                "freshness of created_at of 15 minutes: The longest pause between arrivals was "
                f"{pause_in(ran)}; twice that leaves room."
            ),
            "Proposed 8 promises about rows, 2 without headroom.",
        ],
    )  # fmt: skip
    contract = load(tmp_path / "lead.yaml")
    assert len(contract.checks) == 7
    assert all(check.description for check in contract.checks)
    assert all(level.description for level in contract.service_levels)


def pause_in(ran: Ran) -> str:
    """The pause that was measured: seven minutes, and as long as the test took to get there."""
    line = next(line for line in ran.err.splitlines() if line.startswith("freshness"))
    pause = line.partition("arrivals was ")[2].partition(";")[0]
    assert pause.startswith("7 minutes")
    return pause


@pytest.mark.parametrize(("dialect", "many"), [("odcs", 8), ("soda", 12)])
def test_what_was_drafted_is_kept_where_it_was_drafted(
    signups: str, tmp_path: Path, dialect: str, many: int
) -> None:
    """In Soda's language, checks stand in for NOT NULL and for keys, and are measured as well."""
    ran = drafted(signups, tmp_path, "--dialect", dialect, "--output", "contracts/lead.yaml")
    assert ran.code == 0
    ran = docent("check", "--schema", "crm", folder=tmp_path, settings={"DATABASE_URL": signups})
    assert (ran.code, ran.err) == (0, ""), ran.out
    assert f"Measured {many} promises about rows." in ran.out


def test_what_stopped_arriving_is_promised_no_freshness(signups: str, tmp_path: Path) -> None:
    with psycopg.connect(signups) as connection:
        connection.execute("update crm.signups set created_at = created_at - interval '1 year'")
    assert "freshness" not in drafted(signups, tmp_path).err
    with psycopg.connect(signups) as connection:
        connection.execute("update crm.signups set created_at = now()")
    assert "freshness" not in drafted(signups, tmp_path).err  # all of it arrived at once


def test_of_a_few_rows_nothing_can_be_said(signups: str, tmp_path: Path) -> None:
    with psycopg.connect(signups) as connection:
        connection.execute("delete from crm.signups where signup_id > 29")
    ran = drafted(signups, tmp_path)
    assert ran.code == 0
    assert ran.err == (
        "docent: crm.signups has too few rows to propose anything that they could keep.\n"
    )
    assert "quality:" not in ran.out


@pytest.mark.parametrize("dialect", ["book", "dbt"])
def test_a_dialect_without_words_for_rows_is_refused(
    signups: str, tmp_path: Path, dialect: str
) -> None:
    ran = drafted(signups, tmp_path, "--dialect", dialect)
    assert (ran.code, ran.out) == (2, "")
    assert f"--dialect {dialect} has no words for promises about rows" in ran.err


def test_without_the_flag_a_draft_is_as_ever(signups: str, tmp_path: Path) -> None:
    ran = docent("draft", "crm.signups", folder=tmp_path, settings={"DATABASE_URL": signups})
    assert (ran.code, ran.err) == (0, "")
    assert '"spec-version"' in ran.out


def test_a_promise_that_is_hardly_kept_is_told(signups: str, tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "lead.yaml").write_text(
        "dataset: museum/crm/signups\n"
        "columns:\n"
        "  - name: age\n"
        "    checks:\n"
        "      - missing: {threshold: {metric: percent, must_be_less_than: 2.1}}\n"
        "      - missing: {threshold: {metric: percent, must_be_less_than: 10}}\n"
    )
    ran = drafted(signups, tmp_path)
    assert [line for line in ran.err.splitlines() if line.startswith("warning")] == [
        (
            "warning: museum/crm/signups promises less than 2.1 percent of the rows with a null, "
            "without headroom: 20 of 1000 rows fail, and one more breaks it."
        )
    ]


CLASSIFIED = """
apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: 1.0.0
status: active
schema:
  - name: signups
    physicalName: crm.signups
    properties:
      - {name: signup_source, logicalType: string, classification: internal}
      - {name: age, logicalType: integer, classification: sensitive}
      - {name: created_at, logicalType: timestamp, classification: internal}
"""


def test_of_a_classified_column_a_draft_holds_counts_and_no_value(
    signups: str, tmp_path: Path
) -> None:
    with psycopg.connect(signups) as connection:
        connection.execute("update crm.signups set age = age + 4711")
    (tmp_path / "contracts").mkdir()
    people = tmp_path / "contracts" / "people.yaml"
    people.write_text(CLASSIFIED)
    ran = drafted(signups, tmp_path)
    assert ran.code == 0
    assert [line.partition(":")[0] for line in ran.err.splitlines() if line[:7] != "  warni"] == [
        "at least 900 rows", "email", "email", "age", "note",
        "Proposed 5 promises about rows, 1 without headroom.",
    ]  # fmt: skip
    values = ("4729", "mobile", "partner", "minutes")
    assert not [value for value in values if value in ran.err + ran.out]
    people.write_text(CLASSIFIED.replace("internal", "public").replace("sensitive", "public"))
    ran = drafted(signups, tmp_path)
    assert [value for value in values if value in ran.err and value in ran.out] == [*values]


def test_who_classifies_what_must_be_read_before_values_are_told(
    signups: str, tmp_path: Path
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "people.yaml").write_text(CLASSIFIED.replace("schema:", "sceham:"))
    ran = drafted(signups, tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert "people.yaml:8" in ran.err
    assert docent("draft", "crm.signups", folder=tmp_path,
                  settings={"DATABASE_URL": signups}).code == 0  # fmt: skip


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_what_is_proposed_leaves_room(failing: int, rows: int) -> None:
    failing = min(failing, rows)
    share = upper_share(failing, rows)
    assert share is None or (share in SHARES and 100 * failing / rows < share)
    assert share is None or upper_share(failing * 10, rows * 10) is not None
    if failing < rows:  # the more fail, the more is allowed
        more = upper_share(failing + 1, rows)
        assert more is None or (share is not None and more >= share)


PERCENT = {"unit": "percent"}
FRESH = Check("freshness", "mustBeLessThan", (100,), ("created_at",), unit="seconds")


@pytest.mark.parametrize(
    ("stated", "value", "rows", "failing", "is_tight"),
    [
        (check("nullValues", "email", bound=5, operator="mustBeLessOrEqualTo"), 5, 99, 5, True),
        (check("nullValues", "email", bound=5, operator="mustBeLessOrEqualTo"), 4, 99, 4, False),
        (check("nullValues", "email", bound=5, operator="mustBeLessThan"), 4, 99, 4, True),
        (check("nullValues", "email", bound=5, operator="mustBeLessThan"), 6, 99, 6, False),
        (check("nullValues", "email"), 0, 99, 0, False),
        (check("nullValues", "email", bound=1, operator="mustBeLessOrEqualTo", unit="percent"),
         1, 100, 1, True),
        (check("nullValues", "email", bound=1, operator="mustBeLessOrEqualTo", unit="percent"),
         0.5, 200, 1, False),
        (check("completeness", "email", bound=99, operator="mustBeGreaterOrEqualTo"),
         99, 100, 1, True),
        (check("completeness", "email", bound=99, operator="mustBeGreaterOrEqualTo"),
         99.5, 200, 1, False),
        (check("completeness", "email", bound=100, operator="mustBeGreaterOrEqualTo"),
         100, 200, 0, False),
        (FRESH, 81, 5, None, True),
        (FRESH, 79, 5, None, False),
        (FRESH, 101, 5, None, False),
        (FRESH, None, 0, None, False),
        (check("rowCount", bound=5, operator="mustBeGreaterThan"), 6, 6, None, False),
    ],
)  # fmt: skip
def test_headroom_is_what_is_left_until_it_breaks(
    stated: Check, value: float | None, rows: int, failing: int | None, is_tight: bool
) -> None:
    table = Table("signups", "crm")
    reach = Reach({}, Catalog("museum", 180000, ("crm",), (table,)))
    demand = Demand("crm/lead", table, table, "rows-null", stated, reach)
    found = without_headroom(Measurement(demand, value, rows, failing))
    assert (found is not None) is is_tight
