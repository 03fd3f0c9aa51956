"""What is wrong with a document of ODCS beyond its schema, which lets pass what means nothing.

The prose of the standard leaves some of it open (a state, a physical type, a service level), so
a word is refused only where nobody can mean it: one that no system has for a type, for example.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.dialects.form import without_faults
from contracts.dialects.odcs_elements import mapping
from contracts.dialects.odcs_names import Setting, column_name, columns_of, setting_of, table_name
from contracts.dialects.odcs_own_properties import elements_in, of_properties, own_entries
from contracts.dialects.odcs_reading import STATES
from contracts.dialects.odcs_schema import findings
from contracts.dialects.odcs_table_slots import CHECK, COLUMN
from contracts.dialects.odcs_types import VARIABLE, read_type, write_type
from contracts.documents import Document
from contracts.model import DataType, Server
from contracts.plain import from_plain
from contracts.problems import Problem
from contracts.reading import KeyPath, shown
from contracts.types import UnknownTypeError

SERVICE_LEVELS: Final = (
    "availability", "throughput", "errorRate", "generalAvailability", "endOfSupport", "endOfLife",
    "retention", "frequency", "latency", "timeToDetect", "timeToNotify", "timeToRepair",
    "timeOfAvailability", "freshness", "completeness",
)  # fmt: skip
"""Names of service levels in use. Any other is free, but for slips of these."""

_SLIP: Final = 0.85
_VERSION = re.compile(
    r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?|[0-9]+", re.ASCII
)
_NEARLY_A_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", re.ASCII | re.IGNORECASE)


def find_problems(document: Document) -> list[Problem]:
    """All that is wrong with a document: its text, by the schema, and by the standard's prose."""
    found = findings(document)
    faulty = document.faulty | {path for path, _ in found}
    value = mapping(without_faults(document.value, faulty))
    servers = [mapping(server) for server in value.get("servers") or ()]
    setting = setting_of(
        [Server("", str(one["type"]), schema=one.get("schema")) for one in servers if "type" in one]
    )
    return [
        *document.problems,
        *(problem for _, problem in found),
        *_of_identity(document, value, faulty),
        *_of_tables(document, value, setting),
        *_of_checks(document, value),
        *_of_service_levels(document, value),
        *of_properties(document, value),
    ]


def _of_identity(
    document: Document, value: Mapping[str, Any], faulty: Collection[KeyPath]
) -> Iterator[Problem]:
    standard, version, state = (value.get(key) for key in ("apiVersion", "version", "status"))
    for key in ("id", "name"):
        if value.get(key) == "":
            what = "Expected a text that is not empty."
            yield document.problem((key,), what, "Write what the contract is known by.")
    if isinstance(standard, str) and standard.startswith("v2"):
        what = f"{shown(standard)} is a version of the standard that is not read here."
        yield document.problem(("apiVersion",), what, 'Write it anew as "v3.1.0".')
    if version is not None and not _VERSION.fullmatch(str(version)):
        what = f'Expected a version like "1.0.0", found {shown(version)}.'
        yield document.problem(("version",), what, _nearly(str(version)))
    if state is not None and state not in STATES:
        what = f"{shown(state)} is no state of a contract."
        yield document.problem(("status",), what, _meant(str(state), STATES))
    elif state is None and not _is_newest(standard) and ("status",) not in faulty:
        yield from _without_state(document, faulty)


def _without_state(document: Document, faulty: Collection[KeyPath]) -> Iterator[Problem]:
    """A document lacks its state, and not because the key is misspelt."""
    from contracts.dialects.validation import nearest

    unknown = [path[0] for path in faulty if len(path) == 1]
    if not any(nearest(str(key), ["status"]) for key in unknown):
        what = 'The key "status" is missing.'
        yield document.problem((), what, f'Add "status". {_meant("", STATES)}', key=True)


def _is_newest(standard: object) -> bool:
    return not isinstance(standard, str) or standard >= "v3.2"


def _nearly(version: str) -> str:
    match = _NEARLY_A_VERSION.fullmatch(version)
    if match is None:
        return "Write it as MAJOR.MINOR.PATCH, or as a whole number."
    numbers = ".".join(str(int(number or 0)) for number in match.groups())
    return f'Did you mean "{numbers}"?'


def _meant(word: str, words: Iterable[str]) -> str:
    """The word that is meant, or those that there are."""
    from contracts.dialects.validation import nearest

    meant = nearest(word, words) if word else None
    return f'Did you mean "{meant}"?' if meant else f"Write one of {', '.join(words)}."


def _of_tables(document: Document, value: Mapping[str, Any], setting: Setting) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, item in enumerate(value.get("schema") or ()):
        table, path = mapping(item), ("schema", number)
        _, schema, name = table_name(table, setting)
        key = "physicalName" if "physicalName" in table else "name"
        if name and f"{schema}.{name}" in seen:
            what = f"The table {schema}.{name} is here twice."
            yield document.problem((*path, key), what, "Keep one of the two, or rename it.")
        seen.add(f"{schema}.{name}")
        if key in table and not name:
            yield document.problem((*path, key), _EMPTY, "Use the name that the database has.")
        yield from _of_columns(document, table, path, setting)
        yield from _of_relationships(document, table, path)


