"""Text for a terminal or a log: what others wrote becomes harmless, and counts read well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from contracts.model import Location
from contracts.reading import printable
from detection.change import VersionVerdict
from prevention.decision import Checked, Compared, Comparison, Decision, Finding, QueryOutcome
from prevention.words import Quote

Paint = Callable[[str, str], str]

STYLES: Final = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "held": "\x1b[1;32m",
    "faint": "\x1b[2m",
}


SHORT: Final = 8
"""The digits of a commit's id that are shown."""


def one_line(text: str) -> str:
    """The text without anything that would move the cursor, turn the line round or end it."""
    return text if text.isprintable() else printable(text)


def place(location: Location) -> str:
    """``file:line``, on one line."""
    return f"{one_line(location.file)}:{location.line}"


def count(number: int, singular: str, plural: str | None = None) -> str:
    """``1 table``, ``2 tables``."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """The names with commas between them, those beyond so many only counted."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def painter(colour: bool) -> Paint:
    """A function that paints a text in a style, or leaves it alone."""
    if not colour:
        return lambda _style, text: text
    return lambda style, text: f"{STYLES[style]}{text}\x1b[0m"


def summary(decision: Decision, quote: Quote = one_line) -> str:
    """The outcome in a line: how many promises are broken, and what was looked at."""
    if decision.status == "not-judged":
        return "Could not judge."
    acked = sum(finding.acknowledged_by is not None for finding in decision.findings)
    known = sum(finding.acknowledged for finding in decision.findings) - acked
    broken = sum(finding.breaks for finding in decision.findings)
    others = [
        f"{acked} ACKED",
        count(sum(_is(finding, "warning") for finding in decision.findings), "warning"),
        count(sum(_is(finding, "note") for finding in decision.findings), "note"),
        f"{known} known before",
        f"{count(decision.stale, 'entry', 'entries')} of the baseline no longer needed",
    ]
    kept = "All promises hold" if decision.checked.database else "The documents are in order"
    verdict = f"{count(broken, 'promise')} broken" if broken else kept
    if decision.compared:
        verdict = f"{count(broken, 'reason')} to stop" if broken else "Nothing stops this change"
    if decision.comparison:
        return f"{_weighed(decision)}. {what_was_contrasted(decision.comparison, quote)}"
    rest = [other for other in others if not other.startswith("0 ")]
    compared = f" {what_was_compared(decision.compared, quote)}" if decision.compared else ""
    return f"{'; '.join([verdict, *rest])}.{compared} {looked_at(decision.checked, quote)}"


def what_was_compared(compared: Compared, quote: Quote = one_line) -> str:
    """Which two moments the gate compared, and whether the migrations were run."""
    head = f"commit {compared.head[:SHORT]}" if compared.head else "the working tree"
    run = "and ran the migrations of both" if compared.migrated else "and ran no migrations"
    base = f"{quote(compared.base)} at {compared.merge_base[:SHORT]}"
    return f"Compared {head} with {base}, {run}."


def _weighed(decision: Decision) -> str:
    """How many changes break something, how many do not, and how many versions are at fault."""
    changes = [finding for finding in decision.findings if finding.meaning]
    breaking = count(sum(finding.breaks for finding in changes), "breaking change")
    others = count(sum(not finding.breaks for finding in changes), "other")
    at_fault = sum(finding.breaks for finding in decision.findings if not finding.meaning)
    versions = [f"{count(at_fault, 'version')} to raise"] if at_fault else []
    return "; ".join([f"{breaking}, {others}", *versions]) if changes or versions else "No change"


def what_was_contrasted(comparison: Comparison, quote: Quote = one_line) -> str:
    """Which two things ``docent diff`` compared, and how much of them there was."""
    said = f"Compared {quote(comparison.new)} with {quote(comparison.old)}"
    if comparison.tables:
        before, after = comparison.tables
        return f"{said}: {count(after, 'table')} with {before}."
    before, after = comparison.documents or (0, 0)
    same = f", {comparison.same} of them the same" if comparison.same else ""
    return f"{said}: {count(after, 'document')} with {before}{same}."


def versions_of(comparison: Comparison, quote: Quote = one_line) -> list[str]:
    """What each contract that changed declares as its version, and what its changes demand."""
    return [_version(verdict, quote) for verdict in comparison.versions]


def queries_of(decision: Decision, quote: Quote = one_line) -> list[str]:
    """What became of the consumers' queries, a line each; of those that are the same, how many.

    The gate, whose databases are mostly empty, says nothing of those.
    """
    queries = decision.queries or ()
    told = sorted((each for each in queries if each.outcome != "same" or each.hurt), key=_unhurt)
    lines = [
        f"{quote(each.consumer)}'s query {quote(each.query)} {quote(each.says)}" for each in told
    ]
    same = len(queries) - len(told)
    if same and decision.compared is None:
        others = "other query" if told else "query"
        returns = "returns" if same == 1 else "return"
        number = count(same, others, "other queries" if told else "queries")
        lines.append(f"{number} {returns} the same")
    return lines


