"""Text for a terminal or a log: what others wrote becomes harmless, and counts read well."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from contracts.model import Location
from contracts.reading import printable
from prevention.decision import Checked, Decision, Finding
from prevention.words import Quote

Paint = Callable[[str, str], str]

STYLES: Final = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "held": "\x1b[1;32m",
    "faint": "\x1b[2m",
}


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
    known = sum(finding.acknowledged for finding in decision.findings)
    broken = sum(finding.breaks for finding in decision.findings)
    others = [
        count(sum(_is(finding, "warning") for finding in decision.findings), "warning"),
        count(sum(_is(finding, "note") for finding in decision.findings), "note"),
        f"{known} known before",
        f"{count(decision.stale, 'entry', 'entries')} of the baseline no longer needed",
    ]
    kept = "All promises hold" if decision.checked.database else "The documents are in order"
    verdict = f"{count(broken, 'promise')} broken" if broken else kept
    rest = [other for other in others if not other.startswith("0 ")]
    return f"{'; '.join([verdict, *rest])}. {looked_at(decision.checked, quote)}"


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
    where = f" in {quote(checked.database)}" if checked.database else ", without a database"
    return f"Checked {contracts}, {tables} and {columns}{where}."


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