_EMPTY: Final = "Expected a name, found an empty text."


def _of_columns(
    document: Document, table: Mapping[str, Any], path: KeyPath, setting: Setting
) -> Iterator[Problem]:
    seen: set[str] = set()
    places: set[int] = set()
    for number, column in columns_of(table):
        inner = (*path, "properties", number)
        name, place = column_name(column), column.get("primaryKeyPosition")
        key = "physicalName" if "physicalName" in column else "name"
        if name in seen and name:
            what = f"The column {shown(name)} is here twice."
            yield document.problem((*inner, key), what, "Keep one of the two, or rename it.")
        seen.add(name)
        if key in column and not name:
            yield document.problem((*inner, key), _EMPTY, "Use the name that the database has.")
        if column.get("primaryKey") is True and isinstance(place, int) and place > 0:
            if place in places:
                what = f"Another column of the key has the place {place} too."
                next_step = "Count the columns of the key from 1."
                yield document.problem((*inner, "primaryKeyPosition"), what, next_step)
            places.add(place)
        yield from _of_type(document, column, inner, setting)


def _of_type(
    document: Document, column: Mapping[str, Any], path: KeyPath, setting: Setting
) -> Iterator[Problem]:
    stated = {key: column[key] for key in ("logicalType", "physicalType") if column.get(key)}
    try:
        read = read_type(stated, setting.servers)
    except UnknownTypeError as error:
        yield document.problem((*path, "physicalType"), error.what, error.next_step)
        return
    if isinstance(items := column.get("items"), dict):
        yield from _of_type(document, items, (*path, "items"), setting)
    for number, name, said in own_entries(COLUMN, column):
        if name == "dataType" and "physicalType" in stated and "name" in mapping(said):
            yield from _of_full_type(document, column, said, (*path, number), setting, read)


def _of_full_type(
    document: Document,
    column: Mapping[str, Any],
    said: Mapping[str, Any],
    path: KeyPath,
    setting: Setting,
    read: Any,
) -> Iterator[Problem]:
    """A type in full that is another one than its spelling is."""
    *inner, number = path
    try:
        full = from_plain(DataType, said)
        implied = write_type(full, {}, setting.servers).get("physicalType")
        beside = {**column, "physicalType": implied}
        agrees = implied is None or read_type(beside, setting.servers)[0] == read.data_type
    except (UnknownTypeError, TypeError, ValueError):
        return  # what is wrong with it is said by its form
    if not agrees:
        what = f"dataType is {implied}, but physicalType is {shown(column['physicalType'])}."
        place = (*inner, "customProperties", number, "value")
        yield document.problem(place, what, "Correct one of the two, or delete dataType.")


def _of_relationships(
    document: Document, table: Mapping[str, Any], path: KeyPath
) -> Iterator[Problem]:
    for number, item in enumerate(table.get("relationships") or ()):
        ends = [mapping(item).get(key) for key in ("from", "to")]
        lengths = [len(end) for end in ends if isinstance(end, list)]
        if len(lengths) == 2 and lengths[0] != lengths[1]:
            what = f"There are {lengths[0]} columns in from, and {lengths[1]} in to."
            place = (*path, "relationships", number, "to")
            yield document.problem(place, what, "Name as many columns on both sides.")


def _of_checks(document: Document, value: Mapping[str, Any]) -> Iterator[Problem]:
    for path, element, check in elements_in(value):
        if element is not CHECK:
            continue
        for key in ("mustBeBetween", "mustNotBeBetween"):
            bound = check.get(key)
            if not isinstance(bound, list) or len(bound) != 2 or None in bound:
                continue
            if bound[0] > bound[1]:
                what = f"{bound[0]} is more than {bound[1]}, so nothing is between them."
                yield document.problem((*path, key), what, "Write the smaller number first.")
        yield from _of_named_columns(document, value, check, path)


def _of_named_columns(
    document: Document, value: Mapping[str, Any], check: Mapping[str, Any], path: KeyPath
) -> Iterator[Problem]:
    """Columns that a check of duplicates names and the table does not have."""
    named = mapping(check.get("arguments")).get("properties")
    if check.get("metric") != "duplicateValues" or not isinstance(named, list):
        return
    table = mapping(value["schema"][path[1]])
    known = [str(column.get("name")) for _, column in columns_of(table)]
    for number, name in enumerate(named):
        if isinstance(name, str) and name not in known and VARIABLE not in name and known:
            what = f"The table has no column {shown(name)}."
            place = (*path, "arguments", "properties", number)
            yield document.problem(place, what, _meant(name, known))


def _of_service_levels(document: Document, value: Mapping[str, Any]) -> Iterator[Problem]:
    from contracts.dialects.validation import nearest

    for number, item in enumerate(value.get("slaProperties") or ()):
        name = mapping(item).get("property")
        if not isinstance(name, str) or name.lower() in map(str.lower, SERVICE_LEVELS):
            continue
        if meant := nearest(name, SERVICE_LEVELS, _SLIP):
            what = f"{shown(name)} is no service level that is known."
            place = ("slaProperties", number, "property")
            yield document.problem(place, what, f'Did you mean "{meant}"?')
