"""Lesson 13: a breaking change of the CRM, refused, made safe, forced, and looked back on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from contracts.model import Contract
from docent import examining
from docent.answers import kind_of, told
from docent.examining import Slip
from docent.examining_contracts import contract
from docent.exercise import (
    Exercise,
    Lesson,
    Outcome,
    WrongAnswer,
    correct,
    hindered,
    incomplete,
    wrong,
)

if TYPE_CHECKING:
    from docent.queries import Rows
    from docent.room import Room

OLD_FILE: Final = "salesforce_lead.yaml"
NEW_FILE: Final = "salesforce_lead_v3.yaml"
QUERY_FILE: Final = "new_leads.sql"
SHEET: Final = "postmortem.md"

ANNOUNCED: Final = date(2026, 1, 19)
"""The day on which everybody sits at one table."""
HOLIDAY: Final = (date(2026, 2, 16), date(2026, 2, 20))
"""The week in which nobody of the reverse ETL's team is there."""
CAMPAIGN: Final = date(2026, 4, 1)
"""The day on which there are sources that the old list does not know."""

DRAFT: Final = """\
# Postmortem: salesforce_lead_v2, lead_score_v1, 2026-01-16

A draft, made from the history of the monitor. What is marked as to be said, people say.
No names of people above the things to do: a system let somebody do it; mend the system.

## What happened

(to say: two sentences that a customer would understand)

## Timeline

| when, UTC | what | who was told |
| --- | --- | --- |
| 2026-01-16 16:00 | the last run of the monitor before it |  |
| 2026-01-16 17:05 | salesforce_lead_v2 is broken: crm.signups.signup_source (column-renamed) | \
growth-engineering@museum-guide.example, rev-ops@museum-guide.example |
| 2026-01-16 18:05 | lead_score_v1 is broken: crm.salesforce_leads.lead_source (rows-null) | \
rev-ops@museum-guide.example, sdr-leads@museum-guide.example |
| (to say: when) | (to say: who noticed it first, and by what) |  |
| 2026-01-19 09:05 | lead_score_v1 holds again: crm.salesforce_leads.lead_source | \
rev-ops@museum-guide.example, sdr-leads@museum-guide.example |
| 2026-01-19 09:05 | salesforce_lead_v2 holds again: crm.signups.signup_source | \
growth-engineering@museum-guide.example, rev-ops@museum-guide.example |

As the monitor saw it, it lasted 2 days 16 hours. It was over some time before the run that says \
so, and began some time before that which saw it.

## Who was hurt, and how much

- rev-ops-reverse-etl (Revenue Operations): it reads `crm.signups.signup_source`.
- sdr-call-list (Sales Development): it reads `crm.salesforce_leads.lead_source`.
- (to say: how many rows, people, hours)

## Which promise, and where it is written

- `crm.signups.signup_source` of salesforce_lead_v2 (column-renamed), in \
contracts/crm/salesforce_lead.yaml, line 17. Growth Engineering answers for it. Promised: \
signup_source.
- `crm.salesforce_leads.lead_source` of lead_score_v1 (rows-null), in \
contracts/crm/lead_score.yaml, line 15. Revenue Operations answers for it. Promised: at least 95 \
percent of the rows with a value.

## What stopped it, or why nothing did

(to say: which check, whom, by what; if nothing did, why)

## Where we were lucky

(to say: what went well only by chance)

## To do

| | what | who | by when |
| --- | --- | --- | --- |
| to prevent it | (to say: what) | (to say: who) | (to say: day) |
| to notice it sooner | (to say: what) | (to say: who) | (to say: day) |
| to mend it faster | (to say: what) | (to say: who) | (to say: day) |
"""
"""What the history of the lesson's Friday makes: a test holds it to that."""


# ------------------------------------------------------------------ 13.1

