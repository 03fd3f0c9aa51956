"""A project with somebody to tell: a contract, its consumers, and all the ways to tell them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prevention.history import History, open_history
from tests.prevention.history.watched import CONTRACT, SIGNUPS, run_sql
from tests.prevention.notices.stand_ins import Hook, Mail, mail_server, webhook
from tests.prevention.running import Ran, docent

SUPPORT = """
support:
  - {channel: "#lead-data", url: "https://guide.slack.com/archives/C1", tool: slack, scope: issues}
"""
PLAIN = '[tool.docent]\ncontracts = "contracts"\n'
SETTINGS = PLAIN + '[tool.docent.channels]\n"#lead-data" = "$HOOK"\n'
CONSUMERS = """
consumers:
  - name: lead-scoring
    team: Revenue Operations
    mode: batch-export
    migration_contact: revops@guide.example
    freshness_requirement: daily
    strictness: tolerant
    subscriptions:
      - {contract: crm/lead, version: 1.2.0, since: 2026-01-01, schema: crm, table: signups,
         columns: [email, created_at]}
    queries:
      - {name: leads, sql: "select email, created_at from crm.signups"}
"""


@dataclass
class Office:
    """A project with somebody to tell, and all the ways to tell them."""

    folder: Path
    url: str
    mail: Mail
    hook: Hook

    def monitor(self, *arguments: str) -> Ran:
        return self.docent("monitor", *arguments)

    def check(self, *arguments: str) -> Ran:
        return self.docent("check", *arguments)

    def report(self, *arguments: str) -> Ran:
        return self.docent("report", *arguments)

    def docent(self, *arguments: str) -> Ran:
        """Run any command as the office does."""
        settings = {
            "DATABASE_URL": self.url,
            "DOCENT_HOME": str(self.folder / "home"),
            "DOCENT_SMTP_URL": self.mail.url,
            "HOOK": f"{self.hook.url}/very-secret",
        }
        return docent(*arguments, folder=self.folder, settings=settings)

    def history(self) -> History:
        history = open_history(self.url, str(self.folder / "home" / "history.db"))
        assert history is not None
        return history

    def told(self) -> list[str]:
        """Whom the office told since the last question, and of what."""
        told = [f"{', '.join(to)}: {letter['subject']}" for to, letter in self.mail.letters]
        texts = [json.loads(content)["text"].splitlines()[0] for _, _, content in self.hook.got]
        self.mail.letters.clear()
        self.hook.got.clear()
        return sorted([*told, *(f"hook: {text}" for text in texts)])


@contextmanager
def opened_office(database: str, folder: Path) -> Iterator[Office]:
    """An office in a folder, about sign-ups in an empty database."""
    run_sql(database, SIGNUPS)
    (folder / "contracts").mkdir()
    (folder / "contracts" / "lead.yaml").write_text(CONTRACT + SUPPORT)
    (folder / "contracts" / "consumers.yaml").write_text(CONSUMERS)
    (folder / "pyproject.toml").write_text(SETTINGS)
    with mail_server() as mail, webhook() as hook:
        yield Office(folder, database, mail, hook)
