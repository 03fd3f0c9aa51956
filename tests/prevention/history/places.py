"""Histories for tests: runs to append, and processes that append them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

from detection.history import BrokenPromise, Coverage, Freshness, Observation, Run
from prevention.history import History, open_history
from tests.prevention.running import REPOSITORY

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
DATABASE = "postgresql://guide@museum.example:5432/museum"
"""A database that is only named: nobody asks it where the history is elsewhere."""


def opened(place: str) -> History:
    history = open_history(DATABASE, place)
    assert history is not None
    return history


def run(minute: float, *broken: str, judged: bool = True, contract: str = "museum/images") -> Run:
    """A run of a minute after noon in which these promises of one contract were broken."""
    outcome = "not-judged" if not judged else "broken" if broken else "held"
    return Run(
        at=NOON + timedelta(minutes=minute),
        database="",
        outcome=outcome,  # type: ignore[arg-type]
        observations=(Observation(contract, outcome, "1.2.0", "active", "Images", 99.5),),  # type: ignore[arg-type]
        broken=tuple(
            BrokenPromise(
                contract, mark, "rows-stale", "public.images", f"fresh by {mark}", f"{mark} old"
            )
            for mark in broken
        ),
        freshness=(Freshness(contract, "public.images.at", 60 * minute, 3600, minute <= 60),),
        coverage=Coverage(8, 5) if judged else None,
        obstacle=None if judged else "The server does not answer.",
    )


def process(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own that runs this code in the repository."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
