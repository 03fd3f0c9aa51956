"""For pipelines: verify a contract once its table is written, and stop the run if it is broken."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from prevention.checking import check
from prevention.decision import Decision, NotJudged
from prevention.render.text import render

if TYPE_CHECKING:
    from prevention.rows import RowTerms


class BrokenPromiseError(Exception):
    """A contract is broken; ``decision`` says by what, and the text what to do next."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"a contract is broken\n\n{render(decision)}".rstrip())
        self.decision = decision

    def __reduce__(self) -> tuple[type[BrokenPromiseError], tuple[Decision]]:
        """As it is made: schedulers hand a task's exception from one process to another."""
        return type(self), (self.decision,)


def verify(
    *paths: str | os.PathLike[str],
    database: str | None = None,
    rows: RowTerms | None = None,
    strict: bool | None = None,
) -> Decision:
    """Check contracts against a database, structure and rows, and return only if all hold.

    Put it behind the step of a pipeline that writes a table: a run that fails is better than
    readers who go on with what was promised otherwise. It looks over a connection of its own, so
    that what is written has to be committed. The parameters are those of ``check``.

    Raises BrokenPromiseError where a promise is broken, NotJudged where nobody could tell.
    """
    decision = check(*paths, database=database, rows=rows, strict=strict)
    if decision.obstacles:
        raise NotJudged(*decision.obstacles)
    if decision.exit:
        raise BrokenPromiseError(decision)
    return decision
