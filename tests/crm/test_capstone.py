"""The capstone from end to end: one breaking change, refused, made safe day by day, and forced.

A real repository, a real database, a real mail server, and the real job as a process of its own,
run from the repository, so that what its team commits is what runs.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from data_assets import migrating
from docent.crm import incident
from docent.crm.capstone import NEW, OLD, REGISTRY, SETTINGS, subscribe, unsubscribe
from docent.lessons.lesson_13 import DRAFT, page_of_version_3, query_of_version_3, the_postmortem
from prevention.postmortem import open_places
from tests.conftest import REPOSITORY
from tests.crm.conftest import rows, run
from tests.prevention.histories import History
from tests.prevention.notices.stand_ins import Mail, mail_server
from tests.prevention.running import Ran, docent, environment

CHANNEL = "crm-contracts@museum-guide.example"
OWNER = "growth-engineering@museum-guide.example"
ETL = "rev-ops@museum-guide.example"
SDR = "sdr-leads@museum-guide.example"
VERSIONS = "data_assets/migrations/versions"
LEADS = "select email, lead_source, score, rating from crm.salesforce_leads order by email"
APART = "select count(*) from crm.signups where signup_source is distinct from signup_channel"
LOST = (
    "select count(*) from crm.leads_of_friday b join crm.salesforce_leads n using (email)"
    " where b.lead_source is distinct from n.lead_source"
)


@dataclass
class World:
    """The repository of the guide, the CRM as it runs, and a post office."""

    repository: History
    database: str
    mail: Mail

    def docent(self, *words: str) -> Ran:
        settings = {
            "DATABASE_URL": self.database, "DOCENT_SMTP_URL": self.mail.url,
            "CRM_CHANNEL": CHANNEL, "GITHUB_REPOSITORY": None, "GITHUB_TOKEN": None,
        }  # fmt: skip
        return docent(*words, folder=self.repository.root, settings=settings)

    def gate(self, now: str, *words: str) -> tuple[int, Any]:
        """The gate's exit code, and its report."""
        ran = self.docent("gate", "--base", "main", "--now", now, "--format", "json", *words)
        return ran.code, json.loads(ran.out)

    def job(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the reverse ETL as it is committed in the repository."""
        path = str(self.repository.root / "notebooks")
        return subprocess.run(
            [sys.executable, "-m", "docent.crm.rev_ops_reverse_etl", *words],
            cwd=self.repository.root, check=False, capture_output=True, text=True, timeout=120,
            env=environment({"DATABASE_URL": self.database, "PYTHONPATH": path}),
        )  # fmt: skip

    def read(self, name: str) -> str:
        return (self.repository.root / name).read_text(encoding="utf-8")

    def merge(self, branch: str) -> None:
        """Merge a branch into main, and let the database follow."""
        self.repository.switch("main")
        self.repository.git("merge", "--quiet", "--ff-only", branch)
        migrating.upgrade(self.database, folder=self.repository.root / "data_assets/migrations")

    def branch(self, name: str) -> None:
        """Leave main for a new branch."""
        self.repository.switch("main")
        self.repository.branch(name)

    def plan(self, *steps: str) -> dict[str, str | bytes | None]:
        """The revisions of these steps of the plan, as files of the project."""
        made = (self.repository.root / "plans" / "channel" / "versions").rglob("*.py")
        taken = {p.name: p.read_text() for p in made if any(f"_{s}_" in p.name for s in steps)}
        assert len(taken) == len(steps)
        return {f"{VERSIONS}/{name}": text for name, text in taken.items()}

    def monitor(self, now: str) -> tuple[int, list[str]]:
        """Look at the CRM at this time; the exit code, and whom it told of what."""
        run(
            self.database,
            f"with late as (select timestamptz '{now}Z' - interval '2 minutes' - max(landed_at)"
            " as by from crm.signups) update crm.signups"
            " set created_at = created_at + by, landed_at = landed_at + by from late",
        )
        ran = self.docent("monitor", "contracts/crm", "--now", now)
        assert "not told" not in ran.out
        told = [f"{', '.join(to)}: {letter['subject']}" for to, letter in self.mail.letters]
        self.mail.letters.clear()
        return ran.code, sorted(told)

    def life(self, day: str) -> list[tuple[str, str]]:
        """What the check says of the ends of the CRM's contracts on a day: rule and level."""
        ran = self.docent("check", "--documents", "--now", day, "--format", "json")
        return [
            (each["rule"], each["level"])
            for each in json.loads(ran.out)["findings"]
            if each["rule"].startswith("lifecycle-")
        ]


@pytest.fixture
def world(crm: str, tmp_path: Path) -> Iterator[World]:
    made = History(tmp_path / "museum-guide")
    for name in ("contracts", "data_assets", "notebooks/docent"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / name, made.root / name, ignore=ignored)
    shutil.copy(REPOSITORY / "alembic.ini", made.root)
    settings = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")
    made.commit({"pyproject.toml": settings + SETTINGS, ".gitignore": "__pycache__/\n"})
    with mail_server() as mail:
        yield World(made, crm, mail)


def errors(report: Any) -> list[str]:
    """The rules of what stops a change; what somebody has answered for does not."""
    return [
        each["rule"]
        for each in report["findings"]
        if each["level"] == "error" and not each["acknowledged"]
    ]


def warnings(report: Any) -> list[str]:
    return [each["rule"] for each in report["findings"] if each["level"] == "warning"]


def done(ran: subprocess.CompletedProcess[str]) -> str:
    """What the job said of a run that it finished."""
    assert (ran.returncode, ran.stderr) == (0, "")
    return ran.stdout


# ------------------------------------------------------------------ the refusal


def test_the_producer_s_pull_request_is_refused_by_the_consumer_s_own_query(world: World) -> None:
    world.branch("a-better-name")
    world.repository.commit(
        {
            f"{VERSIONS}/{incident.FILE}": incident.migration(),
            OLD: world.read(OLD).replace("signup_source", "signup_channel"),
        }
    )
    code, report = world.gate("2026-01-19")
    assert (code, errors(report)) == (1, ["column-name-changed", "version-unchanged"])
    renamed, version = (each for each in report["findings"] if each["level"] == "error")
    assert (renamed["contract"], renamed["promised"], renamed["found"]) == (
        "salesforce_lead_v2", "signup_source", "signup_channel",
    )  # fmt: skip
    assert [each["name"] for each in renamed["consumers"]] == ["rev-ops-reverse-etl"]
    fails = 'fails: column "signup_source" does not exist'
    assert renamed["verdict"]["proofs"] == [f"rev-ops-reverse-etl's query new-leads {fails}"]
    hurt = [(q["consumer"], q["query"], q["says"]) for q in report["queries"] if q["hurt"]]
    assert hurt == [("rev-ops-reverse-etl", "new-leads", fails)]
    assert {q["outcome"] for q in report["queries"] if not q["hurt"]} == {"same"}
    assert renamed["owner"]["name"] == "Growth Engineering"
    assert (version["promised"], version["found"]) == ("3.0.0", "2.0.0")
    # The rules alone refuse it too; nobody's query has said so then.
    code, report = world.gate("2026-01-19", "--no-evidence")
    assert (code, errors(report)) == (1, ["column-name-changed", "version-unchanged"])
    assert report["findings"][0]["verdict"]["proofs"] == []


def test_a_change_that_hurts_nobody_is_let_pass(world: World) -> None:
    """The near miss: a migration of the same table, of which no reader sees anything."""
    world.branch("an-index")
    text = re.sub(r"op\.alter_column.*", "pass", incident.migration())
    text = text.replace("pass", 'op.execute("create index on crm.signups (created_at)")', 1)
    world.repository.commit({f"{VERSIONS}/{incident.FILE}": text})
    code, report = world.gate("2026-01-19")
    assert (code, errors(report)) == (0, [])


# ------------------------------------------------------------------ the safe road


def test_the_safe_road_day_by_day(world: World) -> None:
    before_notice(world)
    announced(world)
    leads = window(world)
    assert a_late_consumer_holds_the_sunset_up(world)
    consumer_moves(world, leads)
    sunset(world, leads)
    retired(world, leads)


def before_notice(world: World) -> None:
    """Nothing is announced: the job runs, and nobody has anything to hear."""
    assert done(world.job()).startswith("rev-ops-reverse-etl: 843 sign-ups read, ")
    assert world.monitor("2026-01-16T09:00") == (0, [])
    assert world.life("2026-01-16") == []


def announced(world: World) -> None:
    """The producer promises the next version beside the old one, and says when that ends."""
    world.branch("a-channel-beside-it")
    world.repository.write({NEW: page_of_version_3()})
    ran = world.docent("plan", OLD, NEW, "--now", "2026-01-19", "--output", "plans/channel")
    assert (ran.code, "To fill in" in ran.out) == (0, False)
    world.repository.commit(world.plan("01", "02", "03"))
    end = ("deprecate", "salesforce_lead_v2", "--replacement", "salesforce_lead_v3",
           "--now", "2026-01-19", "--reason", "Marketing calls the source a channel")  # fmt: skip
    hasty = world.docent(*end, "--sunset", "2026-02-17")
    assert (hasty.code, "notice-too-short" in hasty.err) == (1, True)
    assert world.repository.git("status", "--porcelain") == ""
    ran = world.docent(*end, "--sunset", "2026-02-24")
    assert (ran.code, "Tell rev-ops-reverse-etl" in ran.out) == (0, True)
    guide = world.read("docs/migrations/salesforce_lead_v2.md")
    notice = world.read("docs/migrations/salesforce_lead_v2.notice.md")
    assert "1. Read `signup_channel` in place of `signup_source`." in guide
    assert "### rev-ops-reverse-etl\n\nRevenue Operations" in guide
    breaking = notice.partition("### Breaking Changes")[2].partition("###")[0]
    assert breaking.strip().splitlines()[1:] == [
        "",
        "- `signup_source` is called `signup_channel` now",
    ]
    days = ["2026-01-19", "2026-02-02", "2026-02-24", "2026-03-03"]
    assert all(f"- {day}: " in guide and f"- {day}: " in notice for day in days)
    world.repository.commit()
    code, report = world.gate("2026-01-19")
    assert (code, errors(report)) == (0, [])
    assert warnings(report) == ["lifecycle-deprecated", "readiness-open"]
    world.merge("a-channel-beside-it")


def window(world: World) -> list[tuple[object, ...]]:
    """Both versions hold, the job runs, whoever writes; each is told once. The leads."""
    ends = "salesforce_lead_v2 2.1.0 is deprecated and ends on 2026-02-24"
    told = [f"{CHANNEL}: {ends}", f"{OWNER}: {ends}", f"{ETL}: {ends}"]
    warned = [("lifecycle-deprecated", "warning")]
    days = {
        "2026-01-20": (told, warned),  # after the announcement
        "2026-02-02": ([], warned),
        "2026-02-18": ([], warned),  # the last week
        "2026-02-24": ([], warned),  # the day itself
        "2026-02-25": ([], [*warned, ("lifecycle-sunset-overdue", "warning")]),
    }
    for number, (day, (letters, life)) in enumerate(days.items()):
        write(world, "signup_source", 50_000 + number)
        write(world, "signup_channel", 60_000 + number)
        assert rows(world.database, APART) == [(0,)], day
        assert done(world.job()).startswith(f"rev-ops-reverse-etl: {843 + 2 * (number + 1)} "), day
        assert world.monitor(f"{day}T09:00") == (0, letters), day
        assert sorted(world.life(day)) == sorted(life), day
    by_either = "select lead_source from crm.salesforce_leads where email ~ '^new[56]'"
    assert set(rows(world.database, by_either)) == {("partner",)}
    return rows(world.database, LEADS)


def write(world: World, column: str, number: int) -> None:
    """A sign-up, as the service writes it that knows this name of the column."""
    run(
        world.database,
        f"insert into crm.signups (signup_id, email, {column}, created_at, landed_at)"
        f" select {number}, 'new{number}@north-gallery.example', 'partner', max(created_at),"
        " max(landed_at) from crm.signups",
    )


def a_late_consumer_holds_the_sunset_up(world: World) -> bool:
    """Its query runs while both names are there: that proves nothing, to command and gate."""
    world.branch("close-version-2-by-hand")
    ran = world.docent("deprecate", "salesforce_lead_v2", "--to", "sunset", "--now", "2026-02-25")
    assert (ran.code, "readiness-unproven" in ran.err) == (1, True)
    assert f"rev-ops-reverse-etl ({ETL}): no registered query of it reads" in ran.err
    assert world.repository.git("status", "--porcelain") == ""
    page = world.read(OLD).replace("status: deprecated", "status: sunset")
    world.repository.commit({OLD: page.replace('"2.1.0"', '"2.2.0"')})
    code, report = world.gate("2026-02-25")
    assert (code, errors(report)) == (1, ["readiness-unproven"])
    (unproven,) = (each for each in report["findings"] if each["level"] == "error")
    assert unproven["found"].startswith("no registered query of it reads salesforce_lead_v3")
    return [each["name"] for each in unproven["consumers"]] == ["rev-ops-reverse-etl"]


def consumer_moves(world: World, leads: list[tuple[object, ...]]) -> None:
    """The reverse ETL registers its next query, and releases a job that reads by it."""
    world.branch("read-the-channel")
    job = "notebooks/docent/crm/rev_ops_reverse_etl.py"
    released = (
        world.read(job)
        .replace('CONTRACTS / "salesforce_lead.yaml"', 'CONTRACTS / "salesforce_lead_v3.yaml"')
        .replace("select email, signup_source, created_at\nfrom crm.signups\norder by created_at, "
                 "email\n", query_of_version_3())
    )  # fmt: skip
    registry = subscribe(world.read(REGISTRY), query_of_version_3(), "2026-02-25")
    world.repository.commit({REGISTRY: registry, job: released})
    code, report = world.gate("2026-02-25")
    assert (code, errors(report)) == (0, [])
    world.merge("read-the-channel")
    done(world.job())
    assert rows(world.database, LEADS) == leads


def sunset(world: World, leads: list[tuple[object, ...]]) -> None:
    """The day has come: the same step passes, everybody is told, and nobody new may join."""
    world.branch("close-version-2")
    ran = world.docent("deprecate", "salesforce_lead_v2", "--to", "sunset", "--now", "2026-02-25")
    assert ran.code == 0
    world.repository.commit()
    code, report = world.gate("2026-02-25")
    assert (code, errors(report), warnings(report)) == (0, [], ["lifecycle-sunset"])
    world.merge("close-version-2")
    said = "salesforce_lead_v2 2.2.0 is in its sunset and may go from 2026-03-03"
    told = [f"{CHANNEL}: {said}", f"{OWNER}: {said}", f"{ETL}: {said}"]
    assert world.monitor("2026-02-26T09:00") == (0, told)
    assert world.life("2026-02-26") == [("lifecycle-sunset", "warning")]
    done(world.job())
    assert rows(world.database, LEADS) == leads
    world.branch("one-more-reader")
    world.repository.commit({REGISTRY: world.read(REGISTRY) + NEWCOMER})
    code, report = world.gate("2026-02-26")
    assert (code, errors(report)) == (1, ["lifecycle-new-to-sunset"])


NEWCOMER = """
  - name: newsletter
    team: Marketing
    mode: batch-export
    migration_contact: marketing@museum-guide.example
    freshness_requirement: daily
    strictness: tolerant
    subscriptions:
      - {contract: salesforce_lead_v2, version: 2.2.0, since: 2026-02-26, schema: crm,
         table: signups, columns: [email]}
    queries:
      - {name: addresses, sql: "select email from crm.signups"}
"""


def retired(world: World, leads: list[tuple[object, ...]]) -> None:
    """A week later it goes, with its column, on somebody's word; the job knows nothing of it."""
    step = ("deprecate", "salesforce_lead_v2", "--to", "retired", "--now")
    hasty = world.docent(*step, "2026-03-02")
    assert (hasty.code, "notice-too-short" in hasty.err) == (1, True)
    read = world.docent(*step, "2026-03-03")
    assert (read.code, "lifecycle-retired-read" in read.err) == (1, True)
    # Only its own team can say that a consumer reads no longer, in a change of its own.
    world.branch("leave-version-2")
    world.repository.commit({REGISTRY: unsubscribe(world.read(REGISTRY))})
    code, report = world.gate("2026-03-03")
    assert (code, errors(report)) == (1, ["consumer-reads-less"] * 2)
    assert world.gate("2026-03-03", "--accept", "rev-ops-reverse-etl")[0] == 0
    world.merge("leave-version-2")
    world.branch("retire-version-2")
    assert world.docent(*step, "2026-03-03").code == 0
    world.repository.commit(world.plan("07"))
    code, report = world.gate("2026-03-03")
    assert (code, errors(report)) == (1, ["contract-retired"])
    assert world.gate("2026-03-03", "--accept", "salesforce_lead_v2")[0] == 0
    world.merge("retire-version-2")
    assert world.monitor("2026-03-03T09:00") == (0, [])
    assert world.life("2026-03-03") == []
    done(world.job())
    assert rows(world.database, LEADS) == leads
    columns = "select attname::text from pg_attribute where attrelid = 'crm.signups'::regclass"
    names = {name for (name,) in rows(world.database, columns)}
    assert ("signup_channel" in names, "signup_source" in names) == (True, False)


# ------------------------------------------------------------------ the forced road


def test_a_forced_change_is_seen_told_counted_undone_and_looked_back_on(world: World) -> None:
    leads = friday(world)
    forced(world)
    worthless(world, leads)
    undone(world, leads)
    looked_back_on(world)


def friday(world: World) -> list[tuple[object, ...]]:
    done(world.job())
    assert world.monitor("2026-01-16T16:00") == (0, [])
    run(world.database, "create table crm.leads_of_friday as table crm.salesforce_leads")
    return rows(world.database, LEADS)


def forced(world: World) -> None:
    """Somebody has the password: producer and reader hear of it within minutes, and once."""
    assert incident.stage(world.database)
    said = "salesforce_lead_v2 is broken: crm.signups.signup_source (column-renamed)"
    assert world.monitor("2026-01-16T17:05") == (1, [f"{OWNER}: {said}", f"{ETL}: {said}"])
    assert world.monitor("2026-01-16T17:35") == (1, [])
    stopped = world.job()
    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert "column-renamed  crm.signups.signup_source" in stopped.stderr
    assert rows(world.database, LOST) == [(0,)]  # it stopped before it wrote


def worthless(world: World, leads: list[tuple[object, ...]]) -> None:
    """Somebody wants it green: every row of damage is counted, and the next promise breaks."""
    assert "0 with a source, 0 hot" in done(world.job("--without-contract"))
    sourced = sum(source is not None for _, source, _, _ in leads)
    assert rows(world.database, LOST) == [(sourced,)]
    said = "lead_score_v1 is broken: crm.salesforce_leads.lead_source (rows-null)"
    assert world.monitor("2026-01-16T18:05") == (1, [f"{ETL}: {said}", f"{SDR}: {said}"])


def undone(world: World, leads: list[tuple[object, ...]]) -> None:
    """The column has its name back, the next run mends the leads, and everybody hears of it."""
    assert incident.undo(world.database)
    done(world.job())
    assert rows(world.database, LEADS) == leads
    assert rows(world.database, LOST) == [(0,)]
    source = "salesforce_lead_v2 holds again: crm.signups.signup_source"
    lead = "lead_score_v1 holds again: crm.salesforce_leads.lead_source"
    assert world.monitor("2026-01-19T09:05") == (
        0,
        [
            f"{OWNER}: {source}",
            f"{ETL}: 2 notices about lead_score_v1, salesforce_lead_v2",
            f"{SDR}: {lead}",
        ],
    )


def looked_back_on(world: World) -> None:
    """The draft is the one that lesson 13 gives out, and what people said fits into it."""
    command = ("postmortem", "--now", "2026-01-19T10:00")
    assert world.docent(*command) == Ran(0, DRAFT, "")
    assert len(list(open_places(DRAFT))) == 15
    assert list(open_places(the_postmortem())) == []
    lost, calls = rows(
        world.database,
        "select count(lead_source), count(*) filter (where rating = 'hot')"
        " from crm.leads_of_friday",
    )[0]
    assert f"{lost} leads lost their source; {calls} calls were not made." in the_postmortem()
    one = world.docent(*command, "salesforce_lead_v2", "--harm", "Nobody was called.").out
    assert "lead_score_v1" not in one
    assert "- Nobody was called.\n" in one
    assert "As the monitor saw it, it lasted 2 days 16 hours." in one
    told = f"{OWNER}, {ETL} |"
    assert [
        line.endswith(told) for line in one.splitlines() if "salesforce_lead_v2 is" in line
    ] == [True]
