"""A plan in a folder: a revision for each step, the contracts of each, and the runbook."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from contracts.conversion import ConversionError, convert
from contracts.model import Contract
from prevention.decision import NotJudged, Obstacle
from prevention.output import as_file_name, write_new
from prevention.planning.documents import RUNBOOK
from prevention.planning.model import Plan
from prevention.planning.revisions import Revision, revisions


def write_plan(
    plan: Plan, folder: str | os.PathLike[str], *, after: str | None = None
) -> tuple[Path, ...]:
    """Write a plan into a folder, and return the files; nothing that is there is overwritten.

    after:  the revision that the first one follows; ``None`` for the beginning.

    ``versions/DAY/`` has the revisions that may run from that day on, ``contracts/DAY/`` the
    contracts that hold once they have, ``PLAN.md`` the runbook. Raises NotJudged where one of these
    is there already. Where one cannot be written, none stays.
    """
    from prevention.render.plan import as_markdown

    root = Path(folder)
    if root.exists() and not root.is_dir():
        raise NotJudged(Obstacle(f"{root} is a file.", "Name a folder for the plan."))
    made = revisions(plan, after)
    texts = {root / "versions" / str(each.starts) / each.file: each.text for each in made}
    texts |= _documents(plan, root)
    texts[root / RUNBOOK] = as_markdown(plan, _by_step(plan, made))
    there = next((file for file in texts if os.path.lexists(file)), None)
    if there is not None:
        raise NotJudged(
            Obstacle(
                f"{there} is there already, and nothing was written.",
                "Name another folder by --output, or put that one aside.",
            )
        )
    _write_all(texts)
    return tuple(texts)


def _write_all(texts: Mapping[Path, str]) -> None:
    """All the files or none: of what cannot be finished, the files and folders made go again."""
    folders = {folder for file in texts for folder in file.parents if not folder.exists()}
    written: list[Path] = []
    try:
        for file, text in texts.items():
            write_new(file, text)
            written.append(file)
    except BaseException:
        for file in written:
            file.unlink(missing_ok=True)
        for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _by_step(plan: Plan, made: tuple[Revision, ...]) -> dict[str, str]:
    """The file of each step that has one."""
    running = [step.id for step in plan.steps if step.runs]
    return dict(zip(running, (f"versions/{each.starts}/{each.file}" for each in made), strict=True))


def _documents(plan: Plan, root: Path) -> dict[Path, str]:
    """The contracts of each day, as ODCS: the dialect that has versions, states and dates.

    Those after its last step: between the steps of the last day nobody is promised anything.
    """
    last = {step.starts: step for step in plan.steps}
    texts: dict[Path, str] = {}
    before: tuple[Contract, ...] = ()
    for day, step in last.items():
        if step.documents == before:
            continue
        before = step.documents
        for contract in step.documents:
            called = as_file_name(contract.name)
            if [as_file_name(each.name) for each in step.documents].count(called) > 1:
                called = as_file_name(contract.identity)
            file = root / "contracts" / str(day) / f"{called}.odcs.yaml"
            try:
                texts[file] = convert(_guided(contract, root), "odcs").text
            except ConversionError as error:
                raise NotJudged(
                    Obstacle(
                        f"The contract of step {step.id} cannot be written: {error.what}",
                        error.next_step,
                    )
                ) from error
    return texts


def _guided(contract: Contract, root: Path) -> Contract:
    """The contract, with the place of the runbook where that is its migration guide."""
    ends = contract.deprecation
    if ends is None or ends.migration_guide != RUNBOOK:
        return contract
    return replace(contract, deprecation=replace(ends, migration_guide=(root / RUNBOOK).as_posix()))


def head_of_project() -> str | None:
    """The revision that the project's migrations end with; ``None`` where there are none.

    Raises NotJudged where they end in several.
    """
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    from prevention.configuration import configure

    file = configure().alembic
    if not file.is_file():
        return None
    try:
        heads = ScriptDirectory.from_config(Config(os.fspath(file))).get_heads()
    except CommandError as error:
        raise NotJudged(
            Obstacle(
                f"The project's migrations cannot be read: {error}",
                "Say by --after which revision the plan follows.",
            )
        ) from error
    if len(heads) > 1:
        what = f"The project's migrations end in {', '.join(sorted(heads))}."
        raise NotJudged(Obstacle(what, "Say by --after which of them the plan follows."))
    return heads[0] if heads else None
