"""The state of the contracts as Prometheus's text format, for a collector that reads files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from detection.history import Breach, Run

Labels = tuple[tuple[str, str], ...]


class Metric(NamedTuple):
    """A gauge with its samples: labels and a value each."""

    name: str
    help: str
    samples: Sequence[tuple[Labels, float]]


def write_metrics(run: Run, breaches: Iterable[Breach]) -> str:
    """The last run, and the breaches that last after it, in the text format 0.0.4."""
    return "".join(map(_text, _metrics(run, tuple(breaches))))


def _metrics(run: Run, breaches: Sequence[Breach]) -> Iterator[Metric]:
    database = (("database", run.database),)
    yield Metric(
        "docent_run_timestamp_seconds",
        "When the last run was, in seconds since 1970.",
        [(database, run.at.timestamp())],
    )
    yield Metric(
        "docent_run_judged",
        "Whether the last run could judge: 1, or 0 where something stood in the way.",
        [(database, run.outcome != "not-judged")],
    )
    judged = [each for each in run.observations if each.outcome != "not-judged"]
    yield Metric(
        "docent_contract_held",
        "Whether the contract held in the last run that could judge: 1, or 0.",
        [
            (
                (*database, ("contract", each.contract), ("version", each.version or ""),
                 ("owner", each.owner or "")),
                each.outcome == "held",
            )
            for each in judged
        ],
    )  # fmt: skip
    yield Metric(
        "docent_breach_began_timestamp_seconds",
        "When a breach that lasts began, in seconds since 1970.",
        [(_labels(breach), breach.began_at.timestamp()) for breach in breaches],
    )
    strictest = {
        (*database, ("contract", each.contract), ("element", each.element)): each
        for each in sorted(run.freshness, key=lambda each: -each.limit)
    }
    yield Metric(
        "docent_freshness_age_seconds",
        "How old the newest row is.",
        [(labels, each.age) for labels, each in strictest.items() if each.age is not None],
    )
    yield Metric(
        "docent_freshness_limit_seconds",
        "How old the newest row may be; the strictest promise counts.",
        [(labels, each.limit) for labels, each in strictest.items()],
    )
    if run.coverage:
        yield Metric(
            "docent_tables", "How many tables there are.", [(database, run.coverage.tables)]
        )
        yield Metric(
            "docent_tables_under_contract",
            "How many tables are under a contract.",
            [(database, run.coverage.covered)],
        )


def _labels(breach: Breach) -> Labels:
    promise = breach.promise
    return (
        ("database", breach.database),
        ("contract", promise.contract),
        ("rule", promise.rule),
        ("element", promise.element),
        ("breach", breach.id),
    )


def _text(metric: Metric) -> str:
    """A metric with its head; one without a sample says nothing."""
    if not metric.samples:
        return ""
    head = f"# HELP {metric.name} {metric.help}\n# TYPE {metric.name} gauge\n"
    return head + "".join(
        f"{metric.name}{{{','.join(_label(*label) for label in labels)}}} {_number(value)}\n"
        for labels, value in metric.samples
    )


def _label(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{name}="{escaped}"'


def _number(value: float) -> str:
    """A number as Go reads it."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(int(value)) if float(value).is_integer() else repr(float(value))
