"""Lesson 10: how a contract ends without hurting anybody, and how to put one at a boundary."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

from docent import examining
from docent.examining import Slip
from docent.examining_days import AT_THE_LATEST, LAST_IN, LAST_SURE, SEASON, days_of_the_end
from docent.examining_endings import announcement
from docent.examining_grants import grants
from docent.examining_offers import OFFERS, RIGHT, three_contracts
from docent.examining_orders import order_of_steps
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer
from docent.life import ANNOUNCED
from docent.life_documents import FILES
from docent.published import PURPOSE, published
from docent.room import Room

_COMPARED: Final = """\
select count(*) from reporting.object_card_v1 v1
join reporting.object_card_v2 v2 using (object_id)
where """


def other_place(answer: object, room: Room) -> Outcome:
    """In how many works gallery_number says something else than gallery did."""
    asked = examining.rows(
        _COMPARED + "v1.gallery is distinct from v2.gallery_number",
        slips=(
            Slip(
                _COMPARED + "v1.gallery <> v2.gallery_number",
                "0 is what <> says. Where one side is null, it is neither true nor false, and a "
                "where lets only true pass.",
                "There is a comparison that takes null for a value: is distinct from.",
            ),
            Slip(
                "select count(*) from reporting.object_card_v2 where gallery_number is null",
                "That counts the works that are not on view, too; of those both versions say null.",
                "Compare both versions of one work.",
            ),
            Slip(
                _COMPARED + "v1.gallery is not distinct from v2.gallery_number",
                "That is how many are the same.",
                "Those are wanted that are not.",
            ),
        ),
        next_step="Join both by object_id, and count where they differ.",
    )
    return asked(answer, replace(room, database_url=published()))


PARITY: Final = Exercise(
    id="10.1",
    title="The same, or almost?",
    prompt="""\
The easiest way for the guide app: wherever it reads `gallery`, let it read `gallery_number`. \
For how many works would a visitor then be told something else? Let one query over both views \
count them.""",
    starter="""\
answer = \"\"\"
select ...
\"\"\"
check("10.1", answer)""",
    examine=other_place,
    hints=(
        "`from reporting.object_card_v1 v1 join reporting.object_card_v2 v2 using (object_id)`",
        "If your answer is 0, look at what version 2 says of a work in Watson Library.",
        "Put `is distinct from` between the two columns: for it, null is a value like others.",
    ),
    solution="""\
answer = \"\"\"
select count(*)
from reporting.object_card_v1 v1
join reporting.object_card_v2 v2 using (object_id)
where v1.gallery is distinct from v2.gallery_number
\"\"\"
check("10.1", answer)""",
    reasoning="A few works hang in places that have a name and no number. Putting two versions "
    "beside each other and counting is called parity, and it is the one proof that a new "
    "version says what the old one said. A comparison that nulls slip through proves nothing.",
    wrong=(
        WrongAnswer("0 is what <> says", _COMPARED + "v1.gallery <> v2.gallery_number"),
        WrongAnswer("not on view, too",
                    "select count(*) from reporting.object_card_v2 where gallery_number is null"),
        WrongAnswer("how many are the same",
                    _COMPARED + "v1.gallery is not distinct from v2.gallery_number"),
        WrongAnswer("still empty", "-- nothing", kind="incomplete"),
        WrongAnswer("One SQL query is expected", 4),
    ),
    why="A visitor who looks for the library is sent nowhere, and no log says so.",
)  # fmt: skip

THE_DAYS: Final = Exercise(
    id="10.2",
    title="Count the days",
    prompt=f"""\
The season opens on {SEASON}, and on that morning version 1 of the card is to be gone. On which \
day must its end be announced, at the latest? Then turn the dial for a life that begins on that \
day, `life_to_turn(life_of_the_card(date(…)))`, and find two more days. Write each like \
`"2026-12-31"`.""",
    starter=f"""\
answer = {{
    "{AT_THE_LATEST}": ...,
    "{LAST_IN}": ...,
    "{LAST_SURE}": ...,
}}
check("10.2", answer)""",
    examine=days_of_the_end,
    hints=(
        "In Python, `date(2027, 4, 1) - timedelta(days=5)` is five days before the opening.",
        "From the announcement to the removal: the days of notice, then those of the sunset.",
        "The last day on which something holds is the day before the one that ends it.",
    ),
    solution=f"""\
from datetime import date, timedelta

from docent.life import life_of_the_card

