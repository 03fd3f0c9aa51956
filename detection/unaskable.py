"""Queries of consumers that are not asked, for what they would call.

A transaction that only reads keeps a query from writing to tables. It does not keep it from
``pg_terminate_backend``, ``lo_export``, ``set_config`` or ``dblink``; so a query is looked through
before Postgres sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import psycopg

from detection.answers import REFUSED, Failure
from detection.quality.authored import RefusedError, calls_by_name, tokens_of
from detection.quality.calling import find_harmful


def find_unaskable(
    connection: psycopg.Connection[Any], queries: Sequence[str]
) -> tuple[Failure | None, ...]:
    """Why each of these queries may not be asked of a database; ``None`` where it may."""
    calls = [_calls(query) for query in queries]
    names = frozenset().union(*(each for each in calls if not isinstance(each, Failure)))
    harmful = find_harmful(connection, names) if names else {}
    return tuple(
        each
        if isinstance(each, Failure)
        else next((_refusal(harmful[name]) for name in sorted(each & harmful.keys())), None)
        for each in calls
    )


@cache
def _calls(query: str) -> frozenset[str] | Failure:
    """The names of the functions that a query may call."""
    try:
        return calls_by_name(tokens_of(query))
    except RefusedError as error:
        return _refusal(error)


def _refusal(error: RefusedError) -> Failure:
    return Failure(REFUSED, error.what, hint=error.next_step)
