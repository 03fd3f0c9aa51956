"""Lesson 01: a renamed column, a report that stays green, and numbers that are wrong."""

from __future__ import annotations

from typing import Final

from docent import examining
from docent.examining import Slip
from docent.exercise import Exercise, Lesson, WrongAnswer

LOST_WORKS: Final = (
    "select count(*) from object_images"
    " where primary_image is not null and additional_images = '{}'"
)

PREDICT_THE_REPORT: Final = Exercise(
    id="01.1",
    title="Predict tomorrow's report",
    prompt="""\
In a moment you will rename `primary_image` to `main_image` in the tables that the data-science \
team copies every night. They hear nothing of it, and their program stays as it is. Read it once \
more, and predict what they will see in the morning:

- `stops`: the program stops with an error
- `red`: it runs, and one of the checks turns red
- `fewer`: all green, and some works are gone from the set altogether
- `thinner`: all green, and every work is still in the set, with fewer pictures
- `same`: all green, and nothing has changed""",
    starter="""\
answer = ...

check("01.1", answer)""",
    examine=examining.value(
        "fewer",
        slips=(
            Slip(
                "stops",
                "It would, if the program asked for the column by name. It takes all columns "
                "there are, and `reindex` then keeps three names.",
                "What does `reindex` put into a column that it does not find?",
            ),
            Slip(
                "red",
                "Look at the bounds: they were chosen so that an ordinary bad night does not wake "
                "anybody. The further pictures alone are more than the check asks for.",
                "Which of the checks would notice that a column is empty?",
            ),
            Slip(
                "thinner",
                "That is what happens to works that have further pictures. Many have none.",
                "What does `dropna` do with a work whose only picture is gone?",
            ),
            Slip(
                "same",
                "The rows are the same, but the program looks for a name that is not there.",
                "What does `reindex` put into a column that it does not find?",
            ),
        ),
        next_step="Choose one of the five words.",
    ),
    hints=(
        "`select *` brings `main_image`, and `reindex` keeps three columns. Is it among them?",
        "`reindex` makes a column that is missing, full of nulls. Then comes `dropna`.",
    ),
    solution="""\
answer = "fewer"

check("01.1", answer)""",
    reasoning="Null already had a meaning here: no picture is free to show. So the program takes "
    "the missing column for a museum that shows nothing, and does with it what it does with "
    "every such work. Works with further pictures stay in, without their main one.",
    wrong=(
        WrongAnswer("asked for the column by name", "stops"),
        WrongAnswer("further pictures alone", "Red"),
        WrongAnswer("Many have none", "thinner"),
        WrongAnswer("a name that is not there", "same"),
        WrongAnswer("that is not it", "KeyError"),
        WrongAnswer("Expected is a text", 3),
    ),
    why="A program that can live with a null cannot tell a missing fact from a missing column.",
)

COUNT_THE_LOST: Final = Exercise(
    id="01.2",
    title="Find the number that nobody was told",
    prompt="""\
Imagine that the green report is all you have. How many works lost *every* picture and left the \
training set? Your own table `object_images` (the one in the schema `public`, which you get when \
you name no schema) is as it was before the change, like last week's backup. It can tell.

A work leaves the set when its main picture was the only one it had. Further pictures stand in \
the array `additional_images`. One query, one number.""",
    starter='''\
answer = """
select ...
"""

check("01.2", answer)''',
    examine=examining.rows(
        LOST_WORKS,
        slips=(
            Slip(
                "select count(*) from object_images where additional_images = '{}'",
                "That counts works without any picture too. They were never in the training set, "
                "so that they cannot have left it.",
                "Add a condition on primary_image.",
            ),
            Slip(
                "select count(*) from object_images where primary_image is not null",
                "That is every work that lost its main picture. Those with further pictures are "
                "still in the set: they lost one picture, and not all.",
                "Add a condition on additional_images.",
            ),
            Slip(
                "select count(*) from object_images where additional_images is null",
                "No row is like that: a work without further pictures has an empty array, and "
                "empty is not null.",
                "An empty array is written '{}'.",
            ),
            Slip(
                "select count(*) from object_images where primary_image is null",
                "Those had no main picture to lose.",
                "Ask for works that had one: is not null.",
            ),
        ),
        next_step="Two conditions: a main picture is there, and no further one is.",
    ),
    hints=(
        "Two conditions, joined with `and`: one on each of the two columns with pictures.",
        "`primary_image is not null` is the first. The second compares the array with `'{}'`.",
    ),
    solution='''\
answer = """
select count(*)
from object_images
where primary_image is not null and additional_images = '{}'
"""

check("01.2", answer)''',
    reasoning="The query is easy once somebody suspects something. Nobody did: to write it, you "
    "have to know what happened. A promise works the other way round: it is written down while "
    "all is well.",
    wrong=(
        WrongAnswer("never in the training set", "select 1491"),
        WrongAnswer(
            "lost one picture, and not all", "select count(primary_image) from object_images"
        ),
        WrongAnswer("empty is not null", "select 0"),
        WrongAnswer(
            "no main picture to lose",
            "select count(*) from object_images where primary_image is null",
        ),
        WrongAnswer(
            'column "main_image" does not exist',
            "select count(main_image) from object_images",
            kind="stopped",
        ),
        WrongAnswer("SQL query is expected", 980),
    ),
    why="Each of them is a work that the app will not recognise when a visitor stands before it.",
)

