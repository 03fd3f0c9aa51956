"""The gate as one Python call: a repository in, a decision out.

What a branch promised before and promises now is read from git; what its migrations make of a
database, from scratch databases. What is not there is not judged: without migrations, or
without a server to run them on, the contracts are compared alone, and the decision says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from contracts.binding import bind, find_unbound
from contracts.consumers import Consumer
from contracts.consumers import read as read_consumers
from contracts.days import today
from contracts.model import Location
from contracts.problems import DocumentError
from detection.model import Catalog
from detection.periods import Periods
from prevention.accepting import AcceptedName
from prevention.acknowledgements import Acknowledgement, read_acknowledgements
from prevention.checking import load_relatives
from prevention.configuration import Configuration, configure, periods_in
from prevention.decision import Compared, Decision, NotJudged, Obstacle
from prevention.families import with_inherited_notice
from prevention.gate import Moment, Terms, everybody, judge_change
from prevention.git import Repository, find_repository
from prevention.judging import promised_schemas
from prevention.lines import line_now
from prevention.snapshots import ACKNOWLEDGEMENTS, REGISTRY, Snapshot, read_commit
from prevention.snapshots import read_working_tree as read_disk

if TYPE_CHECKING:
    from data_assets.place import Place
    from detection.judgement import Policy
    from detection.parity import Parity
    from detection.readiness import Runs
    from detection.testimony import Testimony
    from prevention.asking import QueryTerms
    from prevention.parity_evidence import ParityTerms


@dataclass(frozen=True, slots=True)
class Request:
    """What the gate is asked.

    base:            what the change is merged into.
    paths:           contract documents and folders of them; without any, the project's folder.
    worktree:        whether what is not committed counts too.
    documents_only:  only compare the contracts, and ask no database.
    database:        the URL of a live database that the contracts are held against, read only.
    accepted:        names whose breaking changes may pass.
    baseline:        fingerprints of what was broken before.
    strict, schemas: as in ``prevention.check``.
    today:           the day that counts for what expires; without it, today.
    policy:          other levels than ours.
    queries:         how the consumers' queries are put to what the migrations make; ``None``
                     leaves them out.
    rows_from:       the name of a database on the same server, of a copy of which the migrations
                     of both moments begin; without one, of nothing.
    parities:        views to compare as evidence, in the database in use, or ``database``.
    structure:       raises DocumentError for documents that this policy does not take.
    """

    base: str = "origin/main"
    paths: tuple[Path, ...] = ()
    worktree: bool = False
    documents_only: bool = False
    database: str | None = None
    accepted: tuple[AcceptedName, ...] = ()
    baseline: Collection[str] = ()
    strict: bool | None = None
    schemas: tuple[str, ...] | None = None
    today: date | None = None
    policy: Policy | None = None
    structure: Callable[[Snapshot], None] | None = None
    queries: QueryTerms | None = None
    rows_from: str | None = None
    parities: tuple[ParityTerms, ...] = ()


@dataclass(frozen=True, slots=True)
class Databases:
    """What there is at both moments, as far as anybody can say.

    before, after:  what the migrations make.
    live:           a database as it is, which the contracts are held against in place of that.
    testimonies:    what becomes of the consumers' queries; ``None`` where they were not asked.
    runs:           what becomes of them in the live one, where somebody has to be ready.
    """

    before: Catalog | None = None
    after: Catalog | None = None
    live: Catalog | None = None
    testimonies: Sequence[Testimony] | None = None
    runs: Runs | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """The two moments that are compared, as git has them, in the project that they are of."""

    repository: Repository
    settings: Configuration
    before: Snapshot
    after: Snapshot

    @property
    def paths(self) -> tuple[str, ...]:
        """Every document of both, and what stands beside them."""
        beside = (source.path for each in (self.before, self.after) for source in each.beside)
        return (*self.before.readings, *self.after.readings, *beside)


def gate(
    request: Request | None = None,
    *,
    configuration: Configuration | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Decision:
    """Judge what a branch changes, before it is merged. Nothing is changed.

    Raises NotJudged when git cannot answer, DocumentError for documents that are no contracts,
    and SandboxError when a database cannot be asked or a migration cannot run.
    """
    request = request or Request()
    settings = configuration or configure()
    sides = read_sides(request, settings)
    if sides.after.problems:
        raise DocumentError(sides.after.problems)
    if request.structure is not None:
        request.structure(sides.after)
    before, after = _moment(sides, sides.before), _moment(sides, sides.after)
    relatives = load_relatives(after.contracts, request.paths, settings)
    before, after = (replace(each, relatives=relatives) for each in (before, after))
    found = _databases(request, sides, (before, after), environment)
    compared = Compared(
        request.base,
        sides.before.commit or "",
        sides.after.commit,
        migrated=found.before is not None,
    )
    return judge_change(
        replace(before, catalog=found.before),
        replace(after, catalog=found.after, live=found.live, runs=found.runs),
        _terms(request, sides, (before, after), environment),
        compared,
        found.testimonies,
        _parities(request, sides, environment),
    )


def _parities(request: Request, sides: Sides, environment: Mapping[str, str]) -> tuple[Parity, ...]:
    """The views that were asked for as evidence, compared where they are."""
    if not request.parities:
        return ()
    from prevention.parity_evidence import compare_for_evidence

    url = request.database or _database_in_use(sides, environment)
    if url is None:
        what = "There is no database in which the views of --parity could be compared."
        raise NotJudged(Obstacle(what, "Set DATABASE_URL, or name a --connection."))
    return compare_for_evidence(request.parities, url, sides.settings)


def read_sides(request: Request, settings: Configuration) -> Sides:
    """The contracts at the merge base, and those at ``HEAD`` or on the disk."""
    repository = find_repository()
    merge_base = repository.merge_base(request.base, "HEAD")
    paths = [repository.path_of(path) for path in request.paths or [settings.contracts]]
    before = read_commit(repository, merge_base, paths, name=request.base)
    if request.worktree:
        after = read_disk(repository, paths, known=before)
    else:
        head = repository.commit("HEAD")
        after = read_commit(repository, head, paths, name="HEAD", known=before)
    return Sides(repository, settings, before, after)


def _moment(sides: Sides, snapshot: Snapshot) -> Moment:
    contracts = bind(snapshot.contracts, sides.settings.bind)
    if snapshot is sides.after:
        return Moment(contracts, _consumers(snapshot))
    try:
        consumers, unread = _consumers(snapshot), []
    except DocumentError as error:
        consumers, unread = (), [error.problems[0].location]
    unread += list(
        {problem.location.file: problem.location for problem in snapshot.problems}.values()
    )
    return Moment(contracts, consumers, unread=tuple(unread))


def _consumers(snapshot: Snapshot) -> tuple[Consumer, ...]:
    documents = snapshot.documents(REGISTRY)
    return tuple(consumer for document in documents for consumer in read_consumers(document))


def _acknowledgements(snapshot: Snapshot) -> tuple[Acknowledgement, ...]:
    documents = snapshot.documents(ACKNOWLEDGEMENTS)
    return tuple(entry for document in documents for entry in read_acknowledgements(document))


def _terms(
    request: Request,
    sides: Sides,
    moments: tuple[Moment, Moment],
    environment: Mapping[str, str],
) -> Terms:
    from prevention.migrated import changed_scripts

    strict = sides.settings.strict if request.strict is None else request.strict
    merge_base = sides.before.commit or ""
    scripts = changed_scripts(sides.repository, merge_base, sides.after.commit)
    return Terms(
        today=request.today or today(),
        accepted=request.accepted,
        acknowledgements=_acknowledgements(sides.after),
        baseline=request.baseline,
        strict=strict,
        schemas=request.schemas or sides.settings.schemas,
        policy=request.policy,
        periods=_periods(sides, moments, environment),
        place=partial(_place, sides),
        where=scripts.line_of,
    )


def _periods(
    sides: Sides, moments: tuple[Moment, Moment], environment: Mapping[str, str]
) -> Periods:
    """The notice that is owed: what was demanded before, or what is from now on, if that is more.

    No change shortens its own notice: neither by the project's setting nor by a parent's promise.
    """
    known = sides.settings.periods.at_least(_periods_before(sides, environment))
    before, after = moments
    return with_inherited_notice(
        known, before.contracts, after.contracts, relatives=after.relatives
    )


def _periods_before(sides: Sides, environment: Mapping[str, str]) -> Periods:
    """What the project's nearest settings said at the merge base; what is usual, without any."""
    repository, commit = sides.repository, sides.before.commit or "HEAD"
    here = Path(repository.path_of(Path.cwd()))
    for folder in (here, *here.parents):
        for entry in repository.entries(commit, (folder / "pyproject.toml").as_posix()):
            text = repository.contents([entry])[entry.id].decode("utf-8-sig", "replace")
            if (found := periods_in(text, environment)) is not None:
                return found
    return periods_in("[tool.docent]", environment) or Periods()


