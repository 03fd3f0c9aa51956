"""From what breaks to the steps around it. Pure: contracts and verdicts in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from contracts.model import Contract, Table
from contracts.versions import read_version
from detection.change import Verdict
from detection.diff import diff
from detection.judgement import judge
from detection.periods import REVIEW_DAYS, USUAL, Periods, sunset_of
from detection.versions import judge_versions
from prevention.decision import NotJudged, Obstacle
from prevention.output import as_file_name
from prevention.planning.beside import beside
from prevention.planning.dividing import divided
from prevention.planning.division import Division, divide
from prevention.planning.documents import Course, Succession, succeed
from prevention.planning.model import (
    PHASES,
    NoPath,
    Place,
    Plan,
    Step,
    Version,
    Wishes,
    Work,
)
from prevention.planning.pairs import TablePair, is_about, pair_tables, said_of
from prevention.planning.paths import (
    BEHIND_VIEW,
    COME,
    DOCUMENTS,
    GONE,
    OVER,
    REPLACED,
    STEPS,
    WITHOUT,
)
from prevention.planning.tables import (
    create,
    drop,
    in_order,
    publish,
    removed_tables,
    replace_by_query,
)


def make_plan(
    old: Sequence[Contract],
    new: Sequence[Contract],
    verdicts: Sequence[Verdict],
    *,
    today: date,
    periods: Periods = USUAL,
    wishes: Wishes | None = None,
    names: tuple[str, str] = ("OLD", "NEW"),
) -> Plan:
    """The steps from ``old`` to ``new``, whose changes have these verdicts.

    periods:  how long each stage of an end takes at least; never less than is usual, and a
              contract may ask for more.

    Nothing is planned where nothing breaks. Raises NotJudged for wishes about columns that are
    not there, and for an end that no calendar has.
    """
    breaking = [verdict for verdict in verdicts if verdict.breaks]
    ending = (*_concerned(old, breaking), *_concerned(new, breaking))
    asked = max((periods.notice_of(each) for each in ending), default=periods.notice_days)
    notice = max(USUAL.notice_days, asked)
    try:
        sunset = _latest_sunset(old, breaking, today + timedelta(days=notice + REVIEW_DAYS))
        removal = max(today, sunset + timedelta(days=max(USUAL.sunset_days, periods.sunset_days)))
        removal + (removal - sunset)  # the last day that a step may name
    except OverflowError:
        what = f"{notice} days of notice from {today} on end beyond the calendar."
        raise NotJudged(Obstacle(what, "Name an earlier day by --now.")) from None
    plan = Plan(*names, today, notice, sunset, removal, len(breaking), before=tuple(old),
                after=tuple(new))  # fmt: skip
    if not breaking:
        return plan
    successions = _successions(old, new, verdicts)
    divisions, wished = divide(old, new, wishes or Wishes())
    left = [verdict for verdict in verdicts if not _is_divided(verdict, divisions)]
    known = tuple(table for each in divisions for table in (*each.olds, *each.news))
    pairs = pair_tables(left, wished, _majors(successions), besides=known)
    works, versions = _works(pairs, left, wished, divisions)
    works += _announcements(successions, breaking, notice)
    works.sort(key=lambda work: work.place)  # stable: what belongs together stays so
    course = Course(successions, pairs, today, sunset, divisions)
    steps = _with_versions(_steps(works, versions, course, plan), plan.before)
    return replace(
        plan,
        steps=tuple(steps),
        versions=tuple(versions),
        without_path=tuple(_without(breaking)),
    )


def _concerned(contracts: Sequence[Contract], breaking: Sequence[Verdict]) -> list[Contract]:
    names = {verdict.change.before.contract.identity for verdict in breaking
             if verdict.change.before.contract}  # fmt: skip
    return [contract for contract in contracts if contract.identity in names]


def _latest_sunset(old: Sequence[Contract], breaking: Sequence[Verdict], sunset: date) -> date:
    """A sunset that was announced already is not moved to an earlier day.

    Where all that breaks has had its notice, the day that it named is the day.
    """
    announced = [day for one in _concerned(old, breaking) if (day := sunset_of(one))]
    if announced and all(verdict.rule == OVER for verdict in breaking):
        return max(announced)
    return max((sunset, *announced))


def _successions(
    old: Sequence[Contract], new: Sequence[Contract], verdicts: Sequence[Verdict]
) -> list[Succession]:
    """Every contract that changes, with what it becomes."""
    after = {contract.identity: contract for contract in new}
    changed = {(v.change.before.contract, v.change.after.contract): False for v in verdicts}
    renamed = {a.identity: b for a, b in changed if a and b and a.identity != b.identity}
    broken = {
        name for verdict in verdicts if verdict.breaks
        for side in (verdict.change.before, verdict.change.after)
        if side.contract for name in (side.contract.identity,)
    }  # fmt: skip
    touched = {
        side.contract.identity for verdict in verdicts
        for side in (verdict.change.before, verdict.change.after) if side.contract
    }  # fmt: skip
    made = [
        succeed(one, renamed.get(one.identity, after.get(one.identity)),
                breaks=one.identity in broken)
        for one in old if one.identity in touched
    ]  # fmt: skip
    known = {each.new.identity for each in made if each.new}
    known |= {contract.identity for contract in old}
    made += [
        succeed(None, one, breaks=False)
        for one in new
        if one.identity in touched and one.identity not in known
    ]
    return made


def _majors(successions: Sequence[Succession]) -> dict[str, int]:
    """The number of the new version, by the contracts' names."""
    found: dict[str, int] = {}
    for each in successions:
        version = read_version(each.later) if each.later else None
        number = (version.major or 1) if version else 2
        for contract in (each.old, each.new):
            if contract is not None:
                found[contract.identity] = number
    return found


