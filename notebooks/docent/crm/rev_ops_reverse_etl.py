"""The consumer ``rev-ops-reverse-etl``: sign-ups in, leads for Salesforce out.

``python -m docent.crm.rev_ops_reverse_etl`` runs it on the sandbox. It verifies the contract that
it reads under before it reads, and the one that it promises itself once it has written: a run
that fails is seen at once, and the leads of yesterday are better than wrong ones. Exit code 0 is
a run that is done, 1 one that a broken promise stopped, and 2 one that could not be judged.

``--without-contract`` is the job as it was before there was a contract: it takes rows as they
come. It is here to be seen going wrong (see ``docent.crm.incident``).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docent.crm.lead_scoring import Lead, make_leads

if TYPE_CHECKING:
    import psycopg

CONTRACTS: Final = Path(__file__).resolve().parents[3] / "contracts" / "crm"
READS: Final = CONTRACTS / "salesforce_lead.yaml"
"""The contract that the job reads under."""
PROMISES: Final = CONTRACTS / "lead_score.yaml"
"""The contract about what it writes."""

QUERY: Final = """
select email, signup_source, created_at
from crm.signups
order by created_at, email
"""
"""What the contract promises, column by column; registered in ``contracts/consumers.yaml``."""
AS_THEY_COME: Final = "select * from crm.signups order by created_at, email"


@dataclass(frozen=True, slots=True)
class Synced:
    """What a run did: the sign-ups read, and the leads written."""

    signups: int
    leads: tuple[Lead, ...]

    @property
    def hot(self) -> int:
        """How many leads are worth a call today."""
        return sum(lead.rating == "hot" for lead in self.leads)

    @property
    def sourced(self) -> int:
        """How many leads say where they come from."""
        return sum(lead.source is not None for lead in self.leads)

    def __str__(self) -> str:
        return (
            f"{self.signups} sign-ups read, {len(self.leads)} leads written: "
            f"{self.sourced} with a source, {self.hot} hot."
        )


def sync(
    database: str | None = None,
    *,
    with_contract: bool = True,
    reads: Path = READS,
    query: str = QUERY,
) -> Synced:
    """Write all leads anew from the sign-ups of a sandbox, all or none.

    database:  a URL; without it, ``DATABASE_URL`` or else the sandbox.
    reads:     the contract that it reads under: that of another version, once it has moved.
    query:     what it reads; its columns are called as those of ``QUERY``.

    Raises BrokenPromiseError where a contract is broken, before or after, and NotJudged where
    nobody could tell; SandboxError for a database that is no sandbox.
    """
    from data_assets.marking import require_mark
    from data_assets.postgres import connect, database_url, explained
    from prevention import verify

    url = database or database_url()
    if with_contract:
        verify(reads, database=url)
    with closing(connect(url)) as connection, explained(url), connection:
        require_mark(connection)
        signups = read(connection, query if with_contract else AS_THEY_COME)
        leads = make_leads(signups)
        write(connection, leads)
    if with_contract:
        verify(PROMISES, database=url)
    return Synced(len(signups), leads)


def read(connection: psycopg.Connection, query: str) -> Sequence[Mapping[str, Any]]:
    """The sign-ups, each by the names of its columns."""
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode()).fetchall()


def write(connection: psycopg.Connection, leads: Sequence[Lead]) -> None:
    """Replace all leads; whoever reads meanwhile sees the old ones."""
    connection.execute("delete from crm.salesforce_leads")
    columns = "email, lead_source, signed_up_at, score, rating"
    with (
        connection.cursor() as cursor,
        cursor.copy(f"copy crm.salesforce_leads ({columns}) from stdin") as copy,
    ):
        for lead in leads:
            copy.write_row((lead.email, lead.source, lead.signed_up_at, lead.score, lead.rating))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job, tell what it did, and return its exit code."""
    from data_assets.errors import SandboxError
    from prevention import BrokenPromiseError
    from prevention.decision import NotJudged

    parser = argparse.ArgumentParser(prog="rev-ops-reverse-etl", description=__doc__)
    parser.add_argument("--without-contract", action="store_true", help="verify nothing")
    given = parser.parse_args(arguments)
    try:
        done = sync(with_contract=not given.without_contract)
    except BrokenPromiseError as error:
        sys.stderr.write(f"rev-ops-reverse-etl: {error}\n")
        return 1
    except (NotJudged, SandboxError) as error:
        sys.stderr.write(f"rev-ops-reverse-etl: {error}\n")
        return 2
    sys.stdout.write(f"rev-ops-reverse-etl: {done}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
