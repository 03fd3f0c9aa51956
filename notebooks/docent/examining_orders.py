"""Look at an order of steps: they are taken in it, while somebody reads and somebody writes."""

from __future__ import annotations

from docent.answers import kind_of, told
from docent.examining import plain_value, unwrapped
from docent.exercise import Outcome, correct, incomplete, wrong
from docent.migration_order import STEPS, Day, walk
from docent.room import Room


def order_of_steps(answer: object, room: Room) -> Outcome:
    """All steps in an order in which nobody is hurt; it is taken, and undone."""
    answer = unwrapped(answer)
    if not isinstance(answer, (list, tuple)):
        return wrong(f"Your answer is {kind_of(answer)}: {told(answer)}.",
                     "A list of the seven names is expected.")  # fmt: skip
    names = [str(plain_value(one)) for one in answer if one not in (..., None)]
    if not names:
        return incomplete("Your list is not filled in yet.")
    if unknown := [one for one in names if one not in STEPS]:
        return wrong(f"There is no step {told(unknown[0])}.", f"There is: {', '.join(STEPS)}.")
    if len(set(names)) < len(names):
        twice = next(one for one in names if names.count(one) > 1)
        return wrong(f"{twice} comes twice.", "Each step once.")
    days = walk(names, room.url())
    hurt = next((day for day in days if not day.is_well), None)
    if hurt is not None:
        return _hurt(hurt)
    if missing := [one for one in STEPS if one not in names]:
        return incomplete(f"Nobody is hurt so far. Still to come: {', '.join(missing)}.")
    return correct("Nobody is hurt on any day, and at the end the old column is gone.")


def _hurt(day: Day) -> Outcome:
    if day.stopped:
        seen = f"The step {day.step} cannot be taken: {day.stopped}."
        return wrong(seen, next_step="What must be there before it?")
    if day.reader:
        how = "An error says so" if day.loud else "No error says so"
        return wrong(
            f"After {day.step}, the information desk is hurt: {day.reader}. {how}.",
            next_step="What must have happened before its query, or its column, is another?"
            if day.loud
            else "Which rows does nobody fill? Think of those written before, and of those since.",
        )
    if day.writer:
        return wrong(f"After {day.step}, the writer is refused: {day.writer}.",
                     next_step="What must be there before a trigger can fill it?")  # fmt: skip
    return wrong(f"At {day.step}: {day.owed}.", next_step="A consumer moves when it was told, "
                 "when there is something to move to, and when it had the time.")  # fmt: skip
