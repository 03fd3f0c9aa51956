"""Lesson 02: the museum's data, the code that makes its tables, and what is really in them."""

from __future__ import annotations

from typing import Final

from contracts.model import Column
from contracts.types import parse_type
from docent import examining
from docent.examining import Slip
from docent.examining_upgrades import adds_column
from docent.exercise import Exercise, Lesson, WrongAnswer

FOLLOW_A_KEY: Final = Exercise(
    id="02.1",
    title="Follow one key",
    prompt="""\
One morning the API sends the address of a web page under `primaryImage`, where it used to \
send that of a picture. Which columns are wrong from the next seed on? A set of texts, each \
written `table.column`. The list above knows, or `FILLINGS` in `data_assets/columns.py`, which it \
was made from.""",
    starter="""\
answer = {...}

check("02.1", answer)""",
    examine=examining.members(
        {"object_images.primary_image", "object_copyright.primary_image"},
        slips=(
            Slip(
                "object_images.additional_images",
                "That column is filled from another key, additionalImages.",
                "Look for every row of the list with the key primaryImage.",
            ),
            Slip("primary_image", "A column of which table? Write it as table.column."),
            *(
                Slip(table, "Which column of that table? Write it as table.column.")
                for table in ("object_images", "object_copyright")
            ),
            *(
                Slip(f"public.{table}.primary_image", "Leave out the schema: table.column.")
                for table in ("object_images", "object_copyright")
            ),
            Slip(
                "primaryImage",
                "That is the API's key. The columns that it fills are asked for.",
                "Look for every row of the list with the key primaryImage.",
            ),
        ),
        next_step="Look for every row of the list with the key primaryImage.",
    ),
    hints=(
        "A key may fill more than one column.",
        "`mapping[mapping.key == …]` shows the rows of one key.",
    ),
    solution="""\
answer = {"object_images.primary_image", "object_copyright.primary_image"}

check("02.1", answer)""",
    reasoning="One fact, kept in two places. Today they agree in every row, because one program "
    "fills both. Nothing in the database says that they must.",
    wrong=(
        WrongAnswer("more belong", {"object_images.primary_image"}, kind="incomplete"),
        WrongAnswer(
            "from another key",
            {"object_images.primary_image", "object_images.additional_images"},
        ),
        WrongAnswer("A column of which table", {"primary_image"}),
        WrongAnswer("Which column of that table", {"object_images", "object_copyright"}),
        WrongAnswer("Leave out the schema", {"public.object_images.primary_image"}),
        WrongAnswer("one text", "object_images.primary_image, object_copyright.primary_image"),
        WrongAnswer("the API's key", {"primaryImage"}),
        WrongAnswer("more belong", "object_images.primary_image", kind="incomplete"),
        WrongAnswer("A set is expected", 2),
    ),
    why="The rights desk reads one of the two, and everybody else the other. When they disagree, "
    "so do two departments, each with the database on its side.",
)