READ_THE_REFUSAL: Final = Exercise(
    id="13.1",
    title="Read the refusal",
    prompt="""\
Four questions about the red report. Three answers stand in it. The fourth does not: the \
registry, `contracts/consumers.yaml`, knows who reads what the reverse ETL writes, \
`crm.salesforce_leads`. Give names as they are written there.""",
    starter="""\
answer = {
    "whose query fails": ...,
    "which team answers for the promise": ...,
    "the version that such a change demands": ...,
    "who is hurt behind the first, and not named": ...,
}
check("13.1", answer)""",
    examine=examining.parts(
        {
            "whose query fails": examining.value(
                "rev-ops-reverse-etl",
                slips=(
                    Slip("new-leads", "That is the query. Whose is it?"),
                    Slip("Revenue Operations", "That is the team. What is the consumer called?"),
                ),
                next_step="The line begins with evidence.",
            ),
            "which team answers for the promise": examining.value(
                "Growth Engineering",
                slips=(
                    Slip("Revenue Operations", "They read under the promise; they did not make it.",
                         "The line begins with owner."),
                    Slip("product-signup-service", "That is what writes the rows. Who is asked is "
                         "a team.", "The line begins with owner."),
                ),
                next_step="The line begins with owner.",
            ),
            "the version that such a change demands": examining.value(
                "3.0.0",
                slips=(
                    Slip("2.0.0", "That is the version that it has.", "What does the gate demand?"),
                    Slip("2.1.0", "A minor version adds. This one takes a name away.",
                         "What does the gate demand?"),
                ),
                next_step="Look at version-unchanged.",
            ),
            "who is hurt behind the first, and not named": examining.value(
                "sdr-call-list",
                slips=(
                    Slip("rev-ops-reverse-etl", "It is named, and its query fails. Who reads what "
                         "it writes?"),
                    Slip("lead_score_v1", "That is the promise. Who reads under it?"),
                    Slip("Sales Development", "That is the team. What is the consumer called?"),
                ),
                next_step="Which entry of the registry has the table salesforce_leads?",
            ),
        },
        next_step="Each of them is a name, or a number with two dots.",
    ),
    hints=(
        "Look for evidence, owner and version in the report, line by line.",
        "Search contracts/consumers.yaml for salesforce_leads: the entry begins some lines above.",
    ),
    solution="""\
answer = {
    "whose query fails": "rev-ops-reverse-etl",
    "which team answers for the promise": "Growth Engineering",
    "the version that such a change demands": "3.0.0",
    "who is hurt behind the first, and not named": "sdr-call-list",
}
check("13.1", answer)""",
    reasoning="The gate asks the queries of those who read the table. Whoever reads what these "
    "write is a step further, under a promise of its own: that is why the reverse ETL has made "
    "one, and why somebody has to know both.",
    wrong=(
        WrongAnswer("Whose is it?", {"whose query fails": "new-leads"}),
        WrongAnswer("did not make it",
                    {"which team answers for the promise": "Revenue Operations"}),
        WrongAnswer("that it has", {"the version that such a change demands": "2.0.0"}),
        WrongAnswer("takes a name away", {"the version that such a change demands": "2.1.0"}),
        WrongAnswer("Who reads under it?",
                    {"who is hurt behind the first, and not named": "lead_score_v1"}),
        WrongAnswer("Still open", {"whose query fails": "rev-ops-reverse-etl"}, kind="incomplete"),
    ),
    why="Whoever calls the leads does not know what a column is. Somebody has to know it for them.",
)  # fmt: skip


# ------------------------------------------------------------------ 13.2


def page_of_version_3() -> str:
    """The tour's own page of the next version."""
    text = _old_page().replace("salesforce_lead_v2", "salesforce_lead_v3")
    return text.replace('version: "2.0.0"', 'version: "3.0.0"').replace(
        "signup_source", "signup_channel"
    )


def _old_page() -> str:
    from data_assets.home import clone

    return (clone() / "contracts" / "crm" / OLD_FILE).read_text(encoding="utf-8")


def _is_the_next_version(promise: Contract) -> Outcome | None:
    names = {column.name for column in promise.tables[0].columns}
    if promise.identity == "salesforce_lead_v2" and "signup_channel" not in names:
        return incomplete("It is the page of version 2 still.",
                          "The page of salesforce_lead_v3.")  # fmt: skip
    if promise.identity != "salesforce_lead_v3":
        return wrong(
            f"The contract is called {promise.identity}.",
            "salesforce_lead_v3: consumers subscribe to a version, and for a month there are two.",
            "The first line that is no comment says what it is called.",
        )
    if promise.version != "3.0.0":
        return wrong(f"Its version is {promise.version}.", "3.0.0: a name that others read goes.")
    if "signup_channel" not in names:
        return incomplete("It does not promise signup_channel yet.")
    if "signup_source" in names:
        return wrong(
            "It promises both names. Then the old one could never go.",
            "signup_channel alone: the table has both for a while, the new promise does not.",
            "Version 2 keeps its page; nobody loses signup_source by this one.",
        )
    return None


