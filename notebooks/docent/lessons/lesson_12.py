"""Lesson 12: one promise in other dialects, what each cannot say, and which one to choose."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docent import examining
from docent.answers import kind_of, told
from docent.examining import Slip
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
from docent.room import Room

if TYPE_CHECKING:
    from contracts.differences import Difference
    from contracts.model import Contract

PROMISE: Final = "pictures.odcs.yaml"
ON_ONE_PAGE: Final = "pictures.one-page.yaml"
SETTINGS: Final = "project/pyproject.toml"
UNBOUND: Final = "project/contracts/where_works_hang.yaml"
BEGUN: Final = "begun.odcs.yaml"
WRITTEN: Final = "where_works_hang.odcs.yaml"
MEANT: Final = "public.object_gallery_info"

PICTURES: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: met-museum-data/pictures
name: pictures
domain: met-museum-data
version: 1.2.0
status: active
description:
  purpose: The guide app shows the pictures, and the training of the model reads them.
  limitations: Works in copyright have no picture here.
schema:
  - name: object_images
    physicalName: public.object_images
    description: One row a work.
    dataGranularityDescription: object_id
    properties:
      - name: object_id
        description: The number by which the museum knows the work.
        logicalType: integer
        physicalType: integer
        primaryKey: true
        required: true
      - name: primary_image
        description: The address of the main picture; null when the museum gives none away.
        logicalType: string
        physicalType: text
        required: false
        classification: public
        examples: ["https://images.metmuseum.org/DT1234.jpg"]
        customProperties:
          - property: nullReasons
            value:
              - code: IN_COPYRIGHT
                meaning: The museum may not give the picture away.
      - name: additional_images
        description: The addresses of further pictures, in the museum's order.
        logicalType: array
        physicalType: text[]
        required: false
      - name: created_at
        description: When the row was written, as a clock in UTC shows it.
        logicalType: timestamp
        physicalType: timestamp without time zone
        required: true
        customProperties:
          - property: unit
            value: microseconds
    quality:
      - name: there are works
        type: library
        metric: rowCount
        mustBeGreaterThan: 0
slaProperties:
  - property: freshness
    value: 24
    unit: hours
    element: created_at
team:
  members:
    - username: data-eng@museum.org
      name: Data Engineering Team
      role: owner
support:
  - channel: "#museum-data"
    url: https://museum.org/chat
customProperties:
  - property: consumers
    value: [data-science-training, guide-app, gallery-map]
  - property: notice
    value: {channel: "#museum-data", leadDays: 30}
  - property: invariants
    value: [A number names the same work for ever.]
"""

PICTURES_ON_ONE_PAGE: Final = """\
contract: pictures
table: object_images
version: 1.2.0
status: active
owner: Data Engineering Team <data-eng@museum.org>
consumers: [data-science-training, guide-app, gallery-map]
purpose: The guide app shows the pictures, and the training of the model reads them.
notice: {channel: "#museum-data", lead_days: 30}
grain: object_id
fields:
  object_id:
    type: integer
    primary_key: true
    required: true
    description: The number by which the museum knows the work.
  primary_image:
    type: text
    required: false
    description: The address of the main picture; null when the museum gives none away.
    classification: public
    examples: ["https://images.metmuseum.org/DT1234.jpg"]
    null_reasons: {IN_COPYRIGHT: The museum may not give the picture away.}
  additional_images:
    type: text[]
    required: false
    description: The addresses of further pictures, in the museum's order.
  created_at:
    type: timestamp without time zone
    required: true
    unit: microseconds
    description: When the row was written, as a clock in UTC shows it.
sla:
  freshness: "< 24 hours on created_at"
invariants: [A number names the same work for ever.]
"""

WHERE_WORKS_HANG: Final = """\
contract: where_works_hang
version: 1.0.0
status: active
owner: Visitor Experience Team <visitor-experience@museum.org>
consumers: [gallery-map, guide-app]
purpose: The gallery map leads visitors to the works.
notice: {channel: "#museum-data", lead_days: 30}
fields:
  object_id: integer, primary_key, not_null
  gallery_number: text
  department: text
  created_at: timestamp without time zone, not_null
sla:
  freshness: "< 24 hours on created_at"
"""