UP_AND_DOWN: Final = Exercise(
    id="02.2",
    title="A migration there and back",
    prompt="""\
The museum lends works to other museums, and the app wants to say so. Write the two halves of a \
migration in SQL:

- `upgrade` gives `object_gallery_info` a column `on_loan`: true or false, never null, and false \
for all works that are there now;
- `downgrade` leaves everything exactly as it was before.

The check runs both on your own tables, one after the other, in a transaction that it rolls \
back.""",
    starter="""\
answer = {
    "upgrade": "...",
    "downgrade": "...",
}

check("02.2", answer)""",
    examine=adds_column(
        "object_gallery_info",
        Column("on_loan", data_type=parse_type("boolean"), nullable=False),
        holding=False,
    ),
    hints=(
        "`alter table … add column …` one way, `alter table … drop column …` the other.",
        "Postgres has a type for true and false, `boolean`. The rows that are there need a value.",
        "`add column on_loan boolean not null default false`",
    ),
    solution="""\
answer = {
    "upgrade": "alter table object_gallery_info add column on_loan boolean not null default false",
    "downgrade": "alter table object_gallery_info drop column on_loan",
}

check("02.2", answer)""",
    reasoning="In a revision of Alembic the two stand in functions of these names, as "
    "`op.add_column(…)` and `op.drop_column(…)`, or as they are in `op.execute(…)`. The default "
    "is what makes `not null` possible on a table that has rows. And look at the way down: it "
    "gives the table back, and what people entered into `on_loan` meanwhile is gone.",
    wrong=(
        WrongAnswer(
            "contains null values",
            {"upgrade": "alter table object_gallery_info add on_loan boolean not null",
             "downgrade": "alter table object_gallery_info drop on_loan"},
            kind="stopped",
        ),
        WrongAnswer(
            "may be null",
            {"upgrade": "alter table object_gallery_info add on_loan boolean default false",
             "downgrade": "alter table object_gallery_info drop on_loan"},
        ),
        WrongAnswer(
            "of the type text",
            {"upgrade": "alter table object_gallery_info add on_loan text not null default 'no'",
             "downgrade": "alter table object_gallery_info drop on_loan"},
        ),
        WrongAnswer(
            "on_loan is not false in",
            {"upgrade": "alter table object_gallery_info add on_loan boolean not null "
                        "default true",
             "downgrade": "alter table object_gallery_info drop on_loan"},
        ),
        WrongAnswer(
            "takes away the whole table",
            {"upgrade": "alter table object_gallery_info add on_loan boolean not null "
                        "default false",
             "downgrade": "drop table object_gallery_info"},
        ),
        WrongAnswer(
            "still there",
            {"upgrade": "alter table object_gallery_info add on_loan boolean not null "
                        "default false",
             "downgrade": "update object_gallery_info set on_loan = false"},
        ),
        WrongAnswer(
            "rows instead of",
            {"upgrade": "alter table object_gallery_info add on_loan boolean not null "
                        "default false",
             "downgrade": "alter table object_gallery_info drop on_loan; "
                          "truncate object_gallery_info"},
        ),
        WrongAnswer(
            "there is no object_gallery_info.on_loan",
            {"upgrade": "alter table object add on_loan boolean not null default false",
             "downgrade": "alter table object drop on_loan"},
        ),
        WrongAnswer(
            "Leave transactions to Alembic",
            {"upgrade": "begin; alter table object_gallery_info add on_loan boolean",
             "downgrade": "commit"},
        ),
        WrongAnswer(
            "The upgrade is still empty",
            {"upgrade": "...", "downgrade": "alter table object_gallery_info drop on_loan"},
            kind="incomplete",
        ),
        WrongAnswer(
            "SQL is expected",
            {"upgrade": "op.add_column('object_gallery_info', sa.Column('on_loan', sa.Boolean()))",
             "downgrade": "op.drop_column('object_gallery_info', 'on_loan')"},
        ),
        WrongAnswer("lacks one of its two texts", "alter table object_gallery_info add on_loan"),
    ),
    why="A way down that takes more than the way up brought is found out on the worst day: when "
    "somebody needs it.",
)  # fmt: skip

