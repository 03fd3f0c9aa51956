"""A plan, rehearsed: run step by step on a copy of a database, while its people go on with theirs.

At every step the way back is run as well, OLD's and NEW's consumers ask their queries, writers
write, and the contracts of the step are held against the database. Only scratch copies change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.model import Catalog
from prevention.decision import NotJudged, Obstacle
from prevention.planning.model import Plan, Statement, Step
from prevention.planning.moving import moved

if TYPE_CHECKING:
    import psycopg

    from data_assets.place import Place
    from detection.testimony import Statement as Said
    from detection.testimony import Testimony

    Connection = psycopg.Connection


@dataclass(frozen=True, slots=True)
class People:
    """Who goes on with their work while a plan is rehearsed.

    readers:     the consumers registered on OLD, with their queries; ``newcomers`` those on NEW.
    writes:      statements as OLD's writers send them; ``new_writes`` as NEW's do. Each is rolled
                 back.
    """

    readers: tuple[Consumer, ...] = ()
    newcomers: tuple[Consumer, ...] = ()
    writes: tuple[str, ...] = ()
    new_writes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What became of one step.

    asked, written:  how many queries were put, and statements sent, after it.
    undone:          whether its way back was run, and led to the catalogue of before.
    troubles:        everything that was not as it must be, in words.
    """

    step: str
    asked: int = 0
    written: int = 0
    undone: bool = False
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A query of OLD's readers that does not outlive OLD: it has to move before this step.

    found:  what became of it there, in words.
    """

    step: str
    starts: date
    consumer: str
    query: str
    found: str


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What became of a plan that was run to its end, or as far as it went.

    waiting:  the queries that went on until OLD ended, and that its end would hurt.
    """

    steps: tuple[Rehearsed, ...]
    troubles: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether nothing went wrong anywhere."""
        return not self.troubles and not any(step.troubles for step in self.steps)


def rehearse(
    plan: Plan,
    database: str,
    people: People | None = None,
    *,
    schemas: Sequence[str] | None = None,
    place: Place | None = None,
) -> Rehearsal:
    """Run a plan on a scratch copy of a database, by its URL, which itself stays as it is.

    people:   the queries and statements that must go on working meanwhile.
    schemas:  those that are compared; all but the system's, without.
    place:    where the copy is made; on the database's own server, without.

    Raises NotJudged for a plan that is not complete, or a database that does not keep OLD, and
    SandboxError where no copy can be made.
    """
    from data_assets import urls
    from data_assets.place import Place as At
    from data_assets.postgres import connect, explained
    from data_assets.scratch import scratch_database

    _require_complete(plan)
    server = place or At(database, urls.with_name(database, "postgres"), embedded=False)
    with (
        scratch_database(server, urls.name_in(database)) as url,
        closing(connect(url, autocommit=True)) as connection,
        explained(url),
    ):
        return _Stage(connection, plan, people or People(), schemas).run()


def _require_complete(plan: Plan) -> None:
    if plan.without_path:
        first = plan.without_path[0]
        what = f"There is no safe path for {first.rule} of {first.element}, so nothing was run."
        raise NotJudged(Obstacle(what, first.why))
    runs = {step.id for step in plan.steps if step.runs}
    if lacking := [each for each in plan.to_fill_in if each[0] in runs]:
        step, asked = lacking[0]
        raise NotJudged(Obstacle(f"Step {step} is to be filled in: {asked}.",
                                 "Say it, then rehearse again."))  # fmt: skip


@dataclass
class _Stage:
    """The copy on which a plan is rehearsed, and what was answered before it began."""

    connection: Connection
    plan: Plan
    people: People
    schemas: Sequence[str] | None

    def run(self) -> Rehearsal:
        from detection.testimony import hear

        before = self._catalog()
        if broken := tuple(_broken(self.plan.before, before)):
            raise NotJudged(
                Obstacle(
                    f"The database does not keep OLD: {broken[0]}.",
                    "Rehearse on a database as it is today: docent check says how it stands.",
                )
            )
        said = hear(self.connection, self.people.readers, paced=False)
        steps: list[Rehearsed] = []
        waiting: dict[tuple[str, str], Waiting] = {}
        for number, step in enumerate(self.plan.steps):
            rehearsed = self._step(number, step, said)
            steps.append(rehearsed)
            if any(trouble.startswith("it cannot run") for trouble in rehearsed.troubles):
                return Rehearsal(tuple(steps), ("the plan did not come to its end",))
            if number >= self.plan.old_until and step.runs:
                waiting = dict(self._waiting(step, said)) | waiting
        if not self.plan.steps:
            return Rehearsal(())
        after = self._catalog()
        left = _undeclared(self.plan.after, after) - _undeclared(self.plan.before, before)
        return Rehearsal(
            tuple(steps),
            (*_broken(self.plan.after, after), *(f"{each} is left over" for each in sorted(left))),
            tuple(waiting.values()),
        )

    def _step(self, number: int, step: Step, said: Said) -> Rehearsed:
        troubles: list[str] = []
        undone = False
        if step.runs:
            before = self._catalog()
            for ways, what in (
                ((step.work.up,), "it cannot run"),
                ((step.work.down,), "it cannot be undone"),
            ):
                if error := self._send(ways[0]):
                    return Rehearsed(step.id, troubles=(f"{what}: {error}",))
            if step.work.down:
                troubles += _different(before, self._catalog())
                undone = not troubles
            if error := self._send(step.work.up):
                return Rehearsed(step.id, troubles=(f"it cannot run a second time: {error}",))
        troubles += _broken(step.documents, self._catalog())
        troubles += self._counted(step)
        asked, hurt = self._readers(number, said)
        written, refused = self._writers(number)
        return Rehearsed(step.id, asked, written, undone, (*troubles, *hurt, *refused))

    def _catalog(self) -> Catalog:
        from detection.catalog import read_catalog

        return read_catalog(self.connection, self.schemas)

    def _send(self, statements: Sequence[Statement]) -> str | None:
        """Send statements as a revision does; what Postgres said, if it refused one."""
        import psycopg

        try:
            for alone, group in _grouped(statements):
                if alone:
                    self.connection.execute(group[0].encode())
                    continue
                with self.connection.transaction():
                    for each in group:
                        self.connection.execute(each.encode())
        except psycopg.Error as error:
            return " ".join(str(error).split())
        return None

    def _counted(self, step: Step) -> Iterator[str]:
        """The validation queries whose answer is another than the one expected."""
        import psycopg

        for query in step.work.queries:
            try:
                row = self.connection.execute(query.sql.encode()).fetchone()
            except psycopg.Error as error:
                yield f"{query.asks}: {' '.join(str(error).split())}"
                continue
            if row is None or str(row[0]) != query.expected:
                yield f"{query.asks}: {row[0] if row else 'nothing'}, not {query.expected}"

    def _readers(self, number: int, said: Said) -> tuple[int, list[str]]:
        """How many queries were put, and which of them are answered otherwise than they must."""
        from detection.testimony import contrast, hear

        asked, hurt = 0, []
        if number < self.plan.old_until:
            now = hear(self.connection, self.people.readers, paced=False)
            for each in contrast(self.people.readers, said, now):
                asked += 1
                if each.hurt:
                    hurt.append(f"{each.consumer.name}, {each.query.name}: {_found(each)}")
        if number >= self.plan.new_reads_from:
            newcomers = self.people.newcomers
            if number < len(self.plan.steps) and not self._released(number):
                newcomers = tuple(moved(each, self.plan.versions) for each in newcomers)
            asked += sum(len(each.queries) for each in newcomers)
            hurt += self._failing(newcomers)
        return asked, hurt

    def _waiting(self, step: Step, said: Said) -> Iterator[tuple[tuple[str, str], Waiting]]:
        """The queries of OLD's readers that are answered otherwise by now."""
        from detection.testimony import contrast, hear

        now = hear(self.connection, self.people.readers, paced=False)
        for each in contrast(self.people.readers, said, now):
            if each.hurt:
                who = (each.consumer.name, each.query.name)
                yield who, Waiting(step.id, step.starts, *who, _found(each))

    def _failing(self, consumers: Sequence[Consumer]) -> Iterator[str]:
        from detection.answers import Failure
        from detection.replay import ask

        queries = [(consumer, query) for consumer in consumers for query in consumer.queries]
        for (consumer, query), answer in zip(
            queries, ask(self.connection, [query.sql for _, query in queries]), strict=True
        ):
            if isinstance(answer, Failure):
                yield f"{consumer.name}, {query.name}: fails: {answer.message}"

    def _writers(self, number: int) -> tuple[int, list[str]]:
        """How many statements were sent, and which of them were refused."""
        sent, refused = 0, []
        if number < self.plan.old_until:
            for statement in self.people.writes:
                sent += 1
                refused += self._write(statement, "a writer of OLD")
        if number >= self.plan.new_writes_from:
            for statement in self.people.new_writes:
                sent += 1
                now = statement if self._released(number) else moved(statement, self.plan.versions)
                refused += self._write(now, "a writer of NEW")
        return sent, refused

    def _released(self, number: int) -> bool:
        """Whether NEW stands under its own name."""
        from prevention.planning.model import Place as At

        return self.plan.steps[number].work.place >= At.RELEASE

    def _write(self, statement: str, who: str) -> list[str]:
        import psycopg

        try:
            with self.connection.transaction(force_rollback=True):
                self.connection.execute(statement.encode())
                self.connection.execute(b"set constraints all immediate")
        except psycopg.Error as error:
            return [f"{who} is refused: {' '.join(str(error).split())}"]
        return []