BEGUN_IN_ODCS: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: where_works_hang
name: where_works_hang
version: 1.0.0
status: active
description:
  purpose: The gallery map leads visitors to the works.
schema:
  - name: object_gallery_info
    physicalName: public.object_gallery_info
    properties:
      - name: object_id
        logicalType: integer
        physicalType: integer
        primaryKey: true
        required: true
      - name: gallery_number
        logicalType: string
      - name: department
        logicalType: string
      - name: created_at
        logicalType: timestamp
        physicalType: timestamp without time zone
team:
  members:
    - username: visitor-experience@museum.org
      name: Visitor Experience Team
      role: owner
customProperties: []
"""

# ------------------------------------------------------------------ 12.1

_NOT_WEAKER: Final = (
    "Look among `converted.added`: something came in for it. A check of rows says that no row "
    "is wrong now; the promise said that none can be."
)


def _fate(expected: str, *slips: Slip, next_step: str) -> Examine:
    return examining.value(expected, slips=slips, next_step=next_step)


WHAT_WAS_LEFT: Final = Exercise(
    id="12.1",
    title="What was left behind?",
    prompt="""\
Take the contract for `object_images` to Soda, and read what `convert` tells. What became of each \
promise? `"kept"`: the new text says it. `"weaker"`: a check of the rows that are there has come \
in for it. `"lost"`: nobody who reads the new text alone will ever know.""",
    starter="""\
from contracts import load
from contracts.conversion import convert

promise = load("../contracts/object_images_contract_spec.json")
converted = convert(promise, "soda")  # has a text, left_behind and added

answer = {
    "object_id is an integer": ...,
    "object_id is the key": ...,
    "created_at is NOT NULL": ...,
    "created_at counts microseconds": ...,
    "who owns the promise": ...,
}
check("12.1", answer)""",
    examine=examining.parts(
        {
            "object_id is an integer": _fate(
                "kept", next_step="Print converted.text and look for object_id."
            ),
            "object_id is the key": _fate(
                "weaker",
                Slip("lost", "The key itself is gone, and not without a trace.", _NOT_WEAKER),
                Slip(
                    "kept",
                    "The text asks that no number is missing and none is there twice: of the rows "
                    "that are there. The next INSERT is not stopped by it.",
                    "There is a word for that.",
                ),
                next_step=_NOT_WEAKER,
            ),
            "created_at is NOT NULL": _fate(
                "weaker",
                Slip("lost", "NOT NULL itself is gone, and not without a trace.", _NOT_WEAKER),
                Slip(
                    "kept",
                    "Soda has no NOT NULL. What stands in the text is a check of the rows.",
                    "There is a word for that.",
                ),
                next_step=_NOT_WEAKER,
            ),
            "created_at counts microseconds": _fate(
                "kept",
                Slip("lost", "Look at the text once more: datetime_precision."),
                next_step="Print converted.text and look for created_at.",
            ),
            "who owns the promise": _fate(
                "lost",
                Slip("kept", "Print converted.text and look for a name or an address."),
                Slip("weaker", "Nothing has come in for it."),
                next_step="Print converted.text and look for a name or an address.",
            ),
        },
        next_step='One word for each: "kept", "weaker" or "lost".',
    ),
    hints=(
        (
            "`print(converted.text)` first. Then `for one in converted.left_behind: print(one)`, "
            "and the same for `converted.added`."
        ),
        (
            "What is left behind and has no partner in `added` is lost. Where a check came in for "
            "it, it is weaker."
        ),
        "Two are kept, two are weaker, one is lost.",
    ),
    solution="""\
from contracts import load
from contracts.conversion import convert

promise = load("../contracts/object_images_contract_spec.json")
converted = convert(promise, "soda")

