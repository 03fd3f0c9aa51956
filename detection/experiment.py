"""What would happen if: a change is made to a database, looked at from all sides, and undone.

All of it happens in one transaction that is rolled back whatever comes: an error, Ctrl-C, or a
connection that is cut. It waits for nobody for long, and keeps nobody waiting. Facts only; the
words for them are found in ``prevention.experiment_report``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
from psycopg import pq

from contracts.consumers import Consumer, Query
from contracts.model import Contract, Owner
from contracts.types import UnknownTypeError
from detection.answers import Answer, AnswerDifference, Failure, Sight, compare
from detection.catalog import read_catalog
from detection.changing import LOSES_VIEWS, Change, drop_statement, statement
from detection.coverage import find_uncovered
from detection.dependents import DependentView, find_dependents, has_views
from detection.model import Catalog, Violation
from detection.replay import ask, failure_of, look
from detection.row_faults import broken_promises, new_ones
from detection.violations import find_violations
from detection.witnesses import Witness, find_witnesses, is_settled, reach_of

UNDEFINED_TYPE = "42704"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an experiment waits, in milliseconds: for a lock, a statement, all of itself.

    For as long as it runs, others wait for the table that it changes.
    """

    lock: int = 200
    statement: int = 2_000
    whole: int = 5_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """One consumer's query, asked before and after, and what became of it."""

    consumer: Consumer
    query: Query
    difference: AnswerDifference


