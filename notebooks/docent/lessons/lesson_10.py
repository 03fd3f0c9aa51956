"""Lesson 10: how a contract ends without hurting anybody, and how to put one at a boundary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from textwrap import indent
from typing import Final

from data_assets.reporting import CONTRACTS
from docent import examining
from docent.answers import kind_of, told
from docent.examining import Slip, unwrapped
from docent.examining_endings import announcement
from docent.examining_grants import grants
from docent.exercise import (
    Examine,
    Exercise,
    Lesson,
    Outcome,
    WrongAnswer,
    correct,
    incomplete,
    wrong,
)
from docent.life import ANNOUNCED, life_of_the_card
from docent.migration_order import NEW_QUESTION, NOTICE, OLD_QUESTION, STEPS, Day, walk
from docent.published import PURPOSE, published
from docent.room import Room

STREAM: Final = """\
-- What a stream of changes tells: that a row of the table is another one now.
create temp table row_change (object_id integer);
create function pg_temp.tell() returns trigger language plpgsql as $$
begin
    insert into row_change values (new.object_id);
    return new;
end $$;
create trigger tell after update on public.object_gallery_info
    for each row execute function pg_temp.tell();

-- What the museum tells itself: a curator moved a work. Written by the program that moves it, in
-- the same transaction.
create temp table work_moved (object_id integer, from_gallery text, to_gallery text);
"""

AT_THE_DESK: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: desk/galleries
name: galleries
domain: desk
version: {version}
status: active
schema:
  - name: object_gallery_info
    physicalName: public.object_gallery_info
    properties:
      - name: object_id
        logicalType: integer
        physicalType: integer
        required: true
{columns}team:
  name: Visitor Experience
  members:
    - username: visitor-experience@museum.org
      role: owner
customProperties:
  - property: notice
    value:
      leadDays: {notice}
"""

_COLUMN: Final = """\
      - name: {name}
        logicalType: string
        physicalType: text
        required: false
"""


_READER: Final = """\
consumers:
  - name: information-desk
    team: Visitor Experience
    mode: dashboard
    migration_contact: visitor-experience@museum.org
    subscriptions:
      - contract: desk/galleries
        version: {version}
        since: {since}
        table: object_gallery_info
        columns: [{columns}]
    queries:
      - name: places
        sql: |
{query}
"""


def asked(version: str, since: str, columns: str, query: str) -> str:
    """The registry beside that contract: what the information desk reads, and asks."""
    stated = indent(query, " " * 10)
    return _READER.format(version=version, since=since, columns=columns, query=stated)


def at_the_desk(version: str, *columns: str) -> str:
    """What the information desk is promised of the table of galleries."""
    stated = "".join(_COLUMN.format(name=name) for name in columns)
    return AT_THE_DESK.format(version=version, columns=stated, notice=NOTICE)


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

SEASON: Final = date(2027, 4, 1)
"""The day on which the new season opens."""


def days_of_the_end(answer: object, room: Room) -> Outcome:
    """The latest announcement for an end before the season, and two last days."""
    usual = life_of_the_card()
    life = life_of_the_card(SEASON - (usual.removal - usual.announced))
    last_in, last_sure = life.sunset - timedelta(1), life.removal - timedelta(1)
    least, sunset = timedelta(life.periods.notice_days), timedelta(life.periods.sunset_days)
    still_there = ("In its sunset the view is there, for who was there before.",
                   "The view goes with the removal.")  # fmt: skip
    little = "That leaves 30 days, the least that anybody gives. This contract promises more."
    asked = examining.parts(
        {
            _AT_THE_LATEST: _day(life.announced, {
                life.announced + sunset: (
                    "Then its sunset is on the day of the opening, and the view stays on.",
                    "Count back from the removal, not from the sunset."),
                SEASON - least - sunset: (little, "How much it promises is in the picture."),
                SEASON - least: (little, "How much it promises is in the picture."),
            }),
            _LAST_IN: _day(last_in, {
                life.sunset: ("On that day it is in its sunset already.", "One day less."),
                life.announced: ("Who comes later is warned, and let in.",
                                 "Look for the first error of audio-guide."),
            }),
            _LAST_SURE: _day(last_sure, {
                life.removal: ("On that morning it may be gone.", "One day less."),
                life.sunset: still_there,
                last_in: still_there,
            }),
        },
        next_step="Turn the dial: each of the three is a day at an edge.",
    )  # fmt: skip
    return asked(answer, room)


_AT_THE_LATEST: Final = "announce it at the latest on"
_LAST_IN: Final = "the last day on which nobody new is refused"
_LAST_SURE: Final = "the last day on which guide-app can count on it"


