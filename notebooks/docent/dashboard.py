"""The verbs of the dashboard: run the monitor once, and show what the history says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docent.place import current_url

if TYPE_CHECKING:
    import pandas as pd

    from prevention.monitoring import Monitored
    from prevention.reporting import Report


@dataclass(frozen=True, slots=True)
class Watched:
    """A run of the monitor, as a terminal would show it."""

    monitored: Monitored

    def __repr__(self) -> str:
        from prevention.render.monitored import render

        return render(self.monitored).rstrip("\n")


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A report: a page in a notebook, text everywhere else."""

    report: Report

    def __repr__(self) -> str:
        from prevention.render.history import render

        return render(self.report).rstrip("\n")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from prevention.render.page import fragment

        return {"text/html": fragment(self.report), "text/plain": repr(self)}


def watch() -> Watched:
    """Check every contract once, append what was found to the history, and say what changed."""
    import prevention

    return Watched(prevention.monitor(database=current_url()))


def dashboard(days: float = 30) -> Dashboard:
    """What the history says of the last days. Raises NotJudged where the monitor never ran."""
    from prevention.reporting import report

    return Dashboard(report(database=current_url(), days=days))


def breaches(days: float = 30) -> pd.DataFrame:
    """The breaches of the last days as a table, those that last first."""
    import pandas as pd

    found = dashboard(days).report.breaches
    frame = pd.DataFrame(
        [
            (each.promise.contract, each.promise.rule, each.promise.element, each.began_at,
             each.ended_at)
            for each in found
        ],
        columns=["contract", "rule", "element", "began", "ended"],
    )  # fmt: skip
    for column in ("began", "ended"):
        frame[column] = pd.to_datetime(frame[column], utc=True)
    return frame
