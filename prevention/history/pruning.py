"""Take old runs out of a history, and nothing that still says something of today.

A breach that lasts stays whatever its age, with the run in which it began; so does the last run of
each contract. What was told of ends and breaking changes stays, or it would be told again.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from prevention.history.store import History

_OLD: Final = """
select number from runs
where database = %s and at < %s
  and number not in (select began from breaches where ended is null or ended_at >= %s)
  and number not in (select ended from breaches where ended_at >= %s)
  and number not in (select run from contracts)
"""
_TOLD: Final = """
delete from deliveries where exists (
  select 1 from breaches
  where database = %s and ended_at < %s and deliveries.event in (id || '-began', id || '-ended'))
"""


def prune(history: History, before: datetime) -> int:
    """Take out the runs before a moment, and the breaches that had ended by then; how many runs."""
    engine, over = history.engine, [history.database, before]
    old = [*over, before, before]
    with engine.writing():
        engine.execute(_TOLD, over)
        engine.execute("delete from breaches where database = %s and ended_at < %s", over)
        number = engine.execute(f"select count(*) from ({_OLD}) as old", old)[0][0]  # noqa: S608
        for statement in (
            f"delete from observations where run in ({_OLD})",  # noqa: S608
            f"delete from freshness where run in ({_OLD})",  # noqa: S608
            f"delete from runs where number in ({_OLD})",  # noqa: S608
        ):
            engine.execute(statement, old)
    return int(number)
