"""Lesson 05: what is promised and what is, joined; and how to read what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data_assets.home import clone
from docent import examining
from docent.answers import kind_of, told
from docent.examining import Slip
from docent.examining_functions import function, returned
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer, correct, incomplete, wrong
from docent.room import Room

if TYPE_CHECKING:
    import pandas as pd

CALLED: Final = "object_gallery_info.odcs.yaml"


def finds_missing(answer: object, _room: Room) -> Outcome:
    """A function, tried on small tables of promised and found columns."""
    for case, promised, found, expected in _cases():
        result = returned(answer, (promised, found), case)
        if isinstance(result, Outcome):
            return result
        if result is None or result is ...:
            return incomplete(f"{case}: your function returns nothing yet.")
        if not isinstance(result, list):
            return wrong(
                f"{case}: your function returns {kind_of(result)}: {told(result)}.",
                "A list of column names is expected.",
                'The last step can be `.loc[…, "column_name"].tolist()`.',
            )
        if sorted(map(str, result)) != expected:
            return wrong(
                f"{case}: your function returns {told(sorted(map(str, result)))}.",
                f"{told(expected)} is expected.",
                "Which columns have to agree before two rows are about the same thing?",
            )
    return correct("Your function finds what is missing, and nothing else.")


def _cases() -> list[tuple[str, pd.DataFrame, pd.DataFrame, list[str]]]:
    """What the case is about; promised; found; the names that are missing."""
    promised = _frame("postgres", [("object", "title"), ("object_images", "primary_image")])
    there = [("object", "title"), ("object_images", "primary_image")]
    elsewhere = [("object", "title"), ("object_copyright", "primary_image")]
    more = [*there, ("object", "colour")]
    return [
        ("Where all is there", promised, _frame("postgres", there), []),
        ("Where a column is gone", promised, _frame("postgres", there[:1]), ["primary_image"]),
        ("Where nobody promised a column", promised, _frame("postgres", more), []),
        (
            "Where another table has a column of that name",
            promised,
            _frame("postgres", elsewhere),
            ["primary_image"],
        ),
        (
            "Where another schema has a table of that name",
            promised,
            _frame("postgres", [there[0], ("archive.object_images", "primary_image")]),
            ["primary_image"],
        ),
        ("Where the database has another name", promised, _frame("docent_ada", there), []),
    ]


def _frame(database: str, columns: list[tuple[str, str]]) -> pd.DataFrame:
    import pandas as pd

    names = ["table_catalog", "table_schema", "table_name", "column_name"]
    rows = [(database, *_place(table), column) for table, column in columns]
    return pd.DataFrame(rows, columns=names)


def _place(table: str) -> tuple[str, str]:
    """The schema and the name of a table; one that names no schema is in public."""
    schema, _, name = table.rpartition(".")
    return schema or "public", name


def called_for_a_gallery(answer: object, room: Room) -> Outcome:
    """Whom to call about gallery_number, as the contract and the list of consumers have it."""
    from contracts.consumers import load_consumers
    from contracts.loading import load

    owner = load(clone() / "contracts" / CALLED).owner
    assert owner is not None  # noqa: S101 - the museum's contracts are signed
    consumers = load_consumers(clone() / "contracts" / "consumers.yaml")
    hurt = [
        one.name
        for one in consumers
        for read in one.subscriptions
        if read.table == "object_gallery_info" and "gallery_number" in read.columns
    ]
    look = examining.parts(
        {
            "rule": examining.value(
                "column-renamed",
                slips=(
                    Slip(
                        "column-missing",
                        "That one is folded under the finding: it follows from it. The finding "
                        "itself names what happened.",
                    ),
                ),
                next_step="It stands behind the word Rule in the finding.",
            ),
            "owner": examining.value(
                owner.name,
                slips=(
                    Slip(owner.email, "That is the address. Give the name that belongs to it."),
                    Slip(
                        "Data Engineering Team",
                        "They own other contracts. Read who owns this one.",
                    ),
                    *(
                        Slip(name, "They read the column: a consumer. Who made the promise?")
                        for name in hurt
                    ),
                ),
                next_step="Every finding names its owner.",
            ),
            "hurt": examining.members(
                hurt,
                slips=(
                    Slip(
                        "data-science-training",
                        "They read this table, and not this column: their queries return the "
                        "same as before.",
                    ),
                ),
                next_step="Look at the queries that fail, and whose they are.",
            ),
        }
    )
    return look(answer, room)


MISSING: Final = Exercise(
    id="05.1",
    title="Write the join that finds missing columns",
    prompt="""\
