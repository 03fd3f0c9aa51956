"""Lesson 04: what a contract is made of; mend one, draft one, write one, and sign it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from contracts.model import Contract
from docent import examining
from docent.examining import Slip
from docent.examining_contracts import More, contract
from docent.exercise import Examine, Exercise, Lesson, Outcome, WrongAnswer, incomplete, wrong
from docent.room import Room

BROKEN: Final = """\
{
  "spec_version": "1.0.0",
  "name": "my-object-tags",
  "namespace": "met-museum-data",
  "dataAssetResourceName": "postgresql://postgres:5432/postgres.object_tags",
  "doc": "What can be seen on each work, in the words of the museum's cataloguers.",
  "owner": {
    "name": "Data Engineering Team",
    "email": "data-eng at museum.org"
  },
  "schema": {
    "table_schema": "public",
    "table_name": "object_tags",
    "properties": {
      "object_id": {
        "description": "The number by which the museum knows the work.",
        "constraints": {
          "primaryKey": true,
          "data_type": "integer",
          "is_nullable": true
        }
      },
      "tags": {
        "description": "The tags, one JSON object each.",
        "constraints": {
          "data_type": "ARRAY",
          "is_nullable": "yes"
        },
        "array_element": {
          "data_type": "text"
        }
      }
    }
  }
}
"""

WORDS_OF_A_DOC: Final = 6
"""Words that say something about a table, at the least."""


def begun(look: Examine) -> Examine:
    """The same look, at a contract that promises at least one column; before that it is begun."""

    def examine(answer: object, room: Room) -> Outcome:
        if isinstance(answer, (str, Path)) and _is_empty(room.folder / answer):
            return incomplete(
                "Your contract promises no column yet.",
                next_step="Columns stand by their names under schema, properties.",
            )
        return look(answer, room)

    return examine


def _is_empty(path: Path) -> bool:
    try:
        spec = json.loads(path.read_text(encoding="utf-8"))
        return not spec.get("schema", {}).get("properties")
    except (OSError, ValueError, AttributeError):
        return False


def owned(promise: Contract) -> Outcome | None:
    """Whether somebody has signed it."""
    from contracts.drafting import is_owned

    if is_owned(promise):
        return None
    return incomplete(
        "Nobody owns your contract yet: the draft's owner is a place to fill in.",
        "A name and an address under the key owner.",
        "Who would be called at night if galleries went missing? Put them in.",
    )


def documented(promise: Contract) -> Outcome | None:
    """Whether its doc says more than a draft can."""
    said = promise.documentation or ""
    if "still to be written" not in said and len(said.split()) >= WORDS_OF_A_DOC:
        return None
    return incomplete(
        "The doc does not say yet what the table holds.",
        next_step=f"A sentence of {WORDS_OF_A_DOC} words or more: what one row is, and for whom.",
    )


def free_of_the_default(promise: Contract) -> Outcome | None:
    """Whether the default of created_at is left open, and the column itself is still promised."""
    created_at = promise.tables[0].column("created_at")
    if created_at is None:
        return wrong(
            "created_at is gone from the contract altogether.",
            "The column stays promised; its default is not.",
            "Delete the one key column_default under its constraints.",
        )
    if created_at.default is None:
        return None
    stated = created_at.default or "that there is none"
    return incomplete(
        f"The contract still promises the default of created_at: {stated}.",
        next_step="Delete the key column_default of created_at. null would promise that there "
        "is no default, which is another thing.",
    )


def promises(*names: str) -> More:
    """A look whether these columns are promised, each with a meaning and a type."""

    def look(promise: Contract) -> Outcome | None:
        for name in names:
            column = promise.tables[0].column(name)
            if column is None:
                return incomplete(f"The column {name} is not promised yet.")
            if not column.description:
                return incomplete(f"{name} has no description: what does it mean?")
            if column.data_type is None:
                return incomplete(f"{name} has no data_type under its constraints.")
        return None

    return look


def keyed(promise: Contract) -> Outcome | None:
    """Whether object_id is promised as the key, which everybody joins by."""
    column = promise.tables[0].column("object_id")
    if column is not None and column.primary_key and column.nullable is False:
        return None
    return incomplete(
        "object_id is not promised as the key yet.",
        next_step="Two of its constraints say so: primaryKey, and is_nullable.",
    )


def signed(*changes: str) -> str:
    """A cell for 04.3 that signs the draft and changes no more than this."""
    return "\n".join(
        (
            "import json",
            "from contracts.dialects import book",
            "from contracts.drafting import draft",
            "from docent import check, folder",
            "from docent.place import current_url",
            "from prevention.checking import read_structure",
            'table = read_structure(current_url()).table("public", "object_gallery_info")',
            'spec = json.loads(book.write(draft(table, namespace="met-museum-data")))',
            'spec["owner"] = {"name": "Visitor Experience", "email": "visitors@museum.org"}',
            *changes,
            'path = folder("04") / "gallery_contract_spec.json"',
            'path.write_text(json.dumps(spec), encoding="utf-8")',
            'check("04.3", path)',
        )
    )


def promising(columns: str, doc: str = '"doc": "Records.", ') -> str:
    """A cell for 04.4 that promises these columns, and has all else right but its doc."""
    return "\n".join(
        (
            "import json",
            "from docent import check, folder",
            columns,
            'table = {"table_schema": "public", "table_name": "object_api_metadata"}',
            'spec = {"spec-version": "1.0.0", "name": "mine", "namespace": "met-museum-data",',
            '        "dataAssetResourceName": "postgresql://x/y", ' + doc,
            '        "owner": {"name": "Me", "email": "me@museum.org"},',
            '        "schema": {**table, "properties": columns}}',
            'path = folder("04") / "api_metadata_contract_spec.json"',
            'path.write_text(json.dumps(spec), encoding="utf-8")',
            'check("04.4", path)',
        )
    )


COMPARED: Final = Exercise(
    id="04.1",
    title="Tell promises from explanations",
    prompt="""\
