"""``docent monitor`` from end to end: what it says, what it keeps, and what it survives."""

from __future__ import annotations

import re
import signal
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

import prevention
from detection.catalog import read_catalog
from detection.diff import diff_catalogs
from detection.history import Coverage, Freshness
from detection.model import Catalog
from prevention.history import History, open_history
from prevention.rows import RowTerms
from tests.conftest import new_database
from tests.prevention.history.watched import (
    FRESH,
    SIGNUPS,
    STALE,
    mark,
    run_sql,
    started,
    write_contract,
)
from tests.prevention.running import Ran, docent

NOWHERE = {"DATABASE_URL": "postgresql://guide@127.0.0.1:1/museum"}
"""A database that does not answer."""


@pytest.fixture(params=["sandbox", "theirs"])
def watched(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> str:
    """URL of a database with sign-ups, ours or not; the contract is in ``tmp_path``."""
    run_sql(database, SIGNUPS)
    write_contract(tmp_path)
    if request.param == "sandbox":
        mark(database)
    return database


def settings(url: str, folder: Path) -> dict[str, str]:
    return {"DATABASE_URL": url, "DOCENT_HOME": str(folder / "home")}


def monitor(url: str, folder: Path, *arguments: str) -> Ran:
    return docent("monitor", *arguments, folder=folder, settings=settings(url, folder))


def history_of(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    monkeypatch.setenv("DOCENT_HOME", str(folder / "home"))
    history = open_history(url, make=False)
    assert history is not None
    return history


def said(ran: Ran) -> list[str]:
    """What a run said, without its time."""
    lines = [re.sub(r"\(\d{4}-.*?\)", "(then)", line) for line in ran.out.splitlines()]
    return [re.sub(r"^\S+ \S+ UTC  ", "", lines[0]), *(line.strip() for line in lines[1:])]


BEGAN = (
    "began  crm/lead  rows-stale  crm.signups.created_at  promised the newest row less than "
    "5 minutes old, found the newest is 1 hour 1 minute old"
)
NAME = "crm/lead  rows-stale  crm.signups.created_at"


def test_it_says_what_changed_since_the_last_run(watched: str, tmp_path: Path) -> None:
    first = monitor(watched, tmp_path, "--now", FRESH)
    assert (first.code, first.err) == (0, "")
    assert said(first)[0] == "run 1  1 of 1 contracts hold"
    assert said(first)[1].startswith("The first run. The history is kept in ")
    second = monitor(watched, tmp_path, "--now", FRESH)
    assert said(second) == ["run 2  1 of 1 contracts hold", "Nothing changed since run 1 (then)."]
    third = monitor(watched, tmp_path, "--now", STALE)
    assert (third.code, said(third)) == (1, ["run 3  0 of 1 contracts hold", BEGAN])
    fourth = monitor(watched, tmp_path, "--now", STALE.replace(":00", ":30"))
    assert (fourth.code, said(fourth)) == (
        1,
        ["run 4  0 of 1 contracts hold", "Nothing changed since run 3 (then).",
         f"lasts  {NAME}  for 30 minutes"],
    )  # fmt: skip
    fifth = monitor(watched, tmp_path, "--now", FRESH)
    assert (fifth.code, said(fifth)) == (
        0, ["run 5  1 of 1 contracts hold", f"ended  {NAME}  after 0 seconds"]
    )  # fmt: skip


def test_what_is_kept(watched: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monitor(watched, tmp_path, "--now", STALE)
    with history_of(watched, tmp_path, monkeypatch) as history:
        run = history.last_run()
    assert run is not None
    assert (run.at, run.outcome) == (datetime(2026, 1, 15, 13, tzinfo=UTC), "broken")
    (stood,) = run.observations
    assert (stood.contract, stood.version, stood.status) == ("crm/lead", "1.2.0", "active")
    assert (stood.outcome, stood.availability) == ("broken", 99.5)
    assert run.freshness == (
        Freshness("crm/lead", "crm.signups.created_at", 3660, 300, kept=False),
    )
    assert run.coverage == Coverage(2, 1)
    assert [promise.rule for promise in run.broken] == ["rows-stale"]


def test_beside_a_database_of_others_nothing_is_made_in_it(database: str, tmp_path: Path) -> None:
    run_sql(database, SIGNUPS)
    write_contract(tmp_path)
    monitor(database, tmp_path, "--now", FRESH)
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "select count(*) from pg_namespace where nspname like 'docent%'"
        ).fetchone()
    assert found == (0,)
    assert (tmp_path / "home" / "history.db").is_file()
    assert (tmp_path / "home" / ".gitignore").read_text() == "*\n"


def test_in_a_sandbox_its_tables_are_nobodys_to_promise(database: str, tmp_path: Path) -> None:
    run_sql(database, SIGNUPS)
    mark(database)
    write_contract(tmp_path)
    monitor(database, tmp_path, "--now", FRESH)
    assert not (tmp_path / "home").exists()
    checked = docent("check", "--now", FRESH, folder=tmp_path, settings={"DATABASE_URL": database})
    assert (checked.code, checked.out.count("docent_history")) == (0, 0)
    assert "crm.campaigns" in checked.out


def test_a_history_alone_is_nothing_to_judge_and_no_change(database: str, tmp_path: Path) -> None:
    mark(database)
    write_contract(tmp_path)
    for _ in range(2):  # the second time, the tables of the history are there
        ran = monitor(database, tmp_path)
        assert (ran.code, "Could not judge: Nothing was checked" in ran.out) == (2, True)
    with psycopg.connect(database) as connection:
        assert diff_catalogs(Catalog("museum", 180000, (), ()), read_catalog(connection)) == ()


@pytest.mark.parametrize("how", ["flag", "environment", "file"])
def test_the_history_is_kept_where_one_says(database: str, tmp_path: Path, how: str) -> None:
    run_sql(database, SIGNUPS)
    mark(database)
    write_contract(tmp_path)
    place = f"sqlite:///{tmp_path / 'kept.db'}"
    more: tuple[str, ...] = ("--history-url", place) if how == "flag" else ()
    given = {**settings(database, tmp_path), "WHERE": place}
    if how == "environment":
        given["DOCENT_HISTORY_URL"] = place
    if how == "file":
        (tmp_path / "pyproject.toml").write_text('[tool.docent]\nhistory-url = "$WHERE"\n')
    ran = docent("monitor", "--now", FRESH, *more, folder=tmp_path, settings=given)
    assert ran.code == 0
    assert str(tmp_path / "kept.db") in ran.out
    assert (tmp_path / "kept.db").is_file()


def test_what_could_not_be_judged_is_kept_and_ends_no_breach(
    watched: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monitor(watched, tmp_path, "--now", STALE)
    contract = tmp_path / "contracts" / "lead.yaml"
    whole = contract.read_text()
    contract.write_text(whole.replace("kind: DataContract", "kind: DataKontract"))
    ran = monitor(watched, tmp_path, "--now", STALE)
    assert ran.code == 2
    assert said(ran)[0].startswith("run 2  Could not judge: ")
    assert said(ran)[1:] == [
        "Was judged in run 1, 2026-01-15 13:00 UTC",
        f"lasts  {NAME}  for 0 seconds",
    ]
    contract.write_text(whole)
    again = monitor(watched, tmp_path, "--now", STALE)
    assert again.code == 1
    assert said(again)[1].startswith("Judged again (not in run 2: ")
    assert said(again)[2] == f"lasts  {NAME}  for 0 seconds"
    with history_of(watched, tmp_path, monkeypatch) as history:
        assert [
            breach.began for breach in history.breaches_since(datetime.min.replace(tzinfo=UTC))
        ] == [1]


def test_a_database_that_is_down_counts_where_the_history_is_beside_it(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_sql(database, SIGNUPS)
    write_contract(tmp_path)
    down = "postgresql://guide@127.0.0.1:1/museum?connect_timeout=2"
    unknown = monitor(down, tmp_path)
    assert unknown.code == 2
    assert not (tmp_path / "home").exists()
    monkeypatch.setenv("DOCENT_HOME", str(tmp_path / "home"))
    with open_history(down, str(tmp_path / "history.db")) as history:  # type: ignore[union-attr]
        assert history.last_run() is None
    place = ("--history-url", str(tmp_path / "history.db"))
    ran = monitor(down, tmp_path, *place)
    assert (ran.code, ran.err) == (2, "")
    assert said(ran)[0].startswith("run 1  Could not judge: The server of ")
    with open_history(down, str(tmp_path / "history.db")) as history:  # type: ignore[union-attr]
        run = history.last_run()
    assert run is not None
    assert [(each.contract, each.outcome) for each in run.observations] == [
        ("crm/lead", "not-judged")
    ]


def test_a_known_database_that_is_gone_is_told_in_the_local_file(
    server_18: str, tmp_path: Path
) -> None:
    write_contract(tmp_path)
    with new_database(server_18) as url:
        run_sql(url, SIGNUPS)
        monitor(url, tmp_path, "--now", FRESH)
    ran = monitor(url, tmp_path)
    assert (ran.code, said(ran)[0][:24]) == (2, "run 2  Could not judge: ")
    other = monitor(f"{url}&application_name=museum", tmp_path)  # the same by another address
    assert said(other)[0].startswith("run 3  ")


def test_what_is_known_before_breaks_nothing(watched: str, tmp_path: Path) -> None:
    where = settings(watched, tmp_path)
    docent(
        "check", "--now", STALE, "--write-baseline", "known.json", folder=tmp_path, settings=where
    )
    ran = monitor(watched, tmp_path, "--now", STALE, "--baseline", "known.json")
    assert (ran.code, said(ran)[0]) == (0, "run 1  1 of 1 contracts hold")


def test_contracts_that_come_and_go_are_told(watched: str, tmp_path: Path) -> None:
    monitor(watched, tmp_path, "--now", FRESH)
    first = tmp_path / "contracts" / "lead.yaml"
    second = first.read_text().replace("lead", "campaign").replace("slaProperties", "customNotes")
    second = second.partition("customNotes")[0]
    (tmp_path / "contracts" / "campaign.yaml").write_text(second.replace("signups", "campaigns"))
    ran = monitor(watched, tmp_path, "--now", FRESH)
    assert "new    crm/campaign" in said(ran)
    assert "Under contract: 2 of 2 tables" in said(ran)
    first.unlink()
    assert "gone    crm/lead" in said(monitor(watched, tmp_path, "--now", FRESH))


def test_the_metrics_are_read_by_the_official_parser(watched: str, tmp_path: Path) -> None:
    file = tmp_path / "docent.prom"
    monitor(watched, tmp_path, "--now", STALE, "--metrics-file", str(file))
    families = {each.name: each for each in text_string_to_metric_families(file.read_text())}
    values = {
        name: [(sample.labels.get("contract"), sample.value) for sample in family.samples]
        for name, family in families.items()
    }
    at = datetime(2026, 1, 15, 13, tzinfo=UTC).timestamp()
    assert values == {
        "docent_run_timestamp_seconds": [(None, at)],
        "docent_run_judged": [(None, 1)],
        "docent_contract_held": [("crm/lead", 0)],
        "docent_breach_began_timestamp_seconds": [("crm/lead", at)],
        "docent_freshness_age_seconds": [("crm/lead", 3660)],
        "docent_freshness_limit_seconds": [("crm/lead", 300)],
        "docent_tables": [(None, 2)],
        "docent_tables_under_contract": [(None, 1)],
    }
    assert {family.type for family in families.values()} == {"gauge"}
    held = families["docent_contract_held"].samples[0].labels
    assert (held["version"], held["contract"]) == ("1.2.0", "crm/lead")


def test_it_goes_on_until_ctrl_c_and_ends_well(
    watched: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path, settings(watched, tmp_path), "monitor", "--every", "1s") as process:
        assert process.stdout
        assert process.stderr
        lines: list[str] = []
        while not any("  run 3  " in line for line in lines):
            lines.append(process.stdout.readline())
            assert lines[-1], process.stderr.read()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode in {0, 1}
    assert re.fullmatch(r"docent: Stopped after \d+ runs\. All are in the history\.\n", err)
    told = ("".join(lines) + out).count("  run ")
    assert int(re.findall(r"\d+", err)[0]) in {told, told - 1}
    with history_of(watched, tmp_path, monkeypatch) as history:
        run = history.last_run()
    assert run is not None
    assert run.number in {told, told + 1}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_it_is_stopped_in_the_middle_and_the_history_goes_on(
    watched: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    with started(tmp_path, settings(watched, tmp_path), "monitor", "--every", "1s") as process:
        assert process.stdout
        while "  run 2  " not in process.stdout.readline():
            pass
        process.send_signal(how)
        _, err = process.communicate(timeout=60)
    assert ("Stopped after" in err) == (how is signal.SIGTERM)
    assert monitor(watched, tmp_path, "--now", FRESH).code == 0
    with history_of(watched, tmp_path, monkeypatch) as history:
        run = history.last_run()
        numbers = history.engine.execute("select number from runs order by number")
    assert run is not None
    assert [row[0] for row in numbers] == [*range(1, run.number + 1)]
    assert run.number >= 3


def test_two_monitors_at_once_begin_a_breach_once(watched: str, tmp_path: Path) -> None:
    command = ("monitor", "--now", STALE)
    where = settings(watched, tmp_path)
    pair = [started(tmp_path, where, *command) for _ in range(2)]
    ends = [(*process.communicate(timeout=120), process.returncode) for process in pair]
    assert [(err, code) for _, err, code in ends] == [("", 1), ("", 1)]
    assert sum(out.count("began") for out, _, _ in ends) == 1
    assert sorted(re.findall(r"run (\d)  ", "".join(out for out, _, _ in ends))) == ["1", "2"]


def test_the_loop_survives_a_run_that_cannot_be_kept(tmp_path: Path) -> None:
    write_contract(tmp_path)
    down = {**NOWHERE, "DOCENT_HOME": str(tmp_path)}
    with started(tmp_path, down, "monitor", "--every", "1s") as process:
        assert process.stderr
        told = [process.stderr.readline() for _ in range(4)]
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert [line.partition(": ")[0] for line in told] == ["docent", "Next"] * 2
    assert process.returncode == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1s", 1), ("30s", 30), ("5m", 300), ("90m", 5400), ("1h", 3600), ("2d", 172_800),
        ("366d", 31_622_400), (" 5m ", 300),
    ],
)  # fmt: skip
def test_the_units_in_which_one_says_how_often(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, expected: int
) -> None:
    """The clock stands still, so that it waits for just as long as it was told to."""
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        raise KeyboardInterrupt

    monkeypatch.setattr("time.monotonic", lambda: 0.0)
    monkeypatch.setattr("time.sleep", wait)
    ran = docent("monitor", "--every", text, folder=tmp_path, settings=NOWHERE)
    assert (waited, ran.code) == ([expected], 2)
    assert ran.err.endswith("docent: Stopped after 1 run. All are in the history.\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--every", "5"), "'5' is no time to wait; write it like 30s, 5m, 1h or 1d"),
        (("--every", "0m"), "'0m' is no time to wait"),
        (("--every", "9999999d"), "'9999999d' is too long to wait; a year (366d) is the longest"),
        (("--every", "367d"), "'367d' is too long to wait"),
        (("--every", "9" * 5000 + "s"), "is too long to wait"),
        (("--every", "5m", "--now", FRESH), "--now would stand still while --every goes on"),
        (("--history-url", "mysql://museum/history"), "cannot be kept at mysql://museum/history"),
    ],
)
def test_what_makes_no_sense_is_refused(
    database: str, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    write_contract(tmp_path)
    ran = monitor(database, tmp_path, *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_a_password_is_never_shown(database: str, tmp_path: Path) -> None:
    run_sql(database, SIGNUPS)
    write_contract(tmp_path)
    secret = database.replace("postgres@", "postgres:kept-quiet@")
    ran = monitor(database, tmp_path, "--now", FRESH, "--history-url", secret)
    assert (ran.code, "kept-quiet" in ran.out) == (0, False)


def test_as_a_python_call(watched: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCENT_HOME", str(tmp_path / "home"))
    monitored = prevention.monitor(
        tmp_path / "contracts",
        database=watched,
        rows=RowTerms(now=datetime(2026, 1, 15, 13, tzinfo=UTC)),
    )
    assert (monitored.exit, monitored.appended.run.number) == (1, 1)
    assert [contract.identity for contract in monitored.contracts] == ["crm/lead"]
    (event,) = monitored.appended.events
    assert (event.kind, event.breach.promise.element) == ("began", "crm.signups.created_at")
