"""Two trees of documents: those that differ are read, and the rest only where they matter.

Reading a document in depth takes a millisecond, and comparing its bytes next to nothing. So of
a thousand contracts of which a few have changed, those few are read; of the others, only those
that speak of one of them: a child whose parent changed, a parent whose child did, a second
document of the same name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from contracts.documents import scan_document
from contracts.loading import contracts_in, find_repeated
from contracts.model import Contract, Location, Source
from contracts.problems import DocumentError, Problem

_WORDS: Final = bytes(
    each if each > 127 or chr(each).isalnum() or each in b"_.-" else 32 for each in range(256)
)
"""A table that leaves the bytes of words as they are, and makes a space of every other one."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Documents by their paths, unread. ``root`` and a path together are as the user named them."""

    root: str
    contents: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Differing:
    """The contracts of two trees that matter for what is different between them.

    ``same`` counts the documents that are in both under one path, byte for byte.
    """

    old: tuple[Contract, ...]
    new: tuple[Contract, ...]
    same: int


def read_differing(old: Tree, new: Tree, *, whole: bool = False) -> Differing:
    """Read the documents that differ, and those that speak of a contract in one of them.

    ``whole`` reads the others, too. Raises DocumentError with all that is wrong with any that
    is read.
    """
    same = {path for path, content in old.contents.items() if new.contents.get(path) == content}
    unread = set() if whole else same
    problems: list[Problem] = []
    after = _read(new, new.contents.keys() - unread, problems)
    before = _read_old(old, new, old.contents.keys() - unread, after, problems)
    shared: dict[str, tuple[Contract, ...]] = {}
    names = _names([*_flat(before), *_flat(after)]) | _tables_gone(before, after)
    left = set(unread)
    while found := _speaking(new, left, names):
        left -= found
        read = _read(new, found, problems)
        shared |= read
        names = _names(_flat(read))
    sides = [(*_flat(each), *_flat(shared)) for each in (before, after)]
    problems += [problem for side in sides for problem in find_repeated(side)]
    if problems:
        raise DocumentError(sorted(set(problems)))
    return Differing(sides[0], sides[1], len(same))


def _read(
    tree: Tree, paths: Iterable[str], problems: list[Problem]
) -> dict[str, tuple[Contract, ...]]:
    read: dict[str, tuple[Contract, ...]] = {}
    for path in sorted(paths):
        try:
            read[path] = contracts_in(scan_document(tree.root + path, tree.contents[path]))
        except DocumentError as error:
            problems += error.problems
    return read


def _read_old(
    old: Tree,
    new: Tree,
    paths: Collection[str],
    after: Mapping[str, tuple[Contract, ...]],
    problems: list[Problem],
) -> dict[str, tuple[Contract, ...]]:
    """The old documents of these paths; one that only moved is read where it is now."""
    now = {new.contents[path]: path for path in after}
    moved = {path: now[old.contents[path]] for path in paths if old.contents[path] in now}
    read = _read(old, set(paths) - moved.keys(), problems)
    for path, there in moved.items():
        read[path] = tuple(_as_in(contract, old.root + path) for contract in after[there])
    return read


def _as_in(contract: Contract, file: str) -> Contract:
    """The same contract, stated in another file."""
    place = contract.source.location if contract.source else Location(file, 1)
    return replace(contract, source=Source(replace(place, file=file)))


def _names(contracts: Iterable[Contract]) -> set[str]:
    """The names by which documents speak of these contracts, and of their parents."""
    return {name for contract in contracts for name in (contract.name, contract.extends) if name}


def _tables_gone(
    before: Mapping[str, tuple[Contract, ...]], after: Mapping[str, tuple[Contract, ...]]
) -> set[str]:
    """The tables that are promised no longer under their names; a view may keep such a name."""
    old, new = (
        {table.name for contract in _flat(side) for table in contract.tables}
        for side in (before, after)
    )
    return old - new


def _speaking(tree: Tree, paths: Collection[str], names: Collection[str]) -> set[str]:
    """The paths of documents in which every word of one of these names occurs."""
    sought = [frozenset(_words(name.encode())) for name in names]
    single = {word for words in sought if len(words) == 1 for word in words}
    several = [words for words in sought if len(words) > 1]

    def speaks(path: str) -> bool:
        words = _words(tree.contents[path])
        if not single.isdisjoint(words):
            return True
        held = frozenset(words) if several else frozenset()
        return any(each <= held for each in several)

    return {path for path in paths if speaks(path)} if names else set()


def _words(text: bytes) -> list[bytes]:
    return text.translate(_WORDS).split()


def _flat(read: Mapping[str, tuple[Contract, ...]]) -> Iterable[Contract]:
    return (contract for contracts in read.values() for contract in contracts)
