"""The capstone: the CRM's contract, a breaking change, and the days around it.

``open_capstone()`` makes a repository, a database and a mailbox that belong to the lesson alone.
The learner's clone and database stay as they are; nothing leaves the machine.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docent.crm.rev_ops_reverse_etl import QUERY, sync
from docent.display import Code, Facts, Shown
from docent.mailbox import Letter, Mailbox, counted, letters_card
from docent.workflow import Project, environment_for, project_in

if TYPE_CHECKING:
    from contracts.model import Contract
    from docent.display import Piece
    from docent.shell import Ran

LESSON: Final = "13"
OLD: Final = "contracts/crm/salesforce_lead.yaml"
NEW: Final = "contracts/crm/salesforce_lead_v3.yaml"
REGISTRY: Final = "contracts/consumers.yaml"
PLAN: Final = "plans/channel"

CHANNEL: Final = "crm-contracts@museum-guide.example"
"""The list that stands for the contract's channel #crm-contracts."""
SETTINGS: Final = '\n[tool.docent.channels]\n"#crm-contracts" = "$CRM_CHANNEL"\n'
SENDER: Final = "contracts@museum-guide.example"

LAG: Final = timedelta(minutes=2)
"""How old the newest sign-up is whenever somebody looks: the service writes all day."""


