"""The learner's own clock: turned by days, looked at, given back.

What time it is for a check stands in the mark of the learner's database and nowhere else (see
``data_assets.clock``), so nobody else's time changes, and a fresh database has a clock of its own.
"""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from docent.display import Facts, Paragraph, Shown

if TYPE_CHECKING:
    import psycopg

    from detection.quality import Measurement


@dataclass(frozen=True, slots=True)
class Reading:
    """What a contract's freshness comes to, by the clock as it stands.

    now:      the time of the check.
    newest:   when the newest row arrived, in the same zone.
    promised, found:  in words; ``found`` is ``None`` as long as the promise is kept.
    is_turned:  whether somebody has turned the clock and not given it back.
    """

    now: datetime
    newest: datetime
    promised: str
    found: str | None
    is_turned: bool = False


class Clock:
    """A clock for one contract that promises freshness.

    contract:      the path of its file.
    database_url:  ``""`` is the notebook's database: what ``begin`` was told, else the sandbox's.
    """

    def __init__(self, contract: str | os.PathLike[str], database_url: str = "") -> None:
        self.contract = contract
        self._url = database_url

    def turn(self, days: float) -> Shown[Any]:
        """Set the clock so many days after the newest row, and show what is promised then."""
        return self._told(days)

    def give_back(self) -> Shown[Any]:
        """Let the clock stand just after the newest row again, as it did before."""
        return self._told(None)

    def look(self) -> Shown[Any]:
        """What is promised by the clock as it stands."""
        return self._told(...)

    def read(self) -> Reading:
        """What the contract's freshness comes to now.

        Raises NotJudged for a contract without freshness, SandboxError where nothing answers.
        """
        from contracts.loading import load
        from data_assets.clock import time_of
        from data_assets.marking import mark_of
        from detection.quality.judging import difference, promised
        from prevention.checking import read_structure
        from prevention.rows import measure_rows

        catalog = read_structure(self.url)
        measured = measure_rows([load(Path(self.contract))], catalog, self.url, grant=False)
        fresh = next((one for one in measured if _is_fresh_by(one)), None)
        if fresh is None or fresh.value is None:
            raise _no_freshness(self.contract)
        table, (column,) = fresh.demand.found, fresh.demand.check.columns
        with closing(self._connect()) as connection:
            arrivals = [(table.schema, table.name, column)]
            mark = mark_of(connection)
            now = time_of(connection, mark, arrivals)
        found = difference(fresh)
        newest = now - timedelta(seconds=float(fresh.value))
        is_turned = bool(mark and mark.clock)
        return Reading(now, newest, promised(fresh), found.found if found else None, is_turned)

    @property
    def url(self) -> str:
        """The URL of the learner's database."""
        from docent.place import current_url

        return self._url or current_url()

    def _connect(self) -> psycopg.Connection[Any]:
        from data_assets.postgres import connect

        return connect(self.url, autocommit=True)

    def _told(self, days: object) -> Shown[Any]:
        from docent.lab import told

        def turned() -> Shown[Any]:
            if days is not ...:
                self._set(days if isinstance(days, int | float) else None)
            return clock_card(self.read())

        return told(turned)

    def _set(self, days: float | None) -> None:
        from data_assets.clock import set_clock

        time = None if days is None else self.read().newest + timedelta(days=days)
        with closing(self._connect()) as connection:
            set_clock(connection, time)


def _is_fresh_by(measurement: Measurement) -> bool:
    return measurement.demand.check.measure == "freshness" and not measurement.trouble


def _no_freshness(contract: str | os.PathLike[str]) -> Exception:
    from prevention.decision import NotJudged, Obstacle

    what = f"{os.fspath(contract)} promises no freshness that could be measured."
    return NotJudged(Obstacle(what, "Add one under sla: freshness: < 7 days on created_at."))


def clock_card(reading: Reading) -> Shown[Reading]:
    """What time it is, how old the newest row is then, and whether that was promised."""
    facts = (
        ("The clock says", _time(reading.now)),
        ("Newest row", _time(reading.newest)),
        ("Promised", reading.promised),
        ("Found", reading.found or f"it is {_age(reading)} old"),
    )
    kept = reading.found is None
    return Shown(
        reading,
        "The promise of freshness is kept" if kept else "The promise of freshness is broken",
        (Facts(facts), Paragraph(_TURNED if reading.is_turned else _OWN, look="aside")),
        kind="kept" if kept else "broken",
        full=not kept,
    )


_OWN: Final = "It is the clock of your own database alone."
_TURNED: Final = (
    "It is the clock of your own database alone, and every check of it goes by this time until "
    "you give it back."
)


def _age(reading: Reading) -> str:
    from detection.quality.wording import duration_text

    return duration_text(round((reading.now - reading.newest).total_seconds()))


def _time(moment: datetime) -> str:
    return f"{moment:%A, %Y-%m-%d %H:%M} UTC"


def clock_to_turn(contract: str | os.PathLike[str], database_url: str = "") -> Any:
    """A dial for the days, and below it what is promised then; without widgets, the card."""
    clock = Clock(contract, database_url)
    try:
        from docent.clock_face import Face
    except ImportError:
        return clock.look()
    return Face(clock)
