"""One side of a comparison: the documents that a person names, on the disk or at a commit.

Nothing is read in depth here; see ``contracts.differing``.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path

from contracts.consumers import Consumer
from contracts.consumers import read as read_consumers
from contracts.differing import Tree
from contracts.documents import read_bytes, scan_document, too_large
from contracts.loading import find_documents
from contracts.problems import DocumentError, Problem
from contracts.reading import MAX_BYTES
from prevention.decision import NotJudged, Obstacle
from prevention.git import Entry, find_repository
from prevention.snapshots import REGISTRY, find_at_commit


@dataclass(frozen=True, slots=True)
class NamedTree:
    """The documents under a name, and the registry of consumers beside them, if there is one.

    name:      as the user named it: ``contracts``, ``main:contracts``, ``a.yaml``.
    is_file:   whether it is one document, and not a folder of them.
    registry:  the file of the registry, and what is in it.
    """

    name: str
    tree: Tree
    is_file: bool = False
    registry: tuple[str, bytes] | None = None

    def consumers(self) -> tuple[Consumer, ...]:
        """The consumers registered here; raises DocumentError for a registry that is none."""
        if self.registry is None:
            return ()
        document = scan_document(*self.registry)
        if document.problems:
            raise DocumentError(document.problems)
        return read_consumers(document)


def read_tree(name: str) -> NamedTree:
    """The documents that a name leads to: a file, a folder, or REF:path in the repository.

    Raises NotJudged where it leads nowhere, and DocumentError for a file that cannot be read.
    """
    path = Path(name)
    if path.is_dir():
        return _folder(name, path)
    if path.exists():
        registry = _registry_at(path.parent)
        return NamedTree(name, Tree(name, {"": read_bytes(path)}), is_file=True, registry=registry)
    reference, colon, below = name.partition(":")
    if colon and reference:
        return _at_commit(name, reference, below)
    raise _nowhere(name)


def _folder(name: str, folder: Path) -> NamedTree:
    root = name if name.endswith("/") else f"{name}/"
    contents = {
        file.relative_to(folder).as_posix(): read_bytes(file) for file in find_documents(folder)
    }
    return NamedTree(name, Tree(root, contents), registry=_registry_at(folder))


def _registry_at(folder: Path) -> tuple[str, bytes] | None:
    file = folder / REGISTRY
    return (str(file), read_bytes(file)) if file.is_file() else None


def _at_commit(name: str, reference: str, below: str) -> NamedTree:
    """The documents below a path of a commit; ``./path`` is from where the command was typed."""
    repository = find_repository()
    commit = repository.commit(reference)
    path = repository.path_of(Path(below)) if below.startswith(".") else below.strip("/")
    listed = repository.entries(commit, path)
    if not listed:
        raise _nowhere(name)
    is_file = path == listed[0].path and listed[0].kind == "file"
    refused: list[Problem] = []
    wanted, beside = find_at_commit(repository, commit, path, refused)
    if is_file:
        registry = posixpath.join(posixpath.dirname(path), REGISTRY)
        wanted, beside = list(listed), list(repository.entries(commit, registry))
    if refused:
        raise DocumentError(refused)
    registries = [entry for entry in beside if posixpath.basename(entry.path) == REGISTRY]
    contents = repository.contents([*wanted, *registries])
    prefix = path if is_file or not path else f"{path}/"
    found = {
        entry.path.removeprefix(prefix): _content(entry, contents, f"{reference}:{entry.path}")
        for entry in wanted
    }
    read = [(f"{reference}:{each.path}", contents[each.id]) for each in registries]
    tree = Tree(f"{reference}:{prefix}", found)
    return NamedTree(name, tree, is_file, read[0] if read else None)


def _content(entry: Entry, contents: dict[str, bytes], name: str) -> bytes:
    if entry.size > MAX_BYTES:
        raise too_large(name)
    return contents[entry.id]


def _nowhere(name: str) -> NotJudged:
    return NotJudged(
        Obstacle(
            f"There is no {name}.",
            "Name a file, a folder, or what was there at a commit: main:contracts.",
        )
    )
