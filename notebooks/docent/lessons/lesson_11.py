"""Lesson 11: families of contracts: what a child inherits, and why it may only be stricter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from docent import examining
from docent.contract_texts import read_text
from docent.examining import Slip
from docent.examining_families import (
    child,
    extends,
    keeps_up,
    nothing_lost,
    nothing_twice,
    one_line,
)
from docent.exercise import (
    Examine,
    Exercise,
    Lesson,
    Outcome,
    WrongAnswer,
    incomplete,
    wrong,
)
from docent.family_documents import (
    ALONE,
    BASE_FILE,
    BRANCH,
    MAIN,
    ODD,
    PEOPLE,
    PEOPLE_FILE,
    PRODUCT_FILE,
    TO_TRY,
    WITH_PRIVACY,
    in_folder,
    read_texts,
)

if TYPE_CHECKING:
    from contracts.model import Contract

BASE, DOMAIN, PRODUCT = "museum-base", "crm-domain", "signup-list"

# ------------------------------------------------------------------ 11.1

_LOOK: Final = "Look for it among the promises that explain lists, and read the last column."


def _from(expected: str, *slips: Slip) -> Examine:
    return examining.value(expected, slips=slips, next_step=_LOOK)


WHO_SAYS_SO: Final = Exercise(
    id="11.1",
    title="Who says so?",
    prompt="""\
Six promises that bind `signup-list`. Which contract does each one come from: `"museum-base"`, \
`"crm-domain"` or `"signup-list"`? Whoever wants one of them changed has to talk to the owner of \
that contract, and to nobody else.""",
    starter="""\
from docent import folder
from prevention.explaining import explain

found = explain("signup-list", folder("11") / "family")
# print(found) shows every promise, with the page that it comes from.

answer = {
    "no sign-up without an email": ...,
    "the newest row is younger than 4 hours": ...,
    "30 days of notice before it breaks": ...,
    "what a person wants deleted is gone within a day": ...,
    "signup_source is not for the public": ...,
    "there for 99 % of the time": ...,
}
check("11.1", answer)""",
    examine=examining.parts(
        {
            "no sign-up without an email": _from(
                DOMAIN,
                Slip(PRODUCT, "Its page does not so much as name the column.", _LOOK),
            ),
            "the newest row is younger than 4 hours": _from(
                PRODUCT,
                Slip(DOMAIN, "The domain promises 6 hours. Who promises 4?", _LOOK),
                Slip(BASE, "The base promises 24 hours. Who promises 4?", _LOOK),
            ),
            "30 days of notice before it breaks": _from(
                BASE,
                Slip(DOMAIN, "The domain says nothing of notice: it inherits it, too.", _LOOK),
            ),
            "what a person wants deleted is gone within a day": _from(DOMAIN),
            "signup_source is not for the public": _from(
                DOMAIN,
                Slip(
                    BASE,
                    "The base asks for public at least, which anybody may see.",
                    "Who asks for more? The strictest counts.",
                ),
                Slip(
                    PRODUCT,
                    "Its page says nothing of who may see that column.",
                    "Who says it of every column?",
                ),
            ),
            "there for 99 % of the time": _from(BASE),
        },
        next_step="One name for each of the six.",
    ),
    hints=(
        (
            "`print(found)`: every promise has a line, and behind it stands the file that says so. "
            "Where the name of a contract follows, it is inherited."
        ),
        "A minimum for every column counts for those that nobody classifies by name.",
        "Two come from the base, three from the domain, one is the product's own.",
    ),
    solution="""\
from docent import folder
from prevention.explaining import explain

found = explain("signup-list", folder("11") / "family")

