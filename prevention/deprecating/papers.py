"""The two papers of a contract's end: the notification of the change, and the guide to the move.

Both are drafts in Markdown, made from what is really different. Everything here is pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from contracts.consumers import Consumer
from contracts.days import day_of
from contracts.model import Contract, Deprecation
from detection.periods import USUAL, Periods
from detection.succession import Affected, Succession
from prevention.deprecating.moving import breaking_lines, breaking_parts, steps_for, way_around

GUIDE_DAYS: Final = 14
"""The days after the announcement by which the guide is to be published, or half of the notice."""

DRAFT: Final = """\
This is a draft, made from the two contracts. Say in your own words what they cannot know, and
publish it."""
"""What a guide begins with until somebody has looked at it."""

_CHANGES: Final[Mapping[str | None, str]] = {
    "deprecated": "Deprecation announced",
    "sunset": "Sunset reached",
    "retired": "Retired",
}
_SAID: Final = {
    "announced": "Announced on {new}, not {old}",
    "sunset_date": "Sunset date moved from {old} to {new}",
    "replacement": "Replacement changed from {old} to {new}",
    "migration_guide": "Migration guide changed to {new}",
    "reason": "Reason given anew",
}


@dataclass(frozen=True, slots=True)
class Move:
    """All that the papers speak of.

    old, new:    the contract that ends, as it is after this step, and the one to move to.
    succession:  what is different between the two.
    affected:    the consumers, with what breaks for each.
    before:      the contract that ends, as it was before this step.
    guide_due:   whether its guide is still a draft, or not written at all.
    periods:     how long its sunset lasts, at least.
    """

    old: Contract
    new: Contract
    succession: Succession
    affected: tuple[Affected, ...]
    before: Contract
    periods: Periods = USUAL
    guide_due: bool = True

    @property
    def ends(self) -> Deprecation:
        """The end of the old contract."""
        return self.old.deprecation or Deprecation()

    @property
    def target(self) -> str:
        """The contract to move to, with its version."""
        return " ".join(filter(None, (self.new.identity, self.new.version)))

    @property
    def change(self) -> str:
        """What this step changes: the state, or what is said of the end in the same state."""
        if self.before.status != self.old.status:
            return _CHANGES[self.old.status]
        ended = self.before.deprecation or Deprecation()
        told = [
            words.format(old=getattr(ended, key) or "none", new=getattr(self.ends, key))
            for key, words in _SAID.items()
            if getattr(ended, key) != getattr(self.ends, key)
        ]
        return "; ".join(told)


def notification(move: Move) -> str:
    """The notification of the change, for everybody who reads under the contract."""
    ends = move.ends
    facts = {
        "Contract": _named(move.old),
        "Change": move.change,
        "Sunset Date": ends.sunset_date,
        "Replacement": move.target,
        "Reason": _line(ends.reason) if ends.reason else None,
        "Migration Guide": ends.migration_guide,
        "Owner": str(move.old.owner) if move.old.owner else None,
    }
    breaks = breaking_lines(move.succession)
    parts = [
        "## Contract Change Notification",
        "\n\n".join(f"**{name}:** {said}" for name, said in facts.items() if said),
        "### Migration Steps",
        _numbered(_steps(move)),
        f"### Breaking Changes in {move.target}",
        _listed(breaks) or "None: what the old contract promises, the new one promises too.",
        "### Consumers",
        _listed(map(_consumer_line, move.affected)) or "Nobody is registered for this contract.",
        "### Timeline",
        _listed(f"{day}: {what}" for day, what in timeline(move)),
    ]
    return "\n\n".join(parts) + "\n"


def guide(move: Move) -> str:
    """The guide to the move: what breaks and the way around it, and what each consumer does."""
    ends = move.ends
    parts = [
        f"# From {_named(move.old)} to {move.target}",
        DRAFT,
        f"{_named(move.old)} ends on {ends.sunset_date}."
        + (f" The reason: {_line(ends.reason)}" if ends.reason else ""),
        "## Steps",
        _numbered(_steps(move)),
        "## What breaks, and how it is made safe",
        *(_side_by_side(move)),
        *(_breaks(move) or ["Nothing breaks."]),
        "## Who does what",
        *(_consumers(move) or ["Nobody is registered for this contract."]),
        "## Timeline",
        _listed(f"{day}: {what}" for day, what in timeline(move)),
    ]
    return "\n\n".join(parts) + "\n"


def timeline(move: Move) -> list[tuple[str, str]]:
    """The days of the end and what happens on each, in their order."""
    ends = move.ends
    found = [(ends.announced, "Deprecation announced")]
    if move.guide_due and (day := guide_day(ends)) is not None:
        found.append((day.isoformat(), "Migration guide due, which is a draft so far"))
    found.append((ends.sunset_date, f"Sunset (the warnings of {_named(move.old)} become errors)"))
    if (removal := move.periods.removal_of(move.old)) is not None:
        found.append((removal.isoformat(), f"{_named(move.old)} retired"))
    return [(day, what) for day, what in found if day]


def guide_day(ends: Deprecation) -> date | None:
    """The day by which the guide is to be published: two weeks on, or half of a shorter notice."""
    first, last = day_of(ends.announced), day_of(ends.sunset_date)
    if first is None or last is None:
        return None
    return first + timedelta(min(GUIDE_DAYS, max((last - first).days, 0) // 2))


def _steps(move: Move) -> Iterator[str]:
    yield from steps_for(move.succession, move.succession.breaking, write=True)
    yield f"Subscribe to {move.target} in the registry of consumers (`consumers.yaml`)."
    yield (
        f"Run your queries on both, compare the answers, and switch before {move.ends.sunset_date}."
    )


def _side_by_side(move: Move) -> list[str]:
    """That both tables are there meanwhile, where the replacement is another one."""
    pairs = [f"`{old}` and `{new}`" for old, new in move.succession.tables]
    until = f"until {move.ends.sunset_date}" if move.ends.sunset_date else "meanwhile"
    return [f"{', '.join(pairs)} stand side by side {until}."] if pairs else []


def _breaks(move: Move) -> list[str]:
    found = []
    for said, verdicts in breaking_parts(move.succession):
        path = way_around(move.succession, verdicts)
        found += [f"### {said}", path.why, _numbered(path.steps)]
    return found


def _consumers(move: Move) -> list[str]:
    found = []
    for each in move.affected:
        consumer = each.consumer
        steps = steps_for(move.succession, each.breaks, write=False)
        found += [
            f"### {consumer.name}",
            f"{consumer.team}, {consumer.migration_contact}. Reads {_reads(consumer, move)}.",
            _listed([*steps, f"Subscribe to {move.target}."])
            if each.breaks
            else _listed([*steps, f"No column that it reads breaks. Subscribe to {move.target}."]),
        ]
    return found


def _reads(consumer: Consumer, move: Move) -> str:
    tables = {(table.schema, table.name) for table in move.succession.old.tables}
    columns = [
        column
        for each in consumer.subscriptions
        if each.contract == move.old.identity or (each.schema, each.table) in tables
        for column in each.columns
    ]
    return ", ".join(f"`{column}`" for column in dict.fromkeys(columns))


def _consumer_line(each: Affected) -> str:
    names = each.columns or tuple(verdict.change.element for verdict in each.breaks)
    hurt = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    hurt = hurt or "no column that it reads breaks"
    return f"{each.consumer.name} ({each.consumer.migration_contact}): {hurt}"


def _named(contract: Contract) -> str:
    return contract.identity


def _line(text: str) -> str:
    return " ".join(text.split())


def _numbered(lines: Sequence[str] | Iterator[str]) -> str:
    return "\n".join(f"{number}. {line}" for number, line in enumerate(lines, 1))


def _listed(lines: Sequence[str] | Iterator[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)
