"""``docent deprecate`` as one Python call: the contract's document, its papers, its changelog.

All files are worked out first. Then they are written, the contract's own last and at once; where
one cannot be, what was written before it is taken back.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Final

from contracts import days
from contracts.consumers import Consumer
from contracts.endings import CannotSayError, with_ending
from contracts.loading import contracts_in
from contracts.model import Contract
from detection.diff import diff
from detection.judgement import judge
from detection.periods import Periods
from detection.readiness import Readiness
from detection.replacements import replacement_of
from detection.succession import Affected, affected, succeed
from prevention.changelog import changelog_entry, with_entry, without_entry
from prevention.configuration import Configuration, configure
from prevention.decision import NotJudged, Obstacle
from prevention.deprecating.committed import Committed, committed_beside
from prevention.deprecating.drafts import below, guide_path, is_due, named_guide, notice, redrafted
from prevention.deprecating.left_behind import require_moved
from prevention.deprecating.papers import Move, guide, notification
from prevention.deprecating.steps import Terms, life_of, next_contract, unsuitable
from prevention.explaining import find_contract
from prevention.families import with_inherited_notice
from prevention.files import FileChange, read_text, write_all

DEFAULT: Final = Terms()
"""Deprecate now, with the notice that is owed."""

_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Ending:
    """One step of a contract's end, worked out and not written yet.

    old, new:      the contract before and after.
    replacement:   the one to move to.
    files:         all that is written; the contract's own document is the last.
    notification:  the text that goes to everybody concerned.
    entry:         what the changelog says.
    consumers:     the registered readers, each with what breaks for them.
    unasked:       the readers whose queries of the replacement no database was asked about.
    """

    old: Contract
    new: Contract
    replacement: Contract
    files: tuple[FileChange, ...]
    notification: str
    entry: str
    consumers: tuple[Affected, ...] = ()
    unasked: tuple[Readiness, ...] = ()

    @property
    def left(self) -> str | None:
        """The guide that the contract referred to before this step, and does not any more."""
        before, now = self.old.deprecation, self.new.deprecation
        guide = before.migration_guide if before else None
        return guide if guide and now and guide != now.migration_guide else None

    @property
    def diff(self) -> str:
        """Everything that is written, as one unified diff."""
        return "".join(change.diff for change in self.files)

    def write(self) -> None:
        """Write all files, or none; raises NotJudged where one was changed meanwhile."""
        write_all(self.files)


@dataclass(frozen=True, slots=True)
class _Project:
    """What a step is taken in: the contracts, who reads them, and the day that counts."""

    contracts: Sequence[Contract]
    consumers: Sequence[Consumer]
    periods: Periods
    folder: Path
    day: date

    def move(self, base: Contract, new: Contract, successor: Contract) -> Move:
        """What it means for everybody that a contract became ``new``."""
        succession = succeed(replace(new, status=base.status), successor, self.consumers)
        hurt = affected(succession, self.consumers)
        due = is_due(new.deprecation.migration_guide if new.deprecation else None, self.folder)
        return Move(new, successor, succession, hurt, base, self.periods, due)


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A step that is written and not committed, and is said again: its papers, word for word."""

    notification: str | None = None
    guide: str | None = None
    contract: Contract | None = None
    base: Contract | None = None