usual = life_of_the_card()
opening = date(2027, 4, 1)
life = life_of_the_card(opening - (usual.removal - usual.announced))
answer = {{
    "{AT_THE_LATEST}": life.announced,
    "{LAST_IN}": life.sunset - timedelta(days=1),
    "{LAST_SURE}": life.removal - timedelta(days=1),
}}
check("10.2", answer)""",
    reasoning="An end is planned backwards. The notice is the contract's own where that is more "
    "than what everybody owes, and between the sunset and the removal lie some days in which "
    "nobody new comes and the last ones are told urgently.",
    wrong=(
        WrongAnswer("the view stays on", {AT_THE_LATEST: "2027-01-01"}),
        WrongAnswer("promises more", {AT_THE_LATEST: "2027-02-23"}),
        WrongAnswer("promises more", {AT_THE_LATEST: "2027-03-02"}),
        WrongAnswer("sunset already", {LAST_IN: "2027-03-25"}),
        WrongAnswer("warned, and let in", {LAST_IN: date(2026, 12, 25)}),
        WrongAnswer("may be gone", {LAST_SURE: "2027-04-01"}),
        WrongAnswer("the view is there", {LAST_SURE: "2027-03-25"}),
        WrongAnswer("earlier than it must be", {AT_THE_LATEST: "2026-12-24"}),
        WrongAnswer("that is not it", {AT_THE_LATEST: "2027-03-31"}),
        WrongAnswer("is no day", {AT_THE_LATEST: "25.12.2026"}),
        WrongAnswer("Still open", {AT_THE_LATEST: "2026-12-25"}, kind="incomplete"),
    ),
    why="A team that is told in time plans the move. One that is told late works at night.",
)

_LINES: Final = """\
version: {version}
status: {status}
customProperties:
  - property: deprecation
    value:
      announced: "2026-12-01"
      sunsetDate: "{sunset}"
      replacement: "{replacement}"
      reason: "{reason}"
"""

_SAID: Final = {
    "version": "1.1.0",
    "status": "deprecated",
    "sunset": "2027-03-01",
    "replacement": "reporting/object-card-v2",
    "reason": "One column said two things.",
}


def _lines(**other: str) -> str:
    return _LINES.format(**{**_SAID, **other})


def _announcing(lines: str) -> str:
    return f'answer = """\\\n{lines}"""\ncheck("10.3", answer)'


THE_NOTICE: Final = Exercise(
    id="10.3",
    title="Announce it",
    prompt="""\
Today is 2026-12-01. These are the lines of `object_card_v1.odcs.yaml` that change when its end is \
announced; all others stay. Fill them in, so that the gate lets them pass: the state, the first \
day on which the sunset may be, what comes after, a reason that whoever has to move would accept, \
and the version that a change of this kind asks for.""",
    starter=_announcing(
        _lines(version="1.0.0", status="active", sunset="...", replacement="...", reason="...")
    ),
    examine=announcement("object-card-v1", "object-card-v2", ANNOUNCED),
    hints=(
        "The states, in their order: active, deprecated, sunset, retired. None is left out.",
        "The replacement is named by its identity, domain first: `reporting/object-card-v2`.",
        "An announcement breaks nobody, and there is something new to read: a minor version.",
    ),
    solution=_announcing(_lines()),
    reasoning="Nothing of the view changes on that day; only what is said of it. That is why it "
    "is a minor version: everything that worked works. What breaks comes when it is retired, "
    "and by then everybody knew.",
    wrong=(
        WrongAnswer("notice-too-short", _lines(sunset="2026-12-31")),
        WrongAnswer("version-unchanged", _lines(version="1.0.0")),
        WrongAnswer("state-skipped", _lines(status="sunset")),
        WrongAnswer("lifecycle-end-unsaid", _lines(status="active")),
        WrongAnswer("lifecycle-replacement-unknown", _lines(replacement="object-card-v3")),
        WrongAnswer("Readers are sent to", _lines(replacement="reporting/gallery-overview")),
        WrongAnswer("lifecycle-contradictory", _lines(replacement="reporting/object-card-v1")),
        WrongAnswer("deprecation-incomplete", _lines(sunset="2027-02-30")),
        WrongAnswer("Not filled in yet: reason", _lines(reason="..."), kind="incomplete"),
        WrongAnswer("not the lines", "owner: me"),
        WrongAnswer("Line 1", "version: ["),
        WrongAnswer("expected, as a text", 90),
    ),
    why="Who reads this contract next month learns from these lines that there is something to do.",
)

ROLE: Final = "reporting_reader"

_GRANTED: Final = (
    "grant usage on schema reporting to reporting_reader;\n"
    "grant select on reporting.object_card_v1, reporting.object_card_v2 to reporting_reader;"
)

THE_GRANT: Final = Exercise(
    id="10.4",
    title="Open the window, not the house",
    prompt="""\
The contracts of both cards say that the role `reporting_reader` may read them. Write the SQL that \
lets it read both versions, and nothing else: not the tables behind them, and not what else is \
published. The check runs it, reads as that role, and undoes it.""",
    starter="""\