Write a function that takes two tables, what is promised and what is found, and returns the \
names of the promised columns that are not there, as a list. Both tables have one row a column, \
with `table_catalog`, `table_schema`, `table_name` and `column_name`, and more that you need not \
care for.

The cell begins with the join; it keeps every promise, and `_merge` will say where a row was \
found. What has to be joined on, and which rows are wanted?""",
    starter="""\
from docent import check


def missing_columns(promised, found):
    joined = promised.merge(found, on=[...], how="left", indicator=True)
    return joined["column_name"].tolist()


check("05.1", missing_columns)""",
    examine=finds_missing,
    hints=(
        "A promise without a counterpart has `left_only` in the column `_merge`.",
        (
            "A column is known by three names: of its schema, its table, its own. The name of the "
            "database is a label, and is another one for everybody."
        ),
    ),
    solution="""\
from docent import check


def missing_columns(promised, found):
    keys = ["table_schema", "table_name", "column_name"]
    joined = promised.merge(found, on=keys, how="left", indicator=True)
    return joined.loc[joined["_merge"] == "left_only", "column_name"].tolist()


check("05.1", missing_columns)""",
    reasoning="The contract stands on the left, because it is the measure: every promise must be "
    "looked at, and what nobody promised is no violation. With the database's name among the "
    "keys nothing would match; with the column's name alone, `primary_image` of one table would "
    "be found in another.",
    wrong=(
        WrongAnswer(
            "Where the database has another name",
            cell="""\
from docent import check
def missing_columns(promised, found):
    joined = promised.merge(found, how="left", indicator=True)
    return joined.loc[joined["_merge"] == "left_only", "column_name"].tolist()
check("05.1", missing_columns)""",
        ),
        WrongAnswer(
            "Where another table has a column of that name",
            cell="""\
from docent import check
def missing_columns(promised, found):
    joined = promised.merge(found, on="column_name", how="left", indicator=True)
    return joined.loc[joined["_merge"] == "left_only", "column_name"].tolist()
check("05.1", missing_columns)""",
        ),
        WrongAnswer(
            "Where another schema has a table of that name",
            cell="""\
from docent import check
def missing_columns(promised, found):
    keys = ["table_name", "column_name"]
    joined = promised.merge(found, on=keys, how="left", indicator=True)
    return joined.loc[joined["_merge"] == "left_only", "column_name"].tolist()
check("05.1", missing_columns)""",
        ),
        WrongAnswer(
            "does not take 2 values",
            cell="""\
from docent import check
def missing_columns(promised):
    return []
check("05.1", missing_columns)""",
        ),
        WrongAnswer(
            "Where nobody promised a column",
            cell="""\
from docent import check
def missing_columns(promised, found):
    keys = ["table_schema", "table_name", "column_name"]
    joined = promised.merge(found, on=keys, how="outer", indicator=True)
    return joined.loc[joined["_merge"] != "both", "column_name"].tolist()
check("05.1", missing_columns)""",
        ),
        WrongAnswer(
            "A list of column names is expected",
            cell="""\
from docent import check
def missing_columns(promised, found):
    return promised
check("05.1", missing_columns)""",
        ),
        WrongAnswer(
            "returns nothing yet",
            cell="""\
from docent import check
def missing_columns(promised, found):
    joined = promised.merge(found, how="left")
check("05.1", missing_columns)""",
            kind="incomplete",
        ),
        WrongAnswer("its name, without brackets", ["primary_image"]),
    ),
    why="Whoever reads a column that is gone gets an error, or, worse, a default that looks "
    "like an answer.",
)

TYPE_DIFFERS: Final = Exercise(
    id="05.2",
    title="Say whether a type differs",
    prompt="""\
