"""Look at what three consumers are given, each with the promise that decides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from docent import examining
from docent.answers import kind_of, told
from docent.exercise import Outcome, correct, incomplete, wrong
from docent.room import Room

OFFERS: Final = {
    "the versioned view": "as of now",
    "a dated snapshot": "the same again next year",
    "domain events": "each thing that happened, once",
}
"""What a consumer can be given, and what that promises above all."""

_TABLE: Final = ("the table", "the change stream")

RIGHT: Final = {
    "guide-app: what hangs before this visitor?": "the versioned view",
    "yearly-report: what hung where on 31 December?": "a dated snapshot",
    "move-alerts: a mail for each work that is moved": "domain events",
}

_SLIPS: Final[Mapping[tuple[str, str], tuple[str, str]]] = {
    ("guide-app", "a dated snapshot"): (
        "A visitor stands before an empty wall, and the app still shows what hung there.",
        "How old may the answer be?"),
    ("guide-app", "domain events"): (
        "The app would have to keep a copy of its own of all that ever moved, to know one work.",
        "It asks a question, and wants an answer."),
    ("yearly-report", "the versioned view"): (
        "Asked again in June, it counts what hangs in June.",
        "Which answer can be given a second time?"),
    ("yearly-report", "domain events"): (
        "It could be added up from them, if none was ever lost and all since the beginning kept.",
        "What does the report want to have kept?"),
    ("move-alerts", "the versioned view"): (
        "It says where a work is. That it was moved there and back says nobody.",
        "The registrar wants what happened, and not how it is."),
    ("move-alerts", "a dated snapshot"): (
        "Between two snapshots a work can be moved and moved back.",
        "The registrar wants what happened, and not how it is."),
    ("move-alerts", "the table"): (
        "It says where a work is. Whoever wants to know that it was moved must have looked before.",
        "The registrar wants what happened, and not how it is."),
    ("move-alerts", "the change stream"): (
        "The load of last night is in it, row by row: that many mails, and no work moved.",
        "Who knows that a work was moved, and not only written again?"),
}  # fmt: skip


def three_contracts(answer: object, _room: Room) -> Outcome:
    """For each of three consumers what it is given, and the promise it cannot do without."""
    if not isinstance(answer, dict):
        return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.",
                     "A dictionary with three consumers is expected.")  # fmt: skip
    open_ones = []
    for consumer, right in RIGHT.items():
        chosen = answer.get(consumer)
        if chosen in (None, ...) or (isinstance(chosen, (tuple, list)) and ... in chosen):
            open_ones.append(consumer.partition(":")[0])
        elif outcome := _chosen(consumer.partition(":")[0], right, chosen):
            return outcome
    if open_ones:
        return incomplete(f"Still open: {', '.join(open_ones)}.", next_step=_EACH)
    return correct("Three consumers, three contracts, and each can be kept by itself.")


_EACH: Final = "A pair for each: what it is given, and the promise it cannot do without."


def _chosen(consumer: str, right: str, chosen: object) -> Outcome | None:
    """What is wrong with the choice for a consumer."""
    if not (isinstance(chosen, (tuple, list)) and len(chosen) == 2):
        return wrong(f"{consumer}: {told(chosen)} is no pair.", next_step=_EACH)
    given, promise = (examining.plain_value(one) for one in chosen)
    known = [*OFFERS, *_TABLE]
    if given not in known:
        return wrong(f"{consumer}: {told(chosen[0])} is not offered.", f"{', '.join(known)}.")
    if given != right:
        usual = ("It would read how the table is built, and every change of it is a break.",
                 "Who would have to be asked before the table is changed?")  # fmt: skip
        seen, step = _SLIPS.get((consumer, str(given)), usual)
        return wrong(f"{consumer}: {seen}", next_step=step)
    if promise != OFFERS[right]:
        return wrong(
            f"{consumer}: what it is given is right, and is not chosen for {told(chosen[1])}.",
            f"One of: {'; '.join(OFFERS.values())}.",
            "What would hurt this consumer most if it were missing?",
        )
    return None
