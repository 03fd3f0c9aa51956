"""Look at contracts that a learner has put into a family: what they inherit, and what they lose."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docent.answers import kind_of, told
from docent.contract_texts import read_answer, read_text
from docent.examination import NOT_ATTEMPTED
from docent.exercise import Examine, Outcome, correct, incomplete, wrong
from docent.room import Room

if TYPE_CHECKING:
    from contracts.model import Contract
    from detection.family.promises import Promise
    from prevention.decision import Decision

More = Callable[["Contract", Sequence["Contract"]], Outcome | None]
"""A further look at a child that is not weaker than its family; ``None`` when nothing is amiss."""

INHERITS: Final = "What a child does not say, it inherits: say it more strictly, or not at all."

REASONS: Final[Mapping[str, str]] = {
    "nullable": "Whoever writes to all people of the family would write to nobody here.",
    "classification": "What is shown to more people here is known to them everywhere.",
    "states": "A program that knows the family's states would meet one that it does not know.",
    "freshness": "Whoever counts on the family would take old rows for new ones.",
    "availability": "Whoever reads all of the family is down whenever one member is.",
    "completeness": "A share that holds for the whole family would not hold with this one in it.",
    "retention": "Whoever looks back as far as the family reaches would find a hole.",
    "quality": "What the family has weeded out would come back in by this door.",
}
"""Why somebody would care about a promise that is weaker, by its dimension."""


def child(relatives: Callable[[], Sequence[Contract]], *more: More) -> Examine:
    """A contract's text, as a child in this family: it must find its parent, and not be weaker."""

    def examine(answer: object, _room: Room) -> Outcome:
        contract = read_answer(answer)
        if isinstance(contract, Outcome):
            return contract
        family = relatives()
        if contract.extends is None:
            seen = "Your contract extends nobody: it stands alone, and inherits nothing."
            return incomplete(seen, next_step="Name its parent by `extends`, with the version.")
        looks = (fault_of, *more)
        found = next((outcome for look in looks if (outcome := look(contract, family))), None)
        return found or correct(_told(contract, family))

    return examine


def fault_of(contract: Contract, family: Sequence[Contract]) -> Outcome | None:
    """The first thing that is wrong with a contract as a child, in the words of ``docent check``.

    What is wrong with its parent comes first.
    """
    from detection.family.faults import find_family_faults
    from prevention.decision import finding_of
    from prevention.words import issue, next_step

    faults = find_family_faults([contract], family)
    if not faults:
        return None
    first, *others = faults
    finding = finding_of(first)
    seen = f"{issue(finding)}."
    if first.kin is None:
        return wrong(seen, next_step=next_step(finding))
    if others:
        seen += f" {len(others)} more of its promises are weaker."
    outcome = wrong(seen, f"At least what the parent promises: {first.promised}.", INHERITS)
    return replace(outcome, why=REASONS.get(first.aspect or "", ""))


def extends(parent: str, seen: str, expected: str) -> More:
    """Whether it extends this one, and names the version of it that was read."""

    def look(contract: Contract, _family: Sequence[Contract]) -> Outcome | None:
        if contract.extends != parent:
            return wrong(f"It extends {contract.extends}. {seen}", expected)
        if contract.extends_version is None:
            return incomplete(
                "It names no version of its parent, so it goes along with whatever comes.",
                next_step="Say which version you have read: `{name: …, version: …}`.",
            )
        return None

    return look


def nothing_lost(before: str) -> More:
    """Whether all that this text promises is still in effect, or more; with what is inherited."""

    def look(contract: Contract, family: Sequence[Contract]) -> Outcome | None:
        from detection.family.promises import list_promises

        kept = {_words(one) for one in in_effect(contract, family)}
        less = _weaker_than(read_text(before), contract, family)
        own = (one.words for one in list_promises(contract))
        stricter = {(about, aspect) for about, aspect, _ in own if aspect not in less}
        lost = [
            one
            for one in in_effect(read_text(before), ())
            if _words(one) not in kept and (one.about, one.aspect) not in stricter
        ]
        if not lost:
            return None
        first = lost[0]
        now = next((value for about, aspect, value in sorted(kept)
                    if (about, aspect) == (first.about, first.aspect)), None)  # fmt: skip
        name = _name(first)
        seen = f"{name}: {first.value} is not promised any more"
        seen += f"; what is, is {now}." if now else "."
        return wrong(seen, "All that was promised before.", "Nobody says it for you: say it.")

    return look


