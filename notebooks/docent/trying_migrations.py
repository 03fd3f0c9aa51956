"""Try a migration that a learner wrote: run it, there and back, on a museum made for that."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.model import Contract
from docent.answers import kind_of, told
from docent.exercise import Examine, Outcome, correct, incomplete, stopped, wrong
from docent.room import Room
from docent.shell import start

if TYPE_CHECKING:
    import psycopg

GO: Final = """\
import sys
from pathlib import Path
from data_assets import migrating
from data_assets.errors import SandboxError
try:
    getattr(migrating, sys.argv[1])(sys.argv[2], sys.argv[3], folder=Path(sys.argv[4]))
except SandboxError as error:
    sys.exit(error.what)
"""
"""Runs in a process of its own: a learner's migration may do anything, for ever too."""


HOLDS: Final = "Your migration runs, every promise holds, and it runs back."


@dataclass(frozen=True, slots=True)
class Question:
    """One number that the database must give once the migration has run.

    query:     gives the number found.
    expected:  gives the number wanted.
    seen:      a sentence with places for both: ``{found}`` and ``{expected}``.
    """

    query: str
    expected: str
    seen: str
    next_step: str = ""


def migration(
    *,
    follows: str,
    creates: str,
    contracts: Callable[[Room], Sequence[Contract]],
    questions: Sequence[Question] = (),
) -> Examine:
    """The path of a migration in the lesson's folder.

    follows:    the revision before it.
    creates:    the table that is to be gone again after a downgrade.
    contracts:  the promises that must hold once it has run.
    """
    held: list[tuple[str, Sequence[Contract]]] = []  # tried last: what held then holds again

    def examine(answer: object, room: Room) -> Outcome:
        if not isinstance(answer, (str, Path)):
            return wrong(
                f"Your answer is {kind_of(answer)}: {told(answer)}.",
                "The path of your migration is expected.",
            )
        path = room.folder / answer
        if not path.is_file():
            return incomplete(f"There is no file {path.name} in the folder of this lesson yet.")
        source, promised = path.read_text(encoding="utf-8"), contracts(room)
        if found := _unready(source, follows):
            return found
        if (source, promised) in held:
            return correct(HOLDS)
        with tempfile.TemporaryDirectory(prefix="migrations-") as folder:
            outcome = _Trial(Path(folder), follows, creates).outcome(source, promised, questions)
        held[:] = [(source, promised)] if outcome.kind == "correct" else []
        return outcome

    return examine


def _unready(source: str, follows: str) -> Outcome | None:
    """What can be said of a migration without running it."""
    try:
        module = ast.parse(source)
    except SyntaxError as error:
        seen = f"Line {error.lineno} of your migration is not Python: {error.msg}."
        return stopped(seen, "Mend that line.", (error.text or "").strip())
    if any(isinstance(one, ast.Constant) and one.value is ... for one in ast.walk(module)):
        return incomplete("Your migration still has places to fill in: a ... stands there.")
    before = _assigned(module, "down_revision")
    if before != follows:
        return wrong(
            f"Your migration follows {told(before)}.",
            f"It is to follow {follows}: down_revision names the revision before it.",
        )
    return None


def _assigned(module: ast.Module, name: str) -> object:
    """The plain value that a module gives to a name."""
    for node in module.body:
        if isinstance(node, ast.Assign):
            targets, value = node.targets, node.value
        elif isinstance(node, ast.AnnAssign) and node.value:
            targets, value = [node.target], node.value
        else:
            continue
        if any(isinstance(one, ast.Name) and one.id == name for one in targets):
            return value.value if isinstance(value, ast.Constant) else None
    return None


@dataclass(frozen=True, slots=True)
class _Trial:
    """A folder of migrations, and what the last of them must create."""

    folder: Path
    follows: str
    creates: str

    def outcome(
        self, source: str, contracts: Sequence[Contract], questions: Sequence[Question]
    ) -> Outcome:
        """Run the learner's migration, look at what it made, and run it back."""
        from data_assets.postgres import connect
        from docent.branch_databases import own_database

        url = own_database("checks")
        self._prepare(url)
        learners = self.folder / "versions" / "the_learners.py"
        learners.write_text(source, encoding="utf-8")
        if said := self._go("upgrade", url, "head"):
            return stopped(_first_lines(said), "Mend the migration; nothing of it was kept.")
        with contextlib.closing(connect(url)) as connection:
            found = _broken(contracts, connection) or _answered(questions, connection)
        if found:
            return found
        if said := self._go("downgrade", url, self.follows):
            return wrong(f"The way back stops: {_first_lines(said)}", next_step="Mend downgrade.")
        with contextlib.closing(connect(url)) as connection:
            left = connection.execute("select to_regclass(%s)", [self.creates]).fetchone()
        if left and left[0]:
            return wrong(
                f"After a downgrade {self.creates} is still there.",
                next_step="Let downgrade() drop what upgrade() has created.",
            )
        return correct(HOLDS)

    def _prepare(self, url: str) -> None:
        """A museum at the revision before; that one is ours, and needs no process of its own."""
        from data_assets.migrating import MIGRATIONS, history, upgrade
        from data_assets.museum import SAMPLE
        from data_assets.postgres import connect
        from data_assets.seeding import seed
        from docent.branch_databases import empty

        (self.folder / "versions").mkdir()
        shutil.copy(MIGRATIONS / "env.py", self.folder)
        for earlier in history(self.follows):
            shutil.copy(earlier, self.folder / "versions")
        empty(url)
        upgrade(url, self.follows, folder=self.folder)
        with contextlib.closing(connect(url)) as connection:
            seed(connection, SAMPLE)

    def _go(self, direction: str, url: str, revision: str) -> str:
        """What went wrong, or nothing."""
        from data_assets.home import clone
        from docent.workflow import environment_for

        words = ["python", "-c", GO, direction, url, revision, str(self.folder)]
        path = os.pathsep.join([str(clone()), *filter(None, sys.path)])
        environment = {**os.environ, **environment_for(url), "PYTHONPATH": path}
        ran = start(words, self.folder, environment)
        return (ran.output.strip() or "it ended without a word") if ran.exit else ""


def _broken(contracts: Sequence[Contract], connection: psycopg.Connection) -> Outcome | None:
    """The first promise that no longer holds."""
    from detection.catalog import read_catalog
    from prevention.judging import judge
    from prevention.words import issue

    decision = judge(contracts, read_catalog(connection))
    first = next((one for one in decision.findings if one.breaks), None)
    if first is None:
        return None
    step = "Make the new table as its contract says, and leave the others as they were."
    return wrong(f"{issue(first)} ({first.rule}).", "Every promise holds.", step)


def _answered(questions: Sequence[Question], connection: psycopg.Connection) -> Outcome | None:
    """The first question with another answer than is wanted."""
    for question in questions:
        found, expected = (
            (connection.execute(query.encode()).fetchone() or (None,))[0]
            for query in (question.query, question.expected)
        )
        if found != expected:
            seen = question.seen.format(found=found, expected=expected)
            return wrong(seen, next_step=question.next_step)
    return None


def _first_lines(said: str) -> str:
    """What Postgres or Python says, without the SQL and the links that come after it."""
    said = re.sub(r"(?m)^The database \S+ (?=refused)", "The database ", said)
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    kept = [line for line in lines if not line.startswith(("[SQL", "(Background", "INFO"))]
    return " ".join(kept[:3])[:400]
