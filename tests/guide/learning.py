"""One learner of a room, as a process of its own: learns, breaks, mends, begins afresh.

``python -m tests.guide.learning NUMBER`` prints what came of it as one line of JSON. Whose
database and whose progress it works on is said by ``DOCENT_HOME`` and ``DOCENT_LEARNER``.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

LEARNERS: Final = 10

BREAKS: Final = (
    ("alter table object_images rename column primary_image to image", "column-renamed"),
    ("alter table object alter column title type varchar", "type-differs"),
    ("drop table object_tags", "table-missing"),
    ("alter table object_history alter column created_at drop not null", "nullability-differs"),
)
"""What a learner does to the database, and the rule that is broken then."""


def exercises_of(number: int) -> list[str]:
    """The exercises that a learner does: every one of the tour is done by somebody."""
    from docent.lessons import EXERCISES

    return list(EXERCISES)[number::LEARNERS]


def breaks_of(number: int) -> list[tuple[str, str]]:
    """Two of the breaks, other ones than the neighbours'."""
    return [BREAKS[number % len(BREAKS)], BREAKS[(number // 2 + 1) % len(BREAKS)]]


def learn(number: int) -> dict[str, Any]:
    """An evening; what came of each part of it."""
    import docent
    import prevention
    from data_assets import sandbox
    from docent.place import current_url

    sandbox.up()
    docent.begin("00")
    came: dict[str, Any] = {
        "exercises": dict(_exercises(number)),
        "broken": [],
        "left": [],
        "fresh": [],
    }
    for statement, _ in breaks_of(number):
        docent.sql(statement)
        docent.sql(f"insert into object (object_id, title) values ({-number - 1}, 'of {number}')")
        broken = prevention.check(database=current_url())
        came["broken"].append([finding.rule for finding in broken.findings])
        came["left"].append(_own_works())
        said = docent.reset("00").subject
        came["fresh"].append("Your database is fresh" in said)
    came["at the end"] = prevention.check(database=current_url()).status
    came["works"] = _own_works()
    return came


def _exercises(number: int) -> Iterator[tuple[str, list[str]]]:
    """Each exercise, answered wrong and then right: what the check said."""
    import docent
    from docent.lessons import EXERCISES
    from tests.guide.cells import run

    for name in exercises_of(number):
        exercise = EXERCISES[name]
        slip = exercise.wrong[0]
        first = run(slip.cell) if slip.cell else docent.check(name, slip.answer).subject
        yield name, [first.kind, run(exercise.solution).kind]


def _own_works() -> list[str]:
    """The works in the learner's database that no museum has."""
    import docent

    return list(docent.sql("select title from object where object_id < 0")["title"])


if __name__ == "__main__":
    os.chdir(Path(__file__).resolve().parents[2] / "notebooks")
    print(json.dumps(learn(int(sys.argv[1]))))  # noqa: T201 - this is how it is told