def nothing_twice(contract: Contract, family: Sequence[Contract]) -> Outcome | None:
    """Whether it says nothing that it would inherit in the same words."""
    from detection.family import Family
    from detection.family.projecting import projected
    from detection.family.promises import list_promises

    own = {one.words: one for one in list_promises(contract)}
    for ancestor in Family.of([contract, *family]).lineage(contract):
        theirs = (one for one in list_promises(projected(ancestor, contract)) if one.words in own)
        twice = [one for one in theirs if one.aspect != "column"]
        if twice:
            first = twice[0]
            line = first.location.line if first.location else "?"
            file = Path(first.location.file).name if first.location else ancestor.name
            column = first.about.rpartition(".")[2]
            about = f"{first.aspect} of {column}" if column else first.aspect
            more = f", and {len(twice) - 1} more" if len(twice) > 1 else ""
            return incomplete(
                f"Nothing is lost. Said twice: {about}, {first.value}, which stands in {file} "
                f"(line {line}) already{more}.",
                next_step="Take out of yours what it inherits: a copy is what drifts away.",
            )
    return None


def in_effect(contract: Contract, family: Sequence[Contract]) -> tuple[Promise, ...]:
    """Every promise that binds a contract, each with the one it comes from."""
    from detection.family import Family
    from detection.family.promises import promises_of

    return promises_of(contract, Family.of([contract, *family]))


def _weaker_than(
    before: Contract, contract: Contract, family: Sequence[Contract]
) -> frozenset[str]:
    """What a contract promises less, with all that it inherits, than it did before."""
    from detection.family import Family, effective, weaker_promises

    old = replace(before, name="what it promised before")
    new = effective(contract, Family.of([contract, *family])).contract
    changes = weaker_promises([replace(new, extends=old.name, extends_version=None)], [old])
    return frozenset(change.aspect or "" for change in changes)


def _words(promise: Promise) -> tuple[str, str, str]:
    return promise.about, promise.aspect, promise.value


def _name(promise: Promise) -> str:
    column = promise.about.rpartition(".")[2]
    return f"{promise.aspect} of {column}" if column else promise.aspect


def _told(contract: Contract, family: Sequence[Contract]) -> str:
    promises = in_effect(contract, family)
    inherited = [one for one in promises if one.origin.contract != contract.identity]
    return (
        f"Of {len(promises)} promises that bind it, it says {len(promises) - len(inherited)} "
        f"itself and inherits {len(inherited)}; none is weaker than above."
    )


# ------------------------------------------------------------------ a branch


def keeps_up(main: Mapping[str, str], branch: Mapping[str, str], parent: str) -> Examine:
    """The folder of a branch on which a parent became stricter: its children must keep up.

    main, branch:  the files of both as they are given, name -> text.
    parent:        the file of the parent, which has to stay as the branch has it.
    """

    def examine(answer: object, room: Room) -> Outcome:
        if not isinstance(answer, (str, Path)):
            seen = f"Your answer is {kind_of(answer)}: {told(answer)}."
            return wrong(seen, "The folder of the branch is expected.")
        folder = room.folder / answer
        missing = [name for name in branch if not (folder / name).is_file()]
        if missing:
            return incomplete(f"There is no {missing[0]} in {folder.name}.")
        texts = {name: (folder / name).read_text(encoding="utf-8") for name in branch}
        if texts == dict(branch):
            return NOT_ATTEMPTED
        if texts[parent] != branch[parent]:
            return wrong(
                f"{parent} is not as the branch has it.",
                "What the Data Office promises stays as it is: it is the others' turn.",
                "`reset` puts your files aside and gives them as they were.",
            )
        return _judged(main, texts)

    return examine


def _judged(main: Mapping[str, str], texts: Mapping[str, str]) -> Outcome:
    from contracts.problems import DocumentError

    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place) / name for name in ("main", "branch")]
        for folder, files in zip(folders, (main, texts), strict=True):
            folder.mkdir()
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
        try:
            decision = _compared(*folders)
        except DocumentError as error:
            problem = error.problems[0]
            name = Path(problem.location.file).name
            what = f"{name}, line {problem.location.line}: {problem.what}"
            return wrong(what, next_step=problem.next_step)
        return _of_the_branch(decision, folders[1])


def _compared(main: Path, branch: Path) -> Decision:
    from prevention.comparing import compare
    from prevention.configuration import Configuration

    return compare(main, branch, configuration=Configuration(contracts=branch))


