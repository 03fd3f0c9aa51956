"""Lesson 06: the check as a test, in CI, and as a comment; what it refuses, what it lets pass."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import contracts
from docent import examining
from docent.answers import kind_of, told
from docent.examining import Slip
from docent.examining_contracts import contract
from docent.exercise import Exercise, Lesson, Outcome, WrongAnswer, correct, incomplete, wrong
from docent.room import Room

SPEC: Final = "object_images_contract_spec.json"
COPY: Final = f"mine/{SPEC}"
NONSENSE: Final = f"nonsense/{SPEC}"

_SOURCE = json.loads((Path(contracts.__file__).parent / SPEC).read_text(encoding="utf-8"))


def copy_of_the_contract(data_type: str | None = None) -> str:
    """The text of the contract for object_images, with another type for primary_image if asked."""
    spec = json.loads(json.dumps(_SOURCE))
    if data_type is not None:
        spec["schema"]["properties"]["primary_image"]["constraints"]["data_type"] = data_type
    return json.dumps(spec, indent=2, ensure_ascii=False) + "\n"


def baseline_of_the_nonsense(answer: object, room: Room) -> Outcome:
    """A baseline that accepts what the nonsense breaks today, and nothing that breaks tomorrow."""
    from prevention.baseline import read_baseline
    from prevention.decision import NotJudged

    if not isinstance(answer, (str, Path)):
        seen = f"Your answer is {kind_of(answer)}: {told(answer)}."
        return wrong(seen, "The path of the baseline is expected.")
    path = room.folder / answer
    if not path.is_file():
        return incomplete(
            f"There is no file {path.name} in the folder of this lesson yet.",
            next_step="docent check CONTRACT --write-baseline FILE writes it.",
        )
    try:
        accepted = read_baseline(path)
    except NotJudged as error:
        return wrong(str(error.obstacles[0].what), "What docent check --write-baseline writes.")
    return _tried(accepted, room)


def _tried(accepted: frozenset[str], room: Room) -> Outcome:
    today = _judged(copy_of_the_contract("integer"), accepted, room)
    if today != "held":
        return wrong(
            f"It accepts {len(accepted)} findings, and the check of the nonsense stays red with "
            "it: what is broken there is not among them.",
            "What that contract breaks today is to be accepted.",
            "Write it from a check of the contract in nonsense, and not of another one.",
        )
    if _judged(copy_of_the_contract("boolean"), accepted, room) != "broken":
        return wrong("It accepts what is not broken yet.", "It is to accept today's findings only.")
    return correct("With it the check is green today, and red again with the next new break.")


def _judged(text: str, accepted: frozenset[str], room: Room) -> str:
    import contextlib
    import tempfile

    from contracts.loading import load
    from detection.catalog import read_catalog
    from prevention.judging import judge

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / SPEC
        path.write_text(text, encoding="utf-8")
        promise = load(path)
    with contextlib.closing(room.connect()) as connection:
        catalog = read_catalog(connection)
    return judge([promise], catalog, accepted=accepted, whole=False).status


PREDICT_THE_EXIT: Final = Exercise(
    id="06.1",
    title="Predict what the build server sees",
    prompt="""\
A program tells the one that started it how it went by a number, its exit code. The contract \
check has three: **0** every promise holds, **1** a promise is broken, **2** nobody could judge. \
A build server lets a change pass with 0 and stops it with anything else.

Which code does each of these give? Guess first; the cell below the exercise tries them all.""",
    starter="""\