Write a function that takes two spellings of a type, the promised and the found one, and says \
whether the promise is broken: `True` or `False`. The promised one may be `None`: then nothing \
was promised.

The cell compares the texts, and so falls into both traps. Mend it: `parse_type` reads a \
spelling as Postgres would, and two spellings of one type come out equal.""",
    starter="""\
from contracts.types import parse_type
from docent import check


def type_differs(promised, found):
    return promised != found


check("05.2", type_differs)""",
    examine=function(
        (
            (("text", "text"), False),
            (("integer", "text"), True),
            (("int4", "integer"), False),
            (("timestamp", "timestamp without time zone"), False),
            (("text[]", "integer[]"), True),
            (("varchar(200)", "text"), True),
            ((None, "text"), False),
        ),
        next_step="Compare what `parse_type` makes of the two, and think of `None` first.",
    ),
    hints=(
        '`parse_type("int4") == parse_type("integer")` is true; the texts are not equal.',
        (
            "Before you read the promised spelling, see whether there is one: nothing that was not "
            "promised can be broken."
        ),
    ),
    solution="""\
from contracts.types import parse_type
from docent import check


def type_differs(promised, found):
    return promised is not None and parse_type(promised) != parse_type(found)


check("05.2", type_differs)""",
    reasoning="A check that cries at `int4` where it finds `integer` is switched off after a "
    "week. One that compares a missing promise with something finds everything broken: in "
    'pandas, `NaN != "text"` is true as well.',
    wrong=(
        WrongAnswer(
            "For ('int4', 'integer') your function returns True",
            cell="""\
from docent import check
def type_differs(promised, found):
    return promised is not None and promised.lower() != found.lower()
check("05.2", type_differs)""",
        ),
        WrongAnswer(
            "For (None, 'text') your function returns True",
            cell="""\
from contracts.types import parse_type
from docent import check
def type_differs(promised, found):
    return promised is None or parse_type(promised) != parse_type(found)
check("05.2", type_differs)""",
        ),
        WrongAnswer(
            "Your code stopped",
            cell="""\
from contracts.types import parse_type
from docent import check
def type_differs(promised, found):
    return parse_type(promised) != parse_type(found)
check("05.2", type_differs)""",
            kind="stopped",
        ),
        WrongAnswer(
            "your function returns 'the same'",
            cell="""\
from docent import check
def type_differs(promised, found):
    return "different" if promised != found else "the same"
check("05.2", type_differs)""",
        ),
    ),
    why="A false alarm costs more than it seems: the next alarm, a true one, meets people who "
    "have stopped reading.",
)

PREDICT: Final = Exercise(
    id="05.3",
    title="Predict three rules",
    prompt="""\
Three changes to `object_images`, each one for itself. Which rule will each break or touch? \
Choose from the list above, before you run the cell below.

- `a`: `alter column created_at drop not null`
- `b`: `alter column additional_images type varchar(200)[]`
- `c`: `add column photographer text`""",
    starter="""\
answer = {"a": ..., "b": ..., "c": ...}

check("05.3", answer)""",
    examine=examining.parts(
        {
            "a": examining.value(
                "nullability-differs",
                slips=(
                    Slip(
                        "type-differs",
                        "The type stays a timestamp. What is gone is NOT NULL.",
                    ),
                    Slip("default-differs", "Its default stays; it may be null now all the same."),
                ),
            ),
            "b": examining.value(
                "array-element-differs",
                slips=(
                    Slip(
                        "type-differs",
                        "It was an array and still is one: the type itself is the same.",
                        "What is inside is another thing, and has a rule of its own.",
                    ),
                    Slip(
                        "length-differs",
                        "Before there was no length at all. The elements had another type: text.",
                    ),
                ),
            ),
            "c": examining.value(
                "column-undeclared",
                slips=(
                    Slip(
                        "column-missing",
                        "Nothing is missing: every promised column is there, and one more.",
                    ),
                    Slip(
                        "table-uncovered",
                        "The table is under contract. The new column is not.",
                    ),
                ),
            ),
        },
        next_step="The rules are named after what they compare.",
    ),
    hints=(
        "What does each change touch: whether null may occur, what is inside, what is there?",
        (
            "a: one rule has null in its name. b: one is about what an array holds. c: nobody has "
            "declared the new column."
        ),
    ),
    solution="""\