answer = {
    "object_id is an integer": "kept",
    "object_id is the key": "weaker",
    "created_at is NOT NULL": "weaker",
    "created_at counts microseconds": "kept",
    "who owns the promise": "lost",
}
check("12.1", answer)""",
    reasoning="Soda describes what rows must look like when somebody looks at them. That is a good "
    "thing to say, and another one than what a table promises: between two looks anything may "
    "come in. And a red check wants somebody to call, whom this text does not name.",
    wrong=(
        WrongAnswer("The next INSERT", {"object_id is the key": "kept"}),
        WrongAnswer("not without a trace", {"object_id is the key": "lost"}),
        WrongAnswer("Soda has no NOT NULL", {"created_at is NOT NULL": "kept"}),
        WrongAnswer("datetime_precision", {"created_at counts microseconds": "lost"}),
        WrongAnswer("look for a name", {"who owns the promise": "kept"}),
        WrongAnswer("Still open", {"object_id is an integer": "kept"}, kind="incomplete"),
        WrongAnswer("A dictionary", "kept"),
    ),
    why="Whoever gets the new file believes that it is the whole promise.",
)

# ------------------------------------------------------------------ 12.2

SILENT: Final = Exercise(
    id="12.2",
    title="Who did not notice?",
    prompt="""\
A migration makes `created_at` a `timestamp(0)`: whole seconds. A reader that fetches *what is \
newer than the last row I saw* now misses rows that were written in the same second. Four teams \
check their tables by the same promise, each in its dialect: `book`, `odcs`, `soda`, `dbt`.

Whose check stays green? And which property had that dialect left behind when the promise was \
brought to it? Name it as `left_behind` does.""",
    starter="""\
from contracts import load
from contracts.conversion import convert
from docent.carrying import checks_after

promise = load("../contracts/object_images_contract_spec.json")
change = "alter table object_images alter created_at type timestamp(0)"

answer = {"stays green": ..., "had left behind": ...}
check("12.2", answer)""",
    examine=examining.parts(
        {
            "stays green": examining.value(
                "dbt",
                slips=(
                    Slip(
                        "soda",
                        "Soda lost the key and NOT NULL; the precision of a time it has kept.",
                        "Print checks_after(promise, change).",
                    ),
                    Slip(
                        "book",
                        "The book's spec says datetime_precision: 6, and 0 is found.",
                        "Print checks_after(promise, change).",
                    ),
                    Slip(
                        "odcs",
                        "physicalType is timestamp without time zone, and so it is not (0).",
                        "Print checks_after(promise, change).",
                    ),
                ),
                next_step="Print checks_after(promise, change): no rule is no finding.",
            ),
            "had left behind": examining.value(
                "data_type.precision",
                slips=(
                    Slip(
                        "data_type",
                        "The type is there: a timestamp. One figure of it is not.",
                        "Print the property of each, as it is spelled there.",
                    ),
                    Slip(
                        "nullable",
                        "dbt has kept the NOT NULL of created_at; what it left is that other "
                        "columns may be null. And that did not change.",
                        "Look for what is said of created_at.",
                    ),
                    Slip(
                        "examples",
                        "True, it did leave them. But no example was broken here.",
                        "Which of them would have noticed that the type has changed?",
                    ),
                ),
                next_step='Print each property of convert(promise, "dbt").left_behind that is '
                "about created_at.",
            ),
        },
        next_step="The name of a dialect, and the name of a property.",
    ),
    hints=(
        (
            "`checks_after(promise, change)` makes the change, judges it by each dialect's text, "
            "and takes it back. `print` it."
        ),
        (
            "`for one in convert(promise, NAME).left_behind: print(one.element, one.property)`, "
            "with the name of the dialect that said nothing."
        ),
    ),
    solution="""\
from contracts import load
from contracts.conversion import convert
from docent.carrying import checks_after

promise = load("../contracts/object_images_contract_spec.json")
change = "alter table object_images alter created_at type timestamp(0)"

