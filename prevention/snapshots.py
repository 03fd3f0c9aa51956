"""What a project promised at one moment: its contracts, as a commit or the working tree has them.

Documents are read from git itself, so that nothing is checked out; one that is the same at two
moments is read once, and is one and the same contract in both. Places are given by the path in
the repository, wherever the command was typed.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Final

from contracts.documents import Document, read_bytes, scan_document, too_large
from contracts.loading import contracts_in, find_documents, find_repeated, is_document
from contracts.model import Contract, Location
from contracts.problems import DocumentError, Problem
from contracts.reading import MAX_BYTES
from prevention.decision import NotJudged, Obstacle
from prevention.git import Entry, Repository

REGISTRY: Final = "consumers.yaml"
ACKNOWLEDGEMENTS: Final = "acknowledgements.yaml"
WORKING_TREE: Final = "the working tree"

_OUT: Final = ".."
_SHA_1: Final = 40
"""The digits of an id; a repository with longer ones uses SHA-256."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its path in the repository, what is in it, and the id that git has for that.

    ``content`` is ``None`` for a file that is too large to be read.
    """

    path: str
    id: str
    content: bytes | None = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a document says: its contracts (mostly one), or what is wrong with it."""

    source: Source
    contracts: tuple[Contract, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The contracts of one moment, sorted by identity, and what stands beside them.

    name:      what people call the moment: ``origin/main``, ``HEAD``, ``the working tree``.
    commit:    the id of the commit; ``None`` for the working tree.
    readings:  every document, by its path.
    beside:    the registries of consumers and the lists of acknowledgements.
    problems:  all that is wrong with the documents, in the order of their places.
    """

    name: str
    commit: str | None
    contracts: tuple[Contract, ...] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict, repr=False)
    beside: tuple[Source, ...] = field(default=(), repr=False)
    problems: tuple[Problem, ...] = ()

    def text_of(self, path: str) -> str | None:
        """The text of a file; ``None`` for one that is not there, or too large."""
        sources = {source.path: source for source in self.beside}
        sources |= {path: self.readings[path].source} if path in self.readings else {}
        content = sources[path].content if path in sources else None
        return None if content is None else content.decode("utf-8-sig", "replace")

    def documents(self, name: str) -> Iterator[Document]:
        """The documents of this name beside the contracts; raises DocumentError."""
        for source in self.beside:
            if posixpath.basename(source.path) == name:
                document = _scan(source)
                if document.problems:
                    raise DocumentError(document.problems)
                yield document


def read_commit(
    repository: Repository,
    commit: str,
    paths: Sequence[str],
    *,
    name: str | None = None,
    known: Snapshot | None = None,
) -> Snapshot:
    """What folders and files of contracts hold at a commit.

    paths:  of the repository; one that the commit does not have holds nothing.
    known:  another moment, whose documents are not read again where they are the same.

    Raises NotJudged when git fails, and for a path that leads out of the repository.
    """
    documents: dict[str, Entry] = {}
    beside: dict[str, Entry] = {}
    refused: list[Problem] = []
    for path in paths:
        found, others = find_at_commit(repository, commit, path, refused)
        documents |= {entry.path: entry for entry in found}
        beside |= {entry.path: entry for entry in others}
    files = _fetch(repository, [*documents.values(), *beside.values()])
    sources = files[: len(documents)]
    return _snapshot(name or commit, commit, sources, files[len(documents) :], refused, known)


def find_at_commit(
    repository: Repository, commit: str, path: str, refused: list[Problem]
) -> tuple[list[Entry], list[Entry]]:
    """The contract documents below a path of a commit, and what stands beside them."""
    listed = repository.entries(commit, _follow(repository, commit, path))
    documents = list(_documents(repository, listed, path, refused))
    return documents, [entry for entry in listed if _is_beside(entry.path, path)]


def read_working_tree(
    repository: Repository, paths: Sequence[str], *, known: Snapshot | None = None
) -> Snapshot:
    """What folders and files of contracts hold on the disk, committed or not."""
    digits = len(known.commit) if known and known.commit else _SHA_1
    files: list[Path] = []
    beside: list[Path] = []
    refused: list[Problem] = []
    for path in paths:
        root = repository.root / path
        if root.is_dir():
            try:
                files += find_documents(root)
            except DocumentError as error:
                refused += [_from_root(repository, problem) for problem in error.problems]
            beside += [root / name for name in (REGISTRY, ACKNOWLEDGEMENTS)]
        elif os.path.lexists(root):
            files.append(root)
    there = [file for file in beside if os.path.lexists(file)]
    sources = list(_on_disk(repository, dict.fromkeys(files), digits, refused))
    others = list(_on_disk(repository, there, digits, refused))
    return _snapshot(WORKING_TREE, None, sources, others, refused, known)


def _snapshot(
    name: str,
    commit: str | None,
    sources: Iterable[Source],
    beside: Iterable[Source],
    refused: Sequence[Problem],
    known: Snapshot | None,
) -> Snapshot:
    before = known.readings if known else {}
    readings = [
        before[source.path] if _is_same(source, before) else _read(source) for source in sources
    ]
    contracts = [contract for reading in readings for contract in reading.contracts]
    contracts.sort(key=lambda contract: (contract.identity, contract.file or ""))
    problems = {problem for reading in readings for problem in reading.problems}
    problems.update(find_repeated(contracts), refused)
    return Snapshot(
        name,
        commit,
        tuple(contracts),
        {reading.source.path: reading for reading in readings},
        tuple(beside),
        tuple(sorted(problems)),
    )


def _is_same(source: Source, before: Mapping[str, Reading]) -> bool:
    return source.path in before and before[source.path].source.id == source.id


def _read(source: Source) -> Reading:
    try:
        return Reading(source, contracts_in(_scan(source)))
    except DocumentError as error:
        return Reading(source, problems=error.problems)


def _scan(source: Source) -> Document:
    if source.content is None:
        raise too_large(source.path)
    return scan_document(source.path, source.content)


def _is_beside(path: str, folder: str) -> bool:
    return posixpath.dirname(path) == folder and posixpath.basename(path) in (
        REGISTRY,
        ACKNOWLEDGEMENTS,
    )


# ------------------------------------------------------------------ in a commit


def _follow(repository: Repository, commit: str, path: str) -> str:
    """The path at which a folder's files are: its own, or where it leads if it is a link."""
    listed = repository.entries(commit, path) if path else ()
    if len(listed) != 1 or listed[0].path != path or listed[0].kind == "file":
        return path
    if listed[0].kind == "module":
        what = f"{path} is a submodule: its contracts are in another repository."
        raise NotJudged(Obstacle(what, "Run docent gate there."))
    target = _target(repository, listed[0])
    if target.startswith(_OUT):
        raise DocumentError([_leads_out(path)])
    return target


def _documents(
    repository: Repository, listed: Iterable[Entry], folder: str, refused: list[Problem]
) -> Iterator[Entry]:
    """The contract documents among files below a folder, in their order.

    A link within the folder stands for what it leads to; one that leads out is ``refused``.
    """
    files = {entry.path: entry for entry in listed}
    for entry in files.values():
        if not is_document(PurePosixPath(entry.path)) or _is_hidden(entry.path, folder):
            continue
        if entry.kind == "file":
            yield entry
        elif entry.kind == "link":
            meant = files.get(_target(repository, entry))
            if meant is None or meant.kind != "file":
                refused.append(_leads_out(entry.path))
            else:
                yield replace(meant, path=entry.path)


def _is_hidden(path: str, folder: str) -> bool:
    below = PurePosixPath(path).parts[len(PurePosixPath(folder).parts) :]
    return any(step.startswith(".") for step in below)


def _target(repository: Repository, link: Entry) -> str:
    """Where a link leads, from the root of the repository; ``..`` for out of it."""
    target = os.fsdecode(repository.contents([link])[link.id])
    if target.startswith("/"):
        return _OUT
    return posixpath.normpath(posixpath.join(posixpath.dirname(link.path), target))


def _leads_out(path: str) -> Problem:
    return Problem(
        Location(path, 1),
        "",
        "This link leads to no document of the contracts folder.",
        "Put the contract itself into the folder, or name its own folder too.",
    )


def _fetch(repository: Repository, entries: Sequence[Entry]) -> list[Source]:
    """The files themselves; what is too large is not asked for."""
    contents = repository.contents(entry for entry in entries if entry.size <= MAX_BYTES)
    return [Source(entry.path, entry.id, contents.get(entry.id)) for entry in entries]


# ------------------------------------------------------------------ on the disk


def _on_disk(
    repository: Repository, files: Iterable[Path], digits: int, refused: list[Problem]
) -> Iterator[Source]:
    """The files themselves; those that cannot be read are ``refused``."""
    for file in files:
        try:
            content = read_bytes(file)
        except DocumentError as error:
            refused += [_from_root(repository, problem) for problem in error.problems]
            continue
        path = file.relative_to(repository.root).as_posix()
        kept = content if len(content) <= MAX_BYTES else None
        yield Source(path, _id(content, digits), kept)


def _id(content: bytes, digits: int) -> str:
    """The id that git gives to a content."""
    digest = hashlib.sha1 if digits == _SHA_1 else hashlib.sha256
    return digest(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def _from_root(repository: Repository, problem: Problem) -> Problem:
    """A problem whose place is told from the root of the repository."""
    place = problem.location
    file = Path(place.file).relative_to(repository.root).as_posix()
    return replace(problem, location=replace(place, file=file))