answer = {
    "a column has another type than was promised": ...,
    "there is a new table, and no contract for it": ...,
    "the database is down": ...,
    "the folder of contracts is empty": ...,
}
check("06.1", answer)""",
    examine=examining.parts(
        {
            "a column has another type than was promised": examining.value(
                1, next_step="A promise was made, and the database does not keep it."
            ),
            "there is a new table, and no contract for it": examining.value(
                0,
                slips=(
                    Slip(
                        1,
                        "Nobody was promised anything about that table, so nothing is broken. "
                        "It is a warning.",
                        "A warning is told, and lets the change pass.",
                    ),
                ),
                next_step="Nobody promised anything about the new table.",
            ),
            "the database is down": examining.value(
                2,
                slips=(
                    Slip(
                        1,
                        "Nobody knows whether a promise is broken: the database was not seen.",
                        "There is a code for not knowing.",
                    ),
                    Slip(
                        0,
                        "Green would say that every promise holds, and nobody has looked.",
                        "There is a code for not knowing.",
                    ),
                ),
            ),
            "the folder of contracts is empty": examining.value(
                2,
                slips=(
                    Slip(
                        0,
                        "It is true that no promise is broken. But a check that looks at nothing "
                        "is green for ever, and nobody notices when a path is mistyped.",
                        "It could not judge anything.",
                    ),
                ),
                next_step="It could not judge anything.",
            ),
        },
        next_step="One number for each: 0, 1 or 2.",
    ),
    hints=(
        "Ask of each: was a promise made, was it looked at, and does it hold?",
        "Two of the four could not be judged at all. They share a code.",
        "1 is for a promise that was made and is not kept. Only one of the four is that.",
    ),
    solution="""\
answer = {
    "a column has another type than was promised": 1,
    "there is a new table, and no contract for it": 0,
    "the database is down": 2,
    "the folder of contracts is empty": 2,
}
check("06.1", answer)""",
    reasoning="Broken and unknown are two different mornings: for the one you talk to the owner, "
    "for the other you mend the build. And what nobody looked at is never green, because a check "
    "that has quietly stopped checking is worse than none: people rely on it.",
    wrong=(
        WrongAnswer(
            "It is a warning",
            {
                "a column has another type than was promised": 1,
                "there is a new table, and no contract for it": 1,
                "the database is down": 2,
                "the folder of contracts is empty": 2,
            },
        ),
        WrongAnswer(
            "green for ever",
            {
                "a column has another type than was promised": 1,
                "there is a new table, and no contract for it": 0,
                "the database is down": 2,
                "the folder of contracts is empty": 0,
            },
        ),
        WrongAnswer("the database was not seen", {"the database is down": 1}),
        WrongAnswer("A dictionary", [1, 0, 2, 2]),
        WrongAnswer(
            "Still open", {"a column has another type than was promised": 1}, kind="incomplete"
        ),
    ),
    why="Consumers trust the green mark. It has to mean that somebody looked.",
)

KEEP_THE_OLD: Final = Exercise(
    id="06.2",
    title="Adopt the check on an old database",
    prompt="""\
Imagine that the contract in the folder `nonsense` is not a joke but twenty years of history: \
the contract says what people believe, the database is otherwise, and nobody can mend it this \
week. You would still like to be stopped by every *new* break from today on.

Write a **baseline**: a file of what is broken already. `docent check CONTRACT \
--write-baseline FILE` does it. The cell gives you `docent`, a function that runs that command. \
Leave the file in the folder of this lesson as `known.json`.""",
    starter="""\
from docent import folder
from docent.shell import docent

nonsense = folder("06") / "nonsense" / "object_images_contract_spec.json"
baseline = folder("06") / "known.json"
print(docent("check", nonsense))

check("06.2", baseline)""",
    examine=baseline_of_the_nonsense,
    hints=(
        "`docent check --help` lists the options; two of them have to do with a baseline.",
        'Hand two more words to `docent(…)`: `"--write-baseline"` and the path of the file.',
    ),
    solution="""\
from docent import folder
from docent.shell import docent

nonsense = folder("06") / "nonsense" / "object_images_contract_spec.json"
baseline = folder("06") / "known.json"
print(docent("check", nonsense, "--write-baseline", baseline))
print(docent("check", nonsense, "--baseline", baseline))

check("06.2", baseline)""",
    reasoning="A baseline accepts findings one by one, by a fingerprint of rule, contract, "
    "element, promise and find. When the column changes once more it is a new finding, and red. "
    "The file stands in git: whoever accepts a break does so in a commit that others see.",
    wrong=(
        WrongAnswer("The path of the baseline", {"accepted": []}),
        WrongAnswer(
            "what is broken there is not among them",
            cell="""\
from docent import folder

baseline = folder("06") / "known.json"
baseline.write_text('{"docent-baseline": 1, "accepted": []}', encoding="utf-8")

check("06.2", baseline)""",
        ),
        WrongAnswer(
            "no JSON",
            cell="""\
from docent import folder

baseline = folder("06") / "known.json"
baseline.write_text("accept everything, please", encoding="utf-8")

