"""A notice: what happened or will happen, and what that means for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.consumers import Consumer
from contracts.reading import printable

Kind = Literal["breach", "mended", "accepted", "change", "deprecation"]


@dataclass(frozen=True, slots=True)
class Notification:
    """One event in words, before anybody is told of it.

    event:      what tells the event from every other, for ever.
    contract:   the identity of the contract that it is about.
    subject:    all of it in a line.
    what:       what happened, or is going to happen.
    when:       since when, or from when.
    to_do:      what to do about it.
    by:         until when.
    concerned:  the consumers whom it hurts, or has hurt.
    """

    event: str
    kind: Kind
    contract: str
    subject: str
    what: str
    when: str
    to_do: str
    by: str
    concerned: tuple[Consumer, ...] = ()

    @property
    def hurt(self) -> str:
        """Who is hurt, with whom to talk to."""
        named = [f"{each.name} ({each.team}, {each.migration_contact})" for each in self.concerned]
        return "; ".join(named) or "nobody who is registered"

    @property
    def lines(self) -> tuple[str, ...]:
        """The notice as it is read: subject, what, when, who, what to do, by when."""
        hurts = "Was hurt" if self.kind == "mended" else "Who is hurt"
        said = (
            self.subject,
            f"What: {self.what}",
            f"When: {self.when}",
            f"{hurts}: {self.hurt}",
            f"What to do: {self.to_do}",
            f"By when: {self.by}",
        )
        # What others wrote may hold anything; a notice is lines, and a line stays one.
        return tuple(each if each.isprintable() else printable(each) for each in said)

    @property
    def facts(self) -> dict[str, str]:
        """The notice as names and texts, for a machine."""
        return {
            "event": self.event,
            "kind": self.kind,
            "contract": self.contract,
            "subject": self.subject,
            "what": self.what,
            "when": self.when,
            "hurt": self.hurt,
            "to_do": self.to_do,
            "by": self.by,
        }
