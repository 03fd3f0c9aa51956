"""``docent deprecate`` as one Python call: the contract's document, its papers, its changelog.

All files are worked out first. Then they are written, the contract's own last and at once; where
one cannot be, what was written before it is taken back.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from contracts import days
from contracts.endings import CannotSayError, with_ending
from contracts.loading import contracts_in
from contracts.model import Contract
from detection.succession import Affected, affected, succeed
from prevention.changelog import changelog_entry, with_entry
from prevention.configuration import Configuration, configure
from prevention.decision import NotJudged, Obstacle
from prevention.deprecating.papers import Move, guide, notification
from prevention.deprecating.steps import Terms, next_contract, unsuitable
from prevention.explaining import find_contract
from prevention.families import with_inherited_notice

PAPERS: Final = Path("docs") / "migrations"
"""Where guides and notifications are drafted, below the project's folder."""

DEFAULT: Final = Terms()
"""Deprecate now, with the notice that is owed."""

_MARK: Final = b"\xef\xbb\xbf"
_URL: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after; ``before`` is ``None`` for one that is new."""

    path: Path
    before: str | None
    after: str

    @property
    def diff(self) -> str:
        """What changes, as a unified diff that ``git apply`` takes."""
        name = self.path.as_posix()
        lines = difflib.unified_diff(
            _lines(self.before or ""),
            _lines(self.after),
            "/dev/null" if self.before is None else f"a/{name}",
            f"b/{name}",
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """One step of a contract's end, worked out and not written yet.

    old, new:      the contract before and after.
    replacement:   the one to move to.
    files:         all that is written; the contract's own document is the last.
    notification:  the text that goes to everybody concerned.
    entry:         what the changelog says.
    consumers:     the registered readers, each with what breaks for them.
    """

    old: Contract
    new: Contract
    replacement: Contract
    files: tuple[FileChange, ...]
    notification: str
    entry: str
    consumers: tuple[Affected, ...] = ()

    @property
    def diff(self) -> str:
        """Everything that is written, as one unified diff."""
        return "".join(change.diff for change in self.files)

    def write(self) -> None:
        """Write all files, or none; raises NotJudged where one was changed meanwhile."""
        for change in self.files:
            if _read(change.path) != change.before:
                what = f"{change.path} was changed meanwhile."
                raise NotJudged(Obstacle(what, "Give the command again."))
        done: list[FileChange] = []
        try:
            for change in self.files:
                done.append(change)
                _write(change)
        except BaseException:
            for change in reversed(done):
                _take_back(change)
            raise


def deprecate(
    name: str,
    terms: Terms = DEFAULT,
    *,
    today: date | None = None,
    configuration: Configuration | None = None,
    dry_run: bool = False,
) -> Ending:
    """Take a contract one step nearer to its end, and say so to everybody concerned.

    name:     its identity, its bare name, its id, or ``schema.table``.
    terms:    the step, the dates, what comes after; see :class:`Terms`.
    today:    the day that counts; without it, the day that it is.
    dry_run:  work everything out, and write nothing.

    Raises :class:`Refused` for a step that breaks a promise, NotJudged for one that cannot be
    taken or written, and DocumentError for documents that are no contracts. Nothing is written
    then.
    """
    from prevention.checking import load_contracts
    from prevention.consumers import load_registered

    settings, day = configuration or configure(), today or days.today()
    contracts = load_contracts((), settings)
    old = find_contract(name, contracts)
    terms = replace(terms, replacement=_replacement(old, terms, contracts))
    folder = _folder(settings)
    linked, drafted = _guide(old, terms, folder, day)
    if terms.to == "deprecated":
        terms = replace(terms, guide=linked)
    periods = with_inherited_notice(settings.periods, contracts)
    new, verdicts = next_contract(old, terms, day, periods)
    successor = find_contract(_named_after(new), contracts)
    consumers = load_registered([settings.contracts], settings.contracts)
    succession = succeed(old, successor, consumers)
    hurt = affected(succession, consumers)
    move = Move(new, successor, succession, hurt, terms.to, periods)
    told, entry = notification(move), changelog_entry(verdicts, new.version, day)
    document = _document(old, new)
    files = [
        *([FileChange(drafted, None, guide(move))] if drafted and terms.to == "deprecated" else ()),
        FileChange(_free(folder / PAPERS / f"{_slug(old)}.notice.md", day), None, told),
        _changelog(document.path, old, entry),
        document,
    ]
    ending = Ending(old, new, successor, tuple(files), told, entry, hurt)
    if not dry_run:
        ending.write()
    return ending


def _replacement(old: Contract, terms: Terms, contracts: Sequence[Contract]) -> str | None:
    """The identity of the contract that is named to move to, looked at before it is promised."""
    if terms.replacement is None:
        return None
    new = find_contract(terms.replacement, contracts)
    if why := unsuitable(old, new):
        what = f"{new.identity} cannot replace {old.identity}: {why}."
        raise NotJudged(Obstacle(what, "Name a contract that is active, and stays so."))
    return new.identity


def _named_after(new: Contract) -> str:
    return (new.deprecation.replacement if new.deprecation else None) or ""


def _document(old: Contract, new: Contract) -> FileChange:
    """The contract's own document before and after."""
    from contracts.documents import read_bytes, scan_document

    file = Path(old.file or "")
    content = read_bytes(file)
    document = scan_document(str(file), content)
    # A contract that names no table was bound to one; its document says nothing of that.
    stated = next(each for each in contracts_in(document) if each.identity == old.identity)
    said = replace(stated, status=new.status, deprecation=new.deprecation, version=new.version)
    try:
        text = with_ending(document, stated, said)
    except CannotSayError as error:
        raise NotJudged(Obstacle(error.what, error.next_step)) from error
    mark = "\ufeff" if content.startswith(_MARK) else ""
    return FileChange(file, mark + document.text, mark + text)


