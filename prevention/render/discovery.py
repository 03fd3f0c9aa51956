"""The readers that were found, as text, as Markdown, as JSON, and as entries for the registry."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from contracts.dialects.layout import laid_out_yaml
from detection.discovery.model import Discovery, Reader, Reading
from detection.discovery.readers import slug
from prevention.render.plain import count, listed, one_line

SCHEMA: Final = "urn:docent:consumers:1.0.0"
"""Names the shape of the JSON and its version."""
PLACES: Final = 3
"""How many places of one kind are named before the rest is only counted."""
_MODES: Final = {
    "view": "dashboard", "file": "batch-export", "slot": "async-projection",
    "publication": "async-projection",
}  # fmt: skip


def as_text(discovery: Discovery) -> str:
    """A block for each reader that is not registered, a line for each that is, then the entries."""
    blocks = [_block(reader) for reader in discovery.unregistered]
    others = [reader for reader in discovery.readers if not reader.unregistered]
    if others:
        blocks.append("\n".join(map(_line, others)))
    if discovery.unseen:
        blocks.append(f"registered, and not seen: {_names(discovery.unseen)}")
    if discovery.notes:
        blocks.append("\n".join(f"note  {one_line(note)}" for note in discovery.notes))
    if entries := entries_of(discovery):
        blocks.append(
            f"Add to consumers.yaml, with names and contacts put in:\n\n{entries.rstrip()}"
        )
    return "\n\n".join([*blocks, _summary(discovery)]) + "\n"


def _block(reader: Reader) -> str:
    head = f"unregistered  {_who(reader)}"
    if reader.consumer:
        head = f"more than registered  {one_line(reader.name)}"
    lines = [f"  {'reads':<6}{one_line(_reading(each))}" for each in reader.unregistered]
    return "\n".join([head, *lines, *(f"  {'seen':<6}{one_line(each)}" for each in _seen(reader))])


def _line(reader: Reader) -> str:
    word = "by contract" if reader.known and not reader.consumer else "registered"
    tables = ", ".join(f"{each.schema}.{each.table}" for each in reader.readings)
    return one_line(f"{word}  {_who(reader)}: {tables} ({'; '.join(_seen(reader))})")


def _who(reader: Reader) -> str:
    return one_line(reader.name if reader.consumer else f"{reader.kind} {reader.name}")


def _reading(reading: Reading) -> str:
    return f"{reading.schema}.{reading.table} ({', '.join(reading.columns)})"


def _seen(reader: Reader) -> Iterator[str]:
    places: dict[str, list[str]] = {}
    for each in reader.sightings:
        places.setdefault(each.surface, []).append(each.place)
    for surface, found in places.items():
        yield f"{surface}: {listed(found, PLACES)}"


def _names(names: Sequence[str]) -> str:
    return one_line(", ".join(names))


def _summary(discovery: Discovery) -> str:
    owed = len(discovery.unregistered)
    readers = count(len(discovery.readers), "reader")
    where = one_line(" and ".join(discovery.looked_at))
    said = f"{owed} of them not registered" if owed else "all of them registered"
    found = f"{readers} of what is under contract in {one_line(discovery.database)}"
    return f"{found}, {said}. Looked at {where}."


def as_markdown(discovery: Discovery) -> str:
    """A table of the readers, and the entries for the registry below."""
    lines = [
        "## Consumers", "", _escaped(_summary(discovery)), "",
        "| reader | registered | reads | seen |", "|---|---|---|---|",
    ]  # fmt: skip
    for reader in discovery.readers:
        said = "in part" if reader.consumer and reader.unregistered else (
            "**no**" if reader.unregistered else "yes" if reader.consumer else "by its contract"
        )  # fmt: skip
        reads = "<br>".join(_escaped(_reading(each)) for each in reader.readings)
        seen = "<br>".join(map(_escaped, _seen(reader)))
        lines.append(f"| {_escaped(_who(reader))} | {said} | {reads} | {seen} |")
    if discovery.unseen:
        lines += ["", f"Registered, and not seen: {_escaped(_names(discovery.unseen))}."]
    if discovery.notes:
        lines += ["", *(f"- {_escaped(note)}" for note in discovery.notes)]
    if entries := entries_of(discovery):
        lines += ["", "Add to `consumers.yaml`, with names and contacts put in:", ""]
        fence = "`" * max(3, 1 + _longest_run(entries))
        lines += [f"{fence}yaml", entries.rstrip(), fence]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    safe = one_line(text).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{each}" if each in "\\`*_[]|~@#" else each for each in safe)


def _longest_run(text: str) -> int:
    longest = run = 0
    for each in text:
        run = run + 1 if each == "`" else 0
        longest = max(longest, run)
    return longest


def as_json(discovery: Discovery) -> str:
    """Everything that was found, for programs."""
    value = {
        "schema": SCHEMA,
        "exit": discovery.exit,
        "database": discovery.database,
        "readers": [_plain(reader) for reader in discovery.readers],
        "unseen": list(discovery.unseen),
        "notes": list(discovery.notes),
        "looked_at": list(discovery.looked_at),
    }
    return json.dumps(value, indent=2) + "\n"


def _plain(reader: Reader) -> dict[str, Any]:
    return {
        "kind": reader.kind,
        "name": reader.name,
        "consumer": reader.consumer,
        "registered": not reader.unregistered,
        "reads": [_plain_reading(each) for each in reader.readings],
        "unregistered": [_plain_reading(each) for each in reader.unregistered],
        "seen": [{"surface": each.surface, "place": each.place} for each in reader.sightings],
        "queries": list(reader.queries),
        "entry": entry_of(reader) if reader.unregistered else None,
    }


def _plain_reading(reading: Reading) -> dict[str, Any]:
    return {
        "contract": reading.contract,
        "schema": reading.schema,
        "table": reading.table,
        "columns": list(reading.columns),
    }


def entries_of(discovery: Discovery) -> str:
    """The entries that the registry lacks, as YAML to paste; "" where none is owed."""
    owed = [entry_of(reader) for reader in discovery.unregistered]
    return laid_out_yaml({"consumers": owed}) if owed else ""


def entry_of(reader: Reader) -> dict[str, Any]:
    """What the registry should say of a reader; of one that it knows, the subscriptions it lacks.

    What only people know stands there as a question.
    """
    subscriptions = [_subscription(each) for each in reader.unregistered]
    if reader.consumer:
        return {"name": reader.consumer, "subscriptions": subscriptions}
    name = slug(reader.name)[:63].strip("-") or "unnamed"
    known = {"roles": [reader.name]} if reader.kind in ("role", "slot") else {}
    if reader.kind == "file":
        known = {"code": [reader.name]}
    return {
        "name": name,
        "team": "which team?",
        "mode": _MODES.get(reader.kind, "operational"),
        "migration_contact": "whom to ask?",
        **known,
        "subscriptions": subscriptions,
    }


def _subscription(reading: Reading) -> dict[str, Any]:
    said: dict[str, Any] = {"contract": reading.contract} if reading.contract else {}
    if reading.version and all(part.isdigit() for part in reading.version.split(".")):
        said["version"] = reading.version
    if reading.schema != "public" or "." in reading.table:
        said["schema"] = reading.schema
    return {**said, "table": reading.table, "columns": list(reading.columns)}
