"""The review of a contract: its questions, answered as far as anything at hand can tell.

``answer`` is pure: facts in, a review out. ``review`` gathers the facts first: documents, the
registry, the database, git and the history of the monitor. What cannot be asked stays open.
"""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

from prevention.review.model import Facts, Review

if TYPE_CHECKING:
    from prevention.configuration import Configuration


def review(
    name: str,
    *paths: str | os.PathLike[str],
    database: str | None = None,
    documents_only: bool = False,
    base: str | None = None,
    today: date | None = None,
    configuration: Configuration | None = None,
) -> Review:
    """Review a contract by its identity, its bare name, or a table of it. Nothing is changed.

    paths:           contract documents and folders of them; without any, the project's folder.
    database:        a database URL; without it, ``DATABASE_URL`` or else the sandbox.
    documents_only:  leave the database and its history unasked.
    base:            what the contract is compared with; without it, as the project says, as far
                     as that is there.
    today:           the day as of which it is judged; without it, today.

    Raises DocumentError for documents that are no contracts, and NotJudged for a name that none
    or several of them go by, and for a ``base`` that git does not know.
    """
    from prevention.review.gathering import gather

    return answer(
        gather(
            name,
            paths,
            database=database,
            documents_only=documents_only,
            base=base,
            today=today,
            configuration=configuration,
        )
    )


def answer(facts: Facts) -> Review:
    """The review that these facts come to; pure."""
    from prevention.review.changes import about_compatibility, about_versioning
    from prevention.review.keeping import about_enforcement, about_operations
    from prevention.review.meaning import about_meaning
    from prevention.review.surface import about_consumers, about_surface

    questions = (
        *about_surface(facts),
        *about_consumers(facts),
        *about_meaning(facts),
        *about_compatibility(facts),
        *about_versioning(facts),
        *about_enforcement(facts),
        *about_operations(facts),
    )
    database = facts.catalog.database if facts.catalog else None
    return Review(facts.contract, facts.today, questions, facts.base, database)