def _unhurt(query: QueryOutcome) -> bool:
    return not query.hurt


def _version(verdict: VersionVerdict, quote: Quote) -> str:
    name, new = quote(verdict.contract), verdict.new
    said = {
        "new": f"{name} is new{f', as {quote(new)}' if new else ''}",
        "removed": f"{name} is gone, and cannot carry a version any more",
        "draft": f"{name} is a draft, and owes no bump",
        "unversioned": f"{name} has no version, so no bump is demanded",
    }
    if verdict.outcome in said:
        return said[verdict.outcome]
    declared = f" ({verdict.declared})" if verdict.declared else ""
    step = f"{quote(verdict.old or 'none')} → {quote(new or 'none')}{declared}"
    demanded = f"{verdict.required} is demanded" if verdict.required else "none is demanded"
    suggested = f": write {quote(verdict.suggested)}" if verdict.fails and verdict.suggested else ""
    return f"{name} {step}; {demanded}{suggested}"


def meaning_of(finding: Finding) -> str | None:
    """What a change is for its readers and for its writers; ``None`` for what is no change."""
    meaning = finding.meaning
    if meaning is None:
        return None
    sides = {"readers": meaning.reader, "writers": meaning.writer}
    said = [f"{impact} for {side}" for side, impact in sides.items() if impact]
    return ", ".join(said) or "nobody's concern"


def label_of(finding: Finding) -> str | None:
    """What the author of a check called it: ``no_ghosts (completeness, severity high): why``."""
    label = finding.label
    if label is None:
        return None
    severity = f"severity {label.severity}" if label.severity else None
    kind = ", ".join(filter(None, (label.dimension, severity)))
    head = " ".join(filter(None, (label.name, f"({kind})" if kind and label.name else kind)))
    return one_line(" ".join(": ".join(filter(None, (head, label.description))).split()))


def readers_of(finding: Finding, quote: Quote = one_line) -> str | None:
    """Whom a finding hurts: by name, and for a change with whom to talk."""
    named = [
        f"{quote(each.name)} ({quote(each.contact)})"
        if finding.meaning and each.contact
        else quote(each.name)
        for each in finding.consumers
    ]
    return ", ".join(named) or None


def can_be_acknowledged(finding: Finding) -> bool:
    """Whether an acknowledgement would let a change pass that stops the gate."""
    meaning = finding.meaning
    return (
        meaning is not None and finding.breaks and "invalid" not in (meaning.reader, meaning.writer)
    )


def could_not_judge(decision: Decision) -> str:
    """That there are obstacles and where the first one is, in a line, for beside a report."""
    first, *others = decision.obstacles
    at = f"{place(first.location)}:{first.location.column}" if first.location else None
    more = f", and {len(others)} more" if others else ""
    return f"Could not judge: {at or one_line(first.what).rstrip('.')}{more}. The report says why."


def right_database(decision: Decision, quote: Quote = one_line) -> str | None:
    """The question whether this is the right database, where no promised table is in it."""
    checked = decision.checked
    missing = sum(
        finding.rule == "table-missing" and finding.found is None for finding in decision.findings
    )
    if not checked.database or not 0 < checked.tables == missing:
        return None
    what = f"None of the {missing} promised tables" if missing > 1 else "The promised table"
    there = "is" if missing > 1 else "is not"
    return f"{what} {there} in {quote(checked.database)}: is this the right database?"


def looked_at(checked: Checked, quote: Quote = one_line) -> str:
    """What was looked at, such as ``Checked 8 contracts, 8 tables and 31 columns in museum.``."""
    contracts = count(len(checked.contracts), "contract")
    tables, columns = count(checked.tables, "table"), count(checked.columns, "column")
    if checked.functions:
        contracts += f", {count(checked.functions, 'function')}"
    where = f" in {quote(checked.database)}" if checked.database else ", without a database"
    rows = f" Measured {count(checked.measured, 'promise')} about rows." if checked.measured else ""
    return f"Checked {contracts}, {tables} and {columns}{where}.{rows}"


def by_level(findings: tuple[Finding, ...]) -> list[Finding]:
    """The findings, those that break a promise first."""
    levels = {"error": 0, "warning": 1, "note": 2}
    return sorted(findings, key=lambda finding: (not finding.breaks, levels[finding.level]))


def split_uncovered(findings: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """The findings to tell one by one, and the tables without a contract, told together."""
    told = [finding for finding in findings if finding.rule != "table-uncovered"]
    return told, [finding for finding in findings if finding.rule == "table-uncovered"]


def _is(finding: Finding, level: str) -> bool:
    return finding.level == level and not finding.acknowledged
