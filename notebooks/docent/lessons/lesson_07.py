"""Lesson 07: a change that breaks a promise, from the request to the merge, on a real branch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import contracts
from contracts.loading import load, load_folder
from contracts.model import Contract
from contracts.types import type_name
from docent import examining
from docent.examining import Slip
from docent.examining_contracts import contract
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer, correct, incomplete, wrong
from docent.room import Room
from docent.trying_migrations import Question, migration

FIRST: Final = "00e9b3375a5f"
NEWEST: Final = "7c1e4a9d2b60"
SPEC: Final = "object_images_normalized_contract_spec.json"
MIGRATION: Final = "create_object_images_normalized.py"
REQUESTED: Final = "normalise_object_images.py"
SKELETON: Final = "skeleton.py"
COLUMNS: Final = {"object_id", "image", "is_primary_image", "created_at"}


def revision(
    name: str, title: str, upgrade: str = "# UPGRADE", downgrade: str = "# DOWNGRADE"
) -> str:
    """The text of a migration, as ``alembic revision`` lays it out."""
    return f'''"""{title}

Revision ID: {name}
Revises: {NEWEST}
"""  # noqa: D400

import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = "{NEWEST}"


def upgrade() -> None:
    {upgrade}


def downgrade() -> None:
    {downgrade}
'''


THE_REQUEST: Final = revision(
    "5b1d6c0f7a21",
    "normalise object_images",
    """op.drop_table("object_images")
    op.create_table(
        "object_images",
        sa.Column("object_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("image", sa.Text),
        sa.Column("is_primary_image", sa.Boolean),
        sa.Column("created_at", sa.DateTime, nullable=False,
                  server_default=sa.text("CURRENT_TIMESTAMP")),
    )""",
    """op.drop_table("object_images")
    op.create_table(
        "object_images",
        sa.Column("object_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("primary_image", sa.Text),
        sa.Column("additional_images", sa.ARRAY(sa.Text)),
        sa.Column("created_at", sa.DateTime, nullable=False,
                  server_default=sa.text("CURRENT_TIMESTAMP")),
    )""",
)
"""What was asked for, done to the letter."""

UPGRADE: Final = '''op.create_table(
        "object_images_normalized",
        sa.Column("object_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("image", sa.Text, primary_key=True),
        sa.Column("is_primary_image", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False, server_default=sa.func.now()),
    )
    op.execute("""
        insert into object_images_normalized (object_id, image, is_primary_image)
        select object_id, image, bool_or(is_primary)
        from (
            select object_id, primary_image as image, true as is_primary from object_images
            union all
            select object_id, unnest(additional_images), false from object_images
        ) as every
        where image is not null
        group by object_id, image
    """)'''
DOWNGRADE: Final = 'op.drop_table("object_images_normalized")'

THE_TABLE: Final = revision("c4a7f2e81d36", "create object_images_normalized", UPGRADE, DOWNGRADE)
"""The tour's own migration for the table that was agreed on."""


def the_contract() -> str:
    """The tour's own contract for the table that was agreed on."""
    spec = _object_images()
    spec["name"] = "object-images-normalized-contract-spec"
    resource = "postgresql://postgres:5432/postgres.object_images_normalized"
    spec["dataAssetResourceName"] = resource
    spec["doc"] = (
        "One row for each picture of a work. Replaces object_images after a month of both."
    )
    spec["schema"]["title"] = "Pictures of works, one a row"
    spec["schema"]["table_name"] = "object_images_normalized"
    columns = spec["schema"]["properties"]
    created_at = columns.pop("created_at")
    columns["image"] = columns.pop("primary_image")
    columns["image"]["description"] = "Address of a picture of the work, a JPEG; never null."
    columns["image"]["constraints"] |= {"primaryKey": True, "is_nullable": False}
    del columns["additional_images"]
    columns["is_primary_image"] = {
        "description": "Whether it is the work's main picture.",
        "constraints": {
            "primaryKey": False,
            "data_type": "boolean",
            "is_nullable": False,
            "is_updatable": True,
        },
    }
    columns["created_at"] = created_at
    return json.dumps(spec, indent=2, ensure_ascii=False) + "\n"


def _object_images() -> Any:
    path = Path(contracts.__file__).parent / "object_images_contract_spec.json"
    return json.loads(path.read_text("utf-8"))


def promises_the_four(promise: Contract) -> Outcome:
    """The columns that were agreed on, with a key that the pictures fit."""
    table = promise.tables[0]
    columns = {column.name: column for column in table.columns}
    if {"primary_image", "additional_images"} <= set(columns):
        return incomplete("It still promises the columns of object_images.")
    if missing := sorted(COLUMNS - set(columns)):
        return incomplete(f"Not promised yet: {', '.join(missing)}.")
    if surplus := sorted(set(columns) - COLUMNS):
        return wrong(
            f"It promises {surplus[0]}, which nobody has agreed on.",
            f"The columns are {', '.join(sorted(COLUMNS))}.",
        )
    key = {column.name for column in table.columns if column.primary_key}
    if key == {"object_id"}:
        return wrong(
            "The key of your contract is object_id alone: one row for each work, then. "
            "But a work with a main picture and two further ones needs three.",
            "A key that tells the pictures of one work apart.",
            "Which two columns together occur once only? Neither may be null then.",
        )
    if key != {"object_id", "image"}:
        return wrong(
            f"The key of your contract is {', '.join(sorted(key)) or 'nothing'}.",
            "A key that tells the pictures of one work apart: object_id and image.",
        )
    for name, wanted in (("image", "text"), ("is_primary_image", "boolean")):
        promised_type = columns[name].data_type
        found = type_name(promised_type) if promised_type else "nothing"
        if found != wanted:
            return wrong(f"{name} is promised to be {found}.", f"{wanted} was agreed on.")
    return correct(
        "It promises what was agreed on, with a key that fits the pictures. "
        "The table is still to come: until then the check says table-missing."
    )


examine_contract = contract(table="object_images_normalized", more=(promises_the_four,))


def promised(room: Room) -> Sequence[Contract]:
    """The museum's contracts and the new one: the learner's where it holds, else the tour's."""
    import tempfile

    from data_assets.home import clone

    museum = load_folder(clone() / "contracts")
    path = room.folder / SPEC
    if path.is_file() and examine_contract(path, room).kind == "correct":
        return (*museum, load(path))
    with tempfile.TemporaryDirectory() as folder:
        ours = Path(folder) / SPEC
        ours.write_text(the_contract(), encoding="utf-8")
        return (*museum, load(ours))


PREDICT_THE_LINES: Final = Exercise(
    id="07.1",
    title="Read the request against the promises",
    prompt="""\
Before you write a line of the migration: the contract for `object_images` promises four \
columns. Which of them will no longer be found once the request is done to the letter? Give the \
set of their names.""",
    starter="""\
answer = {...}

check("07.1", answer)""",
    examine=examining.members(
        {"primary_image", "additional_images"},
        slips=(
            Slip("image", "image is new: nobody was promised it, so nobody misses it."),
            Slip("is_primary_image", "is_primary_image is new: nobody was promised it."),
            Slip("object_id", "object_id is in both tables of the request."),
            Slip("created_at", "created_at is in both tables of the request."),
        ),
        next_step="Compare the two sides of the request, name by name.",
    ),
    hints=(
        "Two of the four columns stand on the left side of the request only.",
        "One of them is to be renamed, the other to become rows.",
    ),
    solution="""\
answer = {"primary_image", "additional_images"}

check("07.1", answer)""",
    reasoning="A contract is about names that somebody reads. A column under a new name is gone "
    "for whoever asks by the old one, however sensible the new one is.",
    wrong=(
        WrongAnswer("nobody misses it", {"primary_image", "additional_images", "image"}),
        WrongAnswer("is in both", {"object_id", "primary_image"}),
        WrongAnswer("1 more belongs", {"primary_image"}, kind="incomplete"),
        WrongAnswer("A set is expected", 2),
    ),
    why="Reading a request against the contracts takes a minute, before there is anything to "
    "take back.",
)

PREDICT_THE_UPGRADE: Final = Exercise(
    id="07.2",
    title="Edit the old migration, or write a new one?",
    prompt=f"""\
The shortest way is to open the first migration, `{FIRST}_create_met_museum_seed_tables.py`, and \
to change the table there. A colleague has applied that migration last week. She fetches your \
change and types `alembic upgrade head`. What does Alembic do to her table?

- **nothing**: it sees nothing to do
- **changes**: it brings the table to the new form
- **stops**: it says that the file is not the one it has run""",
    starter="""\
answer = ...

check("07.2", answer)""",
    examine=examining.value(
        "nothing",
        slips=(
            Slip(
                "changes",
                "It would have to know what the file said last week. It does not: it keeps the "
                "name of the last revision that it has run, and not one word of it.",
                "Where is her database already, by name?",
            ),
            Slip(
                "stops",
                "That would be good to have. But it keeps the name of the last revision only, "
                "and the name has not changed.",
                "Where is her database already, by name?",
            ),
        ),
        next_step="Choose one of the three.",
    ),
    hints=(
        "`select * from alembic_version` shows all that Alembic remembers.",
        "The table holds one row with one name. Did your edit change that name?",
    ),
    solution="""\
answer = "nothing"

check("07.2", answer)""",
    reasoning="Alembic remembers a name. A migration that others have applied is history: edit it, "
    "and every database is a different one, each sure to be at the newest revision. So: a new "
    "revision for every change. Editing is fine as long as nobody but you has run the file.",
    wrong=(
        WrongAnswer("not one word of it", "changes"),
        WrongAnswer("the name has not changed", "stops"),
        WrongAnswer("that is not it", "asks"),
        WrongAnswer("Expected is a text", 0),
    ),
    why="Two databases that say the same revision and hold different tables: that is the bug that "
    "nobody can reproduce.",
)

CHOOSE_THE_PLAN: Final = Exercise(
    id="07.3",
    title="Decide, with everybody at the table",
    prompt="""\
You know now what the request meant, who reads the table, and what they need. Which plan do you \
propose?

- **A** Change the contract to fit the migration, and merge: then everything is green.
- **B** A new table, `object_images_normalized`, beside the old one; both for a month; then the \
old one goes.
- **C** Normalise `object_images` today, and leave a view under the old name and in the old form.
- **D** Leave everything as it is: the old form works, and the Data Science team depends on it.""",
    starter="""\
answer = ...

check("07.3", answer)""",
    examine=examining.value(
        "B",
        slips=(
            Slip(
                "A",
                "Green, and the training breaks tonight. The contract is what was promised to "
                "others; it is changed together with them, and not to get past a check.",
                "Who would have to agree to that?",
            ),
            Slip(
                "C",
                "Readers would be well off. But the promise holds more than names: a key, and "
                "that rows can be written. A view has no key, and one that aggregates takes no "
                "writes, so the check is red again, and rightly for whoever writes.",
                "Which plan takes nothing away until its readers have moved?",
            ),
            Slip(
                "D",
                "Then everybody keeps on splitting arrays, and the Data Science team itself "
                "wants the new form. All they asked for is time.",
                "Which plan gives both, the new form and time?",
            ),
        ),
        next_step="Choose one of the four letters.",
    ),
    hints=(
        "They agree on the new form. What they lack is time.",
        "Which of the plans breaks no promise today, and still gets rid of the array?",
    ),
    solution="""\
answer = "B"

check("07.3", answer)""",
    reasoning="Add first, move the readers, take away last. For a month there are two tables, and "
    "both have a contract. It costs a little space, and a little care that both are written. In "
    "return no promise is broken on any day.",
    wrong=(
        WrongAnswer("breaks tonight", "A"),
        WrongAnswer("A view has no key", "c"),
        WrongAnswer("asked for is time", "D"),
        WrongAnswer("that is not it", "E"),
    ),
    why="The Data Science team has a model in training. It can move within a month; it cannot "
    "move by tonight.",
)

_START_OF_THE_CONTRACT: Final = """\
import json
from pathlib import Path

from docent import folder

given = Path("../contracts/object_images_contract_spec.json")
spec = json.loads(given.read_text(encoding="utf-8"))
spec["name"] = "object-images-normalized-contract-spec"
spec["schema"]["table_name"] = "object_images_normalized"
columns = spec["schema"]["properties"]
"""
_END_OF_THE_CONTRACT: Final = """\

path = folder("07") / "object_images_normalized_contract_spec.json"
path.write_text(json.dumps(spec, indent=2), encoding="utf-8")
check("07.4", path)"""
_THE_CONTRACT: Final = """\
columns["image"] = columns.pop("primary_image")
columns["image"]["description"] = "Address of a picture of the work, a JPEG; never null."
columns["image"]["constraints"] |= {"primaryKey": KEY, "is_nullable": not KEY}
del columns["additional_images"]
columns["is_primary_image"] = {
    "description": "Whether it is the work's main picture.",
    "constraints": {"primaryKey": False, "data_type": "boolean", "is_nullable": False},
}
"""


def _contract_cell(body: str) -> str:
    return f"{_START_OF_THE_CONTRACT}{body}{_END_OF_THE_CONTRACT}"


WRITE_THE_CONTRACT: Final = Exercise(
    id="07.4",
    title="Promise the table before it is there",
    prompt="""\
Write the contract for `object_images_normalized`. Begin with that for `object_images`, as the \
cell does, and promise what was agreed on:

- `object_id`, `integer`, as before; `created_at` as before
- `image`, `text`: the address of one picture
- `is_primary_image`, `boolean`: whether it is the main one

A work has several pictures and so several rows. Say by `primaryKey` what tells them apart. The \
table does not exist, so the check will say `table-missing`: here that is what you want to see.""",
    starter=_contract_cell("# Here: make the columns those that were agreed on."),
    examine=examine_contract,
    hints=(
        '`columns.pop("primary_image")` takes a column out and gives it to you for a new name.',
        (
            "`primaryKey` stands among the `constraints` of each column. A key may be made of two "
            "columns; then both say `true`, and neither may be null."
        ),
        "One work never has the same picture twice here: `object_id` and `image` are the key.",
    ),
    solution=_contract_cell(_THE_CONTRACT.replace("not KEY", "False").replace("KEY", "True")),
    reasoning="A contract can describe what is, and it can describe what shall be. Written first, "
    "it is what both sides agree on while nothing has been built yet, and then the test that "
    "says when the migration is done. The key is a promise too: one on object_id alone would "
    "hold as long as the table is empty.",
    wrong=(
        WrongAnswer(
            "object_id alone",
            cell=_contract_cell(_THE_CONTRACT.replace("not KEY", "True").replace("KEY", "False")),
        ),
        WrongAnswer(
            "Not promised yet: is_primary_image",
            cell=_contract_cell(
                'columns["image"] = columns.pop("primary_image")\n'
                'del columns["additional_images"]\n'
            ),
            kind="incomplete",
        ),
        WrongAnswer(
            "object_images_normalized is expected",
            Path(contracts.__file__).parent / "object_images_contract_spec.json",
        ),
        WrongAnswer("The path of your contract", {"table_name": "object_images_normalized"}),
        WrongAnswer("There is no file", "later.json", kind="incomplete"),
    ),
    why="The Data Science team can write its new code against this document today, a month before "
    "the old table goes.",
)


def _migration_cell(upgrade: str, downgrade: str) -> str:
    quotes = "'''" if '"""' in upgrade else '"""'
    return f'''\
from docent import folder

upgrade = {quotes}
    {upgrade}
{quotes}
downgrade = "{downgrade}"

skeleton = (folder("07") / "skeleton.py").read_text(encoding="utf-8")
path = folder("07") / "create_object_images_normalized.py"
text = skeleton.replace("# UPGRADE", upgrade.strip()).replace("# DOWNGRADE", downgrade)
path.write_text(text, encoding="utf-8")

check("07.5", path)'''


EVERY_PICTURE: Final = """
select count(*) from (
    select object_id, primary_image as image from object_images
    union
    select object_id, unnest(additional_images) from object_images
) as every where image is not null"""

WRITE_THE_MIGRATION: Final = Exercise(
    id="07.5",
    title="Make the table, and fill it",
    prompt=f"""\
Write the new revision, after `{NEWEST}`, the newest one. `upgrade` creates \
`object_images_normalized` as the contract promises it, and fills it from `object_images`: \
one row for each picture of a work, the main one marked. `object_images` stays untouched. \
`downgrade` takes the new table back.

An address may stand twice in the array, or repeat the main picture; the key lets it in once. \
The cell puts both parts into the skeleton that `alembic revision` would write. The check runs \
your migration on a museum made for that, and back again; it takes a few seconds.""",
    starter=_migration_cell(
        'op.create_table("object_images_normalized", ...)\n'
        '    op.execute("insert into object_images_normalized ...")',
        "...",
    ),
    examine=migration(
        follows=NEWEST,
        creates="object_images_normalized",
        contracts=promised,
        questions=(
            Question(
                "select count(*) from object_images_normalized",
                EVERY_PICTURE,
                "Every promise holds, and the table has {found} rows. There are {expected} "
                "different pictures in object_images.",
                "Take the main pictures and the unnested ones, each once for a work.",
            ),
            Question(
                "select count(*) from object_images_normalized where is_primary_image",
                "select count(primary_image) from object_images",
                "{found} pictures are marked as main ones, and there are {expected}.",
                "A main picture that also stands in the array is still the main one: bool_or.",
            ),
        ),
    ),
    hints=(
        (
            "`op.create_table(name, sa.Column(…), …)`, as the first migration does it. A column "
            "with `primary_key=True` belongs to the key; `autoincrement=False` keeps a sequence "
            "away from the number."
        ),
        (
            "The pictures: `select object_id, primary_image, true from object_images union all "
            "select object_id, unnest(additional_images), false from object_images`."
        ),
        (
            "Around it: `group by object_id, image`, with `bool_or(is_primary)` for the mark, "
            "and `where image is not null`."
        ),
    ),
    solution=_migration_cell(UPGRADE, DOWNGRADE.replace('"', "'")),
    reasoning="The check reads structure. An empty table, or one with every picture twice, would "
    "be as green to it. So the migration is tried on rows as well: that is your part, and the "
    "reason why a branch has a database with data in it.",
    wrong=(
        WrongAnswer(
            "the table has 0 rows",
            cell=_migration_cell(
                UPGRADE.partition("\n    op.execute")[0],
                "op.drop_table('object_images_normalized')",
            ),
        ),
        WrongAnswer(
            "The database refused: PostgreSQL says: duplicate key",
            cell=_migration_cell(
                UPGRADE.replace("bool_or(is_primary)", "is_primary").replace(
                    "\n        group by object_id, image", ""
                ),
                "op.drop_table('object_images_normalized')",
            ),
            kind="stopped",
        ),
        WrongAnswer(
            "leave the others as they were",
            cell=_migration_cell(
                f"{UPGRADE}\n    op.drop_table('object_images')",
                "op.drop_table('object_images_normalized')",
            ),
        ),
        WrongAnswer("is still there", cell=_migration_cell(UPGRADE, "pass")),
        WrongAnswer(
            "is not Python", cell=_migration_cell("op.create_table(", "pass"), kind="stopped"
        ),
        WrongAnswer("There is no file", "later.py", kind="incomplete"),
    ),
    why="For the Data Science team green is not enough: on the day they move, every picture must "
    "be there, once.",
)

LESSON: Final = Lesson(
    id="07",
    title="The violation workflow",
    notebook="07_the_violation_workflow",
    minutes=40,
    goals=(
        "take a change from the request to a pull request that can be merged",
        "follow a violation through every file that it passes on its way to the comment",
        "take a pushed change back without rewriting what others have seen",
        "find the people behind a contract, and agree on a change with them",
        "promise a table before it exists, and let the check say when it is done",
    ),
    summary=(
        "A red check is the beginning of a conversation, and the contract says with whom.",
        "A migration that others have applied is history; every change is a new revision.",
        "Add first, move the readers, take away last: no promise is broken on any day.",
        "A contract may come before its table, and then it is the test that drives the migration.",
        "The check reads structure; whether the rows are right is for you to try.",
    ),
    exercises=(
        PREDICT_THE_LINES,
        PREDICT_THE_UPGRADE,
        CHOOSE_THE_PLAN,
        WRITE_THE_CONTRACT,
        WRITE_THE_MIGRATION,
    ),
    files={
        SKELETON: revision("c4a7f2e81d36", "create object_images_normalized"),
        REQUESTED: THE_REQUEST,
    },
    room_notes=(
        "Play the talk with three people: backend, data engineering, data science. Ten minutes.",
        "Ask at the red page: whose fault is it? Then ask who was protected.",
        "The builds take some seconds each; start them before you explain them.",
    ),
)
