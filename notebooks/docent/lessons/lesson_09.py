"""Lesson 09: what rows promise: complete, different, fresh; and thresholds that can be kept."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from docent import examining
from docent.contract_texts import read_answer
from docent.examining import Slip, unwrapped
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer, correct, incomplete, wrong
from docent.room import Room
from docent.row_promises import GUIDE_FILE, RECORDS, RECORDS_FILE, guide

if TYPE_CHECKING:
    from contracts.model import Contract
    from detection.quality import Measurement

STRICT: Final = guide("100", "100", "3000")


def completeness(answer: object, room: Room) -> Outcome:
    """The share of works with a gallery number, in per cent, from the learner's own rows."""
    with contextlib.closing(room.connect()) as connection:
        row = connection.execute(
            "select count(*), count(gallery_number), count(distinct gallery_number)"
            " from object_gallery_info"
        ).fetchone()
    rows, filled, different = row or (0, 0, 0)
    if not filled:
        return wrong("No work in your database has a gallery number.", "`reset` brings them back.")
    answer = unwrapped(answer)
    if isinstance(answer, int | float | Decimal) and not isinstance(answer, bool):
        answer = round(float(answer), 4)

    def slip(share: float, seen: str, next_step: str) -> Slip:
        return Slip(round(share, 4), seen, next_step)

    asked = examining.value(
        round(100 * filled / rows, 4),
        slips=(
            slip(100 * (rows - filled) / rows, "That is the share that is null.",
                 "Completeness is what is there, not what is missing."),
            slip(filled / rows, "That is a share of 1.", "Per cent are wanted: times 100."),
            slip(filled, "That is how many there are.", "A share is wanted: of how many rows?"),
            slip(100 * different / rows, "That counts every gallery once.",
                 "A gallery that holds twenty works fills twenty rows."),
            slip(100, "count(*) counts rows, whatever is in them.",
                 "Count the column: count(gallery_number) leaves nulls out."),
        ),
        next_step="Divide by the number of all rows, and beware: 5 / 2 is 2 for whole numbers.",
    )  # fmt: skip
    return asked(answer, room)


COMPLETENESS: Final = Exercise(
    id="09.1",
    title="How complete is it?",
    prompt="""\
The screens in the halls show what hangs where. In how many **per cent** of the rows of \
`object_gallery_info` is there a `gallery_number`? Let SQL work it out.""",
    starter="""\
from docent import sql

share = sql("select 'your query here'")
answer = ...
check("09.1", answer)""",
    examine=completeness,
    hints=(
        "`count(*)` counts rows, `count(gallery_number)` those of them that are not null.",
        "Begin with `100.0 *`: then the division is not one of whole numbers.",
    ),
    solution="""\
from docent import sql

share = sql("select 100.0 * count(gallery_number) / count(*) from object_gallery_info")
answer = share.iat[0, 0]
check("09.1", answer)""",
    reasoning="This is all that completeness is: the share of rows that are not null. An empty "
    "text would count as there; that is another promise, which has to be said.",
    wrong=(
        WrongAnswer("share that is null", 0.2),
        WrongAnswer("counts rows", 100),
        WrongAnswer("share of 1", 0.998),
        WrongAnswer("how many there are", 2994),
        WrongAnswer("counts every gallery once", 12.0667),
        WrongAnswer("Your answer is a text", "99.8 %"),
    ),
    why="A screen in a hall is empty for each row that has no number.",
)