check("06.2", baseline)""",
        ),
        WrongAnswer("There is no file", "nowhere.json", kind="incomplete"),
    ),
    why="A check that is red from the first day is switched off on the second. Then nobody is "
    "protected at all.",
)

BREAK_ON_PAPER: Final = Exercise(
    id="06.3",
    title="Force a comment of your own",
    prompt=f"""\
Somebody would like to see the comment before they let the check into their repository. Break \
a promise on paper for them. The cell copies the contract for `object_images` into your folder, as \
`{COPY}`. Change in it what is promised about the column `additional_images`, so that the check \
finds the **elements of the array** to be otherwise, and nothing else. The database and the \
repository's own contracts stay as they are.

Write a line below `promise`; each run begins with a fresh copy. The comment appears further \
down.""",
    starter=f'''\
import json
from pathlib import Path

from docent import folder

given = Path("../contracts/object_images_contract_spec.json")
spec = json.loads(given.read_text(encoding="utf-8"))
promise = spec["schema"]["properties"]["additional_images"]
# Here: change one word of the promise.

path = folder("06") / "{COPY}"
text = json.dumps(spec, indent=2, ensure_ascii=False) + "\\n"
path.write_text(text, encoding="utf-8")

check("06.3", path)''',
    examine=contract(table="object_images", breaks=("array-element-differs",)),
    hints=(
        "`print(promise)` shows two parts: what the column is, and what its elements are.",
        'The elements are promised in `promise["array_element"]["data_type"]`.',
        "Any other type of Postgres is nonsense enough: `integer`, `date`, `uuid`.",
    ),
    solution=f'''\
import json
from pathlib import Path

from docent import folder

given = Path("../contracts/object_images_contract_spec.json")
spec = json.loads(given.read_text(encoding="utf-8"))
promise = spec["schema"]["properties"]["additional_images"]
promise["array_element"]["data_type"] = "integer"

path = folder("06") / "{COPY}"
text = json.dumps(spec, indent=2, ensure_ascii=False) + "\\n"
path.write_text(text, encoding="utf-8")

check("06.3", path)''',
    reasoning="An array and its elements are promised apart, and judged apart: whoever unnests "
    "the array meets the elements' type and never the array's. Forcing an error is a fair way to "
    "show people what they will get. Do it on a copy.",
    wrong=(
        WrongAnswer(
            "type-differs",
            cell=f"""\
import json
from pathlib import Path

from docent import folder

given = Path("../contracts/object_images_contract_spec.json")
spec = json.loads(given.read_text(encoding="utf-8"))
spec["schema"]["properties"]["primary_image"]["constraints"]["data_type"] = "integer"
path = folder("06") / "{COPY}"
path.write_text(json.dumps(spec), encoding="utf-8")

check("06.3", path)""",
        ),
        WrongAnswer(
            "keeps what your contract promises",
            cell=f"""\
import json
from pathlib import Path

from docent import folder

given = Path("../contracts/object_images_contract_spec.json")
spec = json.loads(given.read_text(encoding="utf-8"))
path = folder("06") / "{COPY}"
path.write_text(json.dumps(spec), encoding="utf-8")

check("06.3", path)""",
        ),
        WrongAnswer("The path of your contract", {"data_type": "integer"}),
        WrongAnswer("There is no file", "elsewhere.json", kind="incomplete"),
    ),
    why="The Data Science team unnests this array on every run of its training. The comment "
    "reaches its author before the change reaches them.",
)

COUNT_THE_COMMENTS: Final = Exercise(
    id="06.4",
    title="Five pushes",
    prompt="""\
A pull request is pushed to five times. The contract check says, in this order: broken, broken, \
all hold, broken, all hold.

How many comments does the workflow leave on the pull request, and what does the title of the \
last one say: `broken`, `could not judge` or `resolved`?""",
    starter="""\
answer = {"comments": ..., "title": ...}

check("06.4", answer)""",
    examine=examining.parts(
        {
            "comments": examining.value(
                1,
                slips=(
                    Slip(5, "A comment a push is what people mute. There is one, and it changes."),
                    Slip(3, "A comment a failure is what people mute. There is one, it changes."),
                    Slip(
                        0,
                        "The first push broke a promise, and the pull request was told.",
                        "A comment that is there is changed, and not taken away.",
                    ),
                ),
                next_step="Run publish(…) above once more, and count github.comments.",
            ),
            "title": examining.value(
                "resolved",
                slips=(
                    Slip("broken", "That was so after the fourth push; the fifth brought it up."),
                ),
                next_step="What does the comment say once all promises hold again?",
            ),
        }
    ),
    hints=(
        "The cell above publishes one outcome after another. Give it these five.",
        "`len(github.comments)` counts them.",
    ),
    solution="""\