answer = {"a": "nullability-differs", "b": "array-element-differs", "c": "column-undeclared"}

check("05.3", answer)""",
    reasoning="The first two are errors: somebody was promised something else. The third is a "
    "warning: no promise is broken by a column that nobody was promised anything about. Only "
    "`select *` would notice, which is a good reason not to write it.",
    wrong=(
        WrongAnswer("NOT NULL", {"a": "type-differs"}),
        WrongAnswer("still is one", {"b": "type-differs"}),
        WrongAnswer("no length at all", {"b": "length-differs"}),
        WrongAnswer("and one more", {"c": "column-missing"}),
        WrongAnswer(
            "Still open: c",
            {"a": "nullability-differs", "b": "array-element-differs"},
            kind="incomplete",
        ),
    ),
    why="Who can predict the finding can avoid it, and writes the message to the owner before "
    "the pull request.",
)

WHOM_TO_CALL: Final = Exercise(
    id="05.4",
    title="Read a violation, and say whom to call",
    prompt="""\
Read the finding above once more, and what became of the consumers' queries. You are the one \
who renamed the column, and the merge is blocked. Say

- `rule`: which rule was broken;
- `owner`: the name of whoever made the promise, with whom you talk first;
- `hurt`: the names of the consumers whose queries fail, as a set.""",
    starter="""\
answer = {"rule": ..., "owner": ..., "hurt": ...}

check("05.4", answer)""",
    examine=called_for_a_gallery,
    hints=(
        "Rule and owner stand in the finding. Owner and consumers are different people.",
        "A consumer is hurt when at least one of its queries fails; two of them are.",
    ),
    solution="""\
answer = {
    "rule": "column-renamed",
    "owner": "Visitor Experience Team",
    "hurt": {"guide-app", "gallery-map"},
}

check("05.4", answer)""",
    reasoning="The owner first: they made the promise, and know what it is for. Then, together "
    "with them, those who are hurt. That two teams fail and one does not is what the talk will "
    "be about; without the list of consumers it would be about opinions.",
    wrong=(
        WrongAnswer("folded under", {"rule": "column-missing"}),
        WrongAnswer("That is the address", {"owner": "visitor-experience@museum.org"}),
        WrongAnswer("They own other contracts", {"owner": "Data Engineering Team"}),
        WrongAnswer("Who made the promise", {"owner": "guide-app"}),
        WrongAnswer("not this column", {"hurt": {"guide-app", "data-science-training"}}),
        WrongAnswer("1 more belongs", {"hurt": {"guide-app"}}, kind="incomplete"),
    ),
    why="A red check that leaves you wondering whom to ask is overridden. One that names a person "
    "starts a conversation.",
)

LESSON: Final = Lesson(
    id="05",
    title="Detect",
    notebook="05_detect",
    minutes=25,
    goals=(
        "find promised tables and columns that are not there, with two joins",
        "see how a wrong join makes everything red, or everything green",
        "let the library do the same, and see what it does beyond the joins",
        "read a violation: promised, found, who is hurt, what next",
    ),
    summary=(
        "Detection is two left joins with the contract on the left: by table, and by column.",
        "The name of the database is a label; as a part of the key it makes everything missing.",
        "Two spellings of a type are one type, and what was not promised cannot be broken.",
        "One cause is one message: a rename names both columns, a lost table folds its columns.",
        "Owner and consumers stand in the finding, so that it ends in a conversation.",
    ),
    exercises=(MISSING, TYPE_DIFFERS, PREDICT, WHOM_TO_CALL),
    room_notes=(
        "The wall of red after the first join is intended. Let people guess why before you go on.",
        "05.4 can be played: one is the owner, one the consumer, one has renamed the column.",
    ),
)
