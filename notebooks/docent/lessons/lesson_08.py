"""Lesson 08: what a change does to readers and to writers, and the version that it owes."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from contracts.model import Contract
from docent import examining
from docent.answers import kind_of, told
from docent.examining import Slip, unwrapped
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer, correct, incomplete, wrong
from docent.room import Room

if TYPE_CHECKING:
    from prevention.acknowledgements import Acknowledgement

BEFORE: Final = "main/object.odcs.yaml"
AFTER: Final = "branch/object.odcs.yaml"
ENTRIES: Final = "acknowledgements.yaml"

_ARTIST: Final = """
      - name: artist_display_name
        description: The artist as the label beside the work shows it; null when not known.
        logicalType: string
        physicalType: {type}
        required: false"""

_CREDIT: Final = """
      - name: credit_line
        description: Whom the museum thanks for the work; null where nobody is thanked.
        logicalType: string
        physicalType: text
        required: false"""


def promise(*, title: str, artist: str, credit: bool) -> str:
    """A contract about the works, version 1.4.0, in the standard's way of writing."""
    return f"""\
apiVersion: v3.1.0
kind: DataContract
id: met-museum-data/object
name: object
domain: met-museum-data
version: 1.4.0
status: active
schema:
  - name: object
    physicalName: public.object
    properties:
      - name: object_id
        description: The number by which the museum knows the work.
        logicalType: integer
        physicalType: integer
        primaryKey: true
        required: true
      - name: title
        description: {title}
        logicalType: string
        physicalType: text
        required: false{_ARTIST.format(type=artist)}{_CREDIT if credit else ""}
team:
  name: Collection Records Office
  members:
    - username: collection-records@museum.org
      role: owner
"""


OLD: Final = promise(title="The title as the museum prints it.", artist="text", credit=False)
NEW: Final = promise(
    title="The title as the museum prints it, in English where it has one.",
    artist="varchar(60)",
    credit=True,
)

WHO_IS_HURT: Final = Exercise(
    id="08.1",
    title="Who is hurt?",
    prompt="""\
Readers take rows out, writers put rows in. For each change, say who can be hurt without \
having changed anything themselves: `"readers"`, `"writers"`, `"both"` or `"nobody"`.""",
    starter="""\
answer = {
    "a column goes away": ...,
    "a new column that may be null": ...,
    "NOT NULL is taken off a column": ...,
    "NOT NULL is put on a column": ...,
    "text becomes varchar(60)": ...,
    "the description is worded better": ...,
}
check("08.1", answer)""",
    examine=examining.parts(
        {
            "a column goes away": examining.value(
                "both",
                slips=(
                    Slip(
                        "readers",
                        "A program that fills the column names it in its INSERT, and fails.",
                        "Readers are not alone.",
                    ),
                ),
            ),
            "a new column that may be null": examining.value(
                "nobody",
                slips=(
                    Slip(
                        "writers",
                        "An INSERT that does not name the new column puts null in it, and works.",
                        "Would it be so if the column were NOT NULL?",
                    ),
                ),
                next_step="Think of programs that name the columns which they use.",
            ),
            "NOT NULL is taken off a column": examining.value(
                "readers",
                slips=(
                    Slip(
                        "nobody",
                        "The first null that arrives empties every NOT IN over the column.",
                        "Look at the cell above once more.",
                    ),
                    Slip(
                        "writers",
                        "Whoever wrote a value before may go on to do so.",
                        "Who meets the nulls?",
                    ),
                ),
                next_step="You have seen it in the cell above.",
            ),
            "NOT NULL is put on a column": examining.value(
                "writers",
                slips=(
                    Slip(
                        "readers",
                        "A reader who could bear nulls can bear that there are none.",
                        "Whose statement fails?",
                    ),
                ),
                next_step="Whose statement fails?",
            ),
            "text becomes varchar(60)": examining.value(
                "writers",
                slips=(
                    Slip(
                        "nobody",
                        "A text of 61 characters was welcome before, and is refused now.",
                        "Think of the longest value that may arrive tomorrow.",
                    ),
                ),
                next_step="What is refused that was welcome before?",
            ),
            "the description is worded better": examining.value(
                "nobody", next_step="No row is another than before."
            ),
        },
        next_step='One word for each: "readers", "writers", "both" or "nobody".',
    ),
    hints=(
        "Play the reader: can my query fail, or return something else? Then play the writer.",
        "What loosens a promise can hurt readers. What tightens it can hurt writers.",
        "Two of the six hurt nobody; one hurts both; one hurts readers alone.",
    ),
    solution="""\
answer = {
    "a column goes away": "both",
    "a new column that may be null": "nobody",
    "NOT NULL is taken off a column": "readers",
    "NOT NULL is put on a column": "writers",
    "text becomes varchar(60)": "writers",
    "the description is worded better": "nobody",
}
check("08.1", answer)""",
    reasoning="A contract has two sides, so a change has two verdicts, and the worse one counts. "
    "Asking only 'is it compatible?' hides the side that nobody in the room is on.",
    wrong=(
        WrongAnswer("names it in its INSERT", {"a column goes away": "readers"}),
        WrongAnswer("puts null in it", {"a new column that may be null": "writers"}),
        WrongAnswer("empties every NOT IN", {"NOT NULL is taken off a column": "nobody"}),
        WrongAnswer("can bear that there are none", {"NOT NULL is put on a column": "readers"}),
        WrongAnswer("61 characters", {"text becomes varchar(60)": "nobody"}),
        WrongAnswer("Still open", {"a column goes away": "both"}, kind="incomplete"),
        WrongAnswer("A dictionary", ["both", "nobody"]),
    ),
    why="A consumer is hurt by what it relies on, not by how large a change looks.",
)