def _breaks_nothing_else(promise: Contract) -> Outcome | None:
    from contracts.loading import load
    from data_assets.home import clone
    from detection.diff import diff
    from detection.judgement import judge
    from prevention.changes import Telling
    from prevention.words import bare, issue

    old = load(clone() / "contracts" / "crm" / OLD_FILE)
    for verdict in judge(diff([old], [promise])):
        if verdict.breaks and verdict.rule not in ("column-name-changed", "contract-name-changed"):
            said = issue(Telling().finding(verdict), bare)
            return wrong(
                f"More than a name changes: {said} ({verdict.rule}).",
                "All other promises as in version 2.",
                "One change at a time; whoever moves has enough to do with the name.",
            )
    return None


_START_OF_THE_PAGE: Final = """\
from pathlib import Path

page = Path("../contracts/crm/salesforce_lead.yaml").read_text(encoding="utf-8")
"""
_END_OF_THE_PAGE: Final = """\

path = folder("13") / "salesforce_lead_v3.yaml"
path.write_text(page, encoding="utf-8")
check("13.2", path)"""
_RENAMED: Final = 'page = page.replace("signup_source", "signup_channel")'
_NAMED: Final = 'page = page.replace("salesforce_lead_v2", "salesforce_lead_v3")'
_NUMBERED: Final = """page = page.replace('"2.0.0"', '"3.0.0"')"""


def _page(*lines: str) -> str:
    return _START_OF_THE_PAGE + "\n".join(lines) + _END_OF_THE_PAGE


NEXT_VERSION: Final = Exercise(
    id="13.2",
    title="Write the page of the next version",
    prompt="""\
Both versions hold for a while, each on a page of its own. Make of the page of version 2 that of \
version 3, `salesforce_lead_v3`: it promises `signup_channel` in place of `signup_source`, and \
everything else as before. The column does not exist yet, so the check will find it missing: \
here that is what you want to see.""",
    starter=_page("# Here: make of it the page of version 3."),
    examine=contract(
        table="signups",
        breaks={"column-renamed"},
        more=(_is_the_next_version, _breaks_nothing_else),
    ),
    hints=(
        "Three things change: what the contract is called, its version, and the column.",
        "The column stands in three places of the page: as a field, under semantics, under sla.",
        "page.replace(old, new) replaces all of them; a version is a text in quotes.",
    ),
    solution=_page(_NAMED, _NUMBERED, _RENAMED),
    reasoning="The promise about the share that is filled moves along with the column: a page "
    "that renames the field alone would promise something about a column that it does not have.",
    wrong=(
        WrongAnswer("The contract is called salesforce_lead_v2", cell=_page(_RENAMED)),
        WrongAnswer("Its version is 2.0.0", cell=_page(_NAMED, _RENAMED)),
        WrongAnswer("does not promise signup_channel yet", cell=_page(_NAMED, _NUMBERED),
                    kind="incomplete"),
        WrongAnswer("promises both names", cell=_page(
            _NAMED, _NUMBERED,
            'old = "  - signup_source: enum(web, mobile, api, partner)\\n"',
            'page = page.replace(old, old + old.replace("source", "channel"))',
        )),
        WrongAnswer("More than a name changes", cell=_page(
            _NAMED, _NUMBERED, _RENAMED, 'page = page.replace("< 5 minutes", "< 5 days")')),
        WrongAnswer("More than a name changes", cell=_page(
            _NAMED, _NUMBERED, _RENAMED, 'page = page.replace("partner)", "shop)")')),
    ),
    why="A consumer who finds one thing changed moves in an afternoon; one who finds four asks "
    "for another month.",
)  # fmt: skip


# ------------------------------------------------------------------ 13.3


def sunset_day(answer: object, _room: Room) -> Outcome:
    """A day that keeps the notice, and that everybody at the table can live with."""
    answer = examining.unwrapped(answer)
    if isinstance(answer, date):
        answer = f"{answer:%Y-%m-%d}"
    if not isinstance(answer, str):
        return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.",
                     'A day is expected, such as "2026-01-31".')  # fmt: skip
    try:
        day = date.fromisoformat(answer.strip())
    except ValueError:
        return wrong(f"{told(answer)} is no day.", 'Write it like "2026-01-31".')
    return _refused(day) or _against(day) or correct(
        f"{day:%A}, {day}: {(day - ANNOUNCED).days} days of notice, and the old name may go "
        f"from {day + timedelta(days=7)} on."
    )  # fmt: skip


def _refused(day: date) -> Outcome | None:
    """What ``docent deprecate`` says against it."""
    from contracts.loading import load
    from data_assets.home import clone
    from prevention.deprecating.steps import Refused, Terms, next_contract

    old = load(clone() / "contracts" / "crm" / OLD_FILE)
    try:
        next_contract(old, Terms(sunset=day, replacement="salesforce_lead_v3"), ANNOUNCED)
    except Refused as refused:
        return wrong(refused.what, "The notice that the contract promises.", refused.next_step)
    return None