A contract speaks to two readers: to people, and to the check. Which of these keys does the \
check compare with the database? Name all that it does, as a set.

`doc` · `owner` · `table_catalog` · `table_schema` · `table_name` · `title` · `description` · \
`examples` · `data_type` · `is_nullable`""",
    starter="""\
answer = {...}

check("04.1", answer)""",
    examine=examining.members(
        {"table_schema", "table_name", "data_type", "is_nullable"},
        slips=(
            Slip(
                "table_catalog",
                "table_catalog is a label: it names the database that the contract was written "
                "for. Yours has another name, as everybody's has, and the promise is the same.",
            ),
            Slip(
                "examples",
                "Examples are for people. The check reads no row, so it has no value to compare "
                "them with.",
            ),
            Slip(
                "description",
                "No program can tell whether a description is true. That does not make it less "
                "of a promise; it makes it one that people keep.",
            ),
            Slip("doc", "The doc is for people: what is promised, for whom, and what to know."),
            Slip(
                "owner",
                "The owner is told in every message, and compared with nothing: a database does "
                "not know who answers for it.",
            ),
            Slip("title", "The title is a heading for people."),
        ),
        next_step="Ask of each: does Postgres know this about a table?",
    ),
    hints=(
        "What can be compared is what a catalogue has too. Think of the columns in lesson 03.",
        "Two of them find the table, and two say something of a column.",
    ),
    solution="""\
answer = {"table_schema", "table_name", "data_type", "is_nullable"}

check("04.1", answer)""",
    reasoning="The machine keeps watch over the shape. Meaning, purpose and owner are kept by "
    "people, and are no less important: when the shape breaks, they are what the conversation "
    "is about.",
    wrong=(
        WrongAnswer("is a label", {"table_catalog", "table_schema", "table_name", "data_type"}),
        WrongAnswer("no value to compare", ["data_type", "examples"]),
        WrongAnswer("No program can tell", {"description", "data_type"}),
        WrongAnswer("told in every message", {"owner"}),
        WrongAnswer("2 more belong", {"data_type", "is_nullable"}, kind="incomplete"),
    ),
    why="Whoever knows what is checked also knows what is not, and does not take green for a "
    "promise that nobody watches.",
)

MEND: Final = Exercise(
    id="04.2",
    title="Mend a broken contract",
    prompt="""\
In your folder for this lesson lies `object_tags_broken.json`, a contract with five faults. \
Some are against the schema, one contradicts itself, and one is perfectly good JSON that the \
database does not keep.

The cell reads it, replaces text, and writes `object_tags_mended.json`, at which the check looks. \
Add a line like the one with the dots for each fault, until the check is content: it names the \
first fault that it meets, and counts the rest. Or change the broken file in an editor, and run \
the cell as it is.""",
    starter="""\
from docent import check, folder

broken = folder("04") / "object_tags_broken.json"
mended = broken.read_text(encoding="utf-8")
mended = mended.replace("...", "...")

