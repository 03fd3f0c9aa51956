"""What a result must never replace: a document that Docent reads, such as a contract."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from prevention.decision import NotJudged, Obstacle
from prevention.output import is_file

_READ_BY_NAME: Final = {
    "consumers.yaml": "the registry of consumers",
    "acknowledgements.yaml": "the list of acknowledgements",
    "pyproject.toml": "the project's settings",
}


def require_replaceable(
    output: Path | None, named: Iterable[object] = (), folders: Iterable[Path] = ()
) -> None:
    """Raise NotJudged where a result would replace a document; an earlier result may be replaced.

    named:    what else the command line says; a file among it is not a place for the result.
    folders:  where contracts are read, besides the project's own folder for them.
    """
    if not is_file(output) or not output.is_file():
        return
    if what := _document(output, named, folders):
        raise NotJudged(
            Obstacle(f"{output} is {what}, and was left as it is.", "Name another file.")
        )


def require_new(output: Path | None) -> None:
    """Raise NotJudged where there is a file already."""
    if is_file(output) and os.path.lexists(output):
        raise NotJudged(
            Obstacle(f"{output} is there already, and was left as it is.", "Name another file.")
        )


def require_apart(output: Path | None, written: Iterable[Path]) -> None:
    """Raise NotJudged where the result would go into one of the files that are about to be made."""
    if is_file(output) and os.path.realpath(output) in map(os.path.realpath, written):
        what = f"{output} is one of the files that this step writes itself."
        raise NotJudged(Obstacle(what, "Name another file for the result."))


def _document(file: Path, named: Iterable[object], folders: Iterable[Path]) -> str | None:
    """What a file is that must stay; ``None`` for any other."""
    if what := _READ_BY_NAME.get(file.name.lower()):
        return what
    if _is_contract(file, folders):
        return "a contract"
    if _is_baseline(file):
        return "a baseline"
    return "named twice" if any(_is_same(file, each) for each in _paths(named)) else None


def _is_contract(file: Path, folders: Iterable[Path]) -> bool:
    """Whether a file states a contract, or lies where only contracts do and is meant to be one."""
    from contracts.loading import is_document, load_all
    from contracts.problems import DocumentError
    from prevention.configuration import configure

    if not is_document(file):
        return False
    real = file.resolve()
    if any(real.is_relative_to(each.resolve()) for each in (configure().contracts, *folders)):
        return True
    try:
        contracts = load_all(file)
    except DocumentError:
        return False
    # A result that names a contract can be read as one on a page, which then promises nothing.
    return any(table.columns for contract in contracts for table in contract.tables)


def _is_baseline(file: Path) -> bool:
    from prevention.baseline import LARGEST

    if file.suffix.lower() != ".json" or file.stat().st_size > LARGEST:
        return False
    try:
        said = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and "docent-baseline" in said


def _paths(named: Iterable[object]) -> Iterator[str]:
    """Whatever could be a path among what a command line says."""
    for each in named:
        if isinstance(each, str | Path):
            yield os.fspath(each)
        elif isinstance(each, tuple):
            yield from _paths(each)


def _is_same(file: Path, other: str) -> bool:
    try:
        return file.samefile(other)
    except (OSError, ValueError):  # no path at all, such as a day or the address of a database
        return False