answer = \"\"\"
grant ... to reporting_reader;
\"\"\"
check("10.4", answer)""",
    examine=grants(ROLE, ("object-card-v1", "object-card-v2"), published),
    hints=(
        "`grant select on … to …` gives the right to read a table or a view.",
        "Nobody comes to what lies in a schema without `usage` of the schema.",
    ),
    solution=f"""\
answer = \"\"\"
{_GRANTED}
\"\"\"
check("10.4", answer)""",
    reasoning="A view reads its tables by the rights of its owner, and so the reader needs none on "
    "them. That makes it a boundary: behind it, every table may change, and nobody has to be "
    "asked. `docent grants` writes such statements from the contracts.",
    wrong=(
        WrongAnswer("permission denied for schema reporting",
                    "grant select on reporting.object_card_v1, reporting.object_card_v2 "
                    "to reporting_reader"),
        WrongAnswer("permission denied for view object_card_v2",
                    "grant usage on schema reporting to reporting_reader;"
                    "grant select on reporting.object_card_v1 to reporting_reader"),
        WrongAnswer("which nobody promised",
                    "grant usage on schema reporting to reporting_reader;"
                    "grant select on all tables in schema reporting to reporting_reader"),
        WrongAnswer("reporting_reader may SELECT public.object, which nobody promised",
                    f"{_GRANTED} grant select on public.object to reporting_reader"),
        WrongAnswer("reporting_reader may DELETE",
                    f"{_GRANTED} grant all on reporting.object_card_v1 to reporting_reader"),
        WrongAnswer("cannot read all columns of reporting.object_card_v1",
                    _GRANTED.replace("select on", "select (object_id) on")),
        WrongAnswer("public.object behind them, too", "alter role reporting_reader superuser"),
        WrongAnswer("Everybody may SELECT", _GRANTED.replace("to reporting_reader", "to public")),
        WrongAnswer("Postgres says", "grant select on reporting.card to reporting_reader",
                    kind="stopped"),
        WrongAnswer("Your statements say commit", f"{_GRANTED} commit"),
        WrongAnswer("no statement yet", "-- ...", kind="incomplete"),
        WrongAnswer("Statements of SQL are expected", 4),
    ),
    why="What a reader can reach, a reader will rely on, whether anybody promised it or not.",
)  # fmt: skip


def _decided(**other: object) -> dict[str, object]:
    """The right answer, with another choice for some."""
    return {
        consumer: other.get(consumer.partition(":")[0].replace("-", "_"), (right, OFFERS[right]))
        for consumer, right in RIGHT.items()
    }


def _choices(dots: bool) -> str:
    lines = [
        f'    "{consumer}": ' + ("(..., ...)" if dots else f'("{right}", "{OFFERS[right]}")')
        for consumer, right in RIGHT.items()
    ]
    if not dots:
        lines = [line.replace(": (", ": (\n        ", 1) + "" for line in lines]
        lines = [line[:-1].replace('", "', '",\n        "') + ",\n    )" for line in lines]
    return "answer = {\n" + "".join(f"{line},\n" for line in lines) + '}\ncheck("10.5", answer)'


THREE: Final = Exercise(
    id="10.5",
    title="Three consumers, three contracts",
    prompt="""\
Three programs want to know where works hang. Choose for each what it is given: `"the table"`, \
`"the change stream"`, `"the versioned view"`, `"a dated snapshot"` or `"domain events"`; and say \
which promise decides it: `"as of now"`, `"the same again next year"` or \
`"each thing that happened, once"`.""",
    starter=_choices(dots=True),
    examine=three_contracts,
    hints=(
        "Ask of each: what does it do if the answer is an hour old? If it is asked twice?",
        "Each of the five words for what is given fits one program at most, and two fit none.",
    ),
    solution=_choices(dots=False),
    reasoning="Giving all three the table would be one grant, and then three teams must agree on "
    "every change of it. A table and its change stream say how rows are stored. The three "
    "contracts say what each program lives by, and can change one at a time.",
    wrong=(
        WrongAnswer("empty wall",
                    _decided(guide_app=("a dated snapshot", "as of now"))),
        WrongAnswer("every change of it is a break",
                    _decided(guide_app=("the table", "as of now"))),
        WrongAnswer("in June",
                    _decided(yearly_report=("the versioned view", "the same again next year"))),
        WrongAnswer("that many mails",
                    _decided(move_alerts=("the change stream", "each thing that happened, once"))),
        WrongAnswer("moved back", _decided(move_alerts=("a dated snapshot", "as of now"))),
        WrongAnswer("must have looked before", _decided(move_alerts=("the table", "as of now"))),
        WrongAnswer("says nobody", _decided(move_alerts=("the versioned view", "as of now"))),
        WrongAnswer("is not chosen for",
                    _decided(guide_app=("the versioned view", "the same again next year"))),
        WrongAnswer("is not offered", _decided(guide_app=("a mail", "as of now"))),
        WrongAnswer("is no pair", _decided(guide_app="the versioned view")),
        WrongAnswer("Still open: move-alerts", _decided(move_alerts=...), kind="incomplete"),
        WrongAnswer("A dictionary", ["the table"]),
    ),
    why="A consumer that is given somebody else's contract has to guess the rest.",
)  # fmt: skip


_ORDER: Final = ("add", "sync", "backfill", "announce", "move", "wait", "drop")


def _ordering(*names: str) -> str:
    stated = ", ".join(f'"{name}"' for name in names) or "..."
    return f'answer = [{stated}]\ncheck("10.6", answer)'


THE_ORDER: Final = Exercise(
    id="10.6",
    title="Seven steps, one order",
    prompt="""\
Bring the seven steps into an order in which neither the information desk nor the writer is ever \
hurt, and in which `gallery_number` is gone at the end: `add`, `announce`, `backfill`, `drop`, \
`move`, `sync`, `wait`. Try parts of it with `try_order` above; the check takes them all, with a \
day of reading and writing after each, and undoes them.""",
    starter="""\
answer = [...]
check("10.6", answer)""",
    examine=order_of_steps,
    hints=(
        "Expand first: what is new comes beside what is old. Contract last: the old one goes.",
        "A row that is written between the backfill and the trigger is filled by neither.",
        "An announcement asks people to move, so there must be something to move to.",
    ),
    solution=_ordering(*_ORDER),
    reasoning="Expand, migrate, contract. Adding hurts nobody. Then new rows are kept in step "
    "before the old ones are copied, so that none falls between. Only when the new columns say "
    "everything is anybody asked to move, and only when the notice is over does the old one go. "
    "Whether the desk moves before or after the notice has run is its own affair.",
    wrong=(
        WrongAnswer("cannot be taken", ["backfill", "add"]),
        WrongAnswer("the writer is refused", ["sync", "add"]),
        WrongAnswer("does not find all there is", ["add", "announce"]),
        WrongAnswer("does not find all there is", ["add", "backfill", "sync", "announce"]),
        WrongAnswer("An error says so", ["move", "add"]),
        WrongAnswer("No error says so", ["add", "sync", "move", "backfill"]),
        WrongAnswer('column "gallery_number" does not exist',
                    ["add", "sync", "backfill", "announce", "wait", "drop", "move"]),
        WrongAnswer("none has gone by",
                    ["add", "sync", "backfill", "announce", "move", "drop", "wait"]),
        WrongAnswer("none has gone by",
                    ["add", "sync", "backfill", "wait", "announce", "move", "drop"]),
        WrongAnswer("nobody was told", ["add", "sync", "backfill", "move", "wait", "drop"]),
        WrongAnswer("Still to come: announce", ["add", "sync", "backfill"], kind="incomplete"),
        WrongAnswer("comes twice", ["add", "add"]),
        WrongAnswer("There is no step", ["pray"]),
        WrongAnswer("A list of the seven", "add"),
    ),
    why="On each of these days somebody opens the information desk, and knows of no migration.",
)  # fmt: skip


LESSON: Final = Lesson(
    id="10",
    title="The life of a contract",
    notebook="10_the_life_of_a_contract",
    minutes=45,
    goals=(
        "put a versioned view before tables, and change them behind it",
        "prove by counting that a new version says what the old one said",
        "end a contract in four states, with a day for each, and know who is told what",
        "open a view to a role, and nothing behind it",
        "tell a table's changes from what happened, and give each consumer its own contract",
        "expand, migrate and contract in an order that hurts nobody",
    ),
    summary=(
        "Whoever reads a versioned view does not notice what becomes of the tables behind it.",
        "Parity is counted, null by null; the same shape may say something else.",
        "Active, deprecated, sunset, retired: a state for each day, and notice before each end.",
        "A right is the boundary: what can be read is relied on.",
        "A change stream tells how rows are stored; an event tells what happened.",
        "Expand, migrate, contract: keep in step before copying, announce before removing.",
    ),
    exercises=(PARITY, THE_DAYS, THE_NOTICE, THE_GRANT, THREE, THE_ORDER),
    files=FILES,
    room_notes=(
        "A break before the rights: what comes after it stands by itself.",
        "10.2 on the whiteboard: draw the line of days together, from the opening backwards.",
        "10.5 in groups of three, each speaking for one consumer; then swap.",
        "Let the room vote on the first three steps of 10.6 before anybody runs them.",
    ),
    databases=(PURPOSE,),
)