answer = {
    "no sign-up without an email": "crm-domain",
    "the newest row is younger than 4 hours": "signup-list",
    "30 days of notice before it breaks": "museum-base",
    "what a person wants deleted is gone within a day": "crm-domain",
    "signup_source is not for the public": "crm-domain",
    "there for 99 % of the time": "museum-base",
}
check("11.1", answer)""",
    reasoning="The nearest that says something counts, and a minimum is the highest of all that "
    "are asked for. The owner of a promise is the owner of the page on which it stands: whoever "
    "asks Growth Engineering for less notice asks the wrong people.",
    wrong=(
        WrongAnswer("does not so much as name", {"no sign-up without an email": PRODUCT}),
        WrongAnswer("Who promises 4?", {"the newest row is younger than 4 hours": DOMAIN}),
        WrongAnswer("inherits it, too", {"30 days of notice before it breaks": DOMAIN}),
        WrongAnswer("The strictest counts", {"signup_source is not for the public": BASE}),
        WrongAnswer("says it of every column", {"signup_source is not for the public": PRODUCT}),
        WrongAnswer("that is not it", {"there for 99 % of the time": PRODUCT}),
        WrongAnswer("Still open", {"there for 99 % of the time": BASE}, kind="incomplete"),
        WrongAnswer("A dictionary", DOMAIN),
    ),
    why="A consumer who wants a promise changed needs the one who made it.",
)

# ------------------------------------------------------------------ 11.2

LEADS: Final = """\
contract: lead-scores
version: "1.0.0"
table: crm.salesforce_leads
owner: Revenue Operations <rev-ops@museum-guide.example>
fields:
  - email: string, not_null
  - score: integer, not_null
  - synced_at: timestamp_utc, not_null
semantics:
  email: {classification: sensitive}
sla: {freshness: < 3 hours on synced_at, availability: 99%}
notice: {lead_days: 30}
"""

JOINED: Final = """\
contract: lead-scores
version: "1.0.0"
extends: {name: crm-domain, version: "1.2.0"}
table: crm.salesforce_leads
owner: Revenue Operations <rev-ops@museum-guide.example>
fields:
  - score: integer, not_null
  - synced_at: timestamp_utc, not_null
sla: {freshness: < 3 hours on synced_at}
"""


def _text_cell(exercise: str, text: str) -> str:
    return f'answer = """\\\n{text}"""\ncheck("{exercise}", answer)'


def family() -> tuple[Contract, ...]:
    """The example family."""
    return read_texts(TO_TRY)


def _with(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text, old  # noqa: S101 - the author sees it at import
        text = text.replace(old, new)
    return text


_NAMED: Final = '{name: crm-domain, version: "1.2.0"}'

JOIN: Final = Exercise(
    id="11.2",
    title="Join the family",
    prompt="""\
`lead-scores` was written before there was a family: it says by itself what others say too, and \
knows nothing of deletion. Make it a child of `crm-domain`, and name the version of the domain \
that you have read. Nothing that it promises today may be lost; nothing that it inherits need be \
said a second time. Nobody reads it yet, so its own version may stay.""",
    starter=_text_cell("11.2", LEADS),
    examine=child(
        family,
        extends(
            DOMAIN,
            "Then nothing of what Revenue Operations promises about people holds for it.",
            "crm-domain is expected.",
        ),
        nothing_lost(LEADS),
        nothing_twice,
    ),
    hints=(
        f"One line more: `extends: {_NAMED}`. Run the cell with only that, and read on.",
        (
            "Compare your text with the picture of the family, line by line: what stands in a box "
            "above yours can go. A freshness of its own is stricter, and stays."
        ),
        "Four things can go: the column `email`, with its classification; availability; notice.",
    ),
    solution=_text_cell("11.2", JOINED),
    reasoning="The text is shorter and promises more: deletion within a day, a classification for "
    "every column, a check on every pull request. And when the domain changes its mind, this page "
    "changes with it. That is the price, too: somebody else's page binds you now.",
    wrong=(
        WrongAnswer(
            "no such contract",
            _with(JOINED, ("crm-domain", "crm-domian")),
        ),
        WrongAnswer("It extends museum-base", _with(JOINED, (_NAMED, "museum-base"))),
        WrongAnswer("there is '1.2.0'", _with(JOINED, ('"1.2.0"', '"1.0.0"'))),
        WrongAnswer("names no version", _with(JOINED, (_NAMED, DOMAIN)), kind="incomplete"),
        WrongAnswer(
            "freshness: 3 hours on synced_at is not promised any more",
            _with(JOINED, ("sla: {freshness: < 3 hours on synced_at}\n", "")),
        ),
        WrongAnswer(
            "child 'lead-scores (v1.0.0) – freshness: 12 hours on synced_at (weaker)'",
            _with(JOINED, ("< 3 hours", "< 12 hours")),
        ),
        WrongAnswer(
            "nullable of score: NOT NULL is not promised",
            _with(JOINED, ("integer, not_null", "integer")),
        ),
        WrongAnswer(
            "Said twice: notice, 30 days, which stands in museum_base.yaml",
            f"{JOINED}notice: {{lead_days: 30}}\n",
            kind="incomplete",
        ),
        WrongAnswer(
            "Said twice: availability",
            _with(JOINED, ("synced_at}", "synced_at, availability: 99%}")),
            kind="incomplete",
        ),
        WrongAnswer(
            "Said twice: classification of email, sensitive, which stands in crm_domain.yaml",
            _with(JOINED, ("sla:", "semantics: {email: {classification: sensitive}}\nsla:")),
            kind="incomplete",
        ),
        WrongAnswer(
            "At least what the parent promises: sensitive",
            _with(JOINED, ("sla:", "semantics: {email: {classification: public}}\nsla:")),
        ),
        WrongAnswer(
            'The contract promises no field "email"',
            _with(LEADS, ("  - email: string, not_null\n", "")),
        ),
        WrongAnswer("extends nobody", _with(LEADS, ("< 3 hours", "< 2 hours")), kind="incomplete"),
        WrongAnswer("Line 3: ", _with(JOINED, (_NAMED, "[crm-domain, museum-base]"))),
        WrongAnswer("The text of the contract", {"extends": DOMAIN}),
    ),
    why="Whoever reads one contract of the domain may expect the same of the next.",
)

# ------------------------------------------------------------------ 11.3

_SAMPLE: Final = "select count(*) from {table} where email not like '%@%'"
PARTNER: Final = f"""\
contract: partner-signups
version: "1.0.0"
extends: {{name: people-base, version: "3.0.0"}}
table: crm.partner_signups
fields:
  email: {{type: string, required: false, classification: internal}}
  signup_source: enum(web, mobile, api, partner, unknown)