def longest_title(answer: object, room: Room) -> Outcome:
    """The length of the longest title in the learner's own database."""
    with contextlib.closing(room.connect()) as connection:
        row = connection.execute("select max(length(title)) from object").fetchone()
    longest = row[0] if row else 0
    usual = Slip(
        255,
        f"255 is what people write out of habit. The longest title here has {longest} "
        "characters: ask the rows.",
        "select max(length(title)) from object",
    )
    asked = examining.value(
        longest,
        slips=() if longest == 255 else (usual,),
        next_step="Ask for the greatest of all lengths; sql(…) gives a table with one cell.",
    )
    return asked(answer, room)


THE_SHORTEST: Final = Exercise(
    id="08.2",
    title="How short may it be?",
    prompt="""\
Somebody wants to make `object.title` a `varchar(n)`, as short as possible, so that no title \
that is there today is refused. Which `n`? Let the rows tell you.""",
    starter="""\
from docent import sql

longest = sql("select 'your query here'")
answer = ...
check("08.2", answer)""",
    examine=longest_title,
    hints=(
        "`length(title)` counts the characters of a title; `max(…)` picks the greatest.",
        "From the table that `sql` returns, `.iat[0, 0]` takes the one cell.",
    ),
    solution="""\
from docent import sql

longest = sql("select max(length(title)) from object")
answer = longest.iat[0, 0]
check("08.2", answer)""",
    reasoning="It is the right answer to a question that nobody should ask: it says what is there "
    "today. A promise is about tomorrow.",
    wrong=(
        WrongAnswer("out of habit", 255),
        WrongAnswer("that is not it", 12),
        WrongAnswer("Your answer is a text", "varchar(60)"),
    ),
    why="A reader does not know the longest title. A writer will bring it.",
)


def silently_other(answer: object, room: Room) -> Outcome:
    """The consumers that get other answers without an error when titles are cut."""
    expected = _silenced(room)
    everybody = _all_consumers()
    slips = tuple(
        Slip(name, f"{name} reads no title, so it gets what it got before.", "")
        for name in sorted(everybody - expected)
    )
    asked = examining.members(
        expected, slips=slips, next_step="Print what each of `told` says, and read it."
    )
    return asked(answer, room)


def _all_consumers() -> set[str]:
    from contracts.consumers import load_consumers

    return {consumer.name for consumer in load_consumers()}


def _silenced(room: Room) -> set[str]:
    from detection.changing import Change
    from docent.lab import Lab

    cut = Change("retype column", "public", "object", "title", "varchar(40)", cast=True)
    with Lab(room.url()) as lab:
        told_by_queries = lab.report(cut).told
    return {each.consumer for each in told_by_queries if each.hurt and not each.loud}


THE_WITNESSES: Final = Exercise(
    id="08.3",
    title="Call the witnesses",
    prompt="""\
With `cast=True` Postgres does not refuse the titles that are too long: it cuts them. The lab \
tries it, puts every registered query to the database before and after, and takes it back; \
`told` holds what each query has to say. Which consumers would get other answers, and no error \
that tells them? Answer with a set of their names.""",
    starter="""\
from detection.changing import Change
from docent.lab import Lab

cut = Change("retype column", "public", "object", "title", "varchar(40)", cast=True)
with Lab() as lab:
    told = lab.report(cut).told

answer = {...}
check("08.3", answer)""",
    examine=silently_other,
    hints=(
        "Each of `told` has a `consumer` and a `sentence`. Print them and read.",
        "Each of them also knows whether it is `hurt`, and whether that is `loud`, by an error.",
    ),
    solution="""\
from detection.changing import Change
from docent.lab import Lab

cut = Change("retype column", "public", "object", "title", "varchar(40)", cast=True)
with Lab() as lab:
    told = lab.report(cut).told

answer = {each.consumer for each in told if each.hurt and not each.loud}
check("08.3", answer)""",
    reasoning="The rule says that it breaks writers. The witnesses say more: these programs would "
    "go on with half a title each, and no log would mention it. That is evidence, and it "
    "takes no opinion.",
    wrong=(
        WrongAnswer("reads no title", {"guide-app", "data-science-training"}),
        WrongAnswer("more belong", {"guide-app"}, kind="incomplete"),
        WrongAnswer("A set is expected", 3),
        WrongAnswer("not filled in", set(), kind="incomplete"),
    ),
    why="Whoever registers a query is asked. Whoever does not finds out by themselves, later.",
)