@dataclass(frozen=True, slots=True)
class Experiment:
    """What came of trying one change, or several in a row.

    ddl:         the statements, in order, up to the one that was refused, if one was.
    refusal:     what Postgres said when it would not make the change; then nothing else is
                 known but ``views`` and ``owners``.
    violations:  those that there were none of before; ``mended`` are those that are gone.
    owners:      who answers for the contracts about the changed tables.
    views:       those that hang on what is changed, the nearest first.
    evidence:    every registered query that may read what is changed.
    before:      the catalogue without the change; ``catalog`` is the one with it.
    seconds:     how long it took.
    """

    changes: tuple[Change, ...]
    ddl: tuple[str, ...]
    refusal: Failure | None = None
    violations: tuple[Violation, ...] = ()
    mended: tuple[Violation, ...] = ()
    owners: tuple[Owner, ...] = ()
    contracts: tuple[str, ...] = ()
    views: tuple[DependentView, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    before: Catalog | None = field(default=None, compare=False, repr=False)
    catalog: Catalog | None = field(default=None, compare=False, repr=False)
    seconds: float = field(default=0.0, compare=False)

    @property
    def hurt(self) -> tuple[Evidence, ...]:
        """The queries that do not return what they returned before."""
        fine = ("same", "failed before", "mended", "not asked")
        return tuple(each for each in self.evidence if each.difference.outcome not in fine)


def try_change(
    connection: psycopg.Connection[Any],
    change: Change | Sequence[Change],
    contracts: Sequence[Contract],
    consumers: Sequence[Consumer] = (),
    *,
    strict: bool = False,
    patience: Patience = Patience(),
) -> Experiment:
    """Make a change, or several in a row, see what it breaks and for whom, and undo it.

    A change that Postgres refuses is an answer like another. Only a connection that is lost
    raises. An open transaction of the caller's stays open, and as it was.
    """
    begun = time.perf_counter()
    changes = (change,) if isinstance(change, Change) else tuple(change)
    about = [contract for contract in contracts if _is_about(contract, changes)]
    with _undone(connection, patience):
        trial = _Trial(connection, changes, consumers, begun + patience.whole / 1_000)
        experiment = trial.run(contracts, strict=strict)
    return replace(
        experiment,
        owners=tuple(dict.fromkeys(contract.owner for contract in about if contract.owner)),
        contracts=tuple(contract.identity for contract in about),
        seconds=time.perf_counter() - begun,
    )


def _is_about(contract: Contract, changes: Sequence[Change]) -> bool:
    changed = {(change.schema, change.table) for change in changes}
    return any((table.schema, table.name) in changed for table in contract.tables)


@contextmanager
def _undone(connection: psycopg.Connection[Any], patience: Patience) -> Iterator[None]:
    """A transaction, or a part of the caller's, that is rolled back whatever happens in it.

    All of it sees the rows as they are at its beginning, so that nobody else's writing is
    taken for an effect of the change.
    """
    alone = connection.info.transaction_status == pq.TransactionStatus.IDLE
    with connection.transaction(force_rollback=True):
        if alone:
            connection.execute("set transaction isolation level repeatable read")
        limits = {
            "lock_timeout": patience.lock,
            "statement_timeout": patience.statement,
            "idle_in_transaction_session_timeout": patience.whole * 2,
        }
        if connection.info.server_version >= 170000:
            limits["transaction_timeout"] = patience.whole * 2
        connection.execute(
            "select pg_catalog.set_config(name, value || 'ms', true)"
            " from unnest(%s::text[], %s::text[]) as limits (name, value)",
            (list(limits), list(map(str, limits.values()))),
        )
        yield


@dataclass(slots=True)
class _Trial:
    """One run: what is asked before the change, while it is made, and after it is undone."""

    connection: psycopg.Connection[Any]
    changes: tuple[Change, ...]
    consumers: Sequence[Consumer]
    deadline: float
    ddl: list[str] = field(default_factory=list)
    views: list[DependentView] = field(default_factory=list)

    def run(self, contracts: Sequence[Contract], *, strict: bool) -> Experiment:
        """Everything between the beginning of the transaction and its end."""
        before = read_catalog(self.connection)
        reach = reach_of(self.connection, self.changes, before)
        witnesses = find_witnesses(self.consumers, reach)
        first = self._look(witnesses)
        with self.connection.transaction(force_rollback=True):
            if refusal := self._make(before):
                return self._experiment(refusal=refusal)
            after = read_catalog(self.connection)
            broken = self._broken_rows(contracts, after, made=True)
            second = self._look(witnesses)
            doubtful = [
                number
                for number, sights in enumerate(zip(first, second, strict=True))
                if not is_settled(reach, *sights)
            ]
            later = self._ask(witnesses, second, doubtful)
        earlier = self._ask(witnesses, first, doubtful)
        if broken:
            broken = new_ones(self._broken_rows(contracts, before, made=False), broken)
        known = set(_violations(contracts, before, strict=strict))
        found = _violations(contracts, after, strict=strict)
        return self._experiment(
            violations=(*(each for each in found if each not in known), *broken),
            mended=tuple(sorted(known - set(found), key=lambda each: (each.element, each.rule))),
            evidence=tuple(
                Evidence(
                    witness.consumer,
                    witness.query,
                    compare(earlier[number], later[number])
                    if number in doubtful
                    else _compare_sights(first[number], second[number]),
                )
                for number, witness in enumerate(witnesses)
            ),
            before=before,
            catalog=after,
        )

    def _experiment(self, **found: Any) -> Experiment:
        return Experiment(self.changes, tuple(self.ddl), views=tuple(self.views), **found)

    def _make(self, catalog: Catalog) -> Failure | None:
        """Make the changes one after the other; what Postgres said, if it refused one."""
        for change in self.changes:
            try:
                self._make_one(change, catalog)
            except UnknownTypeError as error:
                return Failure(UNDEFINED_TYPE, error.what, hint=error.next_step)
            except psycopg.Error as error:
                return failure_of(error)
        return None

    def _make_one(self, change: Change, catalog: Catalog) -> None:
        table = catalog.table(change.schema, change.table)
        made = statement(change, table.kind if table else None)
        in_the_way = change.kind in LOSES_VIEWS
        views = []
        if change.kind != "add column" and has_views(catalog):
            of_column = change.column if change.kind != "drop table" else None
            views = list(find_dependents(self.connection, change.schema, change.table, of_column))
        self.views += [replace(view, dropped=in_the_way) for view in views]
        drops = [drop_statement(view.schema, view.name, view.kind) for view in reversed(views)]
        for each in (*(drops if in_the_way else ()), made):
            self.ddl.append(each.as_string(self.connection))
            self.connection.execute(each)

    def _broken_rows(
        self, contracts: Sequence[Contract], catalog: Catalog, *, made: bool
    ) -> tuple[Violation, ...]:
        left = max(0.001, self.deadline - time.perf_counter())
        return broken_promises(
            self.connection, self.changes, contracts, catalog, made=made, time_limit=left
        )

    def _look(self, witnesses: Sequence[Witness]) -> tuple[Sight | Failure, ...]:
        queries = [witness.query.sql for witness in witnesses]
        return look(self.connection, queries, until=self.deadline)

    def _ask(
        self,
        witnesses: Sequence[Witness],
        sights: Sequence[Sight | Failure],
        numbers: Sequence[int],
    ) -> Mapping[int, Answer | Failure]:
        queries = [witnesses[number].query.sql for number in numbers]
        seen = [sight for number in numbers if isinstance(sight := sights[number], Sight)]
        answers = ask(self.connection, queries, seen=seen, until=self.deadline)
        return dict(zip(numbers, answers, strict=True))


def _compare_sights(before: Sight | Failure, after: Sight | Failure) -> AnswerDifference:
    """What became of a query of which it was enough to see how it would be answered."""
    one, other = (
        Answer(each.columns, ()) if isinstance(each, Sight) else each for each in (before, after)
    )
    difference = compare(one, other)
    return replace(difference, by_plan=difference.outcome == "same")


def _violations(
    contracts: Sequence[Contract], catalog: Catalog, *, strict: bool
) -> tuple[Violation, ...]:
    return (
        *find_uncovered(contracts, catalog),
        *find_violations(contracts, catalog, strict=strict),
    )
