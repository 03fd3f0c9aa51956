"""Where the papers of a contract's end are drafted, and which of them may be drafted once more.

A file that is there is left as it is. The one exception is a draft of ours that nobody has touched
or committed: it speaks of a step that is being said again in other words.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Final

from contracts.model import Contract
from prevention.decision import NotJudged, Obstacle
from prevention.deprecating.committed import Committed
from prevention.deprecating.papers import DRAFT
from prevention.files import FileChange, read_text

PAPERS: Final = Path("docs") / "migrations"
"""Where guides and notifications are drafted, below the project's folder."""

_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_WHOLE_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#]+[^\s]*", re.IGNORECASE)


def named_guide(given: str, folder: Path) -> str:
    """A guide as the contract names it; raises NotJudged for one that nobody could open.

    given:   a URL, or a file of the project.
    folder:  the project's.
    """
    if _URL.match(given):
        if _WHOLE_URL.fullmatch(given):
            return given
        what = f"--guide is {given!r}, which is no URL: it names no host, or has blanks."
        raise NotJudged(Obstacle(what, "Write it like https://example.com/guide, blanks as %20."))
    path = Path(given)
    if not path.is_file():
        what = f"--guide is {given}, and there is no such file."
        step = "Write it first, or leave --guide out: a draft goes to docs/migrations."
        raise NotJudged(Obstacle(what, step))
    if not path.resolve().is_relative_to(folder.resolve()):
        what = f"--guide is {given}, which is outside of the project: its readers do not have it."
        raise NotJudged(Obstacle(what, "Name a file of the project, or a URL."))
    return below(folder, path)


def is_due(guide: str | None, folder: Path) -> bool:
    """Whether a guide is still to be published: it is our draft, or no file yet."""
    if guide and _URL.match(guide):
        return False
    path = folder / (guide or "")
    return not path.is_file() or DRAFT in (read_text(path) or "")


def guide_path(contract: Contract, folder: Path, day: date) -> Path:
    """The file in which a new guide is drafted."""
    return _free(folder / PAPERS / f"{_slug(contract)}.md", day)


def notice(
    contract: Contract, folder: Path, day: date, text: str, earlier: str | None, known: Committed
) -> FileChange:
    """The notification as a file of its own, or in place of an earlier draft of the same step."""
    for path in sorted((folder / PAPERS).glob("*.notice.md")) if earlier else ():
        if path.name.startswith(_slug(contract)) and _is_draft(path, earlier, known):
            return FileChange(path, earlier, text)
    return FileChange(_free(folder / PAPERS / f"{_slug(contract)}.notice.md", day), None, text)


def redrafted(
    path: Path, text: str, earlier: str | None, known: Committed
) -> tuple[FileChange, ...]:
    """A guide that is still the earlier draft, drafted anew; nothing where it is anything else."""
    if earlier is None or text == earlier or not _is_draft(path, earlier, known):
        return ()
    return (FileChange(path, earlier, text),)


def below(folder: Path, path: Path) -> str:
    """A path as the contract names it: from the project's folder on, where it is below that."""
    whole, root = path.absolute(), folder.absolute()
    return (whole.relative_to(root) if whole.is_relative_to(root) else path).as_posix()


def _is_draft(path: Path, text: str | None, known: Committed) -> bool:
    return path.is_file() and read_text(path) == text and known.content(path) is None


def _free(path: Path, day: date) -> Path:
    """The path, or one with the day or a number besides in its name, that is not there yet."""
    stem, dot, ending = path.name.partition(".")
    if ".notice" in path.name:
        stem, dot, ending = path.name.removesuffix(".notice.md"), ".", "notice.md"
    names = [path.name, f"{stem}-{day}{dot}{ending}"]
    names += [f"{stem}-{day}-{number}{dot}{ending}" for number in range(2, 100)]
    return next(path.with_name(name) for name in names if not path.with_name(name).exists())


def _slug(contract: Contract) -> str:
    return re.sub(r"[^\w-]+", "-", contract.name).strip("-") or "contract"