sla: {{freshness: < 48 hours, availability: 99%, retention: 30 days,
      completeness: ">= 80% on signup_source"}}
quality:
  - {{query: "{_SAMPLE}", mustBeLessThan: 500}}
"""
MENDED: Final = """\
contract: partner-signups
version: "1.0.0"
extends: {name: people-base, version: "3.0.0"}
table: crm.partner_signups
fields:
  signup_source: enum(partner)
sla: {freshness: < 4 hours, retention: 365 days}
"""
_ALMOST: Final = _with(MENDED, ("enum(partner)", "enum(web, mobile, api, partner, unknown)"))


def people() -> tuple[Contract, ...]:
    """The parent of the partner's contract."""
    return (read_text(PEOPLE, PEOPLE_FILE),)


_CAN: Final = (
    ("freshness", timedelta(hours=4), "It delivers every 4 hours."),
    ("retention", timedelta(days=365), "It keeps rows for 365 days."),
)
_ALIKE: Final = 0.01
"""How far two times may be apart and still be one: a year is no certain number of days."""


def _stricter(contract: Contract, relatives: Sequence[Contract]) -> Outcome | None:
    """Whether what the partner can promise more than the family is said, and nothing beyond."""
    from detection.diffing.services import amount
    from detection.family import Family, effective

    whole = effective(contract, Family.of([contract, *relatives])).contract
    for name, can, sentence in _CAN:
        level = next(one for one in whole.service_levels if one.property == name)
        said = f"{name} is {level.value} {level.unit or ''}".rstrip()
        times = (amount(level.value, level.unit) or 0) / can.total_seconds()
        if abs(times - 1) <= _ALIKE:
            continue
        if (times < 1) is (name == "freshness"):
            seen = f"Nothing is weaker, and {said}: more than the partner can keep."
            return wrong(seen, sentence, "Promise what is kept: it is believed only then.")
        return _untold(said, sentence)
    column = whole.tables[0].column("signup_source")
    if column is None or column.states != ("partner",):
        states = ", ".join(column.states or ()) if column else ""
        return _untold(f"states is {states}", "All of its people come from one place: partner.")
    return None


def _untold(said: str, can: str) -> Outcome:
    return incomplete(
        f"Nothing is weaker. What the partner can do better is not said: {said}.",
        can,
        "A child may be stricter: say so where it is.",
    )