def _place(sides: Sides, location: Location, file: str | None) -> Location:
    """Where a line of an old document is in the new one."""
    old, new = sides.before.text_of(location.file), sides.after.text_of(file or "")
    if file is None or old is None or new is None:
        return location
    return Location(file, line_now(old, new, location.line))


# ------------------------------------------------------------------ the databases


def _databases(
    request: Request,
    sides: Sides,
    moments: tuple[Moment, Moment],
    environment: Mapping[str, str],
) -> Databases:
    """What the migrations of both moments make, and what there is in a live database."""
    if request.documents_only or request.policy is not None:
        return Databases()
    schemas = _schemas(request, sides, moments)
    found = _migrated(request, sides, schemas, environment, everybody(*moments)) or Databases()
    url = request.database or (None if found.after else _database_in_use(sides, environment))
    live = _live(url, schemas) if url else None
    if (found.after or live) and (
        unbound := sorted(find_unbound(moments[1].contracts, sides.settings.bind))
    ):
        raise DocumentError(unbound)
    return replace(found, live=live, runs=_runs(url, request, moments) if url else None)


def _runs(url: str, request: Request, moments: tuple[Moment, Moment]) -> Runs | None:
    """What becomes of the consumers' queries in a live database, where a contract is to end."""
    from prevention.readiness import ask_for_runs, nearer_their_end

    before, after = moments
    ends = any(True for _ in nearer_their_end(before.contracts, after.contracts))
    if not ends or request.queries is None or not any(one.queries for one in after.consumers):
        return None
    return ask_for_runs(url, after.consumers, request.queries)