path = folder("04") / "object_tags_mended.json"
path.write_text(mended, encoding="utf-8")
check("04.2", path)""",
    examine=contract(table="object_tags", more=(promises("object_id", "tags"),)),
    hints=(
        "Run the cell after each repair: every message names the line, and what to do.",
        (
            "The spec's own version has a hyphen in its key; an address has an @; truth is written "
            "`true` or `false`, without quotes."
        ),
        (
            "A primary key is never null. And `docent catalog object_tags` shows what the array "
            "really holds."
        ),
    ),
    solution="""\
from docent import check, folder

broken = folder("04") / "object_tags_broken.json"
mended = broken.read_text(encoding="utf-8")
mended = mended.replace("spec_version", "spec-version")
mended = mended.replace("data-eng at museum.org", "data-eng@museum.org")
mended = mended.replace('"is_nullable": true', '"is_nullable": false')
mended = mended.replace('"is_nullable": "yes"', '"is_nullable": true')
mended = mended.replace('"data_type": "text"', '"data_type": "json"')

path = folder("04") / "object_tags_mended.json"
path.write_text(mended, encoding="utf-8")
check("04.2", path)""",
    reasoning="Three kinds of faults, found in three places. The schema knows the grammar: keys, "
    "kinds of values. Reading the contract finds what cannot be true of any table. And only the "
    "database can say what is not true of this one.",
    wrong=(
        WrongAnswer(
            'Did you mean "spec-version"?',
            cell="""\
from docent import check, folder
broken = folder("04") / "object_tags_broken.json"
mended = broken.read_text(encoding="utf-8").replace("data-eng at", "data-eng@")
path = folder("04") / "object_tags_mended.json"
path.write_text(mended, encoding="utf-8")
check("04.2", path)""",
        ),
        WrongAnswer(
            "A primary key is never null",
            cell="""\
from docent import check, folder
broken = folder("04") / "object_tags_broken.json"
mended = broken.read_text(encoding="utf-8").replace("data-eng at ", "data-eng@")
mended = mended.replace("spec_version", "spec-version").replace('"yes"', "true")
path = folder("04") / "object_tags_mended.json"
path.write_text(mended, encoding="utf-8")
check("04.2", path)""",
        ),
        WrongAnswer(
            "array elements of 'text' in contract but 'json'",
            cell="""\
from docent import check, folder
broken = folder("04") / "object_tags_broken.json"
mended = broken.read_text(encoding="utf-8").replace("data-eng at ", "data-eng@")
mended = mended.replace("spec_version", "spec-version")
mended = mended.replace('"is_nullable": true', '"is_nullable": false').replace('"yes"', "true")
path = folder("04") / "object_tags_mended.json"
path.write_text(mended, encoding="utf-8")
check("04.2", path)""",
        ),
        WrongAnswer("path of your contract", {"spec-version": "1.0.0"}),
        WrongAnswer("There is no file", "nowhere.json", kind="incomplete"),
    ),
    why="A contract that cannot be read protects nobody, and one with a misspelt key protects "
    "less than its author thinks.",
)

SIGN: Final = Exercise(
    id="04.3",
    title="Sign a draft",
    prompt="""\
The cell drafts a contract for `object_gallery_info` from your database. Make a contract of it:

- **Sign it.** The Visitor Experience Team (`visitor-experience@museum.org`) answers for it.
- **Say what it is.** Put a `doc` in your own words: what one row is, and who relies on it.
- **Keep a door open.** Nobody reads the default of `created_at`. Take `column_default` out of \
its constraints, so that it may change without breaking a promise.

`spec` is an ordinary dictionary: change it where the comment stands.""",
    starter="""\
import json

from contracts.dialects import book
from contracts.drafting import draft
from docent import check, folder
from docent.place import current_url
from prevention.checking import read_structure

table = read_structure(current_url()).table("public", "object_gallery_info")
spec = json.loads(book.write(draft(table, namespace="met-museum-data")))
# your changes to spec
path = folder("04") / "gallery_contract_spec.json"
path.write_text(json.dumps(spec, indent=2), encoding="utf-8")

check("04.3", path)""",
    examine=contract(table="object_gallery_info", more=(owned, documented, free_of_the_default)),
    hints=(
        '`spec["owner"]` is a dictionary with the keys `name` and `email`; `spec["doc"]` a text.',
        (
            "The constraints of a column are in "
            '`spec["schema"]["properties"]["created_at"]["constraints"]`; `del` deletes a key.'
        ),
    ),
    solution="""\
import json

from contracts.dialects import book
from contracts.drafting import draft
from docent import check, folder
from docent.place import current_url
from prevention.checking import read_structure

