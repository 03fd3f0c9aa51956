"""Events and announcements in words. Everything here is pure; times and days are handed in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Final

from contracts.consumers import Consumer
from contracts.durations import in_days, unit_word
from contracts.model import Contract
from detection.history import BrokenPromise, Event
from detection.periods import USUAL, Periods
from prevention.acknowledgements import Acknowledgement
from prevention.decision import Finding
from prevention.notices.model import Notification
from prevention.words import bare, issue, next_step

_ENDING: Final = ("deprecated", "sunset")
_REPAIR: Final = "timetorepair"
"""The service level that says how quickly a breach is mended, in lower case."""


def notice_of(
    event: Event, contracts: Sequence[Contract], consumers: Sequence[Consumer]
) -> Notification:
    """The notice of a breach that began or ended."""
    breach, promise = event.breach, event.breach.promise
    contract = next((each for each in contracts if each.identity == promise.contract), None)
    finding = _finding(promise, contract)
    concerned = _readers(promise.element, promise.contract, consumers)
    since = _moment(breach.began_at)
    if event.kind == "ended" and breach.accepted:
        return Notification(
            event.id,
            "accepted",
            promise.contract,
            f"{promise.contract} stays as it is: {promise.element} is accepted",
            f"This is broken still, and a baseline accepts it: {issue(finding, bare)}",
            f"broken since {since}, accepted by {_moment(event.at)}",
            "Read it as it is now, or ask the owner when the promise will be kept again.",
            "no day is set: it counts as known, and nobody is told when it is mended",
            concerned,
        )
    if event.kind == "ended":
        return Notification(
            event.id,
            "mended",
            promise.contract,
            f"{promise.contract} holds again: {promise.element}",
            f"This is over: {issue(finding, bare)}",
            f"from {since} to {_moment(event.at)}, as the monitor saw it",
            "Look at what was read in between.",
            "when it suits you",
            concerned,
        )
    # Of rows, what was found may be a value, and a value does not leave the house by a notice.
    promised = (
        f". Promised: {promise.promised}." if finding.is_about_rows and promise.promised else ""
    )
    return Notification(
        event.id,
        "breach",
        promise.contract,
        f"{promise.contract} is broken: {promise.element} ({promise.rule})",
        f"{issue(finding, bare)}{promised}",
        f"since {since}, when the monitor first saw it",
        next_step(finding, bare),
        _repaired_by(contract, breach.began_at),
        concerned,
    )


def announcements(
    contracts: Sequence[Contract],
    acknowledgements: Sequence[Acknowledgement],
    consumers: Sequence[Consumer],
    today: date,
    periods: Periods = USUAL,
) -> tuple[Notification, ...]:
    """What is going to happen, as contracts and acknowledgements say: ends and breaking changes.

    periods:  how long a sunset lasts in this project, at least.
    """
    known = {contract.identity: contract for contract in contracts}
    return (
        *_ends(contracts, consumers, periods),
        *_columns_that_end(contracts, consumers),
        *(
            _planned(each, known.get(each.contract or ""), consumers, today)
            for each in acknowledgements
            if not each.is_expired(today)
        ),
    )


def _ends(
    contracts: Sequence[Contract], consumers: Sequence[Consumer], periods: Periods
) -> Iterator[Notification]:
    for contract in contracts:
        end = contract.deprecation
        if contract.status not in _ENDING and (end is None or contract.status == "retired"):
            continue
        sunset = end.sunset_date if end else None
        removal = periods.removal_of(contract) if contract.status == "sunset" else None
        last = removal.isoformat() if removal else sunset
        named = f"{contract.identity} {contract.version or ''}".strip()
        replaced = f"Move to {end.replacement}" if end and end.replacement else "Ask the owner"
        guide = f", as {end.migration_guide} says" if end and end.migration_guide else ""
        reason = f": {end.reason}" if end and end.reason else ""
        yield Notification(
            _identity("deprecation", contract.identity, contract.status, sunset),
            "deprecation",
            contract.identity,
            _ending(named, contract, sunset, last),
            f"{named} will be taken away{reason}.",
            f"announced {end.announced}" if end and end.announced else "from now on",
            f"{replaced}{guide}." if end and end.replacement else f"{replaced} what comes after.",
            last or "no day is set yet",
            _subscribers(contract, consumers),
        )


def _ending(named: str, contract: Contract, sunset: str | None, last: str | None) -> str:
    """That a contract ends, in a line: when its sunset is, or from when it may go."""
    if contract.status == "sunset" and sunset:
        return f"{named} is in its sunset and may go from {last}"
    return f"{named} is {contract.status or 'deprecated'}" + (
        f" and ends on {sunset}" if sunset else ""
    )


def _columns_that_end(
    contracts: Sequence[Contract], consumers: Sequence[Consumer]
) -> Iterator[Notification]:
    """Columns that a contract marks as deprecated: for those who read them."""
    promised = (
        (contract, table, column)
        for contract in contracts
        if contract.status != "retired"
        for table in contract.tables
        for column in table.columns
        if column.deprecated
    )
    for contract, table, column in promised:
        element = f"{table.qualified_name}.{column.name}"
        instead = column.replaced_by
        end = contract.deprecation
        yield Notification(
            _identity("deprecation", contract.identity, element, instead),
            "deprecation",
            contract.identity,
            f"{contract.identity} deprecates {element}",
            f"{element} is promised still, and is on its way out.",
            "from now on",
            f"Read {instead} instead." if instead else "Ask the owner what to read instead.",
            (end.sunset_date if end else None) or "no day is set yet",
            _readers(element, contract.identity, consumers),
        )


def _planned(
    entry: Acknowledgement,
    contract: Contract | None,
    consumers: Sequence[Consumer],
    today: date,
) -> Notification:
    identity = entry.contract or entry.element
    days = contract.notice.lead_days if contract and contract.notice else None
    notice = f"the contract promises {days} days of notice" if days else "no notice is promised"
    change = f"{entry.element}: {entry.old or 'nothing'} becomes {entry.new or 'nothing'}"
    return Notification(
        _identity("change", entry.fingerprint),
        "change",
        identity,
        f"{identity} breaks its promise on purpose: {entry.element} ({entry.rule})",
        f"{change}. {entry.approver} lets it pass: {entry.reason}",
        f"with the merge that brings it; {notice}",
        "Read what stays, and tell the owner what you cannot do without.",
        _until(today, days) or "before it is merged",
        _readers(entry.element, identity, consumers),
    )  # fmt: skip


def _until(today: date, days: int | None) -> str | None:
    """The last day of a notice that is given today; one beyond the calendar is none."""
    try:
        return (today + timedelta(days)).isoformat() if days else None
    except OverflowError:
        return None


def _finding(promise: BrokenPromise, contract: Contract | None) -> Finding:
    """The finding that a run kept of, as far as it is told: the words for it are the check's."""
    schema, table, column = _names(promise.element)
    return Finding(
        promise.rule,
        "error",
        promise.contract,
        schema,
        table,
        column or None,
        promise.promised,
        promise.found,
        owner=contract.owner if contract else None,
    )