WHICH_PROMISE: Final = Exercise(
    id="09.2",
    title="Which promise would have told?",
    prompt="""\
Five mornings on which the dashboards looked fine. For each, name the one promise that would \
have been broken: `"completeness"`, `"distinct values"`, `"row count"`, `"uniqueness"` or \
`"freshness"`.""",
    starter="""\
answer = {
    "the load stopped half way, and every row it brought was good": ...,
    "the job has not run since Friday": ...,
    "the app writes null where visitors left the form empty": ...,
    "a whole department is missing from the export": ...,
    "the import ran twice": ...,
}
check("09.2", answer)""",
    examine=examining.parts(
        {
            "the load stopped half way, and every row it brought was good": examining.value(
                "row count",
                slips=(
                    Slip("completeness", "Completeness is a share of the rows that are there. "
                         "Rows that never came lack nothing.", "Who counts them?"),
                    Slip("freshness", "The rows that came are new enough.", "Who counts them?"),
                ),
                next_step="What is different about the table as a whole?",
            ),
            "the job has not run since Friday": examining.value(
                "freshness",
                slips=(
                    Slip("row count", "There are as many rows as on Friday.",
                         "Nothing in the table has changed. What has?"),
                ),
                next_step="Nothing in the table has changed. What has?",
            ),
            "the app writes null where visitors left the form empty": examining.value(
                "completeness", next_step="Which promise counts nulls?"
            ),
            "a whole department is missing from the export": examining.value(
                "distinct values",
                slips=(
                    Slip("row count", "A small department is a handful of rows: no count of all "
                         "rows is so exact.", "Look at what the rows say, not at how many."),
                    Slip("completeness", "No row that is there lacks its department.",
                         "Look at what the rows say, taken together."),
                ),
                next_step="Look at what the rows say, taken together.",
            ),
            "the import ran twice": examining.value(
                "uniqueness",
                slips=(
                    Slip("row count", "A promise of at least so many rows is kept twice over.",
                         "What is wrong with a row whose twin stands beside it?"),
                ),
                next_step="What is wrong with a row whose twin stands beside it?",
            ),
        },
        next_step="Each of the five words belongs to one morning.",
    ),
    hints=(
        "Ask of each morning: is a row wrong, are rows missing, or is only the time another?",
        "Completeness looks into rows, uniqueness at twins, distinct values at all rows together.",
    ),
    solution="""\
answer = {
    "the load stopped half way, and every row it brought was good": "row count",
    "the job has not run since Friday": "freshness",
    "the app writes null where visitors left the form empty": "completeness",
    "a whole department is missing from the export": "distinct values",
    "the import ran twice": "uniqueness",
}
check("09.2", answer)""",
    reasoning="No promise sees everything, and a table that is emptied keeps most of them: of no "
    "rows, none is null and none is double. So a number of rows belongs into every contract.",
    wrong=(
        WrongAnswer("Rows that never came",
                    {"the load stopped half way, and every row it brought was good":
                     "completeness"}),
        WrongAnswer("as many rows as on Friday", {"the job has not run since Friday": "row count"}),
        WrongAnswer("a handful of rows",
                    {"a whole department is missing from the export": "row count"}),
        WrongAnswer("kept twice over", {"the import ran twice": "row count"}),
        WrongAnswer("Still open", {"the import ran twice": "uniqueness"}, kind="incomplete"),
    ),
    why="A consumer asks for the promise whose breach would hurt, not for all that can be "
    "measured.",
)  # fmt: skip


def realistic(answer: object, room: Room) -> Outcome:
    """A contract about the gallery guide that holds, with room, and still says something."""
    contract = read_answer(answer, GUIDE_FILE)
    if isinstance(contract, Outcome):
        return contract
    measured = {one.demand.check.measure: one for one in _measured(contract, room)}
    if missing := [name for name, measure in _ASKED.items() if measure not in measured]:
        return incomplete(f"Nothing is promised any more by {missing[0]}.",
                          "The same four promises, with thresholds that can be kept.")  # fmt: skip
    return (
        next(filter(None, (_too_strict(each) for each in measured.values())), None)
        or next(filter(None, (_too_lax(each) for each in measured.values())), None)
        or correct("All four promises hold, and each has room for a row or two.")
    )