UNKNOWN_ARTISTS: Final = Exercise(
    id="02.3",
    title="Count what is not known",
    prompt="""\
Of how many works is the artist not known? One query on `object`, one number. The column is \
`artist_display_name`.""",
    starter='''\
answer = """
select ...
"""

check("02.3", answer)''',
    examine=examining.rows(
        "select count(*) from object where artist_display_name is null",
        slips=(
            Slip(
                "select 0",
                "Zero, and without an error. Here a gap is null and never a text, empty or not; "
                "and to `=` a null is not even equal to itself.",
                "A null is asked for with `is null`.",
            ),
            Slip(
                "select count(artist_display_name) from object",
                "That many are known: count(column) leaves the nulls out.",
                "Ask for the others.",
            ),
            Slip(
                "select count(*) from object",
                "Those are all works: count(*) counts rows, whatever is in them.",
                "Add a condition on artist_display_name.",
            ),
            Slip(
                "select count(distinct artist_display_name) from object",
                "That is how many different artists there are names of.",
                "Count the rows that have none.",
            ),
        ),
        next_step="count(*) with one condition is enough.",
    ),
    hints=(
        "What does the database hold where the API sends an empty text?",
        "Neither `= ''` nor `= null` finds a null. There is a condition of its own for it.",
    ),
    solution='''\
answer = """
select count(*) from object where artist_display_name is null
"""

check("02.3", answer)''',
    reasoning="A comparison with null is neither true nor false but null, and `where` keeps only "
    "what is true. So the wrong query runs, and says none are unknown. "
    "`count(*) - count(artist_display_name)` is right as well.",
    wrong=(
        WrongAnswer("Zero", "select count(*) from object where artist_display_name = ''"),
        WrongAnswer("Zero", "select count(*) from object where artist_display_name = null"),
        WrongAnswer("That many are known", "select count(artist_display_name) from object"),
        WrongAnswer("Those are all works", "select count(*) from object"),
        WrongAnswer(
            "names of", "select count(distinct artist_display_name) as n from object"
        ),
        WrongAnswer(
            'column "artist" does not exist',
            "select count(*) from object where artist is null",
            kind="stopped",
        ),
    ),
    why="The app says `unknown artist` wherever this is null. If the gap became an empty text, it "
    "would say nothing at all.",
)  # fmt: skip

NUMBERED_GALLERIES: Final = Exercise(
    id="02.4",
    title="Galleries that are numbers",
    prompt="""\
The gallery map draws only galleries with a number. How many works of `object_gallery_info` \
stand in one? One query, one number.

Postgres compares a text with a pattern by `~`: `'12' ~ '^[0-9]+$'` is true.""",
    starter='''\
answer = """
select ...
"""

check("02.4", answer)''',
    examine=examining.rows(
        "select count(*) from object_gallery_info where gallery_number ~ '^[0-9]+$'",
        slips=(
            Slip(
                "select count(gallery_number) from object_gallery_info",
                "Those are on view. A few of them stand in places that have a name and no number.",
                "Compare gallery_number with the pattern.",
            ),
            Slip(
                "select count(*) from object_gallery_info",
                "Those are all rows; some works are not on view, and a few are in places without "
                "a number.",
                "Compare gallery_number with the pattern.",
            ),
            Slip(
                "select count(distinct gallery_number) from object_gallery_info"
                " where gallery_number ~ '^[0-9]+$'",
                "That is the number of galleries. How many works stand in them?",
                "Count rows, and not what is different.",
            ),
            Slip(
                "select count(*) from object_gallery_info where gallery_number !~ '^[0-9]+$'",
                "Those are the places without a number.",
                "`!~` is the opposite of `~`.",
            ),
        ),
        next_step="Compare gallery_number with the pattern.",
    ),
    hints=(
        "A cast to integer stops at the first place that has a name. A pattern does not.",
        "`where gallery_number ~ '…'` with the pattern of the task. What of the nulls?",
    ),
    solution='''\
answer = """
select count(*)
from object_gallery_info
where gallery_number ~ '^[0-9]+$'
"""

check("02.4", answer)''',
    reasoning="The pattern drops the names and, since a comparison with null is not true, the "
    "works that are not on view. `gallery_number` is called a number and is a text, and the "
    "type tells the truth. Made a number, it would also lose the zeros in front, by which the "
    "galleries are signposted.",
    wrong=(
        WrongAnswer("Those are on view", "select count(gallery_number) from object_gallery_info"),
        WrongAnswer("Those are all rows", "select count(*) from object_gallery_info"),
        WrongAnswer(
            "number of galleries",
            "select count(distinct gallery_number) from object_gallery_info"
            " where gallery_number ~ '^[0-9]+$'",
        ),
        WrongAnswer(
            "without a number",
            "select count(*) from object_gallery_info where gallery_number !~ '[0-9]'",
        ),
        WrongAnswer(
            "invalid input syntax for type integer",
            "select count(gallery_number::integer) from object_gallery_info",
            kind="stopped",
        ),
        WrongAnswer(
            "operator does not exist",
            "select count(*) from object_gallery_info where gallery_number > 0",
            kind="stopped",
        ),
    ),
    why="A visitor who is sent to gallery 1 looks for a door that says 001.",
)