def _against(day: date) -> Outcome | None:
    """What one of those at the table says against it."""
    if HOLIDAY[0] <= day <= HOLIDAY[1]:
        return wrong(f"On {day} nobody of the reverse ETL's team is there.",
                     "A day on which they can see that it went well.")  # fmt: skip
    if day.weekday() >= 4:
        return wrong(f"{day} is a {day:%A}. What goes wrong then is found on Monday.",
                     "A day with a working day behind it.")  # fmt: skip
    if day + timedelta(days=7) >= CAMPAIGN:
        return wrong(
            f"With {day} the old name is there on {CAMPAIGN}, when sources come that it must "
            "not take.",
            "A week after its sunset the old version may go: that must be before the campaign.",
        )
    return None


AGREE_ON_A_DAY: Final = Exercise(
    id="13.3",
    title="Agree on the day",
    prompt=f"""\
Today is {ANNOUNCED:%A}, {ANNOUNCED}. Choose the sunset date of version 2, on which nobody new may \
rely on it any more; a week later it may go. The page says how much notice it owes. The others \
said what they need. Write the day like `"2026-01-31"`.""",
    starter="""\
answer = ...

check("13.3", answer)""",
    examine=sunset_day,
    hints=(
        "The notice stands at the end of the page, under `notice`. Count from today.",
        "The first day that keeps the notice lies in the week in which nobody is there.",
        "From Monday to Thursday, in the week after: 23 to 26 February.",
    ),
    solution="""\
answer = "2026-02-24"

check("13.3", answer)""",
    reasoning="Notice is a number in a contract; a date is what people can keep. The tool knows "
    "the first, and refuses what is too soon. The second comes from talking.",
    wrong=(
        WrongAnswer("owes its readers 30 days", "2026-02-02"),
        WrongAnswer("is past", "2026-01-05"),
        WrongAnswer("nobody of the reverse ETL's team is there", "2026-02-18"),
        WrongAnswer("is a Friday", "2026-02-27"),
        WrongAnswer("is a Sunday", "2026-03-01"),
        WrongAnswer("the old name is there on", "2026-04-14"),
        WrongAnswer("is no day", "in a month"),
        WrongAnswer("A day is expected", 30),
    ),
    why="The reverse ETL can move in two weeks, if it hears of it before they begin.",
)


# ------------------------------------------------------------------ 13.4


def query_of_version_3() -> str:
    """The tour's own query on the next version."""
    return (
        "select email, signup_channel as signup_source, created_at\n"
        "from crm.signups\n"
        "order by created_at, email\n"
    )


def moved_query(answer: object, room: Room) -> Outcome:
    """A query that answers as the old one does, while both names are there and afterwards."""
    import psycopg

    from contracts.queries import NoQueryError
    from docent.crm import staging
    from docent.crm.rev_ops_reverse_etl import QUERY

    query = _text(answer, room)
    if isinstance(query, Outcome):
        return query
    if " ".join(query.split()) == " ".join(QUERY.split()):
        return incomplete("It is the query of version 2 still.",
                          "One that reads the channel.")  # fmt: skip
    try:
        with staging.in_the_window(room) as connection:
            before = staging.ask(connection, QUERY)
            seen = staging.ask(connection, query)
            if outcome := _answers_otherwise(seen, before):
                return outcome
            staging.end_of_window(connection)
            after = _after_the_window(query, connection)
            return after if isinstance(after, Outcome) else _the_same(after, before)
    except NoQueryError as error:
        return wrong(str(error), next_step=error.next_step)
    except (psycopg.errors.UndefinedTable, psycopg.errors.DuplicateColumn) as error:
        return _not_as_left(error)


def _text(answer: object, room: Room) -> str | Outcome:
    """What a file of the lesson says, by its path or its name."""
    if not isinstance(answer, str | Path):
        return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.",
                     "The path of your file is expected.")  # fmt: skip
    path = room.folder / answer
    if not path.is_file():
        return incomplete(f"There is no file {path} yet.", next_step="Write your answer there.")
    return path.read_text(encoding="utf-8")