def _live(url: str, schemas: Sequence[str] | None) -> Catalog:
    from prevention.checking import read_structure

    return read_structure(url, schemas)


def _schemas(
    request: Request, sides: Sides, moments: tuple[Moment, Moment]
) -> tuple[str, ...] | None:
    asked = request.schemas or sides.settings.schemas
    if not asked:
        return None
    promised = promised_schemas([one for each in moments for one in each.contracts])
    return tuple(sorted({*asked, *promised} - {""}))


def _migrated(
    request: Request,
    sides: Sides,
    schemas: Sequence[str] | None,
    environment: Mapping[str, str],
    consumers: Sequence[Consumer],
) -> Databases | None:
    """The databases that the migrations of both moments make, where there are any to run."""
    from prevention.asking import asking, contrast_asked
    from prevention.migrated import find_migrations, read_migrated

    settings, before, after = sides.settings, sides.before.commit, sides.after.commit
    home = settings.file.parent if settings.file else Path.cwd()
    migrations = find_migrations(sides.repository, settings.alembic, home, (before, after))
    place = _place_to_work(environment) if migrations else None
    if migrations is None or place is None:
        return None
    strangers = set(sides.repository.changed(before or "", after)) - set(sides.paths)
    # Without them, nothing that a migration could read has changed.
    commits = [before, after] if strangers else [after]
    made = read_migrated(
        migrations, commits, place, schemas, environment, rows_from=request.rows_from,
        ask=asking(consumers, request.queries, paced=request.rows_from is not None),
    )  # fmt: skip
    old, new = made[0], made[-1]
    said = contrast_asked(consumers, request.queries, old.statement, new.statement)
    return Databases(old.catalog, new.catalog, testimonies=said)


def _place_to_work(environment: Mapping[str, str]) -> Place | None:
    """The server on which scratch databases can be made, if there is one."""
    from data_assets import postgres, server
    from data_assets.home import home_folder
    from data_assets.place import find_place

    if postgres.given_url(environment) or server.is_set_up(home_folder(environment)):
        return find_place(environment, lambda _: None)
    return None


def _database_in_use(sides: Sides, environment: Mapping[str, str]) -> str | None:
    """The database that is judged where no migration is: the museum's only in its own clone."""
    from data_assets import postgres, server
    from data_assets.home import clone, home_folder

    if given := postgres.given_url(environment):
        return given
    is_museum = sides.repository.root == clone()
    if is_museum and server.is_set_up(home_folder(environment)):
        return postgres.database_url(environment)
    return None
