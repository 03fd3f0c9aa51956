"""Lesson 00: the set-up works, and so do check, hint and solution."""

from __future__ import annotations

from typing import Final

from data_assets.home import clone
from docent import examining
from docent.examining import Slip
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer, wrong
from docent.room import Room

SPEC: Final = "contracts/object_images_contract_spec.json"


def owner_of_object_images(answer: object, room: Room) -> Outcome:
    """The owner's name, as the contract has it today."""
    from contracts.loading import load

    owner = load(clone() / SPEC).owner
    if owner is None:
        return wrong("The contract names no owner.", "An owner with a name is expected in it.")
    look = examining.value(
        owner.name,
        slips=(
            Slip(owner.email, "That is the owner's address. The name stands one line above it."),
            Slip(
                "Data Science team",
                "They read the table: they are a consumer, and the promise is made to them.",
                "Look for the key that says who makes the promise.",
            ),
            Slip(
                "met-museum-data",
                "That is the namespace: a name for a group of contracts, and nobody to talk to.",
            ),
        ),
        next_step="Look under the key owner.",
    )
    return look(answer, room)


COUNT_THE_TABLES: Final = Exercise(
    id="00.1",
    title="Count the museum's tables",
    prompt="""\
How many tables does the museum have? Let the database count them: it keeps a list of its own \
tables in `information_schema.tables`, one row a table, with the columns `table_schema` and \
`table_name`. The museum lives in the schema `public`. One table there, `alembic_version`, is \
not the museum's: the migrations keep their place in it, so leave it out.

Put your query between the quotes and run the cell. Nothing you do here can break anything, \
so try a wrong one too.""",
    starter='''\
answer = """
select ...
"""

check("00.1", answer)''',
    examine=examining.rows(
        "select count(*) from information_schema.tables"
        " where table_schema = 'public' and table_name <> 'alembic_version'",
        slips=(
            Slip(
                "select count(*) from information_schema.tables where table_schema = 'public'",
                "Your query counts alembic_version too, which is not the museum's.",
                "Add a condition that leaves that one name out.",
            ),
            Slip(
                "select count(*) from information_schema.tables"
                " where table_name <> 'alembic_version'",
                "Your query counts the tables of every schema, Postgres's own among them.",
                "Add a condition on table_schema.",
            ),
            Slip(
                "select count(*) from information_schema.tables",
                "Your query counts the tables of every schema, Postgres's own among them.",
                "Add a condition on table_schema.",
            ),
        ),
        next_step="One row with one number is wanted: select count(*) from …",
    ),
    hints=(
        "`select count(*) from information_schema.tables` counts too many. Which are not ours?",
        "Two conditions, joined with `and`: one on `table_schema`, one on `table_name`.",
        "`where table_schema = 'public' and table_name <> '…'`: which name belongs there?",
    ),
    solution='''\
answer = """
select count(*)
from information_schema.tables
where table_schema = 'public' and table_name <> 'alembic_version'
"""

check("00.1", answer)''',
    reasoning="A database describes itself in tables that can be asked like any others. "
    "That is all a contract check needs: it reads this description and not one row of the data.",
    wrong=(
        WrongAnswer(
            "counts alembic_version too",
            "select count(*) from pg_tables where schemaname = 'public'",
        ),
        WrongAnswer("every schema", "select count(*) from information_schema.tables;"),
        WrongAnswer("SQL query is expected", 8),
        WrongAnswer(
            'relation "tables" does not exist', "select count(*) from tables", kind="stopped"
        ),
        WrongAnswer("only may look", "drop table object", kind="stopped"),
        WrongAnswer("more than one statement", "select 8; select 8", kind="stopped"),
        WrongAnswer("still empty", "-- later", kind="incomplete"),
    ),
    why="Whoever reads your tables finds them by these names. The list of names is the first "
    "thing that a contract holds on to.",
)