def _answers_otherwise(seen: Rows, before: Rows) -> Outcome | None:
    from docent.queries import first_difference

    if "signup_source" not in seen.columns and "signup_channel" in seen.columns:
        return wrong(
            f"Its columns are {', '.join(seen.columns)}. The job asks each row for its "
            "signup_source, and finds nothing: the incident again, from the other side.",
            "Rows as the job knows them.",
            "A column can be given another name on its way out.",
        )
    differs = first_difference(seen, before, ordered=False, named=True)
    if differs is None:
        return None
    return wrong(differs, "The same rows as the query of version 2.",
                 "Compare the two, column by column.")  # fmt: skip


def _after_the_window(query: str, connection: object) -> Rows | Outcome:
    import psycopg

    from docent.crm import staging

    assert isinstance(connection, psycopg.Connection)  # noqa: S101 - the context's own
    try:
        return staging.ask(connection, query)
    except psycopg.errors.UndefinedColumn as error:
        return wrong(
            "While both names are there, it answers rightly. On the day on which the old one goes, "
            f"Postgres says: {error.diag.message_primary}.",
            "A query that does without signup_source.",
            "It may read the new name only, however sensible a second look is.",
        )


def _the_same(after: Rows, before: Rows) -> Outcome:
    from docent.queries import first_difference

    differs = first_difference(after, before, ordered=False, named=True)
    if differs:
        return wrong(f"Once the old name is gone: {differs}", "The same rows as before.")
    return correct(
        f"{len(after.rows)} rows, the same as the old query's, with both names and without the "
        "old one."
    )


def _not_as_left(error: Exception) -> Outcome:
    return hindered(
        f"Your database lacks what this exercise asks for. Postgres says: {error}.",
        '`reset("13")` gives you a fresh one and keeps this one.',
    )


_START_OF_THE_QUERY: Final = 'query = """\n'
_END_OF_THE_QUERY: Final = '''"""
path = folder("13") / "new_leads.sql"
path.write_text(query, encoding="utf-8")
check("13.4", path)'''


def _query(text: str) -> str:
    return _START_OF_THE_QUERY + text + _END_OF_THE_QUERY


def _selecting(columns: str) -> str:
    return _query(f"select {columns}\nfrom crm.signups\norder by created_at, email\n")


MOVE: Final = Exercise(
    id="13.4",
    title="Prove that you can read the next version",
    prompt="""\
Now you are Revenue Operations. This is the query by which the reverse ETL reads its sign-ups. \
Write the one by which it reads version 3: it must return the same rows, under the same three \
names, since the scoring behind it stays as it is. It is tried on both days: while both columns \
are there, and when the old one is gone.""",
    starter=_selecting("email, signup_source, created_at"),
    examine=moved_query,
    hints=(
        "The new name is that of the column. What the job calls it is another matter.",
        "`column as other_name` gives a column another name in the answer.",
        "select email, signup_channel as signup_source, created_at …",
    ),
    solution=_selecting("email, signup_channel as signup_source, created_at"),
    reasoning="A query that runs proves less than one that answers the same; and one that reads "
    "both names runs on each day but the last. The gate takes neither for proof.",
    wrong=(
        WrongAnswer("from the other side", cell=_selecting("email, signup_channel, created_at")),
        WrongAnswer(
            "On the day on which the old one goes",
            cell=_selecting(
                "email, coalesce(signup_channel, signup_source) as signup_source, created_at"
            ),
        ),
        WrongAnswer("It returns 6 columns", cell=_selecting("*")),
        WrongAnswer(
            "One that does not belong",
            cell=_selecting("email, null::text as signup_source, created_at"),
        ),
        WrongAnswer("This is no query", cell=_query("update crm.signups set email = ''\n")),
        WrongAnswer("There is no file", "my_query.sql", kind="incomplete"),
        WrongAnswer("The path of your file", 13),
    ),
    why="Nobody will ask you again before the old name goes. If this query is wrong, the leads "
    "of that night are.",
)


# ------------------------------------------------------------------ 13.5

LOST: Final = """\
select count(*)
from crm.leads_of_friday as before
join crm.salesforce_leads as now using (email)
where before.lead_source is distinct from now.lead_source
"""


def counted_damage(answer: object, room: Room) -> Outcome:
    """A query that counts the leads which lost their source."""
    import psycopg

    from contracts.queries import NoQueryError
    from docent.crm import staging
    from docent.queries import first_difference

    if not isinstance(answer, str):
        return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.",
                     "One SQL query is expected, as a text.")  # fmt: skip
    try:
        with staging.on_monday(room) as connection:
            expected = staging.ask(connection, LOST)
            seen = staging.ask(connection, answer)
            if first_difference(seen, expected, ordered=False, named=False) is None:
                return correct(f"{told(seen.rows[0][0])} leads have lost their source.")
            return next(_slips(seen, connection), None) or wrong(
                first_difference(seen, expected, ordered=False, named=False) or "",
                "The number of leads whose source is another than on Friday.",
                "Compare the two tables row by row: one lead, two sources.",
            )
    except NoQueryError as error:
        return wrong(str(error), next_step=error.next_step)
    except (psycopg.errors.UndefinedColumn, psycopg.errors.DuplicateTable) as error:
        return _not_as_left(error) if "signup" in str(error) else wrong(
            f"Postgres says: {error.diag.message_primary}.")  # fmt: skip


