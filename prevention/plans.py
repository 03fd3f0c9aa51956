"""Plans as Python calls: two names in, the steps around what breaks out, and into a folder.

from prevention.plans import plan_change, rehearse, write_plan

plan = plan_change("main:contracts", "contracts")
write_plan(plan, "plans/visitors")
rehearse(plan, "postgresql:///museum").holds
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from contracts.binding import bind
from contracts.consumers import Consumer
from contracts.differing import read_differing
from detection.diff import diff
from detection.judgement import judge
from detection.versions import VersionError, judge_versions
from prevention.comparing import require_alike
from prevention.configuration import Configuration, configure
from prevention.decision import NotJudged, Obstacle
from prevention.families import with_inherited_notice
from prevention.planning.model import Plan, Wishes
from prevention.planning.planner import make_plan
from prevention.planning.writing import write_plan
from prevention.rehearsing import People, Rehearsal, rehearse
from prevention.trees import NamedTree, read_tree

if TYPE_CHECKING:
    from contracts.model import Contract

__all__ = ["People", "Rehearsal", "Wishes", "people_of", "plan_change", "rehearse", "write_plan"]

Name = str | os.PathLike[str]


def plan_change(
    old: Name,
    new: Name,
    wishes: Wishes | None = None,
    *,
    configuration: Configuration | None = None,
    today: date | None = None,
) -> Plan:
    """The steps that lead from OLD to NEW so that nobody is hurt before the announced day.

    old, new:  files, folders or ``REF:path``, as :func:`prevention.comparing.compare` reads them.
    wishes:    splits, merges, renames and expressions that nobody can see in two contracts.
    today:     the day on which the notice begins; without it, this day in UTC.

    Raises DocumentError for documents that are no contracts, and NotJudged where there is nothing
    to compare, git fails, a version is none, or a wish names a column that is not there.
    """
    settings = configuration or configure()
    sides = read_tree(os.fspath(old)), read_tree(os.fspath(new))
    require_alike(*sides)
    before, after = _contracts(sides, settings)
    changes = diff(before, after, roots=(sides[0].tree.root, sides[1].tree.root))
    day = today or datetime.now(UTC).date()
    readers = _everybody(*(side.consumers() for side in sides))
    periods = with_inherited_notice(settings.periods, before, after)
    verdicts = judge(changes, readers, today=day, periods=periods)
    try:
        judge_versions(before, after, verdicts)
    except VersionError as error:
        raise NotJudged(Obstacle(error.what, error.next_step, error.location)) from error
    return make_plan(
        before, after, verdicts, today=day, periods=periods,
        wishes=wishes, names=(sides[0].name, sides[1].name),
    )  # fmt: skip


def people_of(old: Name, new: Name) -> People:
    """Who goes on working while a plan is rehearsed: who is registered beside OLD and beside NEW.

    Whoever asks beside NEW what they asked beside OLD has not moved, and is no reader of NEW yet.
    """
    before, after = (read_tree(os.fspath(each)).consumers() for each in (old, new))
    asked = {(consumer.name, query.sql) for consumer in before for query in consumer.queries}
    newcomers = []
    for each in after:
        queries = tuple(one for one in each.queries if (each.name, one.sql) not in asked)
        if queries:
            newcomers.append(replace(each, queries=queries))
    return People(before, tuple(newcomers))


def _contracts(
    sides: tuple[NamedTree, NamedTree], settings: Configuration
) -> tuple[tuple[Contract, ...], tuple[Contract, ...]]:
    found = read_differing(sides[0].tree, sides[1].tree, whole=sides[0].is_file)
    return bind(found.old, settings.bind), bind(found.new, settings.bind)


def _everybody(old: Sequence[Consumer], new: Sequence[Consumer]) -> tuple[Consumer, ...]:
    names = {consumer.name for consumer in new}
    return (*new, *(consumer for consumer in old if consumer.name not in names))