def _found(testimony: Testimony) -> str:
    """What became of a query, in words."""
    failure = testimony.difference.failure
    return (
        f"{testimony.difference.outcome}: {failure.message}"
        if failure
        else (testimony.difference.outcome)
    )


def _grouped(statements: Sequence[Statement]) -> Iterator[tuple[bool, list[str]]]:
    """Statements that run in one transaction together, and those that run alone."""
    group: list[str] = []
    for each in statements:
        if not each.alone:
            group.append(each.sql)
            continue
        if group:
            yield False, group
            group = []
        yield True, [each.sql]
    if group:
        yield False, group


def _different(before: Catalog, after: Catalog) -> Iterator[str]:
    """What the way back has not brought back.

    A column that comes back comes last, and may come without its comment; that is all.
    """
    from detection.diff import diff_catalogs

    for change in diff_catalogs(before, after):
        if change.kind not in ("columns-reordered", "documentation-changed"):
            told = " -> ".join(filter(None, (change.old, change.new)))
            yield f"the way back leads elsewhere: {change.kind} {change.element} {told}".rstrip()


def _undeclared(contracts: Sequence[Contract], catalog: Catalog) -> set[str]:
    """The columns that are in tables under contract, and in no contract."""
    from detection.violations import find_violations

    return {
        f"{each.schema}.{each.table}.{each.column}"
        for each in find_violations(contracts, catalog)
        if each.rule == "column-undeclared"
    }


def _broken(contracts: Sequence[Contract], catalog: Catalog) -> Iterator[str]:
    """The promises about structure that a database does not keep."""
    from detection.coverage import find_uncovered
    from detection.violations import find_violations

    held = [each for each in contracts if each.status not in ("draft", "proposed", "retired")]
    missing = [each for each in find_uncovered(held, catalog) if each.rule == "table-missing"]
    for each in (*missing, *find_violations(held, catalog)):
        if each.rule != "column-undeclared":
            where = ".".join(filter(None, (each.schema, each.table, each.column)))
            told = f"{each.promised} against {each.found}"
            yield f"{each.contract} is broken: {each.rule} {where}, {told}"