def deprecate(
    name: str,
    terms: Terms = DEFAULT,
    *paths: str | os.PathLike[str],
    today: date | None = None,
    configuration: Configuration | None = None,
    dry_run: bool = False,
) -> Ending:
    """Take a contract one step nearer to its end, and say so to everybody concerned.

    name:     its identity, its bare name, its id, or ``schema.table``.
    terms:    the step, the dates, what comes after; see :class:`Terms`.
    paths:    contract documents and folders of them; without any, the project's folder.
    today:    the day that counts; without it, the day that it is.
    dry_run:  work everything out, and write nothing.

    In a git repository the step counts from what is committed: said again before the next commit,
    it is the same step in other words.

    Raises :class:`Refused` for a step that breaks a promise, NotJudged for one that cannot be
    taken or written, and DocumentError for documents that are no contracts. Nothing is written
    then.
    """
    settings = configuration or configure()
    project = _project(paths, settings, today or days.today())
    old = find_contract(name, project.contracts)
    terms = replace(terms, replacement=_replacement(old, terms, project.contracts))
    if terms.guide is not None:
        terms = replace(terms, guide=named_guide(terms.guide, project.folder))
    known = committed_beside(Path(old.file or ""))
    was = known.contract(old)
    base = life_of(was, old)
    earlier = _earlier(base, old, project)
    drafted = _drafted(base, old, terms, project)
    if drafted is not None:
        terms = replace(terms, guide=below(project.folder, drafted))
    new, verdicts = next_contract(old, terms, project.day, project.periods, was)
    successor = find_contract(_named_after(new), project.contracts)
    unasked = require_moved(base, new, successor, project.consumers, project.contracts)
    move = project.move(base, new, successor)
    told, entry = notification(move), changelog_entry(verdicts, new.version, project.day)
    document = _document(old, new)
    files = (
        *_guide_files(drafted, move, new, project, earlier, known),
        notice(old, project.folder, project.day, told, earlier.notification, known),
        _changelog(document.path, old, entry, earlier),
        document,
    )
    ending = Ending(old, new, successor, files, told, entry, move.affected, unasked)
    if not dry_run:
        ending.write()
    return ending


def _project(
    paths: Sequence[str | os.PathLike[str]], settings: Configuration, day: date
) -> _Project:
    from prevention.checking import load_contracts
    from prevention.consumers import load_registered

    contracts = load_contracts(paths, settings)
    consumers = load_registered(paths or [settings.contracts], settings.contracts)
    periods = with_inherited_notice(settings.periods, contracts)
    return _Project(contracts, consumers, periods, _folder(settings), day)


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


def _earlier(base: Contract, old: Contract, project: _Project) -> _Earlier:
    """What was written of a step that nobody has committed."""
    successor = replacement_of(old, project.contracts)
    if base == old or successor is None:
        return _Earlier()
    move = project.move(base, old, successor)
    return _Earlier(notification(move), guide(move), old, base)


def _drafted(base: Contract, old: Contract, terms: Terms, project: _Project) -> Path | None:
    """The file in which a guide is drafted; ``None`` where one is named, or was before."""
    is_announced = terms.to == "deprecated" and (base.status != "sunset" or terms.says_of_the_end)
    stated = old.deprecation.migration_guide if old.deprecation else None
    if not is_announced or terms.guide or stated:
        return None
    return guide_path(old, project.folder, project.day)


def _guide_files(
    drafted: Path | None,
    move: Move,
    new: Contract,
    project: _Project,
    earlier: _Earlier,
    known: Committed,
) -> tuple[FileChange, ...]:
    if drafted is not None:
        return (FileChange(drafted, None, guide(move)),)
    linked = new.deprecation.migration_guide if new.deprecation else None
    return redrafted(project.folder / (linked or ""), guide(move), earlier.guide, known)


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


def _changelog(document: Path, contract: Contract, entry: str, earlier: _Earlier) -> FileChange:
    """The contract's changelog, which stands beside its document."""
    path = document.with_name(f"{document.name.rsplit('.', 1)[0]}.changelog.md")
    before = read_text(path)
    log = without_entry(before or "", lambda day: _entry_of(earlier, day))
    return FileChange(path, before, with_entry(log, entry, f"Changelog of {contract.identity}"))


def _entry_of(earlier: _Earlier, day: date) -> str | None:
    """The entry that was written of an earlier step on a day."""
    if earlier.contract is None or earlier.base is None:
        return None
    verdicts = judge(diff([earlier.base], [earlier.contract]), today=day)
    return changelog_entry(verdicts, earlier.contract.version, day)


def _folder(settings: Configuration) -> Path:
    """The project's folder, as whoever stands here would write it."""
    if settings.file is None:
        return Path()
    folder, here = settings.file.parent, Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder
