"""Writing the end of a contract into its own document: its state, its dates, what comes after.

Each dialect has its own places for that, and three have none. Only what changes is written; see
``contracts.editing``. What comes out is read as a contract again, and must be exactly the one
that was meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from pathlib import PurePath
from typing import Any, Final

from contracts.documents import Document, scan_document
from contracts.editing import Drop, Edit, EditError, Put, edited
from contracts.loading import contract_in
from contracts.model import Contract, Deprecation
from contracts.plain import camel
from contracts.problems import DocumentError
from contracts.reading import KeyPath

SPEECHLESS: Final[Mapping[str, str]] = {
    "book": "the book's spec has no words for the life of a contract",
    "soda": "a contract of Soda has no words for its life",
    "dbt": "dbt has a word for the date alone (deprecation_date), and none for the state and "
    "for what comes after",
}
"""The dialects that cannot say how a contract ends, and why."""

_STATUS_AFTER: Final = ("status", "version", "name", "id", "contract", "contract_name")
_ENDS_AFTER: Final = ("status", "version", "name", "contract", "contract_name", "id")
_CUSTOM_AFTER: Final = (
    "support", "slaProperties", "roles", "team", "price", "schema", "servers",
)  # fmt: skip


class CannotSayError(ValueError):
    """A document in which the end of its contract cannot be written: why, and what to do."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(f"{what} Next: {next_step}")
        self.what = what
        self.next_step = next_step


def with_ending(document: Document, old: Contract, new: Contract) -> str:
    """The document's text, changed so that it states ``new`` in place of ``old``.

    They differ in ``status``, ``deprecation`` and ``version`` at most. Raises
    :class:`CannotSayError` for a dialect without words for that, and for a document that is
    written in a way of its own.
    """
    if why := SPEECHLESS.get(old.dialect):
        raise CannotSayError(
            f"{document.file} cannot say that {old.identity} ends: {why}.",
            f"Write it in one that can: {_conversion(document, old)}; "
            f"then {_removal(document, old)}.",
        )
    try:
        text = edited(document, tuple(edits(document, old, new)))
        if contract_in(scan_document(document.file, text.encode())) == _intended(
            document, old, new
        ):
            return text
        why = "it would say something else, too"
    except EditError as error:
        why = str(error).rstrip(".")
    except DocumentError as error:
        why = error.problems[0].what.rstrip(".")
    raise CannotSayError(
        f"{document.file} is written in a way of its own, and was left as it is: {why}.",
        f"Write it by hand: {_by_hand(old, new)}.",
    )


def edits(document: Document, old: Contract, new: Contract) -> Iterator[Edit]:
    """What is to be changed in a document, so that it states ``new``."""
    value: Any = document.value
    if old.version != new.version:
        yield Put((*_info(value, "version"), "version"), new.version)
    if old.status != new.status:
        yield Put((*_info(value, "status"), "status"), new.status, _STATUS_AFTER)
    if old.deprecation != new.deprecation and new.deprecation is not None:
        ends = _changed(old.deprecation, new.deprecation)
        if old.dialect == "odcs":
            yield from _in_custom_properties(value, old.deprecation, ends)
        else:
            yield from _below(("deprecation",), value.get("deprecation"), ends, _ENDS_AFTER)
    if old.dialect == "odcs" and old.status != new.status:
        yield from _now_stated(value, "status")


def _intended(document: Document, old: Contract, new: Contract) -> Contract:
    """The contract that is meant; a word of its own for the state goes with the state.

    A custom property that happens to be called so stays.
    """
    value: Any = document.value
    if old.dialect != "odcs" or old.status == new.status or value.get("status") == old.status:
        return new
    return replace(new, custom=tuple(pair for pair in new.custom if pair[0] != "status"))


def _info(value: Mapping[str, Any], key: str) -> KeyPath:
    """Where the older documents with models say it, which is below ``info``."""
    info = value.get("info")
    below = isinstance(info, dict) and key not in value and (key in info or "version" in info)
    return ("info",) if below else ()


def _changed(old: Deprecation | None, new: Deprecation) -> dict[str, str]:
    """What is said of the end now, and was not said before."""
    before = old or Deprecation()
    return {
        one.name: said
        for one in fields(Deprecation)
        if (said := getattr(new, one.name)) is not None and said != getattr(before, one.name)
    }


def _below(
    path: KeyPath, there: Any, said: Mapping[str, Any], after: tuple[str, ...]
) -> Iterator[Edit]:
    """What is said in an object, which may have to be made."""
    if not isinstance(there, dict) or not there:
        yield Put(path, dict(said), after)
        return
    names = tuple(said)
    for number, (key, words) in enumerate(said.items()):
        yield Put((*path, key), words, tuple(reversed(names[:number])))


def _in_custom_properties(
    value: Mapping[str, Any], old: Deprecation | None, ends: Mapping[str, str]
) -> Iterator[Edit]:
    said = {camel(key): words for key, words in ends.items()}
    entries = value.get("customProperties")
    if not isinstance(entries, list):
        entry = {"property": "deprecation", "value": said}
        yield Put(("customProperties",), [entry], _CUSTOM_AFTER)
        return
    place = _place_of(entries, "deprecation")
    if place is None:
        path: KeyPath = ("customProperties", len(entries))
        yield Put(path, {"property": "deprecation", "value": said})
        return
    there = entries[place].get("value") if old is not None else None
    yield from _below(("customProperties", place, "value"), there, said, ("property",))


def _now_stated(value: Mapping[str, Any], key: str) -> Iterator[Edit]:
    """A key that held a stand-in means what it says from now on."""
    entries = value.get("customProperties")
    place = _place_of(entries, "unstated")
    if place is None or not isinstance(entries, list):
        return
    listed = entries[place].get("value") or []
    if listed == [key]:
        yield Drop(("customProperties", place))
    elif key in listed:
        yield Drop(("customProperties", place, "value", listed.index(key)))


def _place_of(entries: Any, name: str) -> int | None:
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if isinstance(entry, dict) and entry.get("property") == name:
            return number
    return None


def _conversion(document: Document, contract: Contract) -> str:
    file = PurePath(document.file)
    stem = file.name.partition(".")[0].removesuffix("_contract_spec")
    picked = f" --table {contract.tables[0].qualified_name}" if contract.dialect == "dbt" else ""
    if picked:
        stem = contract.tables[0].name
    new = file.with_name(f"{stem}.odcs.yaml")
    return f"docent convert {document.file}{picked} --to odcs --output {new}"


def _removal(document: Document, contract: Contract) -> str:
    """What becomes of the old document; no contract is stated twice."""
    if contract.dialect == "dbt":
        return f"take the model out of {document.file}"
    return f"delete {document.file}"


def _by_hand(old: Contract, new: Contract) -> str:
    """The new words, for somebody who writes them."""
    ends = new.deprecation or Deprecation()
    said = {"status": new.status, **_changed(old.deprecation, ends)}
    if old.version != new.version:
        said["version"] = new.version
    return ", ".join(f"{key}: {words}" for key, words in said.items())