_SLIPS: Final = (
    (
        LOST.replace("is distinct from", "<>"),
        "It says 0. Every source is null now, and to `<>` a null is neither the same nor another.",
        "`is distinct from` takes a null for a value of its own.",
    ),
    (
        "select count(*) from crm.salesforce_leads where lead_source is null",
        "That is how many have no source today. Some had none on Friday either.",
        "What was lost is what was there before: ask Friday's leads, too.",
    ),
    (
        "select count(*) from crm.leads_of_friday where rating = 'hot'",
        "Those are the calls that were not made. More leads than the hot ones lost their source.",
        "Both numbers belong into the postmortem; here it is the sources.",
    ),
)


def _slips(seen: Rows, connection: object) -> Iterator[Outcome]:
    import psycopg

    from docent.crm import staging
    from docent.queries import first_difference

    assert isinstance(connection, psycopg.Connection)  # noqa: S101 - the context's own
    for query, said, next_step in _SLIPS:
        other = staging.ask(connection, query)
        if first_difference(seen, other, ordered=False, named=False) is None:
            yield wrong(said, next_step=next_step)


def _counting(rest: str) -> str:
    return f'query = """\nselect count(*)\n{rest}"""\ncheck("13.5", query)'


COUNT_THE_DAMAGE: Final = Exercise(
    id="13.5",
    title="Count the damage",
    prompt="""\
The leads of Friday lie in `crm.leads_of_friday`, those of today in `crm.salesforce_leads`; both \
have one row for each `email`. How many leads have **another `lead_source`** today than on \
Friday? Let SQL count them, row by row.""",
    starter=_counting(
        "from crm.leads_of_friday as before\n"
        "join crm.salesforce_leads as now using (email)\n"
        "where ...\n"
    ),
    examine=counted_damage,
    hints=(
        "The sources of today are null. How does SQL compare something with null?",
        "`a <> null` is not true, and not false either; `where` takes what is true only.",
        "where before.lead_source is distinct from now.lead_source",
    ),
    solution=_counting(LOST.partition("\n")[2]),
    reasoning="The question that the monitor asked, what share has no source, finds the breach. "
    "What it did to whom is a comparison with the time before, and so somebody has to have kept "
    "that.",
    wrong=(
        WrongAnswer(
            "neither the same nor another",
            cell=_counting(
                "from crm.leads_of_friday as before\n"
                "join crm.salesforce_leads as now using (email)\n"
                "where before.lead_source <> now.lead_source\n"
            ),
        ),
        WrongAnswer(
            "Some had none on Friday",
            cell=_counting("from crm.salesforce_leads where lead_source is null\n"),
        ),
        WrongAnswer(
            "calls that were not made",
            cell=_counting("from crm.leads_of_friday where rating = 'hot'\n"),
        ),
        WrongAnswer(
            "that is not it", cell=_counting("from crm.leads_of_friday where lead_source = 'web'\n")
        ),
        WrongAnswer("Postgres says", cell=_counting("from crm.leads_of_friday where source = ''")),
        WrongAnswer("This is no query", "drop table crm.leads_of_friday"),
        WrongAnswer("One SQL query is expected", 821),
    ),
    why="“The leads are broken” costs three days. A number, and a list of addresses, cost an hour.",
)


# ------------------------------------------------------------------ 13.6

_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DAY: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
OVER: Final = date(2026, 1, 19)
"""The day on which the incident was over."""


def held_postmortem(answer: object, room: Room) -> Outcome:
    """A postmortem with all its parts: what the history knows still in it, the rest said."""
    text = _text(answer, room)
    if isinstance(text, Outcome):
        return text
    return next(_faults(text), None) or correct(
        "All parts are there: what happened, when, to whom, which promise, and three things to do."
    )