# ------------------------------------------------------------------ the work


def _is_divided(verdict: Verdict, divisions: Sequence[Division]) -> bool:
    """Whether a change is that of a table that is split or merged, and told as such."""
    change = verdict.change
    sides = {side.table.qualified_name for side in (change.before, change.after) if side.table}
    told = {change.column, *getattr(change.after.part, "columns", ())}
    for each in divisions:
        ours = {table.qualified_name for table in (*each.come, *each.gone)}
        joins = not each.is_split and each.whole.qualified_name in sides and told & each.moved
        if ours & sides or joins:
            return True
    return False


def _works(
    pairs: Sequence[TablePair],
    verdicts: Sequence[Verdict],
    wishes: Wishes,
    divisions: Sequence[Division],
) -> tuple[list[Work], list[Version]]:
    works = [work for each in divisions for work in divided(each)]
    kept = {table.qualified_name for each in divisions for table in (*each.come, *each.gone)}
    versions: list[Version] = []
    kept |= {v.change.before.table.qualified_name for v in verdicts
             if v.rule == BEHIND_VIEW and v.change.before.table}  # fmt: skip
    gone = [t for v in verdicts if v.rule in GONE for t in removed_tables(v.change)]
    come = [table for v in verdicts if v.rule in COME for table in _come(v)]
    for table in reversed(in_order(gone)):
        works += drop(table, gone) if table.qualified_name not in kept else ()
    for table in in_order(come):
        works += create(table) if table.qualified_name not in kept else ()
    for pair in pairs:
        if _is_replaced(pair):
            made, version = replace_by_query(pair, said_of(wishes.using, pair, pair.new.name))
            works += made
            versions.append(version)
            continue
        works += _of_pair(pair, wishes)
        if any(dual.called and not dual.late for dual in pair.duals):
            work, version = publish(pair)
            works.append(work)
            versions.append(version)
    return works, versions


def _come(verdict: Verdict) -> Sequence[Table]:
    change = verdict.change
    if change.after.table is not None:
        return (change.after.table,)
    return change.after.contract.tables if change.after.contract else ()


def _is_replaced(pair: TablePair) -> bool:
    """Whether the rows of the table mean something else, or a view's columns do."""
    rules = {verdict.rule for verdict in pair.verdicts if verdict.change.column is None}
    meaning = {"meaning-changed", "meaning-withdrawn"} & rules
    is_view = pair.old.kind in ("view", "materialized view")
    shape = any(verdict.breaks and verdict.change.column for verdict in pair.verdicts)
    return bool(set(REPLACED) & rules or meaning or (is_view and shape))


def _of_pair(pair: TablePair, wishes: Wishes) -> Iterator[Work]:
    for verdict in pair.verdicts:
        path = STEPS.get(verdict.rule)
        told = is_about(verdict.change, pair)
        comes = verdict.change.kind == "column-added"
        for part in verdict.parts:  # what is left of a key, before one of its columns goes
            if not comes and not told and part.rule == "primary-key-changed":
                yield from STEPS[part.rule](part.change, pair, wishes)
        if path is not None and not told:
            yield from path(verdict.change, pair, wishes)
        for part in verdict.parts:  # keys that came with a column
            below = STEPS.get(part.rule)
            if below is not None and comes and not is_about(part.change, pair):
                yield from below(part.change, pair, wishes)
    # What is computed from a column goes before it, and comes after it.
    made = [(any(c.generated for c in dual.olds), tuple(beside(dual, pair))) for dual in pair.duals]
    for going in (False, True):
        for _, works in sorted(made, key=lambda each: each[0] is not going):
            yield from (each for each in works if (each.place is Place.REMOVE) == going)


