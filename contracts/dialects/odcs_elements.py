"""An element of ODCS, read into a noun and written from it: what is the same for all of them.

Every noun goes the same way. What the standard has a key for stands in that key, what it has
none for in ``customProperties`` under a name of ours. What the document says besides, and no
noun holds, is kept as ``custom``: first the keys of the standard in its own order, then the
custom properties in theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import MISSING, dataclass, field, fields
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeVar

from contracts.dialects.form import as_json
from contracts.model import Custom
from contracts.plain import camel, forms_of, from_plain, schema_of, to_plain
from contracts.types import UnknownTypeError

Plain = dict[str, Any]
"""An element as it stands in a document."""
Noun = TypeVar("Noun")

CUSTOM_PROPERTIES: Final = "customProperties"
ESCAPE: Final = "docent:"
"""Stands before the name of a custom property that would otherwise mean something to us."""


class Slot(NamedTuple):
    """A field of a noun and the key that holds it; ``note`` says how, if not simply as it is."""

    field: str
    key: str
    note: str = ""


class Property(NamedTuple):
    """A field that ODCS has no key for, or none that can always say it, and what it means.

    ``beside`` is the key that holds it wherever it can.
    """

    field: str
    meaning: str
    beside: str = ""
    named: str = ""

    @property
    def name(self) -> str:
        """The name of the custom property."""
        return self.named or camel(self.field)


@dataclass(frozen=True)
class Element:
    """One kind of element: its noun, the keys of the standard in their order, and what they hold.

    ``definition`` is the name of its part in the official schema; ``own`` are custom properties
    about the document rather than the noun, each with its form and its meaning.
    """

    noun: type
    definition: str
    layout: tuple[str, ...]
    slots: tuple[Slot, ...]
    properties: tuple[Property, ...] = ()
    own: Mapping[str, tuple[Any, str]] = field(default_factory=dict)

    @cached_property
    def taken_over(self) -> dict[str, str]:
        """The keys whose values are taken over as they are, each with its field."""
        return {slot.key: slot.field for slot in self.slots if not slot.note}

    @cached_property
    def named(self) -> dict[str, str]:
        """The fields that our custom properties hold, by the names of those."""
        return {one.name: one.field for one in self.properties}

    @cached_property
    def places(self) -> dict[str, int]:
        """The place of each key in the order of the standard."""
        return {key: place for place, key in enumerate(self.layout)}

    @cached_property
    def forms(self) -> dict[str, Any]:
        """What each custom property of ours holds, by its name."""
        of_noun = forms_of(self.noun)
        forms = {name: of_noun[field] for name, field in self.named.items()}
        return forms | {name: form for name, (form, _) in self.own.items()}

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of the values of our custom properties, by their names."""
        meanings = {one.name: one.meaning for one in self.properties}
        meanings |= {name: meaning for name, (_, meaning) in self.own.items()}
        properties = {
            name: {**schema_of(form), "description": meanings[name]}
            for name, form in self.forms.items()
        }
        return {"type": "object", "properties": properties}

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What each field of the noun holds where nothing is said."""
        return {one.name: one.default for one in fields(self.noun)}


class Stated(NamedTuple):
    """An element, read: fields of its noun, keys that no field holds, and custom properties.

    ``own`` are the properties about the document, ``strange`` those that are not ours.
    """

    fields: Plain
    unheld: Plain
    own: Plain
    strange: Custom


def keys(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


def mapping(value: object) -> Plain:
    """A value that is an object; an empty one for any other."""
    return value if isinstance(value, dict) else {}


def read_element(element: Element, value: Mapping[str, Any], held: Collection[str] = ()) -> Stated:
    """What an element says. ``held`` are the keys that the caller reads into fields itself."""
    forms, taken = forms_of(element.noun), element.taken_over
    found: Plain = {}
    unheld: Plain = {}
    for key, said in value.items():
        if said is None or key in held or key == CUSTOM_PROPERTIES:
            continue
        if key in taken:
            found[taken[key]] = from_plain(forms[taken[key]], said)
        else:
            unheld[key] = said
    own, strange, notes = _read_properties(element, value.get(CUSTOM_PROPERTIES) or ())
    found |= {element.named[name]: said for name, said in own.items() if name in element.named}
    own = {name: said for name, said in own.items() if name not in element.named}
    return Stated(found, unheld | ({CUSTOM_PROPERTIES: notes} if notes else {}), own, strange)


def _read_properties(
    element: Element, entries: Collection[Mapping[str, Any]]
) -> tuple[Plain, Custom, list[Plain]]:
    """Our properties by their names, the others, and what is said about either besides."""
    own: Plain = {}
    strange: list[tuple[str, str]] = []
    notes: list[Plain] = []
    for entry in entries:
        name, said = str(entry["property"]), entry.get("value")
        if name not in element.forms:
            strange.append((name.removeprefix(ESCAPE), as_json(said)))
        elif said is not None:
            own[name] = from_plain(element.forms[name], said)
        note = {key: inner for key, inner in entry.items() if key not in ("property", "value")}
        if note:
            notes.append({"property": name, **note})
    return own, tuple(strange), notes


def custom_of(element: Element, unheld: Mapping[str, Any], strange: Custom) -> Custom:
    """What no noun holds: keys of the standard in its order, then custom properties."""
    return (*((key, as_json(said)) for key, said in in_order(element, unheld).items()), *strange)


def write_element(
    element: Element,
    noun: Any,
    stated: Mapping[str, Any],
    said: Mapping[str, Any],
    rest: Custom,
    *,
    held: Collection[str] = (),
    own: Mapping[str, Any] | None = None,
) -> Plain:
    """An element as it stands in a document.

    stated:  the keys that the caller has written, with what is kept of them.
    said:    keys of the standard that no field holds, as far as they are not among ``stated``.
    rest:    what goes to the custom properties.
    held:    the fields that ``stated`` says already, so that no property of ours has to.
    """
    taken = {
        key: to_plain(getattr(noun, name))
        for key, name in element.taken_over.items()
        if name not in held and not _is_unsaid(element, noun, name)
    }
    entries = [
        {"property": one.name, "value": to_plain(getattr(noun, one.field))}
        for one in element.properties
        if one.field not in held and not _is_unsaid(element, noun, one.field)
    ]
    entries += [{"property": name, "value": to_plain(value)} for name, value in (own or {}).items()]
    entries += [
        {"property": _escaped(element, name), "value": json.loads(text)} for name, text in rest
    ]
    _add_notes(entries, said.get(CUSTOM_PROPERTIES))
    whole: Plain = taken | {key: value for key, value in said.items() if key not in stated}
    whole |= {key: value for key, value in stated.items() if value is not None}
    whole.pop(CUSTOM_PROPERTIES, None)
    if entries:
        whole[CUSTOM_PROPERTIES] = entries
    return in_order(element, whole)


def in_order(element: Element, written: Mapping[str, Any]) -> Plain:
    """An element with its keys in the order of the standard."""
    last = len(element.places)
    return dict(sorted(written.items(), key=lambda item: element.places.get(item[0], last)))


def _is_unsaid(element: Element, noun: Any, name: str) -> bool:
    default = element.defaults[name]
    return default is not MISSING and getattr(noun, name) == default


def _escaped(element: Element, name: str) -> str:
    return f"{ESCAPE}{name}" if name in element.forms or name.startswith(ESCAPE) else name


def _add_notes(entries: Collection[Plain], notes: object) -> None:
    """Say again what a document says about its custom properties (an id, a description)."""
    for note in notes if isinstance(notes, list) else ():
        named = [entry for entry in entries if entry["property"] == mapping(note).get("property")]
        if named:
            named[0].update(note)


def settle(
    element: Element,
    noun: Any,
    build: Callable[[Plain, Custom], Plain],
    read: Callable[[Plain], object],
    barred: Collection[str] = (),
) -> Plain:
    """The element that says exactly what a noun does, with as much in keys as can stand there.

    What no noun holds goes back to the key of the standard that it came from. Where it does not
    fit there (it came from another way of writing, or the noun was changed since), it becomes a
    custom property: an element that is written here is valid, and read again it is its noun.
    From the first key that is ``barred``, everything becomes a custom property.
    """
    from contracts.dialects.odcs_schema import is_valid

    run = _keys_of_the_standard(element, noun.custom, barred)
    for length in range(len(run), 0, -1):
        said = {name: json.loads(text) for name, text in run[:length]}
        written = build(said, noun.custom[length:])
        with suppress(UnknownTypeError):
            if is_valid(element.definition, written) and read(written) == noun:
                return written
    return build({}, noun.custom)


def _keys_of_the_standard(element: Element, custom: Custom, barred: Collection[str]) -> Custom:
    """The part at the beginning that is keys of the standard, each once and in its order."""
    last = -1
    for length, (name, _) in enumerate(custom):
        place = element.places.get(name, -1)
        if place <= last or name in barred:
            return custom[:length]
        last = place
    return custom