def enough_of_a_version(answer: object, _room: Room) -> Outcome:
    """A version for the branch's contract that its changes allow."""
    from detection.diff import diff
    from detection.judgement import judge
    from detection.versions import VersionError, judge_version

    answer = unwrapped(answer)
    if not isinstance(answer, str):
        seen = f"Your answer is {kind_of(answer)}: {told(answer)}."
        return wrong(seen, 'A version is expected, as a text: "1.4.1".')
    old, new = _promises()
    new = replace(new, version=answer.strip())
    try:
        verdict = judge_version(old, new, judge(diff([old], [new])))
    except VersionError as error:
        return wrong(error.what, error.next_step)
    said = {
        "too low": "The next step up is higher than that: look for the worst of the verdicts.",
        "unchanged": "The contract changed, and its version says that it did not.",
        "lower": "A version never goes down: somebody may have built on the higher one.",
    }
    if verdict is None or verdict.outcome != "enough":
        outcome = verdict.outcome if verdict else ""
        return wrong(
            f"{told(answer)} is not enough. {said.get(outcome, '')}".strip(),
            next_step="breaking → major, additive → minor, patch → patch",
        )
    if _numbers(answer) != _numbers(verdict.suggested or answer):
        return correct(f"{told(answer)} is allowed. Less would have done: {verdict.suggested}.")
    return correct(f"{told(answer)} is the lowest version that will do.")


def _numbers(version: str) -> list[int]:
    """A version as numbers: a 2 alone is 2.0.0."""
    return [int(one) for one in f"{version.strip()}.0.0".split(".")[:3]]


def _promises() -> tuple[Contract, Contract]:
    """Both contracts as the lesson gives them out."""
    from contracts.documents import scan_document
    from contracts.loading import contract_in

    old = contract_in(scan_document(BEFORE, OLD.encode()))
    return old, contract_in(scan_document(AFTER, NEW.encode()))


THE_VERSION: Final = Exercise(
    id="08.4",
    title="The version that is owed",
    prompt="""\
Version 1.4.0 is on `main`. The branch changes what you see in the table above. Which version \
must its contract have, at least?""",
    starter="""\
answer = "1.4.0"
check("08.4", answer)""",
    examine=enough_of_a_version,
    hints=(
        "Each change demands a step by its worse verdict. The largest demand of all counts.",
        "One of them breaks somebody. That raises the first number; the others start at zero.",
    ),
    solution="""\
answer = "2.0.0"
check("08.4", answer)""",
    reasoning="The new column alone would have asked for 1.5.0, and the better description for "
    "1.4.1. They travel with a change that breaks writers, so all of it is 2.0.0. Had it been "
    "left out of this pull request, nobody would have had to move.",
    wrong=(
        WrongAnswer("not enough", "1.5.0"),
        WrongAnswer("not enough", "1.4.1"),
        WrongAnswer("never goes down", "1.3.0"),
        WrongAnswer("which is no version", "next"),
        WrongAnswer("A version is expected", 2),
    ),
    why="A reader who sees 2.0.0 knows that there is something to read before upgrading.",
)


TODAY: Final = date(2026, 12, 1)
"""The day on which the lesson takes place, so that its entry never expires."""


def entry_for_the_cut(answer: object, _room: Room) -> Outcome:
    """A file of acknowledgements that lets the one breaking change pass, and nothing else."""
    from contracts.documents import scan_document
    from contracts.problems import DocumentError
    from prevention.acknowledgements import read_acknowledgements

    answer = unwrapped(answer)
    if not isinstance(answer, str):
        return wrong(f"Your answer is {kind_of(answer)}.", "The text of the file is expected.")
    try:
        entries = read_acknowledgements(scan_document(ENTRIES, answer.encode()))
    except DocumentError as error:
        problem = error.problems[0]
        return wrong(f"Line {problem.location.line}: {problem.what}", next_step=problem.next_step)
    if not entries:
        return incomplete("There is no entry in it yet.")
    for key in ("reason", "approver"):
        if not getattr(entries[0], key).strip(" ."):
            return incomplete(f"The {key} is not filled in yet.")
    return _let_pass(entries)