TWICE: Final = Exercise(
    id="02.5",
    title="The same picture twice",
    prompt="""\
Some works show one and the same picture twice among their further ones. Which? A query that \
returns their `object_id`, a row each, from `object_images`.

`unnest(additional_images)` makes rows of an array, which can be counted like any others.""",
    starter='''\
answer = """
select ...
"""

check("02.5", answer)''',
    examine=examining.rows(
        "select object_id from object_images where cardinality(additional_images)"
        " > (select count(distinct picture) from unnest(additional_images) as picture)",
        slips=(
            Slip(
                "select object_id from object_images where primary_image = any(additional_images)",
                "Those repeat their main picture among the further ones. That happens too; asked "
                "for is a further picture that stands there twice.",
                "Compare the length of the array with the number of different addresses.",
            ),
            Slip(
                "select object_id from object_images where cardinality(additional_images) > 1",
                "Those have more than one further picture; most of them are all different.",
                "Compare the length of the array with the number of different addresses.",
            ),
        ),
        next_step="Compare the length of the array with the number of different addresses in it.",
    ),
    hints=(
        "`cardinality(additional_images)` is the length of the array.",
        "Different ones: `(select count(distinct p) from unnest(additional_images) as p)`.",
    ),
    solution='''\
answer = """
select object_id
from object_images
where cardinality(additional_images) > (
    select count(distinct picture) from unnest(additional_images) as picture
)
"""

check("02.5", answer)''',
    reasoning="An array keeps order and does not mind repetition, and nothing else was promised "
    "of it. The museum's own records have such repetitions; the sample has them as often.",
    wrong=(
        WrongAnswer(
            "repeat their main picture",
            "select object_id from object_images where primary_image = any (additional_images)",
        ),
        WrongAnswer(
            "most of them are all different",
            "select object_id from object_images where cardinality(additional_images) >= 2",
        ),
        WrongAnswer(
            "It returns 2 columns",
            "select object_id, picture from object_images, unnest(additional_images) as picture"
            " group by 1, 2 having count(*) > 1",
        ),
        WrongAnswer(
            "set-returning functions are not allowed",
            "select object_id from object_images where count(unnest(additional_images)) > 1",
            kind="stopped",
        ),
    ),
    why="The training set counts such a picture twice, and so learns it twice.",
)

LESSON: Final = Lesson(
    id="02",
    title="Data assets",
    notebook="02_data_assets",
    minutes=30,
    goals=(
        "follow a record from the museum's API into the tables",
        "make the tables from code, and take them away again",
        "draw the tables from what the database knows of them",
        "ask questions in SQL, and notice when an answer cannot be right",
        "know what the data is really like, before promising anything about it",
    ),
    summary=(
        (
            "A data asset is code: a migration makes the tables, and anybody can make the same "
            "ones again."
        ),
        "A downgrade brings back the tables as they were. It does not bring back the rows.",
        "A database describes itself well enough to be drawn, and knows only what it was told.",
        "Empty is not null, a number can be a text, and wrong questions get plausible answers.",
    ),
    exercises=(FOLLOW_A_KEY, UP_AND_DOWN, UNKNOWN_ARTISTS, NUMBERED_GALLERIES, TWICE),
    room_notes=(
        "Collect on a board what surprised people in the data; lesson 04 asks for it again.",
        "Who has run a downgrade in production? Ask what became of the rows.",
    ),
)