PARTNERS_LIST: Final = Exercise(
    id="11.3",
    title="Less than the family promises",
    prompt="""\
A partner sells the guide as well, and offers this contract for its list. It says that it extends \
`people-base`, and promises less in eight places. Mend it: nothing weaker than the parent, whose \
text stands above. Three things the partner can do better, and they are to be said: it delivers \
every 4 hours, keeps rows for 365 days, and all its people come from `partner`.""",
    starter=_text_cell("11.3", PARTNER),
    examine=child(
        people,
        extends("people-base", "The family that it belongs to is another.", "people-base."),
        _stricter,
    ),
    hints=(
        ("What a child does not say, it inherits. A promise that is weaker and cannot be made "
        "stronger by anybody's work need only be taken out."),
        ("Take out `email`, availability, completeness and the query. What is left are the three "
        "that the partner does better."),
        "`signup_source: enum(partner)`, `freshness: < 4 hours`, `retention: 365 days`.",
    ),
    solution=_text_cell("11.3", MENDED),
    reasoning="Stricter means: whoever relies on the parent can take the child for it. Fewer "
    "states are stricter, since no program meets one that it does not know; so are fewer nulls, "
    "a longer memory, fewer eyes. Whether the partner can *keep* it is another question. If it "
    "cannot, it does not belong into this family, and had better not say that it does.",
    wrong=(
        WrongAnswer("5 more of its promises are weaker", _with(
            PARTNER, ("< 48 hours", "< 4 hours"), ("30 days", "365 days"))),
        WrongAnswer("freshness: 48 hours (weaker)", _with(MENDED, ("< 4 hours", "< 48 hours"))),
        WrongAnswer("availability: 99 percent (weaker)",
                    _with(MENDED, ("sla: {", "sla: {availability: 99%, "))),
        WrongAnswer("completeness: 80 percent on signup_source (weaker)",
                    _with(MENDED, ("sla: {", 'sla: {completeness: "80% on signup_source", '))),
        WrongAnswer("retention: 30 days (weaker)", _with(MENDED, ("365 days", "30 days"))),
        WrongAnswer("email: NULL (weaker)",
                    _with(MENDED, ("fields:\n", "fields:\n  email: {required: false}\n"))),
        WrongAnswer("email: internal (weaker)",
                    _with(MENDED, ("fields:\n", "fields:\n  email: {classification: internal}\n"))),
        WrongAnswer("partner, unknown (weaker)", _ALMOST),
        WrongAnswer("mustBeLessThan 500 (weaker)", f'{MENDED}quality:\n  - {{query: "{_SAMPLE}", '
                    "mustBeLessThan: 500}\n"),
        WrongAnswer("freshness is 1 hours: more than the partner can keep",
                    _with(MENDED, ("< 4 hours", "< 1 hours"))),
        WrongAnswer("freshness is 6 hours", _with(MENDED, ("freshness: < 4 hours, ", "")),
                    kind="incomplete"),
        WrongAnswer("states is web, mobile, api, partner",
                    _with(MENDED, ("fields:\n  signup_source: enum(partner)\n", "")),
                    kind="incomplete"),
        WrongAnswer("extends nobody", "contract: partner-signups\ntable: crm.partner_signups\n",
                    kind="incomplete"),
        WrongAnswer("The text of the contract", 8),
    ),
    why="Who reads the family reads this list, too, and was told what holds for all of it.",
)  # fmt: skip

# ------------------------------------------------------------------ 11.4

_WRITE: Final = """\
from docent import folder

main, branch = folder("11") / "main", folder("11") / "branch"


def write(file, *changes):
    text = (main / file).read_text(encoding="utf-8")
    for old, new in changes:
        text = text.replace(old, new)
    (branch / file).write_text(text, encoding="utf-8")


"""


def _branch_cell(*lines: str) -> str:
    return f'{_WRITE}{chr(10).join(lines)}\n\ncheck("11.4", branch)'


_FIVE: Final = '("< 6 hours", "< 5 hours")'
_SCREENS: Final = (
    'write("gallery_screens.yaml", ("< 12 hours", "< 5 hours"), '
    "('\"1.1.0\"', '\"2.0.0\"'), ('\"1.0.0\"', '\"2.0.0\"'))"
)
_DOMAIN: Final = (
    f'write("crm_domain.yaml", {_FIVE}, (\'"1.2.0"\', \'"2.0.0"\'), (\'"1.0.0"\', \'"2.0.0"\'))'
)
_PRODUCT: Final = 'write("signups.yaml", (\'"2.1.0"\', \'"2.1.1"\'), (\'"1.2.0"\', \'"2.0.0"\'))'