def _day(right: date, slips: Mapping[date, tuple[str, str]]) -> Examine:
    known = tuple(Slip(day.isoformat(), *said) for day, said in slips.items())
    asked = examining.value(
        right.isoformat(), slips=known, next_step="Turn the dial, and read the days on the card."
    )

    def examine(answer: object, room: Room) -> Outcome:
        return asked(answer.isoformat() if isinstance(answer, date) else answer, room)

    return examine


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
    "{_AT_THE_LATEST}": ...,
    "{_LAST_IN}": ...,
    "{_LAST_SURE}": ...,
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
    "{_AT_THE_LATEST}": life.announced,
    "{_LAST_IN}": life.sunset - timedelta(days=1),
    "{_LAST_SURE}": life.removal - timedelta(days=1),
}}
check("10.2", answer)""",
    reasoning="An end is planned backwards. The notice is the contract's own where that is more "
    "than what everybody owes, and between the sunset and the removal lie some days in which "
    "nobody new comes and the last ones are told urgently.",
    wrong=(
        WrongAnswer("the view stays on", {_AT_THE_LATEST: "2027-01-01"}),
        WrongAnswer("promises more", {_AT_THE_LATEST: "2027-02-23"}),
        WrongAnswer("promises more", {_AT_THE_LATEST: "2027-03-02"}),
        WrongAnswer("sunset already", {_LAST_IN: "2027-03-25"}),
        WrongAnswer("warned, and let in", {_LAST_IN: date(2026, 12, 25)}),
        WrongAnswer("may be gone", {_LAST_SURE: "2027-04-01"}),
        WrongAnswer("the view is there", {_LAST_SURE: "2027-03-25"}),
        WrongAnswer("that is not it", {_AT_THE_LATEST: "2026-01-01"}),
        WrongAnswer("Still open", {_AT_THE_LATEST: "2026-12-25"}, kind="incomplete"),
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
    examine=announcement("object-card-v1", ANNOUNCED),
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
        WrongAnswer("Everybody may SELECT", _GRANTED.replace("to reporting_reader", "to public")),
        WrongAnswer("Postgres says", "grant select on reporting.card to reporting_reader",
                    kind="stopped"),
        WrongAnswer("Your statements say commit", f"{_GRANTED} commit"),
        WrongAnswer("no statement yet", "-- ...", kind="incomplete"),
        WrongAnswer("Statements of SQL are expected", 4),
    ),
    why="What a reader can reach, a reader will rely on, whether anybody promised it or not.",
)  # fmt: skip

OFFERS: Final = {
    "the versioned view": "as of now",
    "a dated snapshot": "the same again next year",
    "domain events": "each thing that happened, once",
}
"""What a consumer can be given, and what that promises above all."""

_TABLE: Final = ("the table", "the change stream")

_RIGHT: Final = {
    "guide-app: what hangs before this visitor?": "the versioned view",
    "yearly-report: how many works hung where on 31 December?": "a dated snapshot",
    "move-alerts: mail the registrar whenever a work is moved": "domain events",
}

_SLIPS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("guide-app", "a dated snapshot"): (
        "A visitor stands before an empty wall, and the app still shows what hung there.",
        "How old may the answer be?"),
    ("guide-app", "domain events"): (
        "The app would have to keep a copy of its own of all that ever moved, to know one work.",
        "It asks a question, and wants an answer."),
    ("yearly-report", "the versioned view"): (
        "Asked again in June, it counts what hangs in June.",
        "Which answer can be given a second time?"),
    ("yearly-report", "domain events"): (
        "It could be added up from them, if none was ever lost and all since the beginning kept.",
        "What does the report want to have kept?"),
    ("move-alerts", "the versioned view"): (
        "It says where a work is. That it was moved there and back says nobody.",
        "The registrar wants what happened, and not how it is."),
    ("move-alerts", "the change stream"): (
        "The load of last night is in it, row by row: that many mails, and no work moved.",
        "Who knows that a work was moved, and not only written again?"),
}  # fmt: skip


def three_contracts(answer: object, _room: Room) -> Outcome:
    """For each of three consumers what it is given, and the promise it cannot do without."""
    if not isinstance(answer, dict):
        return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.",
                     "A dictionary with three consumers is expected.")  # fmt: skip
    open_ones = []
    for consumer, right in _RIGHT.items():
        chosen = answer.get(consumer)
        if chosen in (None, ...) or (isinstance(chosen, tuple) and ... in chosen):
            open_ones.append(consumer.partition(":")[0])
        elif outcome := _chosen(consumer.partition(":")[0], right, chosen):
            return outcome
    if open_ones:
        return incomplete(f"Still open: {', '.join(open_ones)}.", next_step=_EACH)
    return correct("Three consumers, three contracts, and each can be kept by itself.")


_EACH: Final = "A pair for each: what it is given, and the promise it cannot do without."


def _chosen(consumer: str, right: str, chosen: object) -> Outcome | None:
    """What is wrong with the choice for a consumer."""
    if not (isinstance(chosen, tuple) and len(chosen) == 2):
        return wrong(f"{consumer}: {told(chosen)} is no pair.", next_step=_EACH)
    given, promise = (examining.plain_value(one) for one in chosen)
    known = [*OFFERS, *_TABLE]
    if given not in known:
        return wrong(f"{consumer}: {told(chosen[0])} is not offered.", f"{', '.join(known)}.")
    if given != right:
        usual = ("It would read how the table is built, and every change of it is a break.",
                 "Who would have to be asked before the table is changed?")  # fmt: skip
        seen, step = _SLIPS.get((consumer, str(given)), usual)
        return wrong(f"{consumer}: {seen}", next_step=step)
    if promise != OFFERS[right]:
        return wrong(
            f"{consumer}: what it is given is right, and is not chosen for {told(chosen[1])}.",
            f"One of: {'; '.join(OFFERS.values())}.",
            "What would hurt this consumer most if it were missing?",
        )
    return None


def _decided(**other: object) -> dict[str, object]:
    """The right answer, with another choice for some."""
    return {
        consumer: other.get(consumer.partition(":")[0].replace("-", "_"), (right, OFFERS[right]))
        for consumer, right in _RIGHT.items()
    }


def _choices(dots: bool) -> str:
    lines = [
        f'    "{consumer}": ' + ("(..., ...)" if dots else f'("{right}", "{OFFERS[right]}")')
        for consumer, right in _RIGHT.items()
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


def order_of_steps(answer: object, room: Room) -> Outcome:
    """All steps in an order in which nobody is hurt; it is taken, and undone."""
    answer = unwrapped(answer)
    if not isinstance(answer, (list, tuple)):
        return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.",
                     "A list of the seven names is expected.")  # fmt: skip
    names = [one for one in answer if one is not ...]
    if not names:
        return incomplete("Your list is not filled in yet.")
    if unknown := [one for one in names if one not in STEPS]:
        return wrong(f"There is no step {told(unknown[0])}.", f"There is: {', '.join(STEPS)}.")
    if len(set(names)) < len(names):
        twice = next(one for one in names if names.count(one) > 1)
        return wrong(f"{twice} comes twice.", "Each step once.")
    days = walk(names, room.url())
    hurt = next((day for day in days if not day.is_well), None)
    if hurt is not None:
        return _hurt(hurt)
    if missing := [one for one in STEPS if one not in names]:
        return incomplete(f"Nobody is hurt so far. Still to come: {', '.join(missing)}.")
    return correct("Nobody is hurt on any day, and at the end the old column is gone.")


def _hurt(day: Day) -> Outcome:
    if day.stopped:
        seen = f"The step {day.step} cannot be taken: {day.stopped}."
        return wrong(seen, next_step="What must be there before it?")
    if day.reader:
        how = "An error says so" if day.loud else "No error says so"
        return wrong(
            f"After {day.step}, the information desk is hurt: {day.reader}. {how}.",
            next_step="What must have happened before its query, or its column, is another?"
            if day.loud
            else "Which rows does nobody fill? Think of those written before, and of those since.",
        )
    if day.writer:
        return wrong(f"After {day.step}, the writer is refused: {day.writer}.",
                     next_step="What must be there before a trigger can fill it?")  # fmt: skip
    return wrong(f"At {day.step}: {day.owed}.", next_step="A consumer moves when it was told, "
                 "when there is something to move to, and when it had the time.")  # fmt: skip


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
    minutes=40,
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
    files={
        **{
            f"reporting/{each.name}": each.read_text(encoding="utf-8")
            for each in sorted(CONTRACTS.glob("*.yaml"))
        },
        "pyproject.toml": '[tool.docent]\ncontracts = "reporting"\n',
        "stream.sql": STREAM,
        "before/galleries.odcs.yaml": at_the_desk("1.0.0", "gallery_number"),
        "before/consumers.yaml": asked("1.0.0", "2026-02-02", "gallery_number", OLD_QUESTION),
        "after/galleries.odcs.yaml": at_the_desk("2.0.0", "hall_number", "hall_place"),
        "after/consumers.yaml": asked("2.0.0", "2026-12-01", "hall_place", NEW_QUESTION),
    },
    room_notes=(
        "10.2 on the whiteboard: draw the line of days together, from the opening backwards.",
        "10.5 in groups of three, each speaking for one consumer; then swap.",
        "Let the room vote on the first three steps of 10.6 before anybody runs them.",
    ),
    databases=(PURPOSE,),
)