_HARM: Final = "Choose loud, silent or unharmed."

LOUD_OR_SILENT: Final = Exercise(
    id="01.3",
    title="Loud, silent or unharmed",
    prompt="""\
Four changes that somebody means well with. What does each do to the query of the gallery map, \
which you have just read? `loud`: the query stops with an error. `silent`: it runs, and what the \
screens show is wrong. `unharmed`: they show what they showed.

- `empty text`: works without a picture get `''` for `primary_image`, \
because "nulls are bad style"
- `new column`: `object_images` gets a column `photographer`
- `integer`: `gallery_number` becomes an integer, and the few places that are no numbers \
become null
- `zero`: works that are not on view get the gallery number `'000'`, for lack of a null

Guess first. `try_it` is there for whoever wants to see it happen.""",
    starter="""\
answer = {
    "empty text": ...,
    "new column": ...,
    "integer": ...,
    "zero": ...,
}

check("01.3", answer)""",
    examine=examining.parts(
        {
            "empty text": examining.value(
                "silent",
                slips=(
                    Slip(
                        "unharmed",
                        "`count(i.primary_image)` counts what is not null, and an empty text is "
                        "not null. The map would claim a picture of every work.",
                    ),
                    Slip("loud", "An empty text is a text like any other; nothing stops at it."),
                ),
                next_step=_HARM,
            ),
            "new column": examining.value(
                "unharmed",
                slips=(
                    Slip("loud", "The query names the columns that it wants, so one more is none."),
                    Slip("silent", "Which number of the map would it change?"),
                ),
                next_step=_HARM,
            ),
            "integer": examining.value(
                "loud",
                slips=(
                    Slip(
                        "silent",
                        "The query compares the column with a pattern (`~`). Patterns are for "
                        "texts: Postgres knows no such comparison for an integer.",
                    ),
                    Slip(
                        "unharmed",
                        "The query turns the numbers into integers itself, but first it "
                        "compares them with a pattern (`~`), and patterns are for texts.",
                    ),
                ),
                next_step=_HARM,
            ),
            "zero": examining.value(
                "silent",
                slips=(
                    Slip(
                        "unharmed",
                        "`'000'` is made of digits, so that the map shows a gallery 0, with works "
                        "in it that hang nowhere.",
                    ),
                    Slip("loud", "`'000'` is a text and can be turned into a number: 0."),
                ),
                next_step=_HARM,
            ),
        },
        next_step=_HARM,
    ),
    hints=(
        "Loud: the query asks for a name or a type that is gone. Silent: a value means another.",
        "Find each place in the query with `primary_image` or `gallery_number`. What comes of it?",
        "Two are silent, one is loud, one does no harm.",
    ),
    solution="""\
answer = {
    "empty text": "silent",
    "new column": "unharmed",
    "integer": "loud",
    "zero": "silent",
}

check("01.3", answer)""",
    reasoning="The change that alters a type stops the map, and is mended the same day. The two "
    "that alter what a value means run through every query, and are found by chance.",
    wrong=(
        WrongAnswer(
            "an empty text is not null",
            {
                "empty text": "unharmed",
                "new column": "unharmed",
                "integer": "loud",
                "zero": "silent",
            },
        ),
        WrongAnswer(
            "compares the column with a pattern",
            {
                "empty text": "silent",
                "new column": "unharmed",
                "integer": "silent",
                "zero": "silent",
            },
        ),
        WrongAnswer(
            "a gallery 0",
            {
                "empty text": "silent",
                "new column": "unharmed",
                "integer": "loud",
                "zero": "unharmed",
            },
        ),
        WrongAnswer(
            "names the columns",
            {"empty text": "silent", "new column": "loud", "integer": "loud", "zero": "silent"},
        ),
        WrongAnswer(
            "Still open",
            {"empty text": "silent", "new column": ..., "integer": ..., "zero": "silent"},
            kind="incomplete",
        ),
    ),
    why="Nobody rings you up about a number that looks plausible.",
)

_NULL_MEANS: Final = "Choose one of the three that the task names."

