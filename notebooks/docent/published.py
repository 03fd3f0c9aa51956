"""The learner's second museum: the same tables, and the published views in front of them.

The schema ``reporting`` stands apart from the museum's own database, since Postgres lets no column
go that a view reads: every other lesson may still drop and retype what it likes.
"""

from __future__ import annotations

import contextlib
from typing import Final

PURPOSE: Final = "published"
"""What the database is for, by which it is found again and made afresh."""


def published() -> str:
    """The URL of that database; it is made, and the views put into it, where they are not there.

    It belongs to whichever database ``begin`` was told, else to the sandbox's. Raises SandboxError
    where none can be made.
    """
    from data_assets import reporting
    from docent.branch_databases import own_database

    url = own_database(PURPOSE)
    if not _is_published(url):
        reporting.apply(url)
    return url


def _is_published(url: str) -> bool:
    from data_assets.postgres import connect, explained
    from data_assets.reporting import SCHEMA

    with contextlib.closing(connect(url)) as connection, explained(url):
        found = connection.execute("select to_regnamespace(%s) is not null", [SCHEMA]).fetchone()
    return bool(found and found[0])