(green,) = [name for name, rules in checks_after(promise, change).items() if not rules]
left = [one.property for one in convert(promise, green).left_behind if "created" in one.element]
(lost,) = [name for name in left if name.startswith("data_type")]
answer = {"stays green": green, "had left behind": lost}
check("12.2", answer)""",
    reasoning="dbt compares types by their names, without size, precision and scale; its own "
    "documentation says so, and for what dbt is for that is reasonable. Nobody lied: the promise "
    "was dropped on the day of the conversion, and broken on another one. So keep the list of "
    "what was left behind where the next reviewer will see it.",
    wrong=(
        WrongAnswer("Soda lost the key", {"stays green": "soda"}),
        WrongAnswer("datetime_precision: 6", {"stays green": "book"}),
        WrongAnswer("so it is not (0)", {"stays green": "odcs"}),
        WrongAnswer("One figure of it", {"stays green": "dbt", "had left behind": "data_type"}),
        WrongAnswer("that did not change", {"stays green": "dbt", "had left behind": "nullable"}),
        WrongAnswer("no example was broken", {"stays green": "dbt", "had left behind": "examples"}),
        WrongAnswer("Still open", {"stays green": "dbt"}, kind="incomplete"),
        WrongAnswer("A dictionary", "dbt"),
    ),
    why="A reader that fetches by that column gets fewer rows and no error. The one check that "
    "could have told it was silent.",
)

# ------------------------------------------------------------------ 12.3


def bound(answer: object, room: Room) -> Outcome:
    """The settings of a project that name the table of the contract on one page."""
    from contracts.binding import bind, find_unbound
    from contracts.loading import load_all
    from contracts.problems import DocumentError
    from prevention.configuration import configure
    from prevention.decision import NotJudged

    if not isinstance(answer, (str, Path)):
        seen = f"Your answer is {kind_of(answer)}: {told(answer)}."
        return wrong(seen, "The path of pyproject.toml is expected.")
    path = room.folder / answer
    if not path.is_file():
        return incomplete(f"There is no file {path.name} there yet.")
    try:
        settings = configure(path.parent, {})
        promises = load_all(path.parent / "contracts" / Path(UNBOUND).name)
    except NotJudged as error:
        return wrong(error.obstacles[0].what, next_step=error.obstacles[0].next_step)
    except DocumentError as error:
        return wrong(error.problems[0].what, next_step=error.problems[0].next_step)
    if "..." in settings.bind:
        return incomplete("The table is not named yet.", next_step="Which contract? Which table?")
    (promise,) = bind(promises, settings.bind)
    if problem := next(find_unbound([promise], settings.bind), None):
        return wrong(problem.what, next_step=problem.next_step)
    return _is_kept(promise, room)


def _is_kept(promise: Contract, room: Room) -> Outcome:
    """Whether the table that it was bound to keeps the promise."""
    from detection.catalog import read_catalog
    from prevention.judging import judge
    from prevention.words import issue

    name = promise.tables[0].qualified_name
    with contextlib.closing(room.connect()) as connection:
        decision = judge([promise], read_catalog(connection), whole=False)
    broken = [one for one in decision.findings if one.breaks]
    if broken:
        return wrong(
            f"It is bound to {name}. {issue(broken[0])} ({broken[0].rule}).",
            "A table that has what the page promises.",
            "Which table says where a work hangs?",
        )
    return correct(f"The page is about {name} now, and the table keeps all of it.")


def _settings(line: str) -> str:
    return f'[tool.docent]\ncontracts = "contracts"\n\n[tool.docent.bind]\n{line}\n'


def _settings_cell(line: str) -> str:
    return f'''\
from docent import folder

settings = folder("12") / "project" / "pyproject.toml"
text = """\\
{_settings(line)}"""
settings.write_text(text, encoding="utf-8")

check("12.3", settings)'''


BIND_IT: Final = Exercise(
    id="12.3",
    title="From a page to a table",
    prompt=f"""\
