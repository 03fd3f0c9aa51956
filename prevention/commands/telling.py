"""How a command that judges ends: the decision told as asked, and the exit code that goes with it.

Whatever stands in the way is told in the form that was asked for, too, so that a build which
keeps reports keeps that one.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from prevention.decision import Decision


def decision_of(judge: Callable[[], Decision], form: str, output: Path | None) -> Decision:
    """The decision; one that there is none, where that can be told in the form asked for.

    Raises what stands in the way where it is to be told as plain text.
    """
    from prevention.decision import NotJudged, not_judged
    from prevention.failures import describe

    try:
        decision = judge()
    except Exception as error:
        obstacles = describe(error)
        if not obstacles or (form == "text" and not output):
            raise
        decision = not_judged(*obstacles)
    if decision.obstacles and form == "text" and not output:
        raise NotJudged(*decision.obstacles)
    return decision


def tell(
    context: click.Context, decision: Decision, form: str, output: Path | None, *, unfold: bool
) -> None:
    """Write the decision, and end with its exit code."""
    from prevention.decision import NotJudged
    from prevention.delivering import deliver
    from prevention.output import is_file
    from prevention.render.plain import could_not_judge

    deliver(decision, form, output, unfold)
    if decision.obstacles and is_file(output):
        raise NotJudged(*decision.obstacles)
    if decision.obstacles and form != "github":
        click.echo(f"docent: {could_not_judge(decision)}", err=True)
    context.exit(decision.exit)
