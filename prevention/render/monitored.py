"""A run of the monitor for a terminal or a log: how it stands, and what changed since the last."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from prevention.render.history import when
from prevention.render.plain import Paint, count, listed, one_line, painter

if TYPE_CHECKING:
    from detection.history import Breach, Run
    from prevention.monitoring import Monitored

SHOWN = 5
"""How many breaches that last, or contracts that come and go, are named; the rest is counted."""


def render(monitored: Monitored, *, colour: bool = False) -> str:
    """How the run went, each breach that began or ended, and what lasts."""
    paint = painter(colour)
    run, before = monitored.appended.run, monitored.appended.before
    lines = [_head(run, paint), *_changes(monitored, paint)]
    if before is None:
        lines.append(f"  The first run. The history is kept in {one_line(monitored.place)}.")
    elif len(lines) == 1:
        lines.append(f"  Nothing changed since run {before.number} ({when(before.at)}).")
    if monitored.pruned:
        lines.append(f"  Taken out of the history for their age: {count(monitored.pruned, 'run')}")
    return "\n".join([*lines, *_lasting(monitored, paint), *_told(monitored, paint)]) + "\n"


def since(breach: Breach, at: datetime) -> str:
    """How long a breach has lasted at a moment: ``2 hours 5 minutes``."""
    from detection.quality.wording import duration_text

    seconds = max(0, round((at - breach.began_at).total_seconds()))
    return duration_text(seconds)


def _head(run: Run, paint: Paint) -> str:
    style, said = {
        "held": ("held", _held(run)),
        "broken": ("error", _held(run)),
        "not-judged": ("error", f"Could not judge: {one_line(run.obstacle or 'nobody knows why')}"),
    }[run.outcome]
    return f"{paint('faint', when(run.at))}  run {run.number}  {paint(style, said)}"


def _held(run: Run) -> str:
    held = sum(each.outcome == "held" for each in run.observations)
    return f"{held} of {len(run.observations)} contracts hold"


def _changes(monitored: Monitored, paint: Paint) -> Iterator[str]:
    run, before = monitored.appended.run, monitored.appended.before
    for breach in monitored.appended.transition.begun:
        yield f"  {paint('error', 'began')}  {_breach(breach)}"
    for breach in monitored.appended.transition.ended:
        lasted = since(breach, breach.ended_at or run.at)
        over = paint("warning", "accepted") if breach.accepted else paint("held", "ended")
        yield f"  {over}  {_name(breach)}  after {lasted}"
    if before is None:
        return
    if (run.outcome == "not-judged") != (before.outcome == "not-judged"):
        answers = run.outcome != "not-judged"
        yield f"  {'Judged again' if answers else 'Was judged'} {_last(before, answers)}"
    then, now = _contracts(before), _contracts(run)
    if run.coverage and before.coverage:
        for names, said in ((now - then, "new"), (then - now, "gone")):
            if names:
                yield f"  {said}    {one_line(listed(sorted(names), SHOWN))}"
        if run.coverage != before.coverage:
            cover = run.coverage
            yield f"  Under contract: {cover.covered} of {count(cover.tables, 'table')}"


def _last(before: Run, answers: bool) -> str:
    if answers:
        return f"(not in run {before.number}: {one_line(before.obstacle or 'no reason given')})"
    return f"in run {before.number}, {when(before.at)}"


def _contracts(run: Run) -> set[str]:
    return {each.contract for each in run.observations}


def _lasting(monitored: Monitored, paint: Paint) -> Iterator[str]:
    lasting = monitored.appended.transition.lasting
    for breach in lasting[:SHOWN]:
        lasted = since(breach, monitored.appended.run.at)
        yield f"  {paint('warning', 'lasts')}  {_name(breach)}  for {lasted}"
    if len(lasting) > SHOWN:
        rest = count(len(lasting) - SHOWN, "breach", "breaches")
        yield f"  and {rest} more that last: docent report"


def _told(monitored: Monitored, paint: Paint) -> Iterator[str]:
    """Who was told, and who could not be, by what stood in the way."""
    fine = [each.label for each in monitored.told if each.trouble is None]
    if fine:
        yield f"  {paint('faint', 'told')}   {one_line(listed(fine, SHOWN))}"
    troubled = [each for each in monitored.told if each.trouble is not None]
    for reason in dict.fromkeys((each.trouble, each.next_step) for each in troubled):
        labels = [each.label for each in troubled if (each.trouble, each.next_step) == reason]
        named = f"{one_line(listed(labels, SHOWN))}: {one_line(reason[0] or '')}"
        next_step = f" Next: {one_line(reason[1])}" if reason[1] else ""
        yield f"  {paint('warning', 'not told')}  {named}.{next_step}"


def _breach(breach: Breach) -> str:
    promise = breach.promise
    promised = one_line(promise.promised or "nothing")
    return f"{_name(breach)}  promised {promised}, found {one_line(promise.found or 'nothing')}"


def _name(breach: Breach) -> str:
    promise = breach.promise
    return f"{one_line(promise.contract)}  {promise.rule}  {one_line(promise.element)}"