def _changelog(document: Path, contract: Contract, entry: str) -> FileChange:
    """The contract's changelog, which stands beside its document."""
    path = document.with_name(f"{document.name.rsplit('.', 1)[0]}.changelog.md")
    before = _read(path)
    return FileChange(
        path, before, with_entry(before or "", entry, f"Changelog of {contract.identity}")
    )


def _guide(old: Contract, terms: Terms, folder: Path, day: date) -> tuple[str | None, Path | None]:
    """What the contract links to, and the file in which the guide is drafted, if it is not there.

    A guide that exists is left as it is.
    """
    named = terms.guide
    stated = old.deprecation.migration_guide if old.deprecation else None
    if named is None and stated:
        return None, None
    if named and not _URL.match(named):
        path = Path(named)
        inside = _below(folder, path)
        return inside, None if path.exists() else path
    path = _free(folder / PAPERS / f"{_slug(old)}.md", day)
    return named or _below(folder, path), path


def _folder(settings: Configuration) -> Path:
    """The project's folder, as whoever stands here would write it."""
    if settings.file is None:
        return Path()
    folder, here = settings.file.parent, Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def _below(folder: Path, path: Path) -> str:
    """A path as the contract names it: from the project's folder on, where it is below that."""
    whole, root = path.absolute(), folder.absolute()
    return (whole.relative_to(root) if whole.is_relative_to(root) else path).as_posix()


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


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _read(path: Path) -> str | None:
    """The text of a file with its line ends as they are; ``None`` where there is none."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise NotJudged(Obstacle(f"{path} is not UTF-8.", "Save it as UTF-8.")) from None


def _write(change: FileChange) -> None:
    from prevention.output import write_new, write_whole

    if change.before is None:
        write_new(change.path, change.after)
    else:
        write_whole(change.path, change.after)


def _take_back(change: FileChange) -> None:
    """Leave a file as it was before, whether or not it was written yet."""
    from prevention.output import write_whole

    if _read(change.path) != change.after:
        return
    if change.before is None:
        change.path.unlink()
    else:
        write_whole(change.path, change.before)
