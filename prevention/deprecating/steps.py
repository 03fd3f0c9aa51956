"""The steps of a contract's end: deprecated, sunset, retired; and what stands against one.

A step is worked out and judged by the same rules as the gate's, before anything is written.
Everything here is pure; the day is handed in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Literal

from contracts.days import day_of
from contracts.model import Contract, Deprecation, Status
from detection.change import Verdict
from detection.diff import diff
from detection.diffing.contracts import days
from detection.judgement import judge
from detection.periods import (
    ENDING,
    NOT_YET,
    REVIEW_DAYS,
    STAGES,
    USUAL,
    Periods,
    state_of,
)
from detection.versions import VersionError, judge_version
from prevention.changes import Telling
from prevention.decision import NotJudged, Obstacle
from prevention.words import issue, next_step

Step = Literal["deprecated", "sunset", "retired"]
STEPS: Final[tuple[Step, ...]] = ("deprecated", "sunset", "retired")

_MEANT: Final = ("contract-retired",)
"""What breaks by its nature, and is what this step is for."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for. Days and names that are left out are worked out, or stay as they are.

    to:           the state that the contract reaches; one in its sunset stays there while its
                  end is postponed or told in other words.
    sunset:       the day from which nobody new may rely on it.
    replacement:  the identity of the contract to move to.
    guide:        the page, or the file, that tells how.
    announced:    the day of the announcement; notice counts from there, or from today if later.
    bump:         whether the version is raised by as much as the step demands.
    """

    to: Step = "deprecated"
    sunset: date | None = None
    replacement: str | None = None
    reason: str | None = None
    guide: str | None = None
    announced: date | None = None
    bump: bool = True

    @property
    def says_of_the_end(self) -> bool:
        """Whether anything is said of when the contract ends, why, and what comes after."""
        said = (self.sunset, self.replacement, self.reason, self.guide)
        return any(each is not None for each in said)


class Refused(Exception):  # noqa: N818 - the outcome's name, as NotJudged is
    """A step that would break a promise: by which rule, how, and what to do instead."""

    def __init__(self, rule: str, what: str, next_step: str) -> None:
        super().__init__(f"{what}\nNext: {next_step}")
        self.rule = rule
        self.what = what
        self.next_step = next_step


def next_contract(
    old: Contract,
    terms: Terms,
    today: date,
    periods: Periods = USUAL,
    committed: Contract | None = None,
) -> tuple[Contract, tuple[Verdict, ...]]:
    """The contract after the step, and the verdicts on it.

    periods:    how much notice the project gives of an end, at least; a contract may promise more.
    committed:  the contract as others know it. The step is judged against that, so that one which
                is said again in other words, before anybody has seen it, is still one step.

    Raises :class:`Refused` for a step that breaks a promise, and NotJudged for one that cannot
    be taken at all.
    """
    base = life_of(committed, old)
    announces = terms.to == "deprecated"
    stays = announces and base.status == "sunset" and terms.says_of_the_end
    try:
        if not stays:
            _require_legal(base, terms.to)
        if announces:
            ends = _ends(base, old, terms, today, periods)
            new = replace(old, status="sunset" if stays else "deprecated", deprecation=ends)
        else:
            _require_due(base, terms.to, today, periods)
            new = replace(old, status=terms.to)
    except Refused as refused:
        if base.status == old.status:
            raise
        what = f"{refused.what.rstrip('.')}; that it is {old.status} is not committed."
        raise Refused(refused.rule, what, "Commit that, have it read, and then go on.") from refused
    if new == old:
        if stays:
            _require_legal(base, terms.to)
        what = f"{old.identity} says all that already."
        raise NotJudged(Obstacle(what, "Name what is to be said otherwise, such as --sunset."))
    verdicts = judge(diff([base], [new]), today=today, periods=periods)
    for verdict in verdicts:
        if verdict.breaks and verdict.rule not in _MEANT:
            finding = Telling().finding(verdict)
            raise Refused(verdict.rule, f"{old.identity}: {issue(finding)}.", next_step(finding))
    return (_bumped(base, new, verdicts) if terms.bump else new), verdicts


def life_of(committed: Contract | None, old: Contract) -> Contract:
    """The contract as it is written, at the place in its life where others know it to be."""
    if committed is None:
        return old
    return replace(
        old,
        status=committed.status,
        deprecation=committed.deprecation,
        version=committed.version,
    )


def unsuitable(old: Contract, new: Contract) -> str | None:
    """Why a contract cannot take the place of another; ``None`` where it can."""
    if new.identity == old.identity:
        return "a contract cannot replace itself"
    if new.status in NOT_YET:
        return f"it is {_stated(new.status)}, and promises nothing yet"
    if STAGES[new.status] > STAGES["active"]:
        return f"it is {new.status} itself"
    return None


def _require_legal(old: Contract, to: Step) -> None:
    now, then = STAGES[old.status], STAGES[to]
    if old.status in NOT_YET:
        raise Refused(
            "state-skipped",
            f"{old.identity} is {_stated(old.status)}: it promises nothing yet, and so has no end.",
            "Take the document away, or let it be active first.",
        )
    if then < now or (then == now == STAGES["retired"]):
        later = f"; or postpone its end: docent deprecate {old.identity} --sunset DAY"
        raise Refused(
            "state-stepped-back",
            f"{old.identity} is {old.status} already, and no contract goes back.",
            "Start a contract of its own for what comes next"
            + (later if old.status == "sunset" else "")
            + ".",
        )
    if then == now and to == "sunset":
        what = f"{old.identity} is sunset already."
        raise NotJudged(Obstacle(what, f"docent deprecate {old.identity} --to retired"))
    if then - now > 1:
        before = STEPS[now - 1 : STEPS.index(to)]
        first = "--to sunset" if before[0] == "sunset" else "--replacement NAME"
        raise Refused(
            "state-skipped",
            f"{old.identity} is {old.status or 'active'}, and must be {' and '.join(before)} "
            f"before it is {to}.",
            f"docent deprecate {old.identity} {first}",
        )


def _require_due(old: Contract, to: Step, today: date, periods: Periods) -> None:
    """A contract reaches its sunset on its date, and is retired some days later."""
    ends = old.deprecation.sunset_date if old.deprecation else None
    if ends is None:
        return  # the rules tell what is missing
    due = _day(_read(ends, old), periods.sunset_days if to == "retired" else 0)
    if today < due:
        left = (due - today).days
        raise Refused(
            "notice-too-short",
            f"{old.identity} can be {to} on {due}, which is {days(left)} away.",
            f"Wait for {due}; its readers were told so.",
        )


def _ends(
    base: Contract, old: Contract, terms: Terms, today: date, periods: Periods
) -> Deprecation:
    before = old.deprecation or Deprecation()
    # What was announced once stays so; of a contract that says it is deprecated, notice counts
    # from there.
    kept = before.announced if state_of(old) in ENDING else None
    announced = terms.announced or (_read(kept, old) if kept else today)
    if announced > today:
        what = f"{announced} is still to come, and from today on the document says it."
        raise NotJudged(Obstacle(what, "Announce it on that day, or leave --announced out."))
    replacement = terms.replacement or before.replacement
    if not replacement:
        what = f"Nothing says what comes after {old.identity}."
        raise NotJudged(Obstacle(what, "Name the contract to move to: --replacement NAME."))
    stated = _read(before.sunset_date, old) if before.sunset_date else None
    # A date in the past gives nobody notice: nobody could read it before today.
    told = announced if base.status in ENDING and kept else max(announced, today)
    sunset = terms.sunset or stated or _day(told, periods.notice_of(old) + REVIEW_DAYS)
    _require_notice(base, told, sunset, today, periods)
    return Deprecation(
        announced.isoformat(),
        sunset.isoformat(),
        replacement,
        terms.guide or before.migration_guide,
        terms.reason or before.reason,
    )


def _require_notice(
    base: Contract, told: date, sunset: date, today: date, periods: Periods
) -> None:
    """See that the readers get the notice that they are owed, from the day that they were told."""
    ends = base.deprecation.sunset_date if base.deprecation else None
    stated = _read(ends, base) if ends and base.status in ENDING else None
    if stated and sunset < stated:
        raise Refused(
            "sunset-moved-earlier",
            f"{base.identity} was announced to end on {stated}, and {sunset} is before that.",
            f"Leave it at {stated}; a later day hurts nobody.",
        )
    if sunset == stated:
        return
    if sunset <= today:
        raise Refused(
            "notice-too-short",
            f"The sunset date {sunset} is {'today' if sunset == today else 'past'}.",
            _earliest(base, told, today, periods),
        )
    if base.status == "sunset":
        return  # whoever reads was told long ago, and gets more time than that
    promised, given = periods.notice_of(base), (sunset - told).days
    if given < promised:
        raise Refused(
            "notice-too-short",
            f"From {told} to {sunset} is {days(given)}, and {base.identity} owes its readers "
            f"{days(promised)} of notice.",
            _earliest(base, told, today, periods),
        )


def _earliest(old: Contract, told: date, today: date, periods: Periods) -> str:
    first = max(_day(told, periods.notice_of(old)), _day(today, 1))
    return f"Write --sunset {first}, or a later day."


def _bumped(old: Contract, new: Contract, verdicts: Sequence[Verdict]) -> Contract:
    """The contract with the lowest version that the step demands, where it has versions."""
    try:
        judged = judge_version(old, new, verdicts)
    except VersionError as error:
        raise NotJudged(Obstacle(error.what, error.next_step, error.location)) from error
    if judged is None or judged.suggested is None:
        return new
    # A version that was raised already, and says enough, is not raised again.
    is_raised = old.version != new.version and judged.outcome == "enough"
    return new if is_raised else replace(new, version=judged.suggested)


def _read(text: str, contract: Contract) -> date:
    day = day_of(text)
    if day is None:
        place = contract.source.at("deprecation") if contract.source else None
        what = f"{contract.identity} has a date that is none: {text!r}."
        raise NotJudged(Obstacle(what, "Write it as 2026-03-31.", place))
    return day


def _day(first: date, number: int) -> date:
    try:
        return first + timedelta(number)
    except OverflowError:
        what = f"{days(number)} after {first} is beyond the calendar."
        raise NotJudged(Obstacle(what, "Name days that a calendar has, up to 9999.")) from None


def _stated(status: Status | None) -> str:
    return f"a {status}" if status == "draft" else str(status)