table = read_structure(current_url()).table("public", "object_gallery_info")
spec = json.loads(book.write(draft(table, namespace="met-museum-data")))
spec["owner"] = {"name": "Visitor Experience Team", "email": "visitor-experience@museum.org"}
spec["doc"] = "Where each work is on view, one row a work. The gallery map leads visitors by it."
del spec["schema"]["properties"]["created_at"]["constraints"]["column_default"]
path = folder("04") / "gallery_contract_spec.json"
path.write_text(json.dumps(spec, indent=2), encoding="utf-8")

check("04.3", path)""",
    reasoning="A draft promises everything, because it cannot know what matters. Every promise "
    "that nobody needs is a change that you will have to ask for one day. So a contract gets "
    "better by what is taken out of it as well as by what is put in.",
    wrong=(
        WrongAnswer(
            "does not say yet what the table holds",
            cell=signed(),
            kind="incomplete",
        ),
        WrongAnswer(
            "that there is none",
            cell=signed(
                'spec["doc"] = "Where each work is on view, for those who lead visitors."',
                'created_at = spec["schema"]["properties"]["created_at"]',
                'created_at["constraints"]["column_default"] = None',
            ),
            kind="incomplete",
        ),
        WrongAnswer(
            "created_at is gone",
            cell=signed(
                'spec["doc"] = "Where each work is on view, for those who lead visitors."',
                'del spec["schema"]["properties"]["created_at"]',
            ),
        ),
        WrongAnswer("There is no file", "elsewhere.json", kind="incomplete"),
    ),
    why="Without an owner there is nobody to ask, and a reader who finds the promise broken can "
    "do no more than complain.",
)

BY_HAND: Final = Exercise(
    id="04.4",
    title="Write one by hand",
    prompt="""\
Write a contract for the small table `object_api_metadata`, from nothing. It has three columns: \
`object_id`, the key; `metadata_date`, when the museum last changed its record of the work, \
which may be null; and `created_at`, when our row was written.

Promise the type of each and say what it means; promise of `object_id` that it is the primary \
key and never null. Put in an owner. All seven keys at the top are needed; when one is missing, \
the check tells you. If you are stuck, look at `contracts/object_images_contract_spec.json`.""",
    starter="""\
import json

from docent import check, folder

spec = {
    "spec-version": "1.0.0",
    "schema": {"table_schema": "public", "table_name": "object_api_metadata", "properties": {}},
}
path = folder("04") / "api_metadata_contract_spec.json"
path.write_text(json.dumps(spec, indent=2), encoding="utf-8")

check("04.4", path)""",
    examine=begun(
        contract(
            table="object_api_metadata",
            more=(owned, promises("object_id", "metadata_date", "created_at"), keyed),
        )
    ),
    hints=(
        "The seven keys: spec-version, name, namespace, dataAssetResourceName, doc, owner, schema.",
        (
            'A column is `{"description": …, "constraints": {"data_type": …}}`. The catalogue '
            "knows the types: `docent catalog object_api_metadata`, or lesson 03."
        ),
        'Both times are `"timestamp without time zone"`; `timestamp` means the same.',
    ),
    solution="""\
import json

from docent import check, folder

key = {"data_type": "integer", "primaryKey": True, "is_nullable": False}
time = {"data_type": "timestamp without time zone"}
columns = {
    "object_id": {"description": "The museum's number of the work.", "constraints": key},
    "metadata_date": {
        "description": "When the museum last changed its record; null where it does not say.",
        "constraints": {**time, "is_nullable": True},
    },
    "created_at": {
        "description": "When this row was written into this database.",
        "constraints": {**time, "is_nullable": False},
    },
}
spec = {
    "spec-version": "1.0.0",
    "name": "api-metadata-by-hand",
    "namespace": "met-museum-data",
    "dataAssetResourceName": "postgresql://postgres:5432/postgres.object_api_metadata",
    "doc": "What the museum's API says about its own records, one row a work.",
    "owner": {"name": "Data Engineering Team", "email": "data-eng@museum.org"},
    "schema": {
        "table_schema": "public",
        "table_name": "object_api_metadata",
        "properties": columns,
    },
}
path = folder("04") / "api_metadata_contract_spec.json"
path.write_text(json.dumps(spec, indent=2), encoding="utf-8")

check("04.4", path)""",
    reasoning="Compare it with `contracts/object_api_metadata_contract_spec.json`. Yours is "
    "shorter, and that may well be right: it promises what somebody asked for, and no more.",
    wrong=(
        WrongAnswer(
            'key "doc" is missing',
            cell=promising('columns = {"object_id": {"constraints": {}}}', doc=""),
        ),
        WrongAnswer(
            "has data type 'date' in contract but 'timestamp without time zone'",
            cell=promising("""\