WRITE_THE_PROMISE: Final = Exercise(
    id="01.4",
    title="Write the promise down",
    prompt="""\
One sentence would have been enough, had it stood where a program finds it:

> The *owner* promises: `object_images.`*column* is a *data type*; it *may or may not be null*, \
and null means *this*. Before any of that changes, we tell *these people*.

Fill it in. The owner is whoever writes the table, and stands in \
`contracts/object_images_contract_spec.json`. Whom to tell first stands in \
`contracts/consumers.yaml`: a set of the addresses of all who read this column of this table. \
Null means one of: `no picture is free to show` · `not loaded yet` · `the column was renamed`.""",
    starter="""\
answer = {
    "owner": ...,
    "column": ...,
    "data_type": ...,
    "may_be_null": ...,
    "null_means": ...,
    "tell_first": {...},
}

check("01.4", answer)""",
    examine=examining.parts(
        {
            "owner": examining.value(
                "Data Engineering Team",
                slips=(
                    Slip(
                        "Data Science",
                        "They read the table. A promise is made by those who write it.",
                    ),
                    Slip(
                        "data-eng@museum.org", "That is the owner's address. The name is asked for."
                    ),
                ),
                next_step='Look for "owner" in the contract of object_images.',
            ),
            "column": examining.value(
                "primary_image",
                slips=(
                    Slip(
                        "main_image",
                        "That is the new name, which nobody reads yet. What others rely on is "
                        "the name that they read today.",
                    ),
                ),
                next_step="Which column did you rename?",
            ),
            "data_type": examining.value(
                "text",
                slips=(
                    Slip("string", "Postgres calls it otherwise; ask information_schema.columns."),
                    Slip(
                        "url",
                        "It holds addresses, but Postgres knows no such type: for it they are "
                        "texts like any other.",
                    ),
                ),
                next_step="information_schema.columns has a column data_type.",
            ),
            "may_be_null": examining.value(
                True,  # noqa: FBT003 - the answer itself
                slips=(
                    Slip(
                        False,  # noqa: FBT003
                        "Then the promise would be broken already: many works have no picture "
                        "that may be shown. A promise that is red on its first day teaches "
                        "everybody to look away.",
                        "Promise what is true today, or mend the data first.",
                    ),
                ),
                next_step="True or False?",
            ),
            "null_means": examining.value(
                "no picture is free to show",
                slips=(
                    Slip("the column was renamed", "That is what the null came to mean for them."),
                    Slip(
                        "not loaded yet",
                        "The works without a picture have been loaded like all others.",
                    ),
                ),
                next_step=_NULL_MEANS,
            ),
            "tell_first": examining.members(
                {
                    "data-science@museum.org",
                    "museum-assistant@museum.org",
                    "visitor-experience@museum.org",
                },
                slips=(
                    Slip(
                        "rights@museum.org",
                        "The rights desk reads a primary_image too, but that of object_copyright: "
                        "a column of the same name in another table.",
                        "Look at the table of each subscription.",
                    ),
                    Slip(
                        "search-oncall@museum.org",
                        "The search index reads no pictures.",
                        "Look at the columns of each subscription.",
                    ),
                ),
                next_step="Take migration_contact of each consumer that reads the column.",
            ),
        },
        next_step="Fill in every part of the sentence.",
    ),
    hints=(
        "The owner and the type stand in `contracts/object_images_contract_spec.json`.",
        "The cell under *Who could have known?* lists the readers of this very column.",
        "May it be null? Count the rows of your table in which it is.",
    ),
    solution="""\
answer = {
    "owner": "Data Engineering Team",
    "column": "primary_image",
    "data_type": "text",
    "may_be_null": True,
    "null_means": "no picture is free to show",
    "tell_first": {
        "data-science@museum.org", "museum-assistant@museum.org", "visitor-experience@museum.org"
    },
}

check("01.4", answer)""",
    reasoning="That is a data contract, small as it is: an owner, an element, what is true of it, "
    "what it means, and who is told. The name, the type and the null a program can check before "
    "each merge. The meaning it cannot check, which is why it must be written down.",
    wrong=(
        WrongAnswer("made by those who write it", {"owner": "Data Science"}),
        WrongAnswer("That is the new name", {"column": "main_image"}),
        WrongAnswer("Postgres calls it otherwise", {"data_type": "string"}),
        WrongAnswer("red on its first day", {"may_be_null": False}),
        WrongAnswer("loaded like all others", {"null_means": "not loaded yet"}),
        WrongAnswer("of object_copyright", {"tell_first": {"rights@museum.org"}}),
    ),
    why="Data science could have read it, and you would have been stopped by it.",
)

LESSON: Final = Lesson(
    id="01",
    title="The incident",
    notebook="01_the_incident",
    minutes=25,
    goals=(
        "rename a column as anybody would, with nothing to protect it",
        "watch a consumer's report stay green over numbers that are wrong",
        "find the damage with a query",
        "tell changes that hurt loudly from changes that hurt silently",
        "write down the promise that would have stopped it",
    ),
    summary=(
        "A correct change can hurt somebody whom its author has never heard of.",
        (
            "A crash is the good case: it says when and where. Wrong numbers that look "
            "plausible cost weeks, and then trust."
        ),
        "Programs that are made to forgive turn a missing column into missing facts.",
        (
            "Neither side's tests can notice: each side tests what it knows. What is shared has "
            "to be written down, and compared before the merge."
        ),
    ),
    exercises=(PREDICT_THE_REPORT, COUNT_THE_LOST, LOUD_OR_SILENT, WRITE_THE_PROMISE),
    room_notes=(
        "Let everybody commit to a prediction in 01.1 before anyone renames; count hands.",
        "After the lost works are shown, ask who has lived through this. Wait for the stories.",
    ),
)
