"""The draft of a postmortem: what the history knows of some breaches, and what people must say.

When it began and was over, who was told, who was hurt, which promise it was and where that is
written: the history and the contracts know it. What happened in words, what stopped it, where
one was lucky and what is to be done, people know; these places are marked by ``TO_SAY``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer
from contracts.model import Contract, Location
from detection.history import Breach, Event
from detection.quality.wording import duration_text
from prevention.decision import NotJudged, Obstacle
from prevention.notices.composing import notice_of

if TYPE_CHECKING:
    from prevention.configuration import Configuration
    from prevention.history import History

TO_SAY: Final = "(to say: "
"""What every place begins with that only people can fill in; a ``)`` ends it."""

INTRODUCTION: Final = """\
A draft, made from the history of the monitor. What is marked as to be said, people say.
No names of people above the things to do: a system let somebody do it; mend the system."""

SECTIONS: Final = (
    "What happened",
    "Timeline",
    "Who was hurt, and how much",
    "Which promise, and where it is written",
    "What stopped it, or why nothing did",
    "Where we were lucky",
    "To do",
)
"""The headings of a postmortem, in their order."""

ACTIONS: Final = ("to prevent it", "to notice it sooner", "to mend it faster")
"""What each of the things to do is for."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known of some breaches that belong together.

    held:       the time of the last run before the first of them began, which found it held;
                ``None`` where there was none.
    told:       over which channels each event was told, by the event's id.
    contracts:  as they are now.
    harm:       what was counted of the damage, a sentence each.
    """

    breaches: tuple[Breach, ...]
    held: datetime | None = None
    told: Mapping[str, Sequence[str]] = field(default_factory=dict)
    contracts: tuple[Contract, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    harm: tuple[str, ...] = ()

    @property
    def began(self) -> datetime:
        """The time of the run that found the first of them."""
        return min(breach.began_at for breach in self.breaches)

    @property
    def ended(self) -> datetime | None:
        """The time of the run that found the last of them over; ``None`` while one lasts."""
        ends = [breach.ended_at for breach in self.breaches]
        return None if None in ends else max(end for end in ends if end)


def draft(incident: Incident) -> str:
    """The draft as Markdown: a section for each of ``SECTIONS``."""
    identities = dict.fromkeys(breach.promise.contract for breach in incident.breaches)
    written = (
        _say("two sentences that a customer would understand"),
        _timeline(incident),
        _hurt(incident),
        "\n".join(dict.fromkeys(f"- {_promise(each, incident)}" for each in incident.breaches)),
        _say("which check, whom, by what; if nothing did, why"),
        _say("what went well only by chance"),
        _to_do(),
    )
    parts = [
        f"# Postmortem: {', '.join(identities)}, {incident.began:%Y-%m-%d}",
        INTRODUCTION,
        *(f"## {title}\n\n{text}" for title, text in zip(SECTIONS, written, strict=True)),
    ]
    return "\n\n".join(parts) + "\n"


def postmortem(
    *names: str,
    days: float = 7,
    now: datetime | None = None,
    database: str | None = None,
    history_url: str | None = None,
    harm: Sequence[str] = (),
    configuration: Configuration | None = None,
) -> str:
    """The draft of a postmortem of the breaches that lasted at any time in the last days.

    names:  contracts by their identities; without any, all of them.
    days:   how far to look back, from now or from the last run where that lies later.
    harm:   what was counted of the damage, a sentence each.

    Raises NotJudged where there was no such breach or no run at all, DocumentError for documents
    that are no contracts, SandboxError where the history cannot be reached.
    """
    from data_assets.postgres import database_url
    from prevention.checking import load_contracts
    from prevention.configuration import configure
    from prevention.consumers import load_registered
    from prevention.history import open_history

    settings = configuration or configure()
    contracts = tuple(load_contracts((), settings))
    consumers = tuple(load_registered([settings.contracts], settings.contracts))
    url = database or database_url()
    history = open_history(url, history_url or settings.history(), make=False)
    if history is None:
        raise NotJudged(
            Obstacle("There is no history yet: the monitor has not run.", "docent monitor")
        )
    with history, history.engine.reading():
        incident = _read(history, names, days, now or datetime.now(UTC))
    return draft(
        Incident(incident.breaches, incident.held, incident.told, contracts, consumers, tuple(harm))
    )


def _read(history: History, names: Sequence[str], days: float, now: datetime) -> Incident:
    from prevention.history.deliveries import deliveries
    from prevention.history.overview import run_before

    last = history.last_run()
    end = max(now, last.at) if last else now
    breaches = tuple(
        breach
        for breach in history.breaches_since(end - timedelta(days=days))
        if not names or breach.promise.contract in names
    )
    if not breaches:
        known = sorted({breach.promise.contract for breach in history.breaches_since(_EVER)})
        which = f"of {', '.join(names)} " if names else ""
        raise NotJudged(
            Obstacle(
                f"No breach {which}lasted within the last {days:g} days.",
                f"Look further back (--days), or name one that was broken: {', '.join(known)}."
                if known
                else "docent report shows what the monitor saw.",
            )
        )
    told: dict[str, list[str]] = {}
    for each in deliveries(history):
        if each.state == "sent":
            told.setdefault(each.event, []).append(each.channel)
    held = run_before(history, min(breach.began for breach in breaches))
    return Incident(breaches, held, told)


_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


# ------------------------------------------------------------------ the sections


def _say(what: str) -> str:
    return f"{TO_SAY}{what})"


def _timeline(incident: Incident) -> str:
    """What happened when: what the monitor saw, and a place for who saw it first."""
    events = _events(incident)
    begun = [event for event in events if event.kind == "began"]
    rows = [
        ("when, UTC", "what", "who was told"),
        ("---", "---", "---"),
        *([(_moment(incident.held), "the last run of the monitor before it", "")]
          if incident.held else []),
        *(_row(event, incident) for event in begun),
        (_say("when"), _say("who noticed it first, and by what"), ""),
        *(_row(event, incident) for event in events if event not in begun),
    ]  # fmt: skip
    lasted = (
        f"As the monitor saw it, it lasted {_lasting(incident.ended - incident.began)}. It was "
        "over some time before the run that says so, and began some time before that which saw it."
        if incident.ended
        else "It lasts. It began some time before the run that saw it."
    )
    table = "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in rows)
    return f"{table}\n\n{lasted}"


def _row(event: Event, incident: Incident) -> tuple[str, str, str]:
    return _moment(event.at), _subject(event, incident), _told(event, incident)


def _events(incident: Incident) -> list[Event]:
    events = [Event("began", breach) for breach in incident.breaches]
    events += [Event("ended", breach) for breach in incident.breaches if not breach.lasts]
    return sorted(events, key=lambda event: (event.at, event.breach.promise.contract))


def _subject(event: Event, incident: Incident) -> str:
    return notice_of(event, incident.contracts, incident.consumers).subject


def _told(event: Event, incident: Incident) -> str:
    channels = incident.told.get(event.id, ())
    return ", ".join(each.removeprefix("mail to ") for each in channels) or "nobody"


def _hurt(incident: Incident) -> str:
    lines = [
        f"- {consumer.name} ({consumer.team}): it reads `{event.breach.promise.element}`."
        for event in _events(incident)
        for consumer in notice_of(event, incident.contracts, incident.consumers).concerned
    ]
    known = list(dict.fromkeys(lines)) or ["- Nobody who is registered."]
    counted = [f"- {said}" for said in incident.harm]
    return "\n".join([*known, *(counted or [f"- {_say('how many rows, people, hours')}"])])


def _promise(breach: Breach, incident: Incident) -> str:
    promise = breach.promise
    contract = next((c for c in incident.contracts if c.identity == promise.contract), None)
    place = _place(contract, promise.element) if contract else None
    at = f", in {place.file}, line {place.line}" if place else ""
    answers = f". {contract.owner.name or contract.owner.email} answers for it" if (
        contract and contract.owner) else ""  # fmt: skip
    promised = f" Promised: {promise.promised}." if promise.promised else ""
    return f"`{promise.element}` of {promise.contract} ({promise.rule}){at}{answers}.{promised}"


def _place(contract: Contract, element: str) -> Location | None:
    """Where the promise about an element is written, as near as can be told."""
    sources = [contract.source]
    for table in contract.tables:
        for column in table.columns:
            if element == f"{table.qualified_name}.{column.name}":
                sources.insert(0, column.source)
    return next((source.location for source in sources if source), None)


def _to_do() -> str:
    rows = ["| | what | who | by when |", "| --- | --- | --- | --- |"]
    rows += [f"| {each} | {_say('what')} | {_say('who')} | {_say('day')} |" for each in ACTIONS]
    return "\n".join(rows)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"


def _lasting(span: timedelta) -> str:
    return duration_text(round(span.total_seconds()))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def open_places(text: str) -> Iterator[str]:
    """What is still to be said in a postmortem: each place, in its order."""
    for piece in text.split(TO_SAY)[1:]:
        yield piece.partition(")")[0]