answer = {"comments": 1, "title": "resolved"}

check("06.4", answer)""",
    reasoning="The comment is found again by a hidden first line and by its author, and is changed "
    "in its place. It stays when all is well, so that whoever got the mail finds the answer too. "
    "A pull request that never broke a promise gets no comment at all.",
    wrong=(
        WrongAnswer("what people mute", {"comments": 5, "title": "resolved"}),
        WrongAnswer("what people mute", {"comments": 3, "title": "resolved"}),
        WrongAnswer("after the fourth push", {"comments": 1, "title": "broken"}),
        WrongAnswer("was told", {"comments": 0, "title": "resolved"}),
        WrongAnswer("Still open", {"comments": 1}, kind="incomplete"),
    ),
    why="People read the first message of a robot. They mute the robot that sends the tenth.",
)

CHOOSE_THE_TOKEN: Final = Exercise(
    id="06.5",
    title="Why two jobs?",
    prompt="""\
A colleague finds the workflow too long: *why not let the job `check` write the comment itself? \
It has the outcome at hand, and it would save a job.* What is the reason not to?

- **A** One job may not run longer than a few minutes.
- **B** The job `check` runs the code of the pull request, so whoever opens one would hold a \
token that may write.
- **C** A comment can only be written when the check has failed.
- **D** The report would be lost when the check fails.""",
    starter="""\
answer = ...

check("06.5", answer)""",
    examine=examining.value(
        "B",
        slips=(
            Slip("A", "Both jobs have a limit, and either is enough for both tasks."),
            Slip("C", "It is written when the check has failed, and changed when it holds again."),
            Slip(
                "D",
                "The report is written in either case; a step of its own hands it on, even "
                "after a step that failed.",
            ),
        ),
        next_step="Ask of each job: whose code runs in it, and what may its token do?",
    ),
    hints=(
        "`permissions` differs between the two jobs. So does what they check out.",
        "A migration is a Python file in the pull request, and `alembic upgrade head` runs it.",
    ),
    solution="""\
answer = "B"

check("06.5", answer)""",
    reasoning="A migration is a program, and a pull request brings it along. It runs with all that "
    "its job may do. So the job that runs it may only read, and hands on a report; the job that "
    "may write runs the code of the base branch, and takes the report as a stranger's text.",
    wrong=(
        WrongAnswer("Both jobs have a limit", "a"),
        WrongAnswer("changed when it holds again", "C"),
        WrongAnswer("even after a step that failed", "D"),
        WrongAnswer("Expected is a text", 2),
    ),
    why="A check that protects the data and opens the repository to strangers protects nobody.",
)

LESSON: Final = Lesson(
    id="06",
    title="Prevent",
    notebook="06_prevent",
    minutes=30,
    goals=(
        "run the contract check as a test that fails like any other",
        "tell a broken promise from a check that could not judge, by its exit code",
        "bring the check to an old database without turning it red on the first day",
        "see what a branch would take back, before it is merged",
        "read the workflow that runs it on every pull request, step by step",
        "say why the comment is written by a second job",
    ),
    summary=(
        "The same check is a test, a command, and a job on a pull request; each tells the same.",
        "0 holds, 1 is broken, 2 is unknown; what nobody looked at is never green.",
        "A baseline accepts what was broken before, and stops what breaks next.",
        "The job that runs the pull request's code may not write; the one that writes runs none.",
        "One comment, kept up to date, is read; ten are muted.",
    ),
    exercises=(
        PREDICT_THE_EXIT,
        KEEP_THE_OLD,
        BREAK_ON_PAPER,
        COUNT_THE_COMMENTS,
        CHOOSE_THE_TOKEN,
    ),
    files={COPY: copy_of_the_contract(), NONSENSE: copy_of_the_contract("integer")},
    room_notes=(
        "Ask who has ever muted a robot on pull requests, and why. Then show the one comment.",
        "06.5 is worth a discussion: who in the room has a workflow that holds a write token?",
    ),
)
