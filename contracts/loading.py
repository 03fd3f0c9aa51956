"""From files to contracts: which files are contracts, and what each of them says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path, PurePath
from typing import Final

from contracts.dialects import MARKS, WAYS_OF_WRITING
from contracts.documents import (
    JSON_SUFFIXES,
    YAML_SUFFIXES,
    Document,
    read_bytes,
    scan_document,
)
from contracts.model import Contract, Location
from contracts.problems import DocumentError, Problem
from contracts.reading import shown

NO_CONTRACTS: Final = ("consumers.yaml", "acknowledgements.yaml")
"""Files of a contracts folder that are something else."""


def load(path: str | Path) -> Contract:
    """The contract in a file; :class:`DocumentError` names everything that is wrong with it."""
    return contract_in(scan_document(str(path), read_bytes(path)))


def load_all(path: str | Path) -> tuple[Contract, ...]:
    """All contracts in a file: one, except where a way of writing takes several together."""
    return contracts_in(scan_document(str(path), read_bytes(path)))


def contract_in(document: Document) -> Contract:
    """The one contract that a document states; one that states several is refused."""
    contracts = contracts_in(document)
    if len(contracts) == 1:
        return contracts[0]
    names = ", ".join(contract.identity for contract in contracts)
    what = f"Expected one contract, found {len(contracts)}: {names}."
    raise DocumentError([document.problem((), what, "Name a file that states one.")])


def contracts_in(document: Document) -> tuple[Contract, ...]:
    """The contracts that a document states, read by the dialect that recognises it.

    There is at least one; only dialects that have ``read_all`` take several together.
    """
    for dialect in WAYS_OF_WRITING:
        way = import_module(f"contracts.dialects.{dialect}")
        if way.recognises(document.value):
            several = hasattr(way, "read_all")
            contracts: tuple[Contract, ...] = (
                way.read_all(document) if several else (way.read(document),)
            )
            _refuse_unknown_minimums(contracts, document)
            return contracts
    raise DocumentError(document.problems or [_unrecognised(document)])


def _refuse_unknown_minimums(contracts: Sequence[Contract], document: Document) -> None:
    """A minimum classification in a word that is none would silently classify nothing."""
    if any(key.startswith("minimum") for one in contracts for key, _ in one.custom):
        from contracts.classifications import unknown_minimum

        problems = [each for one in contracts for each in unknown_minimum(one, document)]
        if problems:
            raise DocumentError(problems)


def load_folder(*paths: str | Path) -> tuple[Contract, ...]:
    """All contracts in folders and files, sorted by identity; every problem of all of them."""
    contracts: list[Contract] = []
    problems: list[Problem] = []
    for file in _files(paths, problems):
        try:
            contracts.extend(load_all(file))
        except DocumentError as error:
            problems.extend(error.problems)
    problems.extend(find_repeated(contracts))
    if problems:
        raise DocumentError(sorted(set(problems)))
    return tuple(sorted(contracts, key=lambda contract: (contract.identity, contract.file or "")))


def find_documents(folder: str | Path) -> tuple[Path, ...]:
    """The contract documents below a folder, in the order of their names.

    They are all ``.json``, ``.yaml`` and ``.yml`` files except ``consumers.yaml``,
    ``acknowledgements.yaml``, ``*.schema.json`` and whatever is hidden. A link that leads out
    of the folder is refused.
    """
    root = Path(folder)
    if not root.is_dir():
        raise _refused(root, "There is no such folder.", "Check the path.")
    return tuple(sorted(_below(root, root.resolve(), [])))


def _below(folder: Path, root: Path, parents: Sequence[Path]) -> Iterable[Path]:
    real = folder.resolve()
    if real in parents:
        return
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() and (entry.is_dir() or is_document(entry)):
            _stay_inside(entry, root)
        if entry.is_dir():
            yield from _below(entry, root, [*parents, real])
        elif is_document(entry):
            yield entry


def is_document(path: PurePath) -> bool:
    """Whether a file of a contracts folder is meant to be a contract, by its name alone."""
    name = path.name.lower()
    return (
        name.endswith(JSON_SUFFIXES + YAML_SUFFIXES)
        and not name.endswith(".schema.json")
        and name not in NO_CONTRACTS
    )


def _stay_inside(path: Path, root: Path) -> None:
    if not path.resolve().is_relative_to(root):
        raise _refused(
            path,
            "This link leads out of the contracts folder.",
            "Put the contract itself into the folder, or name its own folder too.",
        )


def _files(paths: Sequence[str | Path], problems: list[Problem]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        try:
            files.extend(find_documents(path) if Path(path).is_dir() else [Path(path)])
        except DocumentError as error:
            problems.extend(error.problems)
    return list(dict.fromkeys(files))


def find_repeated(contracts: Sequence[Contract]) -> Iterable[Problem]:
    """A problem for each document whose contract was stated in another one before."""
    first: dict[str, Contract] = {}
    for contract in contracts:
        other = first.setdefault(contract.identity, contract)
        if other is not contract and contract.source:
            place = contract.source.at("name")
            what = f"The contract {contract.identity} is stated in {other.file} already."
            yield Problem(place, "name", what, "Rename one of the two, or delete one file.")


def _unrecognised(document: Document) -> Problem:
    """The problem of a document that no dialect takes, with the key that its author may mean."""
    from contracts.dialects.validation import nearest

    value = document.value
    if not isinstance(value, dict):
        what = f"Expected an object, found {shown(value)}."
        return document.problem((), what, f"Write it in one of these: {_ways()}.")
    what = "No dialect recognises this document."
    for key in value:
        if key not in MARKS and (meant := nearest(key, MARKS)):
            return document.problem((key,), what, f'Did you mean "{meant}"?', key=True)
    next_step = f"Write it in one of these: {_ways()}. What is no contract belongs elsewhere."
    return document.problem((), what, next_step)


def _ways() -> str:
    return "; ".join(f"{dialect} ({mark})" for dialect, mark in WAYS_OF_WRITING.items())


def _refused(path: Path, what: str, next_step: str) -> DocumentError:
    return DocumentError([Problem(Location(str(path), 1), "", what, next_step)])
