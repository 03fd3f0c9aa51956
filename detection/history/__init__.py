"""The history of a database under contract: what each run of the monitor found, and what follows.

A ``Run`` is a fact: when, of which database, how each contract stood, which promises were
broken, how fresh the data was, and how much of the database is under contract. Everything here
is pure; ``prevention.history`` keeps runs, and ``prevention.monitoring`` makes them.

The seam for notices. A breach begins in the first run that finds a promise broken, and ends in
the first run that judges its contract and does not find it any more; a run that could not judge
the contract neither begins nor ends one. Each beginning and each end is an ``Event`` with an
``id`` that never changes: runs are only ever appended, in the order of their numbers, and the
number of the run in which a breach began is part of it. So ``prevention.history.History.append``
returns the events of a run once and for all, also where two monitors append at once. What was
told of an event, and over which channel, is kept beside the runs, under that id: see
``prevention.history.deliveries``. ``History.events_since`` has what happened before, so that what
could not be told then can be told now.
"""

from __future__ import annotations

from detection.history.breaches import Breach, Event, Transition, breaches_of, carry_on, events_of
from detection.history.compliance import Slots, Tally, tally_runs, total
from detection.history.model import BrokenPromise, Coverage, Freshness, Observation, Outcome, Run

__all__ = [
    "Breach",
    "BrokenPromise",
    "Coverage",
    "Event",
    "Freshness",
    "Observation",
    "Outcome",
    "Run",
    "Slots",
    "Tally",
    "Transition",
    "breaches_of",
    "carry_on",
    "events_of",
    "tally_runs",
    "total",
]
