"""A plan for a terminal, as Markdown (the runbook) and as JSON; and what a rehearsal came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from prevention.render.plain import one_line

if TYPE_CHECKING:
    from prevention.planning.model import Plan, Step
    from prevention.rehearsing import Rehearsal

SCHEMA: Final = "docent-plan/1"


def as_text(plan: Plan, *, written: bool = False) -> str:
    """A line for each step under its phase, then what has no path, what is to be filled in.

    written:  whether its files were written, so that nothing need be said of how.
    """
    lines = _lines(plan, written=written)
    return "\n".join(one_line(line) if line else "" for line in lines) + "\n"


def _lines(plan: Plan, *, written: bool) -> Iterator[str]:
    if not plan.breaking:
        yield f"Nothing breaks between {plan.old} and {plan.new}: there is nothing to plan."
        return
    yield f"From {plan.old} to {plan.new}: {_count(plan.breaking, 'breaking change')}."
    announced = f"Announced {plan.today}, {plan.notice_days} days of notice"
    if not plan.announces:
        announced = "Announced before, and the notice is over"
    yield f"{announced}, sunset {plan.sunset}, removal from {plan.removal}."
    phase = ""
    for step in plan.steps:
        if step.phase != phase:
            phase = step.phase
            yield ""
            yield phase.capitalize()
        yield f"  {step.id}  from {step.starts}  {step.title}"
    for each in plan.without_path:
        yield ""
        yield f"No safe path for {each.rule} of {each.element}: {each.why}"
    if plan.to_fill_in:
        yield ""
        yield "To fill in before it can run:"
        yield from (f"  {step}: {asked}" for step, asked in plan.to_fill_in)
    if not written:
        yield ""
        yield "Next: docent plan OLD NEW --output FOLDER writes revisions, contracts and a runbook."


def as_markdown(plan: Plan, files: Mapping[str, str] | None = None) -> str:
    """The runbook; ``files`` has the revision of each step, by its id."""
    return "\n".join(_runbook(plan, files or {})) + "\n"


def _runbook(plan: Plan, files: Mapping[str, str]) -> Iterator[str]:
    yield f"# From `{_mark(plan.old)}` to `{_mark(plan.new)}`"
    yield ""
    if not plan.breaking:
        yield "Nothing breaks: there is nothing to plan."
        return
    yield f"{_count(plan.breaking, 'breaking change')}. Expand, migrate, contract: nobody who reads"
    yield "or writes the old version is hurt before its day."
    yield ""
    yield "| day | what |"
    yield "|---|---|"
    if plan.announces:
        yield f"| {plan.today} | the end is announced: {plan.notice_days} days of notice |"
    yield f"| {plan.sunset} | sunset: nobody new joins the old version |"
    yield f"| {plan.removal} | the old version may go, not earlier |"
    if files:
        yield ""
        yield "Merge one day at a time: the revisions in `versions/DAY`, and with the last of them"
        yield "the contracts in `contracts/DAY` in place of the project's. Keep later days out till"
        yield "they have come: `alembic upgrade head` runs whatever is there. The last day breaks"
        yield "what the old version promised, as announced: acknowledge it with `docent ack`."
    for version in plan.versions:
        yield ""
        yield (
            f"`{_mark(version.new[1])}` is the new version of `{_mark(version.old[1])}`. Its "
            "consumers name it from the day it is published, and need not change again."
        )
    for each in plan.without_path:
        yield ""
        yield f"**No safe path** for `{each.rule}` of `{_mark(each.element)}`: {each.why}"
    if plan.to_fill_in:
        yield ""
        yield "**To fill in** before it can run:"
        yield ""
        yield from (f"- `{step}`: {_mark(asked)}" for step, asked in plan.to_fill_in)
    for step in plan.steps:
        yield ""
        yield from _section(step, files.get(step.id))


def _section(step: Step, file: str | None) -> Iterator[str]:
    work = step.work
    yield f"## {step.id}: {_mark(step.title)}"
    yield ""
    yield f"*{step.phase}, from {step.starts}.* {work.why}"
    yield ""
    yield f"- Revision: {f'`{file}`' if file else 'none: documents change, the database does not'}"
    held = ", ".join(
        f"`{name}` {version or 'without a version'}" for name, version in step.versions
    )
    yield f"- Contracts: {held or 'none'}"
    if step.runs:
        yield f"- Way back: {work.cannot_undo or 'the downgrade, with nothing lost'}"
    yield from (f"- Watch: {_mark(signal)}" for signal in work.signals)
    for query in work.queries:
        yield ""
        yield f"{_mark(query.asks).capitalize()}; expected: {query.expected}"
        yield ""
        yield "```sql"
        yield query.sql + ";"
        yield "```"


def as_json(plan: Plan, rehearsal: Rehearsal | None = None) -> dict[str, Any]:
    """The plan as plain values; its shape only ever grows."""
    return {
        "schema": SCHEMA,
        "old": plan.old,
        "new": plan.new,
        "breaking": plan.breaking,
        "complete": plan.complete,
        "today": plan.today.isoformat(),
        "noticeDays": plan.notice_days,
        "sunset": plan.sunset.isoformat(),
        "removal": plan.removal.isoformat(),
        "versions": [
            {"old": ".".join(each.old), "new": ".".join(each.new)} for each in plan.versions
        ],
        "steps": [_step(step) for step in plan.steps],
        "withoutPath": [
            {"rule": each.rule, "element": each.element, "why": each.why}
            for each in plan.without_path
        ],
        "toFillIn": [{"step": step, "what": what} for step, what in plan.to_fill_in],
        "rehearsal": None if rehearsal is None else _rehearsed(rehearsal),
    }


def _step(step: Step) -> dict[str, Any]:
    work = step.work
    return {
        "id": step.id,
        "phase": step.phase,
        "from": step.starts.isoformat(),
        "title": step.title,
        "why": work.why,
        "upgrade": [each.sql for each in work.up],
        "downgrade": [each.sql for each in work.down],
        "cannotUndo": work.cannot_undo,
        "validation": [
            {"asks": each.asks, "sql": each.sql, "expected": each.expected} for each in work.queries
        ],
        "signals": list(work.signals),
        "contracts": [{"contract": name, "version": version} for name, version in step.versions],
        "toFillIn": list(work.to_fill_in),
    }


def _rehearsed(rehearsal: Rehearsal) -> dict[str, Any]:
    return {
        "holds": rehearsal.holds,
        "troubles": list(rehearsal.troubles),
        "waiting": [
            {
                "step": each.step,
                "from": each.starts.isoformat(),
                "consumer": each.consumer,
                "query": each.query,
                "found": each.found,
            }
            for each in rehearsal.waiting
        ],
        "steps": [
            {
                "step": each.step,
                "asked": each.asked,
                "written": each.written,
                "undone": each.undone,
                "troubles": list(each.troubles),
            }
            for each in rehearsal.steps
        ],
    }


def rehearsal_as_text(rehearsal: Rehearsal) -> str:
    """A line for each step that was run, and everything that went wrong."""
    return "\n".join(map(one_line, _rehearsal_lines(rehearsal))) + "\n"


def _rehearsal_lines(rehearsal: Rehearsal) -> Iterator[str]:
    for each in rehearsal.steps:
        how = "held" if not each.troubles else "BROKE"
        undone = ", undone and done again" if each.undone else ""
        asked, written = _count(each.asked, "query"), _count(each.written, "statement")
        yield f"{how}  {each.step}: {asked} asked, {written} sent{undone}"
        yield from (f"  {trouble}" for trouble in each.troubles)
    yield from rehearsal.troubles
    if not rehearsal.holds:
        yield "Rehearsed: somebody was hurt."
        return
    for one in rehearsal.waiting:
        yield (
            f"{one.consumer} has to move {one.query} before {one.step}, on {one.starts} "
            f"({one.found})"
        )
    if rehearsal.waiting:
        still = _count(len(rehearsal.waiting), "query")
        yield f"Rehearsed: nobody was hurt before the old version ends; {still} still has to move."
    else:
        yield "Rehearsed: nobody was hurt."


def _count(number: int, what: str) -> str:
    many = f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"
    return f"{number} {what if number == 1 else many}"


def _mark(text: str) -> str:
    """A text of others in Markdown: on one line, and without marks of its own."""
    return one_line(text).replace("`", "'").replace("|", "\\|").replace("<", "&lt;")