def _announcements(
    successions: Sequence[Succession],
    breaking: Sequence[Verdict],
    notice: int,
) -> list[Work]:
    """The steps that happen in documents, and in the heads of people."""
    over = {v.change.before.contract for v in breaking if v.rule == OVER}
    ending = [each for each in successions if each.old and each.breaks and each.old not in over]
    names = ", ".join(each.old.identity for each in ending if each.old)
    promises = sorted({f"{v.rule} {v.change.element}" for v in breaking if v.rule in DOCUMENTS})
    asked = tuple(
        f"what takes the place of {each.old.identity}: say it in OLD's contract, under "
        "replacement of its deprecation"
        for each in ending
        if each.old and each.new is None
        and not (each.old.deprecation and each.old.deprecation.replacement)
    )  # fmt: skip
    works = _announced(names, notice, asked) if ending else []
    return [
        *works,
        Work(
            Place.RELEASE, "release", "Let the new contract stand alone",
            "What the new contract promises is so by now; the old one is retired."
            + (f" What no statement makes so is promised anew: {'; '.join(promises)}."
               if promises else ""),
            signals=("docent check: every promise of the new contract holds",),
        ),
    ]  # fmt: skip


def _announced(names: str, notice: int, asked: tuple[str, ...]) -> list[Work]:
    """The notice of these contracts, from its first day to its last."""
    return [
        Work(
            Place.DEPRECATE, "announce", f"Announce the end of the old version of {names}",
            f"From today {notice} days of notice run; whoever reads or writes it is told what to "
            "do instead, and by when.",
            signals=("consumers that have not answered",
                     "queries of the old version that are still run: docent check names them"),
            to_fill_in=asked,
        ),
        Work(
            Place.SUNSET, "sunset", f"Close the old version of {names} to new consumers",
            "Its sunset has come: those who are there are warned urgently, and nobody joins.",
            signals=("who still reads it: each by name, until there is none",),
        ),
    ]  # fmt: skip


# ------------------------------------------------------------------ the steps


def _steps(
    works: Sequence[Work], versions: Sequence[Version], course: Course, plan: Plan
) -> Iterator[Step]:
    for number, work in enumerate(works, 1):
        done = works[:number]
        documents = course.after(done, versions, published=_published(done, works))
        yield Step(
            f"{number:02d}-{as_file_name(work.slug)}",
            PHASES[work.place],
            _starts(work.place, plan),
            work,
            documents=documents,
        )


def _with_versions(steps: Iterable[Step], before: tuple[Contract, ...]) -> Iterator[Step]:
    """The steps, their contracts with the versions that the change of their day demands."""
    day, last = None, before
    for step in steps:
        if day is not None and step.starts != day[0]:
            last = day[1]
        documents = step.documents if step.documents == last else _raised(last, step.documents)
        day = (step.starts, documents)
        yield replace(
            step,
            documents=documents,
            versions=tuple((contract.identity, contract.version) for contract in documents),
        )


def _raised(before: tuple[Contract, ...], after: tuple[Contract, ...]) -> tuple[Contract, ...]:
    verdicts = judge(diff(before, after))
    demanded = {
        each.contract: each.suggested
        for each in judge_versions(before, after, verdicts)
        if each.fails and each.suggested
    }
    return tuple(replace(each, version=demanded.get(each.identity, each.version)) for each in after)


def _published(done: Sequence[Work], works: Sequence[Work]) -> bool:
    """Whether everything that makes the second version is there."""
    last = max((n for n, w in enumerate(works) if w.place <= Place.VERSION), default=-1)
    return len(done) > last


def _starts(place: Place, plan: Plan) -> date:
    if place < Place.SUNSET:
        return plan.today
    if place == Place.SUNSET:
        return plan.sunset
    if place == Place.FORGET:
        return plan.removal + (plan.removal - plan.sunset)
    return plan.removal


def _without(breaking: Sequence[Verdict]) -> Iterator[NoPath]:
    for verdict in breaking:
        if verdict.rule in WITHOUT:
            yield NoPath(verdict.rule, verdict.change.element, WITHOUT[verdict.rule])
