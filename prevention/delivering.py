"""A decision on its way to people: rendered as they asked, to where they asked."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from prevention.decision import Decision
from prevention.output import is_file, write_result
from prevention.render.plain import summary


def deliver(decision: Decision, form: str, output: Path | None, unfold: bool) -> None:
    """Render the decision and write it; beside a file, the terminal gets the summary."""
    write_result(_rendered(decision, form, unfold=unfold, colour=not output), output)
    if is_file(output) and not decision.obstacles:
        sys.stdout.write(f"{summary(decision)} Wrote {output}.\n")


def _rendered(decision: Decision, form: str, *, unfold: bool, colour: bool) -> str:
    if form == "json":
        from prevention.render import json_report

        return json_report.render(decision, unfold=unfold)
    if form == "markdown":
        from prevention.render import markdown

        return markdown.render(decision, unfold=unfold)
    if form == "junit":
        from prevention.render import junit

        return junit.render(decision, unfold=unfold)
    if form == "github":
        from prevention.render import github

        # What the gate compared is told from the root of the repository, as GitHub wants it.
        root = None if decision.compared else os.environ.get("GITHUB_WORKSPACE")
        return github.render(decision, unfold=unfold, root=root)
    from prevention.render import text

    return text.render(decision, unfold=unfold, colour=colour and wants_colour())


def wants_colour() -> bool:
    """Whether standard output is a terminal, and nobody asked for plain text (no-color.org)."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain
