"""Two sets of contracts, or two databases, as one Python call: what changed, what it demands.

``compare`` is ``docent diff OLD NEW``, ``compare_databases`` is ``docent diff --databases``, and
``compare_pending`` is ``docent diff --pending``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from contracts.binding import bind
from contracts.consumers import Consumer
from contracts.differing import read_differing
from contracts.model import Contract
from detection.change import Verdict, VersionVerdict
from detection.diff import diff, diff_catalogs, diff_consumers
from detection.judgement import judge
from detection.model import Catalog
from detection.versions import VersionError, judge_versions
from prevention.changes import Telling, version_findings
from prevention.checking import load_relatives
from prevention.configuration import Configuration, configure
from prevention.decision import (
    Checked,
    Comparison,
    Decision,
    Finding,
    NotJudged,
    Obstacle,
)
from prevention.families import cause_of, with_inherited_notice
from prevention.judging import what_is_checked
from prevention.trees import NamedTree, read_tree

if TYPE_CHECKING:
    from detection.parity import Parity
    from detection.testimony import Testimony
    from prevention.asking import QueryTerms

Project = tuple[tuple[Contract, ...], tuple[Consumer, ...]]
"""A project's contracts, and the consumers that it has registered."""


def compare(
    old: str | os.PathLike[str],
    new: str | os.PathLike[str],
    *,
    configuration: Configuration | None = None,
    today: date | None = None,
) -> Decision:
    """Judge what becomes of contracts: files, folders, or ``REF:path`` of a repository.

    today:  the day that counts for sunsets; without it, none has come yet.

    Raises DocumentError for documents that are no contracts, and NotJudged where there is
    nothing to compare, git fails, or a version is none.
    """
    settings = configuration or configure()
    sides = read_tree(os.fspath(old)), read_tree(os.fspath(new))
    require_alike(*sides)
    found = read_differing(sides[0].tree, sides[1].tree, whole=sides[0].is_file)
    before, after = (bind(each, settings.bind) for each in (found.old, found.new))
    registered = [side.consumers() for side in sides]
    readers = _everybody(registered[0], registered[1])
    relatives = load_relatives((*before, *after), (old, new), settings)
    changes = (
        *diff(
            before,
            after,
            roots=(sides[0].tree.root, sides[1].tree.root),
            relatives=relatives,
        ),
        *diff_consumers(registered[0], registered[1]),
    )
    periods = with_inherited_notice(settings.periods, before, after, relatives=relatives)
    verdicts = judge(changes, readers, today=today, periods=periods)
    versions = _versions(before, after, verdicts)
    telling = Telling(readers)
    findings = (
        *(telling.finding(verdict, cause_of(verdict, verdicts)) for verdict in verdicts),
        *version_findings((each for each in versions if each.fails), (*before, *after)),
    )
    comparison = Comparison(
        sides[0].name,
        sides[1].name,
        documents=(len(sides[0].tree.contents), len(sides[1].tree.contents)),
        same=found.same,
        versions=versions,
    )
    return _decided(findings, comparison, what_is_checked(after or before))


def compare_databases(
    old: str,
    new: str,
    *,
    schemas: Sequence[str] | None = None,
    configuration: Configuration | None = None,
    queries: QueryTerms | None = None,
    parities: Sequence[Parity] = (),
) -> Decision:
    """Judge what is different between two databases, by their URLs. Nothing is changed.

    queries:   how the queries that consumers have registered are put to both; ``None`` leaves
               them out, and then only structure is read.
    parities:  results of ``prevention.parity``, as evidence for views that ask another query.
    """
    from prevention.checking import read_structure

    settings = configuration or configure()
    asked = schemas or settings.schemas
    with ThreadPoolExecutor(max_workers=2) as workers:
        before, after = workers.map(lambda url: read_structure(url, asked), (old, new))
    _require_tables(before, after, (before.database, after.database))
    project = _of_project(settings)
    testimonies = _testimonies(old, new, project[1], queries)
    return judge_catalogs(
        before, after, before.database, after.database, project, testimonies, parities
    )


def _testimonies(
    old: str, new: str, consumers: Sequence[Consumer], queries: QueryTerms | None
) -> tuple[Testimony, ...] | None:
    if queries is None:
        return None
    if not any(consumer.queries for consumer in consumers):
        return ()
    from prevention.asking import ask_both

    return ask_both(old, new, consumers, queries)


def compare_pending(
    *,
    database: str | None = None,
    schemas: Sequence[str] | None = None,
    configuration: Configuration | None = None,
    environment: Mapping[str, str] = os.environ,
    queries: QueryTerms | None = None,
    rows_from: str | None = None,
    parities: Sequence[Parity] = (),
) -> Decision:
    """Judge what the migrations that a database has not seen yet would change in it.

    The database itself is only asked how far it is. Two scratch databases are migrated by the
    project's own migrations, one as far as it and one to the end, and compared; the consumers'
    queries are put to both (``queries`` as for :func:`compare_databases`). Both begin empty, or
    as copies of the database on the same server that ``rows_from`` names. ``parities`` as for
    :func:`compare_databases`.
    """
    from prevention.pending import read_pending

    settings = configuration or configure()
    project = _of_project(settings)
    pending = read_pending(
        settings,
        database,
        schemas or settings.schemas,
        environment,
        project[1],
        queries,
        rows_from,
    )
    before, after = pending.catalogs
    _require_tables(before, after, (pending.database, pending.head))
    return judge_catalogs(
        before, after, pending.database, pending.head, project, pending.testimonies, parities
    )


def judge_catalogs(
    before: Catalog,
    after: Catalog,
    old: str,
    new: str,
    project: Project,
    testimonies: Sequence[Testimony] | None,
    parities: Sequence[Parity] = (),
) -> Decision:
    """Judge two catalogues that are at hand, called ``old`` and ``new``.

    project:      the contracts under which tables are, and the consumers who read them.
    testimonies:  what became of the consumers' queries; ``None`` where they were not asked.
    parities:     as for :func:`compare_databases`.
    """
    from prevention.parity_proofs import find_parity_proofs, find_unused
    from prevention.witnesses import discreet, find_proofs, find_unexplained, query_outcomes

    contracts, consumers = project
    testimonies = discreet(testimonies, contracts)
    changes = diff_catalogs(before, after)
    proofs = (
        *find_proofs(changes, testimonies or (), consumers),
        *find_parity_proofs(changes, parities),
    )
    verdicts = judge(changes, consumers, proofs)
    telling = Telling(consumers, testimonies=testimonies)
    findings = [
        *(_promised(telling.finding(each), contracts) for each in verdicts),
        *find_unexplained(testimonies or (), verdicts),
        *find_unused(changes, parities),
    ]
    sizes = len(before.tables), len(after.tables)
    decision = _decided(
        findings,
        Comparison(old, new, tables=sizes),
        replace(what_is_checked(contracts), database=after.database),
    )
    return replace(decision, queries=None if testimonies is None else query_outcomes(testimonies))


def _require_tables(before: Catalog, after: Catalog, names: tuple[str, str]) -> None:
    from prevention.judging import is_empty

    if is_empty(before) and is_empty(after):
        what = f"Nothing was compared: neither {names[0]} nor {names[1]} has a table."
        raise NotJudged(Obstacle(what, "Name the schemas to look at by --schema."))


def _decided(findings: Sequence[Finding], comparison: Comparison, checked: Checked) -> Decision:
    broken = any(finding.breaks for finding in findings)
    return Decision("broken" if broken else "held", checked, tuple(findings), comparison=comparison)


def require_alike(old: NamedTree, new: NamedTree) -> None:
    """See that there is something to compare, and that it is of one kind."""
    if old.is_file is not new.is_file:
        file, folder = (old, new) if old.is_file else (new, old)
        what = f"{file.name} is a file, and {folder.name} is a folder."
        raise NotJudged(Obstacle(what, "Name two files, or two folders."))
    if not old.tree.contents and not new.tree.contents:
        what = f"Nothing was compared: there is no contract in {old.name} or {new.name}."
        raise NotJudged(Obstacle(what, "Name the folders that hold the contracts."))


def _everybody(old: Sequence[Consumer], new: Sequence[Consumer]) -> tuple[Consumer, ...]:
    """The consumers of now, and those that are gone: a change that hurts them still does."""
    names = {consumer.name for consumer in new}
    return (*new, *(consumer for consumer in old if consumer.name not in names))


def _versions(
    old: Sequence[Contract], new: Sequence[Contract], verdicts: Sequence[Verdict]
) -> tuple[VersionVerdict, ...]:
    try:
        return judge_versions(old, new, verdicts)
    except VersionError as error:
        raise NotJudged(Obstacle(error.what, error.next_step, error.location)) from error


def _of_project(settings: Configuration) -> Project:
    """The contracts and consumers of the project; none where it has none."""
    from prevention.checking import load_contracts
    from prevention.consumers import load_registered

    if not settings.contracts.is_dir():
        return (), ()
    return load_contracts((), settings), load_registered([settings.contracts])


def _promised(finding: Finding, contracts: Sequence[Contract]) -> Finding:
    """A finding about a table, with the contract that promises it, where one does."""
    return next(_under(finding, contracts), finding)


def _under(finding: Finding, contracts: Sequence[Contract]) -> Iterator[Finding]:
    for contract in contracts:
        tables = {(table.schema, table.name) for table in contract.tables}
        if (finding.schema, finding.table) in tables:
            parts = tuple(replace(part, contract=contract.identity) for part in finding.parts)
            yield replace(finding, contract=contract.identity, owner=contract.owner, parts=parts)