`{UNBOUND}` is what the Visitor Experience team and the makers of the gallery map wrote in an \
hour: who promises what, how fresh, with how much notice. It names no table, so nobody can check \
it. The page stays as they have signed it. Say in the project's settings which table of the museum \
it is about: on the left the contract's name, on the right the table.""",
    starter=_settings_cell('"..." = "..."'),
    examine=bound,
    hints=(
        "On the left stands what the page has under `contract`, word for word.",
        (
            "It promises a `gallery_number`. Only one of the eight tables has one; lesson 03 "
            "showed how to ask."
        ),
    ),
    solution=_settings_cell(f'"where_works_hang" = "{MEANT}"'),
    reasoning="What is promised and where it is kept are two questions with two answers. The page "
    "is the same in the test system and tomorrow in another database; the line in the settings "
    "is not.",
    wrong=(
        WrongAnswer("names no table", cell=_settings_cell('"where_work_hangs" = "object"')),
        WrongAnswer(
            "bound to public.object.", cell=_settings_cell('"where_works_hang" = "object"')
        ),
        WrongAnswer(
            "bound to public.galleries", cell=_settings_cell('"where_works_hang" = "galleries"')
        ),
        WrongAnswer("not TOML", cell=_settings_cell("where_works_hang: object_gallery_info")),
        WrongAnswer("The path of pyproject.toml", {"where_works_hang": "object_gallery_info"}),
        WrongAnswer("There is no file", "nowhere.toml", kind="incomplete"),
    ),
    why="A page that nobody can check is a good intention. The gallery map needs a promise.",
)

# ------------------------------------------------------------------ 12.4


def said_in_odcs(answer: object, room: Room) -> Outcome:
    """A document of ODCS that says all that the page says, and may say more."""
    from contracts.differences import find_differences
    from contracts.loading import load
    from contracts.problems import DocumentError

    if not isinstance(answer, (str, Path)):
        seen = f"Your answer is {kind_of(answer)}: {told(answer)}."
        return wrong(seen, "The path of your document is expected.")
    path = room.folder / answer
    if not path.is_file():
        return incomplete(f"There is no file {path.name} there yet.")
    try:
        written = load(path)
    except DocumentError as error:
        first = error.problems[0]
        place = f"{Path(first.location.file).name}:{first.location.line}"
        return wrong(f"{place}: {first.what}", next_step=first.next_step)
    if written.dialect != "odcs":
        return wrong("It is a contract, and not one in ODCS.", "apiVersion: v3.1.0")
    lost = [one for one in find_differences(the_page(), written) if one.before is not None]
    untold = [one for one in lost if one.after is None]
    others = [one for one in lost if one.after is not None]
    if others:
        return wrong(f"It says otherwise: {_told(others[0])}.", f"{others[0].before}, as the page.")
    if untold:
        said = "; ".join(dict.fromkeys(map(_told, untold)))
        seen = f"Read back, this is not said yet: {said}."
        return incomplete(seen, next_step=f"Look how {PROMISE} says such things.")
    return correct("Read back, it says all that the page says. Nothing is lost on the way.")


def the_page() -> Contract:
    """The contract on one page, bound to its table."""
    from contracts.binding import bind
    from contracts.documents import scan_document
    from contracts.loading import contract_in

    page = contract_in(scan_document(UNBOUND, WHERE_WORKS_HANG.encode()))
    (promise,) = bind([page], {page.name: MEANT})
    return promise


def _told(one: Difference) -> str:
    """What a difference is about, and what it became: ``created_at: nullable``."""
    name = one.property.replace("_", " ")
    column = one.element.partition("public.object_gallery_info.")[2]
    about = f"{column}: {name}" if column else name if one.element == "contract" else one.element
    return about if one.after is None else f"{about} became {one.after}"


_BEGIN: Final = """\
import yaml

from docent import folder

spec = yaml.safe_load((folder("12") / "begun.odcs.yaml").read_text(encoding="utf-8"))
column = spec["schema"][0]["properties"][-1]
"""
_END: Final = """

path = folder("12") / "where_works_hang.odcs.yaml"
path.write_text(yaml.safe_dump(spec, sort_keys=False), encoding="utf-8")
check("12.4", path)"""
_REQUIRED: Final = 'column["required"] = True'
_FRESH: Final = (
    'fresh = {"property": "freshness", "value": 24, "unit": "hours", "element": "created_at"}\n'
    'spec["slaProperties"] = [fresh]'
)
_READERS: Final = '{"property": "consumers", "value": ["gallery-map", "guide-app"]}'
_NOTICE: Final = '{"channel": "#museum-data", "leadDays": 30}'
_CUSTOM: Final = (
    f"readers = {_READERS}\n"
    f'notice = {{"property": "notice", "value": {_NOTICE}}}\n'
    'spec["customProperties"] = [readers, notice]'
)


def _odcs_cell(*lines: str) -> str:
    return f"{_BEGIN}{chr(10).join(lines)}{_END}"


IN_ODCS: Final = Exercise(
    id="12.4",
    title="There and back",
    prompt=f"""\
