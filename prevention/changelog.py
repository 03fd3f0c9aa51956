"""The changelog of a contract: an entry for each version, made from what changed in it.

An entry has the version and the day, and below them what breaks, what is new, what ends, and what
was put right. The newest stands first. Everything here is pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from contracts.days import day_of
from detection.change import Verdict, worst
from detection.evolution import TYPE_RULES
from prevention.changes import Telling
from prevention.decision import Decision, Finding
from prevention.words import Quote, issue

SECTIONS: Final = ("Breaking", "Deprecated", "Added", "Fixed")
"""The parts of an entry, in their order; one without a line is left out."""

_ENDS: Final = (
    "contract-deprecated", "contract-sunset", "sunset-postponed", "column-deprecated",
)  # fmt: skip
_TYPES: Final = frozenset(rule.id for rule in TYPE_RULES)
_PHRASES: Final[Mapping[str, str]] = {
    "contract-removed": "The contract is gone",
    "contract-added": "The contract is new",
    "contract-activated": "The contract is in force",
    "contract-deprecated": "The contract is deprecated",
    "contract-sunset": "The contract has reached its sunset date",
    "contract-retired": "The contract is retired",
    "sunset-postponed": "The sunset date moved from {old} to {new}",
    "table-removed": "Table {element} is gone",
    "table-added": "Table {element} is new",
    "table-name-changed": "Table {old} is called {new} now",
    "table-renamed-behind-view": "Table {old} is called {new} now; a view keeps the old name",
    "column-removed": "{element} is gone",
    "column-name-changed": "{old} is called {new} now",
    "column-added": "{element} is new, and may be null",
    "column-added-within": "{element} is new, and may be null",
    "column-added-with-default": "{element} is new, required, and filled by default",
    "column-added-required": "{element} is new and required",
    "column-deprecated": "{element} is on its way out",
    "not-null-added": "{element} is required now",
    "not-null-dropped": "{element} may be null now",
    "value-added": "{element} can be {new} too",
    "value-added-to-extensible": "{element} can be {new} too",
    "value-removed": "{element} can no longer be {old}",
    "notice-shortened": "The notice went from {old} to {new}",
    "notice-lengthened": "The notice went from {old} to {new}",
}
"""What is said of a rule in one line, where its own words would be more."""

_OF_THE_END: Final[Mapping[str, str]] = {
    "deprecation.announced": "The end counts as announced on {new}, not {old}",
    "deprecation.replacement": "The contract to move to is {new} now, and was {old}",
    "deprecation.migration_guide": "The migration guide is {new} now, and was {old}",
    "deprecation.reason": "The reason of the end is {new}",
}
"""What is said where the end of a contract is told in other words."""

_HEADING: Final = re.compile(r"^## ", re.MULTILINE)


def changelog_entry(verdicts: Sequence[Verdict], version: str | None, day: date) -> str:
    """The entry about these changes, as Markdown that ends with a line break.

    version:  the one that has the changes; without one, the day alone is the heading.
    """
    telling = Telling()
    lines = {
        finding: f"{phrase(finding)}{_until(verdict)}"
        for verdict in verdicts
        if (finding := telling.finding(verdict))
    }
    return entry_of(tuple(lines), version, day, lines)


def entry_of(
    findings: Sequence[Finding],
    version: str | None,
    day: date,
    lines: Mapping[Finding, str] | None = None,
) -> str:
    """The entry about findings that tell of changes; those of other kinds have no place in it.

    lines:  what is said of some of them, in place of their usual words.
    """
    known = lines or {}
    parts: dict[str, list[str]] = {section: [] for section in SECTIONS}
    for finding in findings:
        if finding.meaning is not None:
            parts[_section(finding)].append(f"- {known.get(finding) or phrase(finding)}")
    entry = [f"## {f'{version} - ' if version else ''}{day.isoformat()}"]
    for section, said in parts.items():
        if said:
            entry += ["", f"### {section}", "", *dict.fromkeys(said)]
    return "\n".join(entry) + "\n"


def changelog_of(decision: Decision, day: date) -> str:
    """An entry for each contract that a comparison found changed; several each under its name."""
    versions = decision.comparison.versions if decision.comparison else ()
    new = {verdict.contract: verdict.new for verdict in versions}
    changed: dict[str, list[Finding]] = {}
    for finding in decision.findings:
        if finding.meaning is not None and finding.contract is not None:
            changed.setdefault(finding.contract, []).append(finding)
    entries = {name: entry_of(told, new.get(name), day) for name, told in changed.items()}
    if len(entries) == 1:
        return next(iter(entries.values()))
    return "\n".join(f"# Changelog of {name}\n\n{entry}" for name, entry in entries.items())


def with_entry(changelog: str, entry: str, title: str) -> str:
    """A changelog with one entry more, above the others; what is there stays as it is.

    title:  what the changelog is called, where there is none yet.
    """
    if not changelog.strip():
        return f"# {title}\n\n{entry}"
    ending = "\r\n" if "\r\n" in changelog else "\n"
    entry = entry.replace("\n", ending)
    first = _HEADING.search(_outside_code(changelog))
    if first is None:
        return f"{changelog.rstrip()}{ending}{ending}{entry}"
    at = first.start()
    return f"{changelog[:at]}{entry}{ending}{changelog[at:]}"


def without_entry(changelog: str, known: Callable[[date], str | None]) -> str:
    """A changelog without its newest entry, where that is word for word one that is known.

    known:  the entry that would have been written on a day; ``None`` where there is none.
    """
    text = _outside_code(changelog)
    first = _HEADING.search(text)
    if first is None:
        return changelog
    second = _HEADING.search(text, first.end())
    end = second.start() if second else len(changelog)
    entry = changelog[first.start() : end]
    day = day_of(entry.partition("\n")[0].strip().rpartition(" ")[2])
    said = known(day) if day else None
    if said is None or entry.replace("\r\n", "\n").strip() != said.strip():
        return changelog
    return changelog[: first.start()] + changelog[end:]


def phrase(finding: Finding, quote: Quote | None = None) -> str:
    """What changed, in one line; names and values stand in code spans."""
    from prevention.render.markdown import code

    mark = quote or code
    said = _PHRASES.get(finding.rule)
    names = {"element": mark(element_of(finding)), **_old_and_new(finding, mark)}
    if said is not None:
        return said.format_map(names)
    if finding.rule in _TYPES:
        return f"The type of {names['element']} went from {names['old']} to {names['new']}"
    if finding.rule == "documentation-changed" and (words := _OF_THE_END.get(finding.aspect or "")):
        return words.format_map(names)
    if finding.rule == "documentation-changed":
        return f"The {finding.aspect or 'description'} of {names['element']} says something else"
    return f"{names['element']}: {_lowered(issue(finding, mark))}"


def element_of(finding: Finding) -> str:
    """What a change is about, as short as it is clear: the column, the table, the contract."""
    table = ".".join(filter(None, (finding.schema, finding.table)))
    return finding.column or table or finding.contract or ""


def _until(verdict: Verdict) -> str:
    """When a contract ends and what comes after, behind the words that it is deprecated."""
    contract = verdict.change.after.contract
    ends = contract.deprecation if contract else None
    if verdict.rule not in ("contract-deprecated", "sunset-postponed") or ends is None:
        return ""
    from prevention.render.markdown import code

    until = f" until {ends.sunset_date}" if verdict.rule == "contract-deprecated" else ""
    return f"{until}; move to {code(ends.replacement)}" if ends.replacement else until


def _section(finding: Finding) -> str:
    if finding.rule in _ENDS:
        return "Deprecated"
    meaning = finding.meaning
    impact = worst(meaning.reader, meaning.writer) if meaning else "patch"
    return {"additive": "Added", "patch": "Fixed"}.get(impact, "Breaking")


def _old_and_new(finding: Finding, mark: Quote) -> dict[str, str]:
    return {
        "old": mark(finding.promised) if finding.promised is not None else "nothing",
        "new": mark(finding.found) if finding.found is not None else "nothing",
    }


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _outside_code(text: str) -> str:
    """The text with what stands between fences blanked, at the same offsets."""
    return "".join(_blanked(text))


def _blanked(text: str) -> Iterator[str]:
    inside = False
    for line in text.splitlines(keepends=True):
        fence = line.lstrip().startswith(("```", "~~~"))
        yield " " * len(line) if inside and not fence else line
        inside = inside is not fence