def _of_the_branch(decision: Decision, branch: Path) -> Outcome:
    from contracts.loading import load_folder
    from detection.family.faults import find_family_faults
    from prevention.decision import finding_of
    from prevention.words import issue, next_step

    rules = ("child-weaker", "parent-changed", "version-too-low", "version-unchanged")
    by_rule = {rule: one for rule in rules for one in decision.findings if one.rule == rule}
    if found := next(iter(by_rule.values()), None):
        weak = found.rule != "parent-changed"
        expected = f"At least {found.promised}." if weak else ""
        return wrong(f"{issue(found)}.", expected, next_step(found))
    for fault in find_family_faults(load_folder(branch)):
        finding = finding_of(fault)
        return incomplete(f"Nothing is weaker any more. {issue(finding)}.",
                          next_step=next_step(finding))  # fmt: skip
    left = sorted({one.contract or "" for one in decision.findings if one.breaks})
    return correct(
        "No child is weaker than its parent, and every version says what changed. What is left is "
        f"a question to those who have to keep it: {', '.join(left)}."
    )


# ------------------------------------------------------------------ one line of parents


def one_line(
    texts: Mapping[str, str], *, of: str, untouched: str, wider: str, narrower: str
) -> Examine:
    """A dictionary: the name of each contract -> the name of its parent, or ``None``.

    of:         the contract that has to end up with what all of the others but one promise.
    untouched:  that one, which must not be bound by anything new.
    wider:      the contract that others will extend too, so that it stands above ``narrower``.
    """

    def examine(answer: object, _room: Room) -> Outcome:
        from detection.family import Family
        from docent.family_documents import read_texts

        contracts = {one.name: one for one in read_texts(texts)}
        asked = [name for name in contracts if name != untouched]
        if not isinstance(answer, dict):
            seen = f"Your answer is {kind_of(answer)}: {told(answer)}."
            return wrong(seen, f"A dictionary with the keys {', '.join(asked)} is expected.")
        still_open = [name for name in asked if answer.get(name, ...) is ...]
        if still_open:
            return incomplete(f"Still open: {', '.join(still_open)}.")
        for name in asked:
            if amiss := _no_parent(name, answer[name], contracts):
                return amiss
        tied = [
            replace(one, extends=answer[name], extends_version=None) if name in asked else one
            for name, one in contracts.items()
        ]
        amiss = _line_of(tied, of, untouched, contracts)
        line = [
            one.name for one in Family.of(tied).lineage(next(one for one in tied if one.name == of))
        ]
        if amiss is None and line.index(wider) < line.index(narrower):
            return wrong(
                f"{wider} extends {narrower}: only who extends that can extend it.",
                f"Whoever needs {wider} can extend it.",
                "Which of the two is about more than the other?",
            )
        said = f"{of} extends {', then '.join(line)}: one line, and nothing is lost on it."
        return amiss or correct(said)

    return examine


def _no_parent(name: str, parent: object, contracts: Mapping[str, Contract]) -> Outcome | None:
    if isinstance(parent, (list, tuple, set)):
        return wrong(
            f"{name} extends {len(parent)} contracts.",
            "One name, or None.",
            "A document with two parents cannot be read. Let one of the two extend the other.",
        )
    if parent is not None and parent not in contracts:
        names = ", ".join(contracts)
        return wrong(f"There is no contract {told(parent)}.", f"One of {names}; or None.")
    return None


def _line_of(
    tied: Sequence[Contract], of: str, untouched: str, contracts: Mapping[str, Contract]
) -> Outcome | None:
    """What is amiss with who extends whom; ``None`` when all of it reaches the one it should."""
    from detection.family import Family
    from detection.family.faults import find_family_faults
    from prevention.decision import finding_of
    from prevention.words import issue, next_step

    family = Family.of(tied)
    faults = find_family_faults(tied)
    circle = next((one for one in faults if one.rule == "family-cycle"), None)
    if circle:
        finding = finding_of(circle)
        return wrong(f"{issue(finding)}.", next_step=next_step(finding))
    bound = {one.name for one in family.lineage(contracts[untouched])}
    if extra := sorted(bound - {contracts[untouched].extends}):
        return wrong(
            f"{untouched} is bound by {extra[0]} now, and keeps nothing about people.",
            f"{untouched} promises what it promised before.",
            "What only some need does not belong above all of them.",
        )
    product = next(one for one in tied if one.name == of)
    line = [one.name for one in family.lineage(product)]
    lost = [name for name in contracts if name not in (of, untouched, *line)]
    if lost:
        return wrong(
            f"{of} inherits from {', '.join(line) or 'nobody'}, and nothing from {lost[0]}.",
            "All that the others promise reaches it.",
            "Go up from it, parent by parent: whom do you not meet?",
        )
    if faults:
        finding = finding_of(faults[0])
        return wrong(f"{issue(finding)}.", next_step=next_step(finding))
    return None
