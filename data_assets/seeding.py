"""Load a file of Met API records into the eight tables: all of it, or nothing.

The records stream by COPY into one temporary table; from there, each of the eight tables takes
its columns in one upsert by object id. All of this is one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from data_assets.columns import FILLINGS, KINDS, TABLES, Fault, Row, object_id, read_row
from data_assets.errors import SandboxError
from data_assets.marking import require_mark
from data_assets.postgres import explained
from data_assets.records import Record, read_records
from data_assets.rejects import Rejects
from data_assets.seed_report import (
    BadRecord,
    BadRecordsError,
    NothingGoodError,
    SeedReport,
    TableCount,
)

if TYPE_CHECKING:
    import psycopg

Progress = Callable[[int], None]
STEP: Final = 500
"""Records between two reports of progress."""

TOLD: Final = 10
"""Bad records that a message tells in full."""

GIVE_RECORDS: Final = "give a file of Met API records, such as docent pull makes"

LOCK: Final = 0x00D0CE27
"""Two seeds of one database, one after the other."""


def seed(
    connection: psycopg.Connection,
    path: Path,
    *,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> SeedReport:
    """Load a file of records; afterwards all of it is there, or nothing.

    skip_bad:  load the others when some records are bad, and keep those in a file beside this
               one. Otherwise a single bad one keeps the whole file out.
    progress:  is told now and then how many records were read.

    Raises SandboxError when the database is not marked as a sandbox, cannot be written, or is
    not migrated, and when the file cannot be read.
    """
    rejects = Rejects(path)
    try:
        with explained(_address(connection)), connection.transaction():
            require_mark(connection)
            targets = _targets(connection)
            reading = _Reading(path, rejects if skip_bad else None, progress or (lambda _: None))
            _arrive(connection, reading)
            reading.require_good(skip_bad=skip_bad)
            works, tables = _settle(connection, targets)
            rejects.finish()
    except NothingGoodError:
        rejects.finish()
        raise
    except BaseException:
        rejects.discard()
        raise
    loaded = reading.records - reading.rejected
    return SeedReport(
        path=path,
        records=reading.records,
        works=works,
        superseded=loaded - works,
        rejected=reading.rejected,
        bad=reading.told,
        rejects_file=rejects.path,
        emptied=_by_column(reading.emptied, targets),
        left_out=_left_out(targets),
        tables=tables,
    )


def _address(connection: psycopg.Connection) -> str:
    info = connection.info
    return f"postgresql:///{info.dbname}?host={info.host}"


COPIED_AS: Final = tuple("text" if kind.endswith("[]") else kind for kind in KINDS.values())
"""The types of the values that we send; an array goes as its literal."""


class _Reading:
    """One reading of a file: yields its good rows, and remembers what there is to tell."""

    def __init__(self, path: Path, rejects: Rejects | None, progress: Progress) -> None:
        self.path = path
        self.rejects = rejects
        self.progress = progress
        self.records = 0
        self.rejected = 0
        self.objects = 0  # of JSON, among the records, be they good or bad
        self.told: tuple[BadRecord, ...] = ()
        self.emptied: Counter[str] = Counter()

    def rows(self) -> Iterator[tuple[object, ...]]:
        """The rows of the good records, each with its position before it."""
        for record in read_records(self.path):
            self.records += 1
            if self.records % STEP == 0:
                self.progress(self.records)
            self.objects += isinstance(record.value, dict)
            row = (Fault("", record.problem),) if record.problem else read_row(record.value)
            if isinstance(row, Row):
                self.emptied.update(row.emptied)
                yield (record.position, *row.values)
            else:
                self._reject(record, row)
        self.progress(self.records)

    def require_good(self, *, skip_bad: bool) -> None:
        """Refuse a file without a good record, and, unless they may be skipped, with a bad one."""
        if self.records == 0:
            raise SandboxError(f"{self.path} holds no record.", GIVE_RECORDS)
        if self.objects == 0:
            raise SandboxError(
                f"{self.path} is no file of records: there is no JSON object in it. "
                f"It begins with {self.told[0]}",
                GIVE_RECORDS,
            )
        if self.rejects and self.rejects.path and self.rejected == self.records:
            raise NothingGoodError(self.path, self.records, self.told, self.rejects.path)
        if self.rejected and not skip_bad:
            raise BadRecordsError(self.path, self.rejected, self.records, self.told)

    def _reject(self, record: Record, faults: tuple[Fault, ...]) -> None:
        self.rejected += 1
        if len(self.told) < TOLD:
            bad = BadRecord(record.position, record.line, object_id(record.value), faults)
            self.told = (*self.told, bad)
        if self.rejects:
            self.rejects.keep(record)


# ------------------------------------------------------------------ what there is to fill


class _Target(NamedTuple):
    """A table, and the columns of it that can be filled, each with the key that fills it."""

    table: str
    exists: bool
    columns: tuple[tuple[str, str], ...]


def _targets(connection: psycopg.Connection) -> tuple[_Target, ...]:
    """The eight tables as they are now; somebody may be in the middle of changing them."""
    found = connection.execute(
        """
        select c.relname, a.attname
        from unnest(%s::text[]) as wanted (name)
        join pg_catalog.pg_class as c on c.oid = pg_catalog.to_regclass(quote_ident(wanted.name))
        join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0
        where c.relkind in ('r', 'p') and not a.attisdropped and a.attgenerated = ''
        """,
        [list(TABLES)],
    ).fetchall()
    there = set(found)
    targets = tuple(
        _Target(
            table,
            (table, "object_id") in there,
            tuple(
                (filling.column, filling.key)
                for filling in FILLINGS
                if filling.table == table and (table, filling.column) in there
            ),
        )
        for table in TABLES
    )
    if not any(target.exists for target in targets):
        raise SandboxError(
            f"The database {connection.info.dbname!r} has none of the museum's tables.",
            "type docent up, or alembic upgrade head, to create them",
        )
    return targets


def _left_out(targets: tuple[_Target, ...]) -> tuple[str, ...]:
    missing: list[str] = []
    for target in targets:
        if not target.exists:
            missing.append(target.table)
            continue
        there = {column for column, _ in target.columns}
        missing += [
            f"{filling.table}.{filling.column}"
            for filling in FILLINGS
            if filling.table == target.table and filling.column not in there
        ]
    return tuple(missing)


def _by_column(emptied: Counter[str], targets: tuple[_Target, ...]) -> dict[str, int]:
    return {
        f"{target.table}.{column}": emptied[key]
        for target in targets
        if target.exists
        for column, key in target.columns
        if emptied[key]
    }


# ------------------------------------------------------------------ into the database


def _arrive(connection: psycopg.Connection, reading: _Reading) -> None:
    """Stream the rows into a temporary table, whose columns are named after the API's keys."""
    from psycopg import sql

    connection.execute("select pg_advisory_xact_lock(%s)", [LOCK])
    connection.execute("set local timezone to 'UTC'")
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(key), sql.SQL(kind)) for key, kind in KINDS.items()
    )
    connection.execute(
        sql.SQL("create temporary table arriving (position bigint, {}) on commit drop").format(
            columns
        )
    )
    with connection.cursor() as cursor, cursor.copy("copy arriving from stdin") as copy:
        copy.set_types(["bigint", *COPIED_AS])
        for row in reading.rows():
            copy.write_row(row)


