"""A report on the history for a terminal: a line for each contract, then freshness and breaches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from prevention.render.plain import Paint, count, one_line, painter

if TYPE_CHECKING:
    from detection.history import Breach, Coverage, Freshness, Tally
    from prevention.reporting import ContractReport, Report

STRIP: Final = 20
"""How many marks show the time of a report in a line."""
STATES: Final = {"held": "held", "broken": "broken", "not-judged": "?"}


def render(report: Report, *, colour: bool = False) -> str:
    """The report as text."""
    paint = painter(colour)
    sections = [
        [*_head(report, paint)],
        [*_contracts(report.contracts, paint)],
        [*_freshness(report.contracts, paint)],
        [*_breaches(report.breaches, report.slots.end, paint)],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def when(at: datetime) -> str:
    """A moment to the minute, in UTC: ``2026-07-01 12:00 UTC``."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def headline(report: Report) -> str:
    """How many contracts hold, or why nobody knows."""
    if report.last.outcome == "not-judged":
        return f"Could not judge: {report.last.obstacle or 'nobody knows why'}"
    current = report.current
    held = sum(contract.last.outcome == "held" for contract in current)
    return f"{held} of {len(current)} contracts hold"


def covered(coverage: Coverage) -> str:
    """``5 of 8 tables (62.5 percent)``."""
    share = f" ({percent(coverage.share)})" if coverage.share is not None else ""
    return f"{coverage.covered} of {count(coverage.tables, 'table')}{share}"


def percent(value: float | None) -> str:
    """``99.95 percent``, rounded down, so that 100 percent means all of them."""
    if value is None:
        return "-"
    return f"{int(value * 100 + 1e-6) / 100:g} percent"


def availability(contract: ContractReport) -> str:
    """What it promised of its availability and whether that is kept; ``""`` where nothing."""
    if contract.last.availability is None:
        return ""
    kept = {True: "kept", False: "not kept", None: "not measured"}[contract.keeps_availability]
    found = percent(contract.tally.availability)
    return f"{found}, promised {contract.last.availability:g}: {kept}"


def freshness_words(fresh: Freshness) -> str:
    """``4 minutes old, at most 5 minutes``."""
    from detection.quality.wording import duration_text

    age = "no row has arrived" if fresh.age is None else f"{duration_text(round(fresh.age))} old"
    return f"{age}, at most {duration_text(fresh.limit)}"


def lasting(breach: Breach, end: datetime) -> str:
    """When a breach began and ended, and how long it took."""
    from detection.quality.wording import duration_text

    until = breach.ended_at or end
    long = duration_text(max(0, round((until - breach.began_at).total_seconds())))
    ended = f"{when(breach.ended_at)}, after" if breach.ended_at else "lasts, so far"
    return f"{when(breach.began_at)} - {ended} {long}"


def state(breach: Breach) -> str:
    """``lasts``, ``ended``, or ``accepted`` where it is broken still and a baseline says so."""
    return "lasts" if breach.lasts else "accepted" if breach.accepted else "ended"


def strip(slots: Sequence[Tally | None], marks: int = STRIP) -> str:
    """The time of a report in so many marks; what went wrong in a part of it is what is shown."""
    width = len(slots) / marks
    ends = [(int(at * width), int((at + 1) * width)) for at in range(marks)]
    parts = (slots[start : max(end, start + 1)] for start, end in ends)
    return "".join(_mark([tally for tally in part if tally]) for part in parts)


def _mark(tallies: Sequence[Tally]) -> str:
    if any(tally.broken for tally in tallies):
        return "!"
    if any(tally.not_judged for tally in tallies):
        return "?"
    return "=" if tallies else "."


def _head(report: Report, paint: Paint) -> Iterator[str]:
    style = "held" if report.last.outcome == "held" else "error"
    yield f"{paint(style, one_line(headline(report)))}  {paint('faint', one_line(report.database))}"
    yield f"Last run     {report.last.number}, {when(report.last.at)}"
    start, end = when(report.slots.start), when(report.slots.end)
    yield f"Looked at    {count(report.runs, 'run')} from {start} to {end}"
    if report.last.coverage:
        yield f"Covered      {covered(report.last.coverage)} are under contract"
    yield f"History      {one_line(report.place)}"


def _contracts(contracts: Sequence[ContractReport], paint: Paint) -> Iterator[str]:
    if not contracts:
        yield "No contract was in any run."
        return
    heads = ("state", "contract", "version", "owner", "held in", "over time", "availability")
    rows = [_row(contract) for contract in contracts]
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    yield paint("faint", _line(heads, widths))
    for contract, row in zip(contracts, rows, strict=True):
        style = {"held": "held", "broken": "error", "not-judged": "warning"}[contract.last.outcome]
        state = f"{row[0]:<{widths[0]}}"
        yield paint(style, state) + _line(row, widths)[len(state) :]
    yield paint("faint", "= held   ! broken   ? could not judge   . no run")


def _row(contract: ContractReport) -> tuple[str, ...]:
    last = contract.last
    version = " ".join(filter(None, (last.version, last.status)))
    seen = "" if contract.is_current else f", last seen {when(contract.seen_at)}"
    return (
        STATES[last.outcome] + ("" if contract.is_current else "*"),
        one_line(last.contract),
        one_line(version) or "-",
        one_line(last.owner or "nobody"),
        percent(contract.tally.compliance),
        strip(contract.slots),
        availability(contract) + seen or "-",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _freshness(contracts: Sequence[ContractReport], paint: Paint) -> Iterator[str]:
    promises = [fresh for contract in contracts for fresh in contract.freshness]
    if promises:
        yield paint("faint", "freshness")
    for fresh in promises:
        kept = paint("held", "kept  ") if fresh.kept else paint("error", "stale ")
        place = f"{one_line(fresh.contract)}  {one_line(fresh.element)}"
        yield f"{kept}  {place}  {freshness_words(fresh)}"


def _breaches(breaches: Sequence[Breach], end: datetime, paint: Paint) -> Iterator[str]:
    if breaches:
        yield paint("faint", "breaches")
    for breach in breaches:
        promise = breach.promise
        style = {"lasts": "error", "accepted": "warning", "ended": "held"}[state(breach)]
        name = f"{one_line(promise.contract)}  {promise.rule}  {one_line(promise.element)}"
        yield f"{paint(style, state(breach))}   {name}"
        yield f"        {lasting(breach, end)}"
        said = f"promised {promise.promised or 'nothing'}, found {promise.found or 'nothing'}"
        yield f"        {one_line(said)}"