def _faults(text: str) -> Iterator[Outcome]:
    from prevention.postmortem import SECTIONS, open_places

    said = _sections(text)
    for title in SECTIONS:
        if title not in said:
            yield wrong(f"The part “{title}” is missing.", next_step=f"Write ## {title} above it.")
            return
    for when in _DAY_AND_TIME.findall(DRAFT):
        if when not in said["Timeline"]:
            yield wrong(
                f"The timeline does not say what was at {when} any more.",
                "What the history knows stays as it is; people add to it.",
            )
    open_now = list(open_places(text))
    if open_now:
        where = next(title for title in SECTIONS if any(open_places(said[title])))
        yield incomplete(f"Still to be said, under “{where}”: {open_now[0]}.",
                         next_step="Write it in place of the words in brackets.")  # fmt: skip
    if empty := next((title for title in SECTIONS if not said[title]), None):
        yield incomplete(f"Nothing stands under “{empty}”.")
    if not re.search(r"\d", said["Who was hurt, and how much"]):
        yield wrong("Who was hurt is said, and how much is not.", "A number that somebody counted.",
                    "13.5 has one.")  # fmt: skip
    yield from _blame(said)
    yield from _idle(said["To do"])


_DAY_AND_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")


def _sections(text: str) -> dict[str, str]:
    """What stands under each heading of the second rank."""
    found: dict[str, str] = {}
    for part in re.split(r"(?m)^## +", text)[1:]:
        title, _, said = part.partition("\n")
        found[title.strip()] = said.strip()
    return found


def _blame(said: dict[str, str]) -> Iterator[Outcome]:
    """A part that says who did it, where it ought to say what let it happen."""
    for title in ("What happened", "What stopped it, or why nothing did", "Where we were lucky"):
        named = _ADDRESS.search(said[title]) or _FAULT.search(said[title])
        if named:
            yield wrong(
                f"Under “{title}” stands {told(named[0])}: that is about a person.",
                "What the system let happen. People did what made sense to them at that moment.",
                "Ask what would have had to be there for the same person to do otherwise.",
            )


_FAULT: Final = re.compile(
    r"(?i)\b(?:(?:his|her|their|whose) fault|careless(?:ly)?|should have known|blame|"
    r"human error|stupid(?:ly)?|lazy)\b"
)
"""Words by which a postmortem looks for somebody and not for something."""


def _idle(table: str) -> Iterator[Outcome]:
    """Something to do that nobody does, or not on any day."""
    from prevention.postmortem import ACTIONS

    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")]
            for line in table.splitlines() if line.strip().startswith("|")]  # fmt: skip
    for action in ACTIONS:
        row = next((row for row in rows if row and row[0] == action), None)
        if row is None or len(row) < 4 or not all(row[1:4]):
            yield incomplete(f"Nothing is to be done {action}: what, who, and by when?")
            continue
        days = [date.fromisoformat(day) for day in _DAY.findall(row[3])]
        if not days:
            yield wrong(f"{told(row[3])} is no day: {action}.", 'A day like "2026-01-31".')
        elif days[0] <= OVER:
            yield wrong(f"{days[0]} was over when the postmortem began: {action}.",
                        f"A day after {OVER}.")  # fmt: skip
        if row[2].lower() in _NOBODY:
            yield wrong(f"{told(row[2])} does nothing: {action}.", "One name, or one team.")


_NOBODY: Final = ("everybody", "everyone", "all", "we", "us", "the team", "somebody", "tbd", "?")


def the_postmortem() -> str:
    """The tour's own postmortem: the draft, and what people said."""
    text = DRAFT
    for blank, said in _SAID.items():
        text = text.replace(f"(to say: {blank})", said, 1)
    for doing in _DONE:
        for blank, said in zip(("what", "who", "day"), doing, strict=True):
            text = text.replace(f"(to say: {blank})", said, 1)
    return text


_SAID: Final = {
    "two sentences that a customer would understand": (
        "A column that Sales depends on got another name on a Friday evening. Over the weekend "
        "nobody who had signed up was worth a call to us, and nobody was called."
    ),
    "when": "2026-01-19 08:30",
    "who noticed it first, and by what": "Sales Development: the call list was empty",
    "how many rows, people, hours": "821 leads lost their source; 60 calls were not made.",
    "which check, whom, by what; if nothing did, why": (
        "The job's own check stopped it at 18:00. It was run again without its contract, since "
        "that was possible and it had to be green before the weekend."
    ),
    "what went well only by chance": (
        "The leads of Friday were kept in a table beside. Nobody had planned that."
    ),
}
_DONE: Final = (
    ("The database takes a migration only from a branch that the gate let pass", "Platform",
     "2026-01-30"),
    ("A breach of an active contract goes to whoever is on call, too", "Growth Engineering",
     "2026-01-23"),
    ("The job keeps its last leads, and cannot be run without its contract", "Revenue Operations",
     "2026-02-06"),
)  # fmt: skip

