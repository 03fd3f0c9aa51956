"""Promises in the book's spec that no column can keep, because one denies another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from contracts.builtin_types import BITS, CHARACTERS, FLOATS, INTEGERS, TIMES
from contracts.model import UNLIMITED, DataType
from contracts.reading import shown
from contracts.types import UnknownTypeError, parse_type, type_name


class Contradiction(NamedTuple):
    """A promise that another one denies: the path of its key below the column, what, and why.

    ``is_key`` says whether the key itself is out of place, or only its value.
    """

    path: tuple[str, ...]
    what: str
    next_step: str
    is_key: bool = True


_APPLIES: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "character_maximum_length": ((*CHARACTERS, *BITS), "varchar, char and bit types"),
    "numeric_precision": ((*INTEGERS, *FLOATS, "numeric"), "numbers"),
    "numeric_scale": ((*INTEGERS, *FLOATS, "numeric"), "numbers"),
    "datetime_precision": ((*TIMES, "interval", "date"), "times"),
    "interval_type": (("interval",), "interval"),
}
"""The types that a figure says something about, by their names and in words."""
_IN_SPELLING: Final = {
    "character_maximum_length": "length",
    "numeric_precision": "precision",
    "numeric_scale": "scale",
    "datetime_precision": "precision",
    "interval_type": "fields",
}
"""The figures that a spelling such as ``varchar(20)`` can state too."""
_DENIALS: Final = (
    (("primaryKey", True), ("is_nullable", True), "A primary key is never null"),
    (("is_identity", True), ("is_nullable", True), "An identity column is never null"),
    (("identity_generation", None), ("is_identity", False), "Only an identity column numbers rows"),
    (("generation_expression", None), ("is_generated", "NEVER"), "Only a generated column has one"),
    (
        ("generation_expression", None),
        ("column_default", None),
        "A generated column has no default",
    ),
    (("is_generated", "ALWAYS"), ("column_default", None), "A generated column has no default"),
    (("identity_generation", None), ("column_default", None), "An identity column has no default"),
    (("is_identity", True), ("column_default", None), "An identity column has no default"),
    (
        ("identity_generation", None),
        ("generation_expression", None),
        "A column is one or the other",
    ),
    (("is_generated", "ALWAYS"), ("is_updatable", True), "A generated column cannot be updated"),
)
"""Pairs of promises that deny each other, and why; ``None`` stands for any value but null."""


def of_promises(stated: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Pairs of promises about one column that cannot both be kept; one for a key."""
    seen: set[str] = set()
    for one, other, why in _DENIALS:
        if not _says(stated, *one) or not _says(stated, *other) or other[0] in seen:
            continue
        seen.add(other[0])
        what = f"{why}, but {_promise(stated, one[0])} and {_promise(stated, other[0])}."
        next_step = "Correct one of the two, or delete it."
        yield Contradiction(("constraints", other[0]), what, next_step, is_key=False)


def of_type(part: str, stated: Mapping[str, Any], data_type: DataType) -> Iterator[Contradiction]:
    """Figures that the type does not have, or has otherwise by its own spelling."""
    based = data_type.base or data_type
    yield from _inapplicable(part, stated, based)
    yield from _disagreeing(part, stated)
    yield from _misnamed(part, stated, based)


def without_type(part: str, stated: Mapping[str, Any]) -> Iterator[Contradiction]:
    """The first of the figures about a type that is not named."""
    for key in (*_APPLIES, "enum_labels", "udt_name", "domain_name"):
        if stated.get(key) is not None:
            what = f"{key} is stated, but no data_type."
            yield Contradiction((part, key), what, "Add data_type.")
            return


def of_elements(
    spelling: str, data_type: DataType, element: DataType | None
) -> Iterator[Contradiction]:
    """An element promised for a type that has none, or another one than its spelling names."""
    based = data_type.base or data_type
    if based.kind != "array":
        what = f"array_element is about arrays, but the type is {type_name(based)}."
        next_step = 'Make data_type "ARRAY", or delete array_element.'
        yield Contradiction(("array_element",), what, next_step)
    elif element is not None and spelling.strip().upper() != "ARRAY":
        spelled = parse_type(spelling).element
        if spelled is not None and spelled.name != element.name:
            what = f"array_element is {type_name(element)}, but data_type is {shown(spelling)}."
            yield Contradiction(("array_element",), what, 'Make data_type "ARRAY", or delete it.')


def _says(stated: Mapping[str, Any], key: str, value: object) -> bool:
    said = stated.get(key)
    return said is not None if value is None else said == value


def _promise(stated: Mapping[str, Any], key: str) -> str:
    return f"{key} is {shown(stated[key])}"


def _inapplicable(part: str, stated: Mapping[str, Any], based: DataType) -> Iterator[Contradiction]:
    for key, (names, words) in _APPLIES.items():
        if stated.get(key) is not None and (based.name not in names or based.schema):
            what = f"{key} is about {words}, but the type is {type_name(based)}."
            yield Contradiction((part, key), what, f"Delete {key}, or correct data_type.")
    if based.name == "date" and stated.get("datetime_precision"):
        what = f"{_promise(stated, 'datetime_precision')}, but a date has no seconds."
        yield Contradiction((part, "datetime_precision"), what, "Delete datetime_precision.")
    if stated.get("enum_labels") is not None and based.schema is None:
        what = f"enum_labels is about an enum, but the type is {type_name(based)}."
        next_step = "Make data_type USER-DEFINED and name the enum in udt_name."
        yield Contradiction((part, "enum_labels"), what, next_step)


def _disagreeing(part: str, stated: Mapping[str, Any]) -> Iterator[Contradiction]:
    """Figures that say otherwise than the spelling of the type does."""
    if stated["data_type"].strip().upper() in ("ARRAY", "USER-DEFINED"):
        return
    spelled = parse_type(stated["data_type"])
    for key, figure in _IN_SPELLING.items():
        written = getattr(spelled, figure)
        if key not in stated or written is None or spelled.name not in _APPLIES[key][0]:
            continue
        said = stated[key]
        unlimited = said is None and written == UNLIMITED
        if not unlimited and (said.lower() if isinstance(said, str) else said) != written:
            what = f"{_promise(stated, key)}, but {_promise(stated, 'data_type')}."
            yield Contradiction((part, key), what, f"Correct one, or delete {key}.")


def _misnamed(part: str, stated: Mapping[str, Any], based: DataType) -> Iterator[Contradiction]:
    """A name in ``pg_type`` that belongs to another type than data_type names."""
    name = stated.get("udt_name")
    if name is None or stated["data_type"].strip().upper() == "USER-DEFINED":
        return
    try:
        named = parse_type(name)
    except UnknownTypeError:
        return
    if named.name != based.name:
        what = f"{_promise(stated, 'udt_name')}, which is {type_name(named)}, "
        what += f"but the type is {type_name(based)}."
        yield Contradiction((part, "udt_name"), what, "Delete udt_name.")