Say the same in ODCS, so that nothing is lost on the way. `{BEGUN}` in your folder is most of it. \
Four things of the page are still missing: `created_at` is never null, the data are younger than \
24 hours, the two consumers, the notice. The cell reads what is there; write your lines below \
`column`. For some of them the standard has a place, for others it has `customProperties`; \
`pictures.odcs.yaml` says such things too, and docs/odcs.md lists every name.""",
    starter=_odcs_cell("# Here: say what is missing."),
    examine=said_in_odcs,
    hints=(
        (
            "`column` is created_at: ODCS says NOT NULL by `required`. Freshness is one entry in "
            "the list `slaProperties`, with `property`, `value`, `unit` and `element`."
        ),
        (
            "The standard has no place for consumers and notice. Each is an entry of "
            "`customProperties`, with `property` and `value`, as in `pictures.odcs.yaml`."
        ),
        f'The notice: `{{"property": "notice", "value": {_NOTICE}}}`.',
    ),
    solution=_odcs_cell(_REQUIRED, _FRESH, _CUSTOM),
    reasoning="`docent convert` would have written it too, once the page is bound. It puts the "
    "same things in the same places. Custom properties are the standard's own way to say more "
    "than it knows; another tool keeps them and does not understand them, so agree on the names.",
    wrong=(
        WrongAnswer(
            'The key "notice" is not known',
            cell=_odcs_cell(_REQUIRED, _FRESH, f'spec["notice"] = {_NOTICE}'),
        ),
        WrongAnswer(
            "notice.lead days became 14",
            cell=_odcs_cell(_REQUIRED, _FRESH, _CUSTOM.replace("30", "14")),
        ),
        WrongAnswer(
            "service level freshness became 1",
            cell=_odcs_cell(_REQUIRED, _FRESH.replace("24", "1"), _CUSTOM),
        ),
        WrongAnswer(
            "not said yet: consumers; notice.",
            cell=_odcs_cell(_REQUIRED, _FRESH),
            kind="incomplete",
        ),
        WrongAnswer(
            "not one in ODCS",
            cell='from docent import folder\n\npath = folder("12") / "pictures.one-page.yaml"\n'
            'check("12.4", path)',
        ),
        WrongAnswer("The path of your document", {"apiVersion": "v3.1.0"}),
        WrongAnswer("There is no file", "nowhere.odcs.yaml", kind="incomplete"),
    ),
    why="The partner's tools read ODCS. What is not in the file, they were never promised.",
)

# ------------------------------------------------------------------ 12.5

_TEAMS: Final = {
    "one hour": "one page",
    "all in dbt": "dbt",
    "night load": "soda",
    "two services": "protobuf",
    "three companies": "odcs",
}

CHOOSE: Final = Exercise(
    id="12.5",
    title="Choose for a team",
    prompt="""\
Five teams, five dialects. Choose the *smallest* one that can say all that a team needs: `"one \
page"`, `"dbt"`, `"soda"`, `"protobuf"`, `"odcs"`.

- **one hour**: two teams have an hour, a whiteboard, and no table yet. They want to agree.
- **all in dbt**: every table is built by one dbt project, and all who read it work there.
- **night load**: somebody else loads the tables at night. In the morning the team wants to know \
whether the rows are whole and fresh.
- **two services**: one program sends the other messages. An old program must understand a newer \
message.
- **three companies**: each has tools of its own. Version, status, notice and the end of the \
promise have to stand in one file that all of them read.""",
    starter="""\