def _let_pass(entries: tuple[Acknowledgement, ...]) -> Outcome:
    from prevention.gate import Moment, Terms, judge_change

    old, new = _promises()
    now, then = Moment((old,)), Moment((replace(new, version="2.0.0"),))
    terms = Terms(TODAY, acknowledgements=entries)
    decision = judge_change(now, then, terms)
    open_ones = [finding for finding in decision.findings if finding.breaks]
    if not open_ones:
        return correct("The gate lets it pass, and says in its report who answered for it.")
    about = [f for f in decision.findings if f.rule.startswith("acknowledgement")]
    seen = f"The gate still stops at {open_ones[0].rule}: {open_ones[0].element}."
    if about:
        seen += f" And it says of your entry: {about[0].rule}."
    return wrong(seen, "An entry for that very change, which has not expired.")


_ENTRY: Final = """\
acknowledgements:
  - fingerprint: "{fingerprint}"
    rule: length-cut
    contract: met-museum-data/object
    element: public.object.artist_display_name
    old: text
    new: character varying(60)
    reason: {reason}
    approver: {approver}
    expires: "{expires}"
"""

RIGHT: Final = {
    "fingerprint": "daf842ab540a8f54",
    "reason": "The form never took more than sixty characters.",
    "approver": "Collection Records Office",
    "expires": "2027-03-31",
}


def _cell(**stated: str) -> str:
    """The cell of 08.5 with these words in the entry."""
    return f'answer = """\\\n{_ENTRY.format(**stated)}"""\ncheck("08.5", answer)'


ON_PURPOSE: Final = Exercise(
    id="08.5",
    title="Break it on purpose",
    prompt="""\
Everybody has been asked: the form in which artists are entered has had room for sixty \
characters all along, and nobody writes more. So this one break is right. It may pass when \
somebody answers for it, in the file `contracts/acknowledgements.yaml`: one entry for one change.

Fill in what is missing: the fingerprint that the gate prints above, why, who answers for it, \
and the last day on which the entry counts (`2027-03-31`). Entries end, so that nobody inherits \
them.""",
    starter=_cell(fingerprint="...", reason="...", approver="...", expires="..."),
    examine=entry_for_the_cut,
    hints=(
        "The fingerprint is the last word of the gate's own suggestion: `docent ack …`.",
        "Sixteen hexadecimal digits, a sentence, a team, and a day that has not passed yet.",
    ),
    solution=_cell(**RIGHT),
    reasoning="The entry is committed, so it is reviewed like code. It names one change by what "
    "the change is: should somebody make it varchar(40) later, the fingerprint is another, and "
    "the gate is red again. It let the break pass; it did not make 2.0.0 any smaller.",
    wrong=(
        WrongAnswer(
            "it says of your entry", _ENTRY.format(**{**RIGHT, "fingerprint": "0123456789abcdef"})
        ),
        WrongAnswer("acknowledgement-expired", _ENTRY.format(**{**RIGHT, "expires": "2020-01-01"})),
        WrongAnswer("Expected a text like", _ENTRY.format(**{**RIGHT, "expires": "for ever"})),
        WrongAnswer("The text of the file is expected", {"accept": "all"}),
        WrongAnswer("no entry", "acknowledgements: []", kind="incomplete"),
        WrongAnswer(
            "The reason is not filled in",
            _ENTRY.format(**{**RIGHT, "reason": "..."}),
            kind="incomplete",
        ),
    ),
    why="A consumer who is hit can read who decided it, and why, and whom to ask.",
)


LESSON: Final = Lesson(
    id="08",
    title="Versions",
    notebook="08_versions",
    minutes=30,
    goals=(
        "say whom a change hurts: readers, writers, both or nobody",
        "see why a shorter text is not a safe change, whatever the rows say today",
        "let a consumer's own query be the witness, before and after",
        "give a contract the version that its changes demand",
        "let one break pass on purpose: by name, with a reason, until a day",
    ),
    summary=(
        "A change has a verdict for readers and one for writers; the worse one counts.",
        "Breaking asks for a major version, additive for a minor, the rest for a patch.",
        "That no row suffers today proves nothing about tomorrow.",
        "A registered query turns an opinion about a change into evidence.",
        "An acknowledgement lets one change pass; it never makes the version smaller.",
    ),
    exercises=(WHO_IS_HURT, THE_SHORTEST, THE_WITNESSES, THE_VERSION, ON_PURPOSE),
    files={BEFORE: OLD, AFTER: NEW},
    room_notes=(
        "08.1 works well by show of hands, before anybody types.",
        "After 08.3, ask who in the room has a query that nobody knows of.",
    ),
)