def _names(element: str) -> tuple[str, str, str]:
    """The schema, the table and the column of an element as far as it goes, else ``""``."""
    plain, _, _ = element.partition(" (")
    schema, table, column, *_ = (*plain.split(".", 2), "", "", "")
    return schema, table, column


def _readers(element: str, contract: str, consumers: Sequence[Consumer]) -> tuple[Consumer, ...]:
    """Who reads an element, by their own word; of a whole contract, who subscribes to it."""
    schema, table, column = _names(element)

    def reads(consumer: Consumer) -> bool:
        if not table:
            return any(each.contract == contract for each in consumer.subscriptions)
        columns = consumer.reads(schema, table)
        return column in columns if column else bool(columns)

    return tuple(consumer for consumer in consumers if reads(consumer))


def _subscribers(contract: Contract, consumers: Sequence[Consumer]) -> tuple[Consumer, ...]:
    tables = {(table.schema, table.name) for table in contract.tables}
    return tuple(
        consumer
        for consumer in consumers
        if any(
            each.contract == contract.identity
            or (each.contract is None and (each.schema, each.table) in tables)
            for each in consumer.subscriptions
        )
    )


def _repaired_by(contract: Contract | None, began: datetime) -> str:
    """When a breach is to be over, where the contract promises a time to repair."""
    for level in contract.service_levels if contract else ():
        unit = unit_word(level.unit or "hours")
        is_it = level.property.lower() == _REPAIR and isinstance(level.value, int | float)
        if is_it and unit:
            with suppress(OverflowError, ValueError):  # a number of any size may stand there
                return _moment(began + timedelta(days=in_days(float(level.value), unit)))
    return "as soon as you can: no time to repair is promised"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _identity(*facts: str | None) -> str:
    text = json.dumps(facts)
    return f"{facts[0]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