FIND_THE_OWNER: Final = Exercise(
    id="00.2",
    title="Find out whom to talk to",
    prompt=f"""\
You would like to change the table `object_images`. Somebody has made a promise about it, which \
is written down in `{SPEC}`. Who is it? The cell reads the file; look around in `spec`, and give \
the name of the owner as a text.""",
    starter="""\
import json
from pathlib import Path

path = Path("../contracts/object_images_contract_spec.json")
spec = json.loads(path.read_text(encoding="utf-8"))
answer = ...

check("00.2", answer)""",
    examine=owner_of_object_images,
    hints=(
        "`list(spec)` shows the keys of the contract. One of them is about a person or a team.",
        '`spec["owner"]` holds a name and an address; the name is asked for.',
    ),
    solution="""\
import json
from pathlib import Path

path = Path("../contracts/object_images_contract_spec.json")
spec = json.loads(path.read_text(encoding="utf-8"))
answer = spec["owner"]["name"]

check("00.2", answer)""",
    reasoning="A contract without an owner is a rule without a reason: when it stands in your "
    "way, there is nobody to ask. So every message about a broken promise ends with this name.",
    wrong=(
        WrongAnswer("They read the table", "data science team"),
        WrongAnswer("owner's address", "data-eng@museum.org"),
        WrongAnswer("Expected is a text", {"name": "Data Engineering Team"}),
        WrongAnswer("namespace", "met-museum-data"),
        WrongAnswer("that is not it", "me"),
    ),
    why="When the promise breaks, this is who hears of it, and who can tell you what the table "
    "is used for.",
)

PREDICT_THE_RULE: Final = Exercise(
    id="00.3",
    title="Predict what a rename breaks",
    prompt="""\
Somebody renames the column `primary_image` of `object_images` to `main_image`. Its type and \
its rows stay as they are. The check compares the contract with the database and finds one \
promise broken. Which rule will it name?

`table-missing` · `column-missing` · `column-renamed` · `type-differs`

Guess before you look anything up. A wrong guess costs nothing.""",
    starter="""\
answer = ...

check("00.3", answer)""",
    examine=examining.value(
        "column-renamed",
        slips=(
            Slip(
                "column-missing",
                "For whoever reads the table the column is indeed missing. But a column of the "
                "same type, which nobody promised, stands in its place: the check puts the two "
                "together and names what happened.",
                "Which of the four says that in one word?",
            ),
            Slip(
                "table-missing",
                "The table keeps its name; it is there, with all of its rows.",
                "Look one level lower than the table.",
            ),
            Slip(
                "type-differs",
                "The type of the column is the same as before; only its name is another.",
                "Read what changed once more.",
            ),
        ),
        next_step="Choose one of the four rules of the task.",
    ),
    hints=(
        "What differs from the contract afterwards: the table, the type, or the name?",
        "One of the four rules is called after what was done to the column.",
    ),
    solution="""\
answer = "column-renamed"

check("00.3", answer)""",
    reasoning="One cause, one message. A check that reported a missing column and a new one would "
    "leave the reader to find out that they are the same. Named as a rename, it says at once "
    "what to do: rename it back, or agree on the new name and keep both for a while.",
    wrong=(
        WrongAnswer("indeed missing", "column-missing"),
        WrongAnswer("keeps its name", "table-missing"),
        WrongAnswer("type of the column is the same", "type-differs"),
        WrongAnswer("that is not it", "data-loss"),
    ),
    why="The queries of everyone who reads `primary_image` fail with the next run, or, worse, "
    'somebody\'s code takes the absence for "no picture".',
)

LESSON: Final = Lesson(
    id="00",
    title="Start here",
    notebook="00_start_here",
    minutes=15,
    goals=(
        "see that everything on your machine works",
        "meet the four parts that make a data contract work",
        "watch a promise hold, break, and hold again",
        "check an answer, take a hint, and open a solution",
    ),
    summary=(
        "Four parts make a contract work: data assets, contracts, detection, prevention.",
        (
            "A broken promise is found by comparing a document with the database's metadata, "
            "without reading a row."
        ),
        (
            "A useful finding says what was promised, what is there instead, who owns the "
            "promise, and what to do."
        ),
    ),
    exercises=(COUNT_THE_TABLES, FIND_THE_OWNER, PREDICT_THE_RULE),
    room_notes=(
        "Does progress() show everybody their own name? Two of one name share a database.",
        "Let them hand in a wrong answer on purpose once. It takes the fear out of the rest.",
    ),
)