@dataclass
class Capstone:
    """What the lesson plays with.

    project:   the repository, with a remote.
    database:  the CRM as it runs, and the museum beside it.
    reads:     the contract that the reverse ETL reads under, as a path of the project.
    query:     what it reads.
    """

    project: Project
    database: str
    mailbox: Mailbox = field(default_factory=Mailbox)
    reads: str = OLD
    query: str = QUERY

    def run(self, command: str) -> Ran:
        """Run a command in the working copy, on the lesson's database, as in a terminal."""
        return self.project.run(command)

    def commit(self, title: str) -> Ran:
        """Commit all that was changed."""
        self.run("git add --all")
        return self.run(f"git commit --quiet --message {shlex.quote(title)}")

    def merge(self, branch: str) -> Ran:
        """Merge a branch, and let the database follow."""
        self.run("git switch --quiet main")
        self.run(f"git merge --quiet --ff-only {branch}")
        return self.run("alembic upgrade head")

    def take(self, *steps: str) -> list[str]:
        """Put the revisions of these steps of the plan where migrations are: their names."""
        versions = self.project.folder / PLAN / "versions"
        taken = [path for step in steps for path in versions.rglob(f"*_{step}_*.py")]
        for path in taken:
            target = f"data_assets/migrations/versions/{path.name}"
            self.project.write(target, path.read_text("utf-8"))
        return [path.name for path in taken]

    def monitor(self, when: str) -> Shown[Sequence[Letter]]:
        """Let the monitor look at the CRM at this time, UTC, and show the letters that it sends."""
        ran, letters = self._watch(_moment(when))
        shown = letters_card(f"{_said(_moment(when))}: what the monitor sent", letters)
        return replace(shown, pieces=(Code(_without_told(ran)), *shown.pieces))

    def paper(self, name: str) -> Shown[str]:
        """A file of the working copy, to be read."""
        return Shown(name, name, (Code(self.project.read(name)),))

    def day(self, when: str) -> Shown[Day]:
        """Go on to this day: the service writes, the job runs, the monitor looks."""
        at = _moment(when)
        self._go_on(at)
        job = self.job()
        _, letters = self._watch(at)
        day = Day(at.date(), tuple(_states(self.project.folder, at.date())), job, tuple(letters))
        return day.card()

    def job(self) -> str:
        """Run the reverse ETL, and tell how it ended."""
        from data_assets.errors import SandboxError
        from prevention import BrokenPromiseError
        from prevention.decision import NotJudged

        try:
            done = sync(self.database, reads=self.project.folder / self.reads, query=self.query)
        except BrokenPromiseError as error:
            rule = error.decision.findings[0].rule
            return f"exit code 1, stopped: {rule}. The leads stay as they were."
        except (NotJudged, SandboxError) as error:
            return f"exit code 2, stopped: {str(error).splitlines()[0]}"
        return f"exit code 0: {done}"

    def move(self, reads: str, query: str) -> str:
        """Release the reverse ETL anew: it reads under this page, by this query. A run of it."""
        self.reads, self.query = reads, query
        return self.job()

    def keep_leads(self) -> None:
        """Keep the leads as they are in a table beside, ``crm.leads_of_friday``."""
        from data_assets.marking import require_mark
        from data_assets.postgres import connect
        from docent.crm.staging import BACKUP

        with closing(connect(self.database)) as connection, connection:
            require_mark(connection)
            connection.execute(f"create table {BACKUP} as table crm.salesforce_leads".encode())

    def _watch(self, at: datetime) -> tuple[Ran, list[Letter]]:
        from docent.own_git import git_environment
        from docent.shell import start

        self._go_on(at)
        before = len(self.mailbox.letters)
        with self.mailbox.open() as url:
            environment = {
                **git_environment(self.project.place), **environment_for(self.database),
                "DOCENT_SMTP_URL": f"{url}/?from={SENDER}", "CRM_CHANNEL": CHANNEL,
                "GITHUB_REPOSITORY": "", "GITHUB_TOKEN": "",
            }  # fmt: skip
            words = ["docent", "monitor", "contracts/crm", "--now", f"{at:%Y-%m-%dT%H:%M}"]
            ran = start(words, self.project.folder, environment)
        return ran, self.mailbox.letters[before:]

    def _go_on(self, at: datetime) -> None:
        """Let the sign-ups be as fresh at this time as they always are."""
        from data_assets.marking import require_mark
        from data_assets.postgres import connect

        with closing(connect(self.database)) as connection, connection:
            require_mark(connection)
            connection.execute(
                "with late as (select %s - max(landed_at) as by from crm.signups)"
                " update crm.signups set created_at = created_at + by, landed_at = landed_at + by"
                " from late",
                [at - LAG],
            )

    def __repr__(self) -> str:
        return f"{self.project!r}\ndatabase       {self.database.partition('?')[0]}"


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the migration window.

    contracts:  each version with what the check says of it that day.
    job:        how the reverse ETL ended.
    letters:    what was sent that day.
    """

    day: date
    contracts: tuple[tuple[str, str], ...]
    job: str
    letters: tuple[Letter, ...]

    def card(self) -> Shown[Day]:
        """The day as a card."""
        facts = (*self.contracts, ("the reverse ETL", self.job))
        pieces: tuple[Piece, ...] = (Facts(facts),)
        if self.letters:
            pieces += letters_card("", self.letters).pieces
        return Shown(self, f"{self.day:%A, %Y-%m-%d}", pieces, counted(self.letters))


def open_capstone() -> Capstone:
    """Make the repository, the database and the mailbox afresh.

    A repository that is there is replaced; where somebody worked in it by hand it is put aside.
    """
    from docent.branch_databases import furnish, own_database

    place = project_in(LESSON)
    database = own_database("capstone")
    furnish(database, place / "museum-guide")
    capstone = Capstone(Project(place, database, database), database)
    settings = capstone.project.read("pyproject.toml")
    capstone.project.write("pyproject.toml", settings + SETTINGS)
    capstone.commit("Say where the CRM's channel leads")
    capstone.run("git push --quiet")
    return capstone


def subscribe(registry: str, query: str, since: str) -> str:
    """The registry, in which the reverse ETL reads the next version by this query as well."""
    import textwrap

    at = registry.index("  - name: rev-ops-reverse-etl")
    one = registry[at:]
    old, found, rest = one.partition("    queries:\n")
    if not found:
        raise ValueError("the registry says nothing of rev-ops-reverse-etl's queries")
    subscription = (
        "      - contract: salesforce_lead_v3\n        version: 3.0.0\n"
        f"        since: {since}\n        schema: crm\n        table: signups\n"
        "        columns: [email, signup_channel, created_at]\n"
    )
    asked = textwrap.indent(query.strip() + "\n", " " * 10)
    named = (
        "      - name: leads-by-channel\n"
        "        purpose: The same under the next version.\n"
        f"        sql: |\n{asked}"
    )
    return registry[:at] + old + subscription + found + named + rest


def unsubscribe(registry: str) -> str:
    """The registry, in which the reverse ETL reads version 2 no longer."""
    import re

    at = registry.index("  - name: rev-ops-reverse-etl")
    before, one = registry[:at], registry[at:]
    for item in (r"      - contract: salesforce_lead_v2\n", r"      - name: new-leads\n"):
        one = re.sub(item + r"(?:        .*\n)+", "", one, count=1)
    return before + one


def _states(folder: Path, day: date) -> list[tuple[str, str]]:
    """Each version of the sign-ups' contract, and what the check says of it on a day."""
    from contracts.consumers import load_consumers
    from contracts.loading import load
    from prevention.judging import read_over
    from prevention.words import bare, issue

    contracts = [load(folder / name) for name in (OLD, NEW) if (folder / name).is_file()]
    registered = load_consumers(folder / REGISTRY)
    found = read_over(contracts, registered, day, whole=False).findings
    return [
        (
            each.identity,
            "\n".join(issue(f, bare) for f in found if _is_life_of(f.rule, f.contract, each))
            or f"{each.version}, {each.status}",
        )
        for each in contracts
    ]


def _is_life_of(rule: str, contract: str | None, of: Contract) -> bool:
    return rule.startswith("lifecycle-") and contract == of.identity


def _without_told(ran: Ran) -> str:
    """What the monitor printed, without whom it told: the letters are shown."""
    lines = ran.output.strip().splitlines()
    return "\n".join(line for line in lines if not line.strip().startswith("told "))


def _moment(when: str) -> datetime:
    """A day, at nine in the morning, or a day and a time; UTC."""
    text = when if len(when) > len("2026-01-31") else f"{when} 09:00"
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _said(at: datetime) -> str:
    return f"{at:%A, %Y-%m-%d %H:%M}"