KEEP_UP: Final = Exercise(
    id="11.4",
    title="The parent became stricter",
    prompt="""\
On the branch, the Data Office wants 5 hours in place of 24. `branch/museum_base.yaml` is as it \
wants it, and stays so. Make the others keep up, in `branch/`: nobody weaker, everybody naming \
the version of the parent that is there, and of each file that you change, the version that its \
own change demands. `docent diff` tells you, and so does `check`.

`write` takes a file of `main/`, puts new words in place of old ones, and lays it into `branch/`. \
`write("crm_domain.yaml", ("< 6 hours", "< 3 hours"))` changes one.""",
    starter=_branch_cell("# Here: what the others have to say now, file by file."),
    examine=keeps_up(MAIN, BRANCH, BASE_FILE),
    hints=(
        (
            "Two promise too little now: the domain, and the screens. The list of sign-ups has "
            "had 4 hours all along."
        ),
        (
            "A stricter promise can be more than its producer can keep, so it demands a major "
            "version. To name another version of the parent is a patch."
        ),
        (
            "`crm_domain.yaml` and `gallery_screens.yaml`: 5 hours, own version 2.0.0, parent "
            "2.0.0. Then `signups.yaml`: own version 2.1.1, parent 2.0.0."
        ),
    ),
    solution=_branch_cell(_DOMAIN, _SCREENS, _PRODUCT),
    reasoning="The list of sign-ups kept its promise, and owes no version for what its "
    "grandparent did; that it names a newer parent is worth a patch. Whether five hours can be "
    "kept, no file can say. The gate asks those who have to keep it, and waits for the answer: "
    "`docent ack`, as in lesson 08.",
    wrong=(
        WrongAnswer(
            "child 'gallery-screens (v1.1.0) – freshness: 12 hours (weaker)'",
            cell=_branch_cell(
                _DOMAIN,
                'write("gallery_screens.yaml")',
                _PRODUCT,
            ),
        ),
        WrongAnswer(
            "its changes demand '2.0.0' or more",
            cell=_branch_cell(_DOMAIN.replace("'\"2.0.0\"'), (", "'\"1.3.0\"'), (", 1), _SCREENS),
        ),
        WrongAnswer(
            "extends version '1.0.0' of its parent",
            cell=_branch_cell(
                'write("crm_domain.yaml", ("< 6 hours", "< 5 hours"), (\'"1.2.0"\', \'"2.0.0"\'))',
                _SCREENS,
                _PRODUCT,
            ),
            kind="incomplete",
        ),
        WrongAnswer(
            "extends version '1.2.0' of its parent",
            cell=_branch_cell(_DOMAIN, _SCREENS, 'write("signups.yaml")'),
            kind="incomplete",
        ),
        WrongAnswer(
            "its version is still '2.1.0'",
            cell=_branch_cell(
                _DOMAIN, _SCREENS, 'write("signups.yaml", (\'"1.2.0"\', \'"2.0.0"\'))'
            ),
        ),
        WrongAnswer(
            "signups.yaml, line 8",
            cell=_branch_cell('write("signups.yaml", (\'version: "1.2.0"\', "version: [1.2]"))'),
        ),
        WrongAnswer("The folder of the branch", {"crm_domain.yaml": 5}),
        WrongAnswer("There is no museum_base.yaml", "nowhere", kind="incomplete"),
    ),
    why="Who was told that all of the museum is five hours old at most believes it of each table.",
)

# ------------------------------------------------------------------ 11.5

_TIES: Final = (
    (BASE, "None"),
    ("privacy-base", f'"{BASE}"'),
    (DOMAIN, '"privacy-base"'),
    (PRODUCT, f'"{DOMAIN}"'),
)


def _ties_cell(ties: Sequence[tuple[str, str]]) -> str:
    lines = "".join(f'    "{name}": {parent},\n' for name, parent in ties)
    return f'answer = {{\n{lines}}}\ncheck("11.5", answer)'


