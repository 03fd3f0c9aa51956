"""What was seen, put beside the registry: each reader once, and what of it nobody registered."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from contracts.consumers import Consumer
from contracts.model import Contract, Table
from detection.access.model import Access, Place
from detection.discovery.model import Observation, Reader, ReaderKind, Reading, Sighting
from detection.discovery.statements import Reading as QueryReading
from detection.reads import ColumnRead

QUERIES: int = 5
"""Statements of one reader that are kept, to show what it asks."""


def fits(path: str, pattern: str) -> bool:
    """Whether a file is meant by a path, by a folder, or by a pattern with ``*`` and ``?``."""
    return fnmatchcase(path, pattern) or path.startswith(f"{pattern.rstrip('/')}/")


class Registry:
    """The registered consumers, found by what is seen of them."""

    def __init__(self, consumers: Sequence[Consumer], reading: QueryReading) -> None:
        self.consumers = {each.name: each for each in consumers}
        self._by_role: dict[str, str] = {}
        self._by_query: dict[str, str] = {}
        self._code: list[tuple[str, str]] = []
        for each in consumers:
            for role in each.roles:
                self._by_role.setdefault(role, each.name)
            self._code += [(pattern, each.name) for pattern in each.code]
            for query in each.queries:
                if statement := reading.read(query.sql):
                    self._by_query.setdefault(statement.fingerprint, each.name)

    def whose(self, seen: Observation) -> str | None:
        """The consumer that was seen: by its query, its role, its code, or its very name."""
        if seen.fingerprint in self._by_query:
            return self._by_query[seen.fingerprint]
        if seen.kind == "file":
            return self._of_file(seen.who)
        for name in filter(None, (seen.application, seen.who)):
            if name in self._by_role or slug(name) in self.consumers:
                return self._by_role.get(name, slug(name))
        if seen.kind in ("view", "function"):
            return self._of_view(seen.who)
        return None

    def _of_file(self, path: str) -> str | None:
        for pattern, name in self._code:
            if fits(path, pattern):
                return name
        parts = PurePosixPath(path)
        return next(
            (
                slug(part)
                for part in (parts.stem, *parts.parts[:-1])
                if slug(part) in self.consumers
            ),
            None,
        )

    def _of_view(self, name: str) -> str | None:
        """The consumer that subscribed to a view, which is then how it reads what is behind."""
        return next(
            (
                each.name
                for each in self.consumers.values()
                if any(one.qualified_table == name for one in each.subscriptions)
            ),
            None,
        )


def slug(name: str) -> str:
    """A name as the registry spells names: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def find_readers(
    observations: Iterable[Observation],
    registry: Registry,
    contracts: Sequence[Contract],
    views: Mapping[Place, frozenset[ColumnRead]],
) -> tuple[Reader, ...]:
    """Every reader of what is under contract, by name, those whom nobody registered first.

    views:  what each view under no contract reads (``sources.read_by_views``).
    """
    promised = _promised(contracts)
    behind = _behind_views(views, promised)
    groups: defaultdict[tuple[str, ReaderKind, str], list[Observation]] = defaultdict(list)
    for seen in observations:
        consumer = registry.whose(seen)
        # A consumer is one reader, whatever it is seen as.
        key = (consumer, "role", consumer) if consumer else ("", seen.kind, seen.who)
        groups[key].append(seen)  # type: ignore[index]
    found = []
    for (consumer, kind, name), seen_of in groups.items():
        reader = _reader(consumer or None, kind, name, seen_of, registry, promised, behind)
        if reader.readings:
            found.append(reader)
    return tuple(sorted(found, key=lambda each: (not each.unregistered, each.name, each.kind)))


def _reader(
    consumer: str | None,
    kind: ReaderKind,
    name: str,
    seen: Sequence[Observation],
    registry: Registry,
    promised: Mapping[Place, Contract],
    behind: Mapping[Place, frozenset[ColumnRead]],
) -> Reader:
    read_for_sure = [each for each in seen if not each.may_only]
    does = _expanded((one for each in read_for_sure for one in each.reads), promised, behind)
    may = _expanded((one for each in seen for one in each.reads), promised, behind)
    known = not does and all(each.by_contract or consumer for each in seen)
    owed = does if does or consumer else may
    if consumer:
        of_it = registry.consumers[consumer]
        owed = {one for one in owed if one.column not in of_it.reads(one.schema, one.table)}
    elif known:
        owed = set()
    return Reader(
        kind=seen[0].kind if consumer and len({each.kind for each in seen}) == 1 else kind,
        name=name,
        readings=_readings(does or may, promised),
        sightings=tuple(dict.fromkeys(Sighting(each.surface, each.place) for each in seen)),
        consumer=consumer,
        unregistered=_readings(owed, promised),
        known=known,
        queries=tuple(dict.fromkeys(each.query for each in seen if each.query))[:QUERIES],
    )


def _expanded(
    reads: Iterable[ColumnRead],
    promised: Mapping[Place, Contract],
    behind: Mapping[Place, frozenset[ColumnRead]],
) -> set[ColumnRead]:
    """The columns under contract that are read, also those behind a view that nobody promises."""
    found: set[ColumnRead] = set()
    for each in reads:
        place = each.schema, each.table
        if place in promised:
            found.add(each)
        found |= behind.get(place, frozenset())
    return found


def _behind_views(
    direct: Mapping[Place, frozenset[ColumnRead]], promised: Mapping[Place, Contract]
) -> Mapping[Place, frozenset[ColumnRead]]:
    """What each view under no contract reads of tables under contract, itself or by other views."""
    found: dict[Place, frozenset[ColumnRead]] = {}
    for view in direct:
        reads: set[ColumnRead] = set()
        ahead, done = [view], {view}
        while ahead:
            for read in direct.get(ahead.pop(), ()):
                place = read.schema, read.table
                if place in promised:
                    reads.add(read)
                elif place in direct and place not in done:
                    done.add(place)
                    ahead.append(place)
        found[view] = frozenset(reads)
    return found


def _readings(
    reads: Iterable[ColumnRead], promised: Mapping[Place, Contract]
) -> tuple[Reading, ...]:
    columns: defaultdict[Place, set[str]] = defaultdict(set)
    for each in reads:
        columns[each.schema, each.table].add(each.column)
    return tuple(
        Reading(*place, tuple(sorted(names)), promised[place].identity, promised[place].version)
        for place, names in sorted(columns.items())
    )


def _promised(contracts: Sequence[Contract]) -> dict[Place, Contract]:
    return {
        (table.schema, table.name): contract
        for contract in reversed(contracts)
        for table in contract.tables
    }


def promised_columns(contracts: Sequence[Contract], access: Access) -> dict[Place, tuple[str, ...]]:
    """The columns under contract, by table, of the tables that are there."""
    found: defaultdict[Place, dict[str, None]] = defaultdict(dict)
    for table in _tables(contracts):
        if (table_place := (table.schema, table.name)) in access.relations:
            found[table_place] |= dict.fromkeys(column.name for column in table.columns)
    return {place: tuple(names) for place, names in found.items()}


def _tables(contracts: Sequence[Contract]) -> Iterator[Table]:
    for contract in contracts:
        yield from contract.tables
