"""What is in a database of ours: the tables, migrated to head, the sample and the sign-ups."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data_assets import migrating, postgres, seeding, urls
from data_assets.crm import seed_signups
from data_assets.errors import SandboxError
from data_assets.marking import require_mark, write_mark
from data_assets.roles import make_reader

if TYPE_CHECKING:
    import psycopg

Say = Callable[[str], None]

SAMPLE: Final = Path(__file__).parent / "raw_data" / "objects.json"
"""The bundled records, in the shape of the Met API."""


def fingerprint(sample: Path = SAMPLE) -> str:
    """What a database is made from, in short: the migrations, the data, and what loads it."""
    here = Path(__file__).parent
    sources = sorted((migrating.MIGRATIONS / "versions").glob("*.py"))
    sources += [here / "columns.py", here / "seeding.py", here / "crm.py"]
    sources += [here / "raw_data" / "signups.py", here / "raw_data" / "chance.py", sample]
    digest = hashlib.blake2b(digest_size=8)
    for path in sources:
        if path.exists():
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def furnish(url: str, say: Say, sample: Path) -> None:
    """Create the tables in an empty database of ours, and load the sample and the sign-ups."""
    say("creating the museum's tables")
    migrating.upgrade(url)
    _seed(url, say, sample)
    with contextlib.closing(postgres.connect(url)) as connection:
        seed_signups(connection)


def bring_up_to_date(url: str, say: Say, sample: Path) -> None:
    """Migrate a database to head; load the sample where the museum is empty, and the sign-ups.

    An empty database is adopted; what is in one of ours is left as it is.
    """
    with contextlib.closing(postgres.connect(url, autocommit=True)) as connection:
        with postgres.explained(url):
            mark = require_mark(connection, adopt=True)
            make_reader(connection)
            current = _revision(connection)
        if current != migrating.head():
            say("migrating" if current else "creating the museum's tables")
            migrating.upgrade(url)
        with postgres.explained(url):
            seed_signups(connection)
            empty = _is_empty(connection)
        if empty:
            _seed(url, say, sample)
            with postgres.explained(url):
                write_mark(connection, urls.name_in(url), replace(mark, made=fingerprint(sample)))
        elif mark.made and mark.made != fingerprint(sample):
            say(
                "your database was made from an older sample or older migrations; "
                "docent reset gives you a fresh one and keeps this one"
            )


def _revision(connection: psycopg.Connection) -> str:
    """The revision that a database is at; ``""`` where no migration has been run."""
    there = connection.execute("select to_regclass('alembic_version') is not null").fetchone()
    if not there or not there[0]:
        return ""
    rows = connection.execute("select version_num from alembic_version order by 1").fetchall()
    return ", ".join(row[0] for row in rows)


def _is_empty(connection: psycopg.Connection) -> bool:
    there = connection.execute("select to_regclass('object') is not null").fetchone()
    if not there or not there[0]:
        return False  # somebody's experiment; it is theirs
    row = connection.execute("select not exists (select from object)").fetchone()
    return bool(row and row[0])


def _seed(url: str, say: Say, sample: Path) -> None:
    if not sample.exists():
        raise SandboxError(
            f"The bundled sample {sample} is missing.",
            f"fetch it again: git checkout {sample}",
        )
    say("loading the sample")
    with contextlib.closing(postgres.connect(url)) as connection:
        report = seeding.seed(connection, sample)
    if report.left_out:
        say(f"not filled, since the database does not have them: {', '.join(report.left_out)}")
