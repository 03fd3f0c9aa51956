"""The consumers' queries, put to databases: within limits, and with few rights.

Nothing is changed: queries are asked in transactions that only read, as a role that sees no more
than the columns under contract where there is one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer

if TYPE_CHECKING:
    import psycopg

    from detection.testimony import Statement, Testimony

Ask = Callable[[str], "Statement | None"]
"""What is asked of a database, by its URL."""

DENIED: Final = "42501"
"""What Postgres says to who has no right to a table."""


@dataclass(frozen=True, slots=True)
class QueryTerms:
    """How consumers' queries are put to databases.

    patience:  the seconds that one query may take.
    seconds:   those that all of them may take, of one database.
    """

    patience: float = 10
    seconds: float = 60


def ask_both(
    old: str, new: str, consumers: Sequence[Consumer], terms: QueryTerms
) -> tuple[Testimony, ...]:
    """What becomes of every registered query, put to two databases by their URLs.

    They are asked one after the other, so that neither is slow because of the other. Raises
    SandboxError when one cannot be reached.
    """
    from detection.testimony import contrast

    before, after = (ask_one(url, consumers, terms) for url in (old, new))
    return contrast(consumers, before, after)


def ask_one(
    url: str, consumers: Sequence[Consumer], terms: QueryTerms, *, paced: bool = True
) -> Statement:
    """What a database says to every registered query."""
    from data_assets.postgres import connect, explained
    from detection.testimony import hear

    with closing(connect(url, autocommit=True)) as connection, explained(url):
        _become_reader(connection, consumers, terms)
        return hear(
            connection, consumers, seconds=terms.seconds, patience=terms.patience, paced=paced
        )


def ask_nothing(_url: str) -> None:
    """Nothing is asked."""


def asking(consumers: Sequence[Consumer], terms: QueryTerms | None, *, paced: bool) -> Ask:
    """What to ask of a scratch database: nothing without terms, or without a registered query.

    paced:  whether to measure how much work a query is, which says little where there are no
            rows.
    """
    if terms is None or not any(consumer.queries for consumer in consumers):
        return ask_nothing
    return partial(ask_one, consumers=consumers, terms=terms, paced=paced)


def contrast_asked(
    consumers: Sequence[Consumer],
    terms: QueryTerms | None,
    before: Statement | None,
    after: Statement | None,
) -> tuple[Testimony, ...] | None:
    """What became of the queries; ``None`` where they were left out."""
    from detection.testimony import contrast

    if terms is None:
        return None
    return contrast(consumers, before, after) if before and after else ()


def _become_reader(
    connection: psycopg.Connection, consumers: Sequence[Consumer], terms: QueryTerms
) -> None:
    """Become the role that reads rows, where it is open to us and can ask all of these queries.

    A query that is refused for a right that the role lacks would say nothing of the change.
    """
    from data_assets.row_reading import row_reader
    from detection.answers import Failure
    from detection.replay import look

    role = row_reader(connection, _columns(consumers), ours=False, whole=False)
    if role is None:
        return
    connection.execute("select set_config('role', %s, false)", [role])
    queries = [query.sql for consumer in consumers for query in consumer.queries]
    seen = look(connection, queries, patience=terms.patience)
    if any(isinstance(each, Failure) and each.code == DENIED for each in seen):
        connection.execute("reset role")


def _columns(consumers: Sequence[Consumer]) -> dict[tuple[str, str], set[str]]:
    """The columns that consumers say they read."""
    columns: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for consumer in consumers:
        for each in consumer.subscriptions:
            columns[each.schema, each.table].update(each.columns)
    return columns