def _settle(
    connection: psycopg.Connection, targets: tuple[_Target, ...]
) -> tuple[int, tuple[TableCount, ...]]:
    """Move what arrived into the tables. Of two records of one work, the later one counts."""
    connection.execute(
        "delete from arriving as earlier using arriving as later "
        'where earlier."objectID" = later."objectID" and earlier.position < later.position'
    )
    row = connection.execute("select count(*) from arriving").fetchone()
    works = row[0] if row else 0
    counts = tuple(_upsert(connection, target, works) for target in targets if target.exists)
    return works, counts


def _upsert(connection: psycopg.Connection, target: _Target, works: int) -> TableCount:
    """Fill one table; a row that says the same already is not touched."""
    import psycopg
    from psycopg import sql

    names = [sql.Identifier(column) for column, _ in target.columns]
    keys = [sql.Identifier(key) for _, key in target.columns]
    table = sql.Identifier(target.table)
    comma = sql.SQL(", ")
    action: sql.Composable = sql.SQL("nothing")
    if names:
        action = sql.SQL("update set {} where ({}) is distinct from ({})").format(
            comma.join(sql.SQL("{0} = excluded.{0}").format(name) for name in names),
            comma.join(sql.SQL("kept.{}::text").format(name) for name in names),
            comma.join(sql.SQL("excluded.{}::text").format(name) for name in names),
        )
    statement = sql.SQL(
        "with settled as ("
        " insert into {table} as kept ({columns}) select {keys} from arriving order by {id}"
        " on conflict (object_id) do {action} returning kept.xmax = 0 as is_new)"
        " select count(*) filter (where is_new), count(*) filter (where not is_new) from settled"
    ).format(
        table=table,
        columns=comma.join([sql.Identifier("object_id"), *names]),
        keys=comma.join([sql.Identifier("objectID"), *keys]),
        id=sql.Identifier("objectID"),
        action=action,
    )
    try:
        row = connection.execute(statement).fetchone()
    except psycopg.errors.InvalidColumnReference as error:
        raise SandboxError(
            f"The table {target.table} has no primary key on object_id, "
            "so that nobody can say which rows are the same; nothing was loaded.",
            "give it its key again, or type docent reset for a fresh database",
        ) from error
    inserted, updated = row or (0, 0)
    return TableCount(target.table, inserted, updated, works - inserted - updated)
