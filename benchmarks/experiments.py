"""How quickly the violation lab answers, beside what no answer can do without."""

from __future__ import annotations

import contextlib
import statistics
import time
from collections.abc import Sequence

import psycopg

from benchmarks.measure import Measurement, measure
from data_assets.postgres import connect
from detection.catalog import read_catalog
from detection.changing import Change, statement
from detection.choices import possible_changes
from docent.lab import Lab
from prevention.experiment_report import describe


def experiment(url: str) -> Measurement:
    """How long the violation lab takes over a change, on average over all of the museum's."""
    with Lab(url) as here, connect(url, autocommit=True) as connection:
        changes = possible_changes(here.catalog())
        return measure(
            f"an experiment of the violation lab, mean of {len(changes)}",
            lambda: try_each(here, changes),
            "the change, the catalogue, and a rollback",
            lambda: make_each(connection, changes),
            rounds=3,
            budget=0.05,
            pieces=len(changes),
        )


def slowest_experiment(url: str) -> Measurement:
    """How long it takes over the change that takes longest."""

    def seconds(change: Change) -> float:
        start = time.perf_counter()
        try_each(here, [change])
        return time.perf_counter() - start

    with Lab(url) as here, connect(url, autocommit=True) as connection:
        changes = possible_changes(here.catalog())
        rounds = [[seconds(change) for change in changes] for _ in range(3)]
        medians = list(map(statistics.median, zip(*rounds, strict=True)))
        slowest = changes[medians.index(max(medians))]
        return measure(
            f"the slowest of them: {describe(slowest)}",
            lambda: try_each(here, [slowest]),
            "the change, the catalogue, and a rollback",
            lambda: make_each(connection, [slowest]),
            rounds=9,
            budget=0.05,
        )


def try_each(here: Lab, changes: Sequence[Change]) -> None:
    """Try changes as the lab does: contracts and consumers are read anew for each."""
    for change in changes:
        here.report(change)


def make_each(connection: psycopg.Connection, changes: Sequence[Change]) -> None:
    """Make changes, read what the catalogue says then, and undo them."""
    for change in changes:
        with connection.transaction(force_rollback=True):
            # Some are refused, as in the lab.
            with contextlib.suppress(psycopg.Error), connection.transaction():
                connection.execute(statement(change))
            read_catalog(connection)