_WITH: Final = 'path = folder("13") / "postmortem.md"\n'
_SOLVED: Final = """\
from docent.lessons.lesson_13 import the_postmortem

path = folder("13") / "postmortem.md"
path.write_text(the_postmortem(), encoding="utf-8")
check("13.6", path)"""


def _spoilt(old: str, new: str) -> str:
    """A cell in which somebody says one thing otherwise than the tour's own postmortem."""
    return _SOLVED.replace("the_postmortem()", f"the_postmortem().replace({old!r}, {new!r})")


POSTMORTEM: Final = Exercise(
    id="13.6",
    title="Hold the postmortem",
    prompt="""\
In your folder lies `postmortem.md`, as the history drafted it. Open it in JupyterLab, or replace \
its open places by code, and say what people have to say: what happened, how much of it, what \
stopped it or why nothing did, where you were lucky; and three things to do, each with a name \
and a day after the incident. What the history knows stays as it is.""",
    starter="""\
path = folder("13") / "postmortem.md"
print(*(line for line in path.read_text().splitlines() if "(to say" in line), sep="\\n")

check("13.6", path)""",
    examine=held_postmortem,
    hints=(
        "Begin with the last table: what would have prevented it, shown it sooner, mended it?",
        "A name is one person or one team. “Everybody” does nothing, and “soon” is no day.",
        "Ask of each sentence: does it say what somebody did wrong, or what let it go wrong?",
    ),
    solution=_SOLVED,
    reasoning="The times, the promise and the readers come from the history, so nobody has to "
    "argue about them. What is left is what only people know: why it made sense to whoever did "
    "it. That is where the things to do come from.",
    wrong=(
        WrongAnswer("Still to be said, under “What happened”",
                    cell=_SOLVED.replace("the_postmortem()", "the_postmortem().replace("
                                         "'A column', '(to say: two sentences) A column')"),
                    kind="incomplete"),
        WrongAnswer("The part “Where we were lucky” is missing",
                    cell=_spoilt("## Where we were lucky", "## Luck")),
        WrongAnswer("does not say what was at 2026-01-16 17:05",
                    cell=_spoilt("2026-01-16 17:05", "Friday evening")),
        WrongAnswer("how much is not",
                    cell=_spoilt("- " + _SAID["how many rows, people, hours"], "- Many.")),
        WrongAnswer("that is about a person",
                    cell=_spoilt("Nobody had planned that.", "It was his fault.")),
        WrongAnswer("does nothing: to notice it sooner",
                    cell=_spoilt("| Growth Engineering |", "| everybody |")),
        WrongAnswer("is no day: to prevent it", cell=_spoilt("2026-01-30", "soon")),
        WrongAnswer("was over when the postmortem began",
                    cell=_spoilt("2026-02-06", "2026-01-18")),
        WrongAnswer("Nothing is to be done to mend it faster",
                    cell=_spoilt("| Revenue Operations |", "| |"), kind="incomplete"),
        WrongAnswer("The path of your file", {"what happened": "nothing"}),
    ),
    why="Whoever was hurt wants to know two things: that it is understood, and that somebody "
    "does something about it, on a day.",
)  # fmt: skip


LESSON: Final = Lesson(
    id="13",
    title="Capstone: a field gets a better name",
    notebook="13_capstone_crm",
    minutes=50,
    goals=(
        "read from a refusal who is hurt, and find who is hurt behind them",
        "make a breaking change in steps that hurt nobody, with a date that people can keep",
        "prove as a consumer that you can read the next version before the old one goes",
        "count what a forced change has cost, and hold a postmortem that ends in things to do",
    ),
    summary=(
        "A gate that names people turns three days of searching into a talk.",
        "Two versions for a month cost a trigger and a page; nobody fails on any day.",
        "A version goes when its readers have proven that they can do without it, not before.",
        "What was forced is seen, told and counted; the history knows the times, people the rest.",
    ),
    exercises=(
        READ_THE_REFUSAL,
        NEXT_VERSION,
        AGREE_ON_A_DAY,
        MOVE,
        COUNT_THE_DAMAGE,
        POSTMORTEM,
    ),
    files={SHEET: DRAFT},
    room_notes=(
        "In a room it is played with docs/role_cards.md: deal the cards before anybody reads on.",
        "When the gate is red, let the consumers speak first: the producer has to be shown.",
        "The postmortem needs its quarter of an hour. Cut the window short, not the talk.",
    ),
)