_ASKED: Final[Mapping[str, str]] = {
    "row count": "rowCount",
    "completeness": "completeness",
    "uniqueness": "uniqueness",
    "distinct values": "distinctValues",
}
_LEAST: Final[Mapping[str, tuple[float, str]]] = {
    "rowCount": (0.8, "With a fifth of the works gone, this promise would still be kept."),
    "completeness": (0.95, "One screen in twenty could be empty, and nobody would be told."),
    "uniqueness": (0.95, "One work in twenty could be there twice, and nobody would be told."),
    "distinctValues": (0.5, "Half of the departments could go, and nobody would be told."),
}
"""The least part of what is there today that a promise must ask for to be worth its line, and
what is wrong with less."""


def _measured(contract: Contract, room: Room) -> tuple[Measurement, ...]:
    from prevention.checking import read_structure
    from prevention.rows import measure_rows

    return measure_rows([contract], read_structure(room.url()), room.url(), grant=False)


def _too_strict(measurement: Measurement) -> Outcome | None:
    """What the rows do not keep, or would not with one row more that fails."""
    from detection.quality.headroom import without_headroom
    from detection.quality.judging import difference, promised

    if measurement.trouble:
        return wrong(measurement.trouble.what, next_step=measurement.trouble.next_step)
    if broken := difference(measurement):
        return wrong(
            f"Broken today: {broken.promised}. There is {broken.found}.",
            "A promise that the rows keep.",
            "Nobody is going to fix these rows this week. Promise what can be kept.",
        )
    little = without_headroom(measurement)
    if little is None and measurement.demand.check.measure == "rowCount":
        exact = measurement.value == measurement.demand.check.bound[0]
        little = "one work that is given back breaks it" if exact else None
    if little is not None:
        return wrong(
            f"There is no room: {promised(measurement)}; {little}.",
            "A promise that survives an ordinary Tuesday.",
            "Go a little below what is there today.",
        )
    return None


def _too_lax(measurement: Measurement) -> Outcome | None:
    least, seen = _LEAST[measurement.demand.check.measure]
    bound, value = measurement.demand.check.bound[0], measurement.value
    if float(str(bound)) < least * float(value or 0):
        return wrong(seen, "A threshold close enough to today that a bad load breaks it.",
                     "Choose one between this and what is there today.")  # fmt: skip
    return None


def _cell(text: str) -> str:
    return f'answer = """\\\n{text}"""\ncheck("09.3", answer)'


REALISTIC: Final = Exercise(
    id="09.3",
    title="A threshold nobody can hit",
    prompt="""\
The contract `gallery_guide` asks for perfection. It has been red since the day it was written, \
so nobody looks any more. Change its three strictest thresholds: to what the rows keep today, \
with a little room, and yet so close that a bad load breaks them.""",
    starter=_cell(STRICT),
    examine=realistic,
    hints=(
        "The table above says what each promise comes to today. Go a little below.",
        "Six rows of 3000 are 0.2 per cent: 99.8 leaves no room, 99 leaves twenty-four rows.",
        "99 for completeness, 99.9 for uniqueness, 2700 rows: a tenth less than today.",
    ),
    solution=_cell(guide("99", "99.9", "2700")),
    reasoning="What is messy at its source stays messy. A threshold that holds is looked at when "
    "it breaks; one that never held is noise. `docent draft --with-quality` chooses thresholds "
    "in this way, and says with each how many rows vouch for it.",
    wrong=(
        WrongAnswer("Broken today", guide("99.9", "99.9", "2700")),
        WrongAnswer("1 of 3000 rows repeat another", guide("99", "100", "2700")),
        WrongAnswer("no room", guide("99.8", "99.9", "2700")),
        WrongAnswer("given back", guide("99", "99.9", "3000")),
        WrongAnswer("One screen in twenty", guide("50", "99.9", "2700")),
        WrongAnswer("fifth of the works", guide("99", "99.9", "1")),
        WrongAnswer("Nothing is promised any more by uniqueness",
                    "\n".join(line for line in guide("99", "99", "2700").splitlines()
                              if "uniqueness" not in line), kind="incomplete"),
        WrongAnswer("Line 1", "contract: [gallery_guide"),
        WrongAnswer("The text of the contract", 99),
    ),
    why="A consumer who sees red every day stops looking on the day that counts.",
)  # fmt: skip