ONE_LINE: Final = Exercise(
    id="11.5",
    title="Two parents",
    prompt="""\
The Privacy Office has a contract of its own now, `privacy-base`: what is about people moves there \
from `crm-domain`. `signup-list` needs both, and a list of two cannot be read. The lenders' desk \
keeps people too and will extend `privacy-base` soon, but has nothing to do with the CRM. \
`gallery-screens` extends `museum-base`, knows no people, and must not be bound by more than today.

Whom does each extend? Write a name, or `None` for nobody.""",
    starter=_ties_cell([(name, "...") for name, _ in _TIES]),
    examine=one_line(
        WITH_PRIVACY,
        of=PRODUCT,
        untouched="gallery-screens",
        wider="privacy-base",
        narrower=DOMAIN,
    ),
    hints=(
        ("Draw it: `signup-list` at the bottom, `museum-base` at the top. Two are left for the "
        "line between them."),
        "Of two on one line, the one that more contracts need stands higher.",
    ),
    solution=_ties_cell(_TIES),
    reasoning="With two parents one would have to say whose word counts where they differ, and "
    "every reader would have to know the rule. On a line there is no such question: the nearer "
    "one counts, and it is never weaker. What has no place on any line, a rule for some tables "
    "here and some there, is no matter for a family; it is a check of its own.",
    wrong=(
        WrongAnswer(
            "extends 2 contracts",
            {BASE: None, "privacy-base": BASE, DOMAIN: BASE, PRODUCT: [DOMAIN, "privacy-base"]},
        ),
        WrongAnswer(
            "nothing from privacy-base",
            {BASE: None, "privacy-base": BASE, DOMAIN: BASE, PRODUCT: DOMAIN},
        ),
        WrongAnswer(
            "nothing from museum-base",
            {BASE: None, "privacy-base": None, DOMAIN: "privacy-base", PRODUCT: DOMAIN},
        ),
        WrongAnswer(
            "gallery-screens is bound by privacy-base now",
            {BASE: "privacy-base", "privacy-base": None, DOMAIN: BASE, PRODUCT: DOMAIN},
        ),
        WrongAnswer(
            "extends itself in a circle",
            {BASE: None, "privacy-base": DOMAIN, DOMAIN: "privacy-base", PRODUCT: DOMAIN},
        ),
        WrongAnswer(
            "only who extends that can extend it",
            {BASE: None, "privacy-base": DOMAIN, DOMAIN: BASE, PRODUCT: "privacy-base"},
        ),
        WrongAnswer(
            "There is no contract 'privacy'",
            {BASE: None, "privacy-base": BASE, DOMAIN: "privacy", PRODUCT: DOMAIN},
        ),
        WrongAnswer("Still open: crm-domain", {BASE: None, "privacy-base": BASE},
                    kind="incomplete"),
        WrongAnswer("A dictionary", DOMAIN),
    ),
    why="Whoever reads a promise must be able to find the one page on which it stands.",
)  # fmt: skip

# ------------------------------------------------------------------ 11.6

_HELPS: Final = {
    "the law": "family",
    "by chance": "no family",
    "four floors": "fewer levels",
    "five nines": "weaker parent",
    "the exception": "another parent",
}