def column(data_type, **more):
    return {"description": "What it means.", "constraints": {"data_type": data_type, **more}}
columns = {
    "object_id": column("int4", primaryKey=True, is_nullable=False),
    "metadata_date": column("date"), "created_at": column("timestamp"),
}"""),
        ),
        WrongAnswer(
            "metadata_date is not promised yet",
            cell=promising("""\
number = {"description": "The number.", "constraints": {"data_type": "integer"}}
columns = {"object_id": number}"""),
            kind="incomplete",
        ),
    ),
    why="A short contract that its readers understand is kept. A long one that a tool made is "
    "accepted unread, and broken in the same way.",
)

OWN_OR_STANDARD: Final = Exercise(
    id="04.5",
    title="Build your own, or take the standard",
    prompt="""\
Four teams ask you whether to write a spec of their own, as this one is, or to take a standard \
such as ODCS, the Open Data Contract Standard. Answer each with `"own"` or `"standard"`.

- `a`: one Postgres, one team; only the shape of the tables is to be watched
- `b`: Postgres, a warehouse and event streams; also freshness, quality and roles
- `c`: a rule that only your company has, and that no standard has a place for
- `d`: a catalogue that you have bought is to read the contracts as well""",
    starter="""\
answer = {"a": ..., "b": ..., "c": ..., "d": ...}

check("04.5", answer)""",
    examine=examining.parts(
        {
            "a": examining.value(
                "own",
                slips=(
                    Slip(
                        "standard",
                        "You could. But the need is so small that a file with a dozen keys "
                        "covers it, and everybody can read it in a minute.",
                    ),
                ),
            ),
            "b": examining.value(
                "standard",
                slips=(
                    Slip(
                        "own",
                        "You would end up inventing slots for service levels, quality, roles and "
                        "other kinds of sources: that is the standard, and years of it.",
                    ),
                ),
            ),
            "c": examining.value(
                "own",
                slips=(
                    Slip(
                        "standard",
                        "Where a standard has no place for what you need most, it does not help "
                        "you with it.",
                    ),
                ),
            ),
            "d": examining.value(
                "standard",
                slips=(
                    Slip(
                        "own",
                        "No other tool reads a spec that you made up yourself.",
                    ),
                ),
            ),
        },
        next_step="Ask: who else has to read it, and how much has it to say?",
    ),
    hints=(
        "Your own is cheap as long as it is small, and as long as only you read it.",
        "Two of the four are small or peculiar; two have more to say, or others to say it to.",
    ),
    solution="""\
answer = {"a": "own", "b": "standard", "c": "own", "d": "standard"}

check("04.5", answer)""",
    reasoning="There is a middle way for c: take the standard, and put what it has no place for "
    "into its custom properties. Docent reads and writes several ways of writing a contract for "
    "this reason; the promise is the same in all of them.",
    wrong=(
        WrongAnswer("so small", {"a": "standard", "b": "standard", "c": "own", "d": "standard"}),
        WrongAnswer("inventing slots", {"a": "own", "b": "own"}),
        WrongAnswer("no place", {"a": "own", "b": "standard", "c": "standard"}),
        WrongAnswer("No other tool", {"d": "own"}),
        WrongAnswer("Still open: d", {"a": "own", "b": "standard", "c": "own"}, kind="incomplete"),
    ),
    why="Contracts are read by people and tools for years. A way of writing them that only one "
    "team understands is a cost that grows with every reader.",
)

LESSON: Final = Lesson(
    id="04",
    title="Write a contract",
    notebook="04_write_a_contract",
    minutes=30,
    goals=(
        "read a contract field by field, and know what each is for",
        "let JSON Schema say what is wrong with one, and where",
        "draft a contract from the catalogue",
        "say what a draft cannot know, and sign it with an owner",
        "decide when a spec of your own makes sense",
    ),
    summary=(
        "Name and namespace identify a contract; the owner is whom every message names.",
        "What stands under constraints is compared with the database; what is left out is not.",
        "A schema finds faults of grammar, reading finds contradictions, a database the rest.",
        "A draft knows the shape of a table, and neither its meaning nor what must stay.",
        "A spec of your own suits small needs; beyond those a standard costs less.",
    ),
    exercises=(COMPARED, MEND, SIGN, BY_HAND, OWN_OR_STANDARD),
    files={"object_tags_broken.json": BROKEN},
    room_notes=(
        "04.4 takes the longest. Those who know JSON well may write it in an editor.",
        "04.5 is worth a talk: let two people defend opposite answers before anybody checks.",
    ),
)