def day_of_the_breach(answer: object, room: Room) -> Outcome:
    """The day on which the records are no longer fresh, if none of them changes any more."""
    with contextlib.closing(room.connect()) as connection:
        row = connection.execute("select max(metadata_date) from object_api_metadata").fetchone()
    if row is None or row[0] is None:
        return wrong("There are no records in your database.", "`reset` brings them back.")
    newest = row[0]
    breach = newest + timedelta(days=7)

    def day(moment: object) -> str:
        return f"{moment:%Y-%m-%d}"

    asked = examining.value(
        day(breach),
        slips=(
            Slip(day(newest), "On that day the newest record came: nothing is fresher.",
                 "The promise allows some days."),
            Slip(day(breach - timedelta(days=1)), "All of that day the promise still holds.",
                 "Turn the clock one day further."),
            Slip(day(breach + timedelta(days=1)), "By then it has been broken for a day.",
                 "Turn the clock back by one day, and read what it says."),
        ),
        next_step="Turn the clock until the card says broken, and read the date on it.",
    )  # fmt: skip
    answer = unwrapped(answer)
    return asked(day(answer) if hasattr(answer, "strftime") else answer, room)


THE_BREACH: Final = Exercise(
    id="09.4",
    title="Turn the clock",
    prompt="""\
Suppose that no record changes any more. On which day is the promise of `museum_records` broken \
for the first time? Turn your clock until it is, and write the day like `"2026-01-31"`.

The cell gives the clock back by itself; `reset("09")` would do it, too.""",
    starter="""\
from docent.clock import Clock

clock = Clock(folder("09") / "museum_records.yaml")
print(clock.turn(days=1))
clock.give_back()

answer = ...
check("09.4", answer)""",
    examine=day_of_the_breach,
    hints=(
        "The promise says how old the newest record may be. Try that many days.",
        "`turn(days=6)` is still kept. The card says which day it is at seven.",
    ),
    solution="""\
from docent.clock import Clock

clock = Clock(folder("09") / "museum_records.yaml")
answer = f"{clock.turn(days=7).subject.now:%Y-%m-%d}"
clock.give_back()
check("09.4", answer)""",
    reasoning="No row changed, and a promise was broken. Freshness is the one promise that time "
    "breaks by itself: a check that runs only when somebody merges never sees it happen.",
    wrong=(
        WrongAnswer("the newest record came", "2026-06-30"),
        WrongAnswer("All of that day", "2026-07-06"),
        WrongAnswer("broken for a day", "2026-07-08"),
        WrongAnswer("that is not it", "2026-01-31"),
        WrongAnswer("Expected is a text", 7),
    ),
    why="Whoever searches takes what the index says for today's.",
)


LESSON: Final = Lesson(
    id="09",
    title="Quality and freshness",
    notebook="09_quality_and_freshness",
    minutes=25,
    goals=(
        "measure how complete, how different and how fresh rows are",
        "choose the promise whose breach would have told you",
        "mend a threshold that nobody can hit",
        "turn a clock, and see a promise break while no row changes",
    ),
    summary=(
        "A shape that holds says nothing about the rows in it.",
        "Each promise sees what the others do not; a number of rows belongs to all of them.",
        "A threshold needs room below today and must stay close to it; else it is noise or air.",
        "Freshness breaks by itself, so somebody has to look when nobody merges.",
    ),
    exercises=(COMPLETENESS, WHICH_PROMISE, REALISTIC, THE_BREACH),
    files={GUIDE_FILE: STRICT, RECORDS_FILE: RECORDS},
    room_notes=(
        "Before 09.3, ask who has a check that has been red for a month.",
        "09.4 is quick: let somebody say the day aloud before anybody turns the clock.",
    ),
)