WHEN: Final = Exercise(
    id="11.6",
    title="A help, or bureaucracy?",
    prompt="""\
Five proposals to the Data Office. What do you answer? `"family"`: yes, with one parent for all. \
`"no family"`: let each say it for itself. `"fewer levels"`. `"weaker parent"`: promise less \
above. `"another parent"`: for this one.

- **the law**: forty contracts hold people's addresses. A law says how soon they are deleted, and \
will say otherwise next year.
- **by chance**: the shop's prices and the opening hours both promise 24 hours. Their owners have \
never met, and each may change its mind.
- **four floors**: enterprise, division, department, product. Of the two in the middle, neither \
adds a promise.
- **five nines**: `museum-base` promises 99.999 % because somebody liked it. Nobody measures it, \
and most products do not keep it.
- **the exception**: the archive is loaded once a month, by agreement with all who read it. It \
extends `museum-base`, and is in the red every day.""",
    starter="answer = {\n"
    + "".join(f'    "{case}": ...,\n' for case in _HELPS)
    + '}\ncheck("11.6", answer)',
    examine=examining.parts(
        {
            "the law": examining.value(
                "family",
                slips=(
                    Slip(
                        "no family",
                        "Then forty pages are changed next year, by forty owners, and the one "
                        "that is forgotten breaks the law unseen.",
                        "Where would you like to change it?",
                    ),
                ),
                next_step="How many pages change when the law does?",
            ),
            "by chance": examining.value(
                "no family",
                slips=(
                    Slip(
                        "family",
                        "Two numbers are alike today. Tie them, and the shop cannot change its "
                        "mind without asking about opening hours.",
                        "Would both ever change for one reason?",
                    ),
                ),
                next_step="Would both ever change for one reason?",
            ),
            "four floors": examining.value(
                "fewer levels",
                slips=(
                    Slip(
                        "family",
                        "It is one. Who reads a product walks through two pages that say nothing.",
                        "What would be lost without them?",
                    ),
                ),
                next_step="What would be lost without the two in the middle?",
            ),
            "five nines": examining.value(
                "weaker parent",
                slips=(
                    Slip(
                        "family",
                        "Then every product says in its own name what nobody believes.",
                        "What do all of them really keep?",
                    ),
                    Slip(
                        "another parent",
                        "For most of them? Then the other one is the real base.",
                        "What do all of them really keep?",
                    ),
                ),
                next_step="A base is what all can keep. Do they?",
            ),
            "the exception": examining.value(
                "another parent",
                slips=(
                    Slip(
                        "weaker parent",
                        "Then all of the museum may be a month old, for the sake of one table.",
                        "It is only this one. What should it not say that it is?",
                    ),
                    Slip(
                        "family",
                        "It would stay in the red, and everybody would learn to look away.",
                        "What should it not say that it is?",
                    ),
                ),
                next_step="A child cannot promise less. So whose child should it be?",
            ),
        },
        next_step="Each of the five answers belongs to one proposal.",
    ),
    hints=(
        "Ask of each: would all of them change for the same reason, on the same day?",
        (
            "A base that is not kept teaches everybody to look away; a level that adds nothing "
            "costs a page to read."
        ),
    ),
    solution="answer = {\n"
    + "".join(f'    "{case}": "{said}",\n' for case, said in _HELPS.items())
    + '}\ncheck("11.6", answer)',
    reasoning="A family is worth its pages where a promise has one owner, binds many, and changes "
    "for one reason. Where numbers are alike by chance, copying is cheaper than a meeting. And a "
    "base holds little: the more it says, the more tables have to leave it.",
    wrong=(
        WrongAnswer("forty owners", {"the law": "no family"}),
        WrongAnswer("asking about opening hours", {"by chance": "family"}),
        WrongAnswer("two pages that say nothing", {"four floors": "family"}),
        WrongAnswer("the other one is the real base", {"five nines": "another parent"}),
        WrongAnswer("nobody believes", {"five nines": "family"}),
        WrongAnswer("for the sake of one table", {"the exception": "weaker parent"}),
        WrongAnswer("learn to look away", {"the exception": "family"}),
        WrongAnswer("Still open", {"the law": "family"}, kind="incomplete"),
        WrongAnswer("A dictionary", "family"),
    ),
    why="A consumer trusts a base that is kept. One that is only written down costs that trust.",
)

LESSON: Final = Lesson(
    id="11",
    title="A family of contracts",
    notebook="11_a_family_of_contracts",
    minutes=35,
    goals=(
        "say what holds for everybody once, and let other contracts inherit it",
        "tell of every promise in effect which contract it comes from, and whom to ask",
        "find what a child promises less than its parent, in every dimension",
        "make a parent stricter without leaving its children behind, each with its own version",
        "say when a family helps, and when it is bureaucracy",
    ),
    summary=(
        "What a contract does not say, it inherits; what it says, it may only say more strictly.",
        "What binds is the effective contract; `docent explain` says where each promise is from.",
        "Stricter means: whoever relies on the parent can take the child for it.",
        "A parent's change is judged with all its children, and raises no child's version.",
        "One parent each, on one line; a base holds little, and what it holds is kept.",
    ),
    exercises=(WHO_SAYS_SO, JOIN, PARTNERS_LIST, KEEP_UP, ONE_LINE, WHEN),
    files={
        **in_folder("family", TO_TRY),
        f"alone/{PRODUCT_FILE}": ALONE,
        f"partner/{PEOPLE_FILE}": PEOPLE,
        **in_folder("main", MAIN),
        **in_folder("branch", BRANCH),
        **ODD,
    },
    room_notes=(
        "After the picture: ask who has such a family at work, and who has read its topmost page.",
        "11.4 is best done by four people, one file each, on one screen.",
        "11.6 is a talk: let people defend an answer that the check calls wrong.",
    ),
)