answer = {
    "one hour": ...,
    "all in dbt": ...,
    "night load": ...,
    "two services": ...,
    "three companies": ...,
}
check("12.5", answer)""",
    examine=examining.parts(
        {
            "one hour": examining.value(
                "one page",
                slips=(
                    Slip(
                        "odcs",
                        "It could say all of it. Half the hour would go into where to put it.",
                        "What fits on a whiteboard?",
                    ),
                ),
                next_step="What fits on a whiteboard, and needs no table?",
            ),
            "all in dbt": examining.value(
                "dbt",
                slips=(
                    Slip(
                        "odcs",
                        "It could say it. But dbt builds the tables from files of its own, so "
                        "somebody would have to keep two files alike.",
                        "Where do they work already?",
                    ),
                ),
                next_step="Where do they work already?",
            ),
            "night load": examining.value(
                "soda",
                slips=(
                    Slip(
                        "dbt",
                        "dbt checks what dbt builds. These tables come from somebody else: a "
                        "source has tests in dbt, and no contract.",
                        "Which dialect is made of checks of rows?",
                    ),
                    Slip(
                        "odcs",
                        "It can say all of it, and versions, notice and owners besides, for which "
                        "nobody here has asked.",
                        "Which smaller one is made of checks of rows?",
                    ),
                ),
                next_step="Which dialect is made of checks of rows?",
            ),
            "two services": examining.value(
                "protobuf",
                slips=(
                    Slip(
                        "odcs",
                        "It describes data at rest well. How an old program reads the bytes of a "
                        "newer message, it does not say.",
                        "Which of them is about bytes on their way?",
                    ),
                ),
                next_step="Which of them is about bytes on their way?",
            ),
            "three companies": examining.value(
                "odcs",
                slips=(
                    Slip(
                        "one page",
                        "It could say it. But the words on such a page are one house's own; the "
                        "other two companies have no tool that reads them.",
                        "Which one is nobody's own?",
                    ),
                    Slip(
                        "dbt",
                        "Look at the table once more: it has lost status and notice.",
                        "Which one has kept them all?",
                    ),
                    Slip(
                        "soda",
                        "Look at the table once more: it has lost version, status and notice.",
                        "Which one has kept them all?",
                    ),
                ),
                next_step="Which one has kept them all, and is nobody's own?",
            ),
        },
        next_step="One dialect for each team; each is used once.",
    ),
    hints=(
        (
            "Ask of each: is it about agreeing, about building, about rows, about bytes, or about "
            "people who share no tool?"
        ),
        "Each of the five is used once.",
    ),
    solution="answer = {\n"
    + "".join(f'    "{team}": "{dialect}",\n' for team, dialect in _TEAMS.items())
    + '}\ncheck("12.5", answer)',
    reasoning="A larger dialect is no better promise. It is more keys that somebody has to fill in "
    "and keep true. When a team outgrows its dialect, the move is a conversion, and you know now "
    "how to read what it leaves behind.",
    wrong=(
        WrongAnswer("Half the hour", {"one hour": "odcs"}),
        WrongAnswer("keep two files alike", {"all in dbt": "odcs"}),
        WrongAnswer("dbt checks what dbt builds", {"night load": "dbt"}),
        WrongAnswer("nobody here has asked", {"night load": "odcs"}),
        WrongAnswer("data at rest", {"two services": "odcs"}),
        WrongAnswer("one house's own", {"three companies": "one page"}),
        WrongAnswer("lost status and notice", {"three companies": "dbt"}),
        WrongAnswer("lost version", {"three companies": "soda"}),
        WrongAnswer("Still open", {"one hour": "one page"}, kind="incomplete"),
        WrongAnswer("A dictionary", "odcs"),
    ),
    why="The best dialect is the one in which somebody keeps the promise up to date.",
)

LESSON: Final = Lesson(
    id="12",
    title="Other dialects",
    notebook="12_other_dialects",
    minutes=35,
    goals=(
        "read one promise in five ways of writing",
        "take a contract to another dialect, and say what was left behind",
        "find the promise that a dialect had dropped when a change breaks it unnoticed",
        "bind a page without a table to its table, and write it in ODCS without a loss",
        "choose a dialect for a team, and say when to stop building your own",
    ),
    summary=(
        "A dialect is a way of writing a promise; what it has no words for is not promised.",
        "A conversion is a decision: keep the list of what it left behind.",
        "A check of rows says what is so today; a constraint says what stays so.",
        "ODCS has a place for most of it, and custom properties for the rest.",
        "Take the smallest dialect that says what is needed, and the tool that reads it.",
    ),
    exercises=(WHAT_WAS_LEFT, SILENT, BIND_IT, IN_ODCS, CHOOSE),
    files={
        PROMISE: PICTURES,
        ON_ONE_PAGE: PICTURES_ON_ONE_PAGE,
        SETTINGS: _settings("# the tables of contracts that name none").rstrip() + "\n",
        UNBOUND: WHERE_WORKS_HANG,
        BEGUN: BEGUN_IN_ODCS,
    },
    room_notes=(
        "Before 12.1: let the room bet which dialect keeps most, and which keeps the key.",
        "12.5 is a talk: let people defend an answer that the check calls wrong.",
        "Ask who has a contract at work that was converted once, and where the list is.",
    ),
)
