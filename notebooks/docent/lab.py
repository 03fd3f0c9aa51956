"""The violation lab: try a change, see whom it hurts, and find everything as it was.

``try_out`` tries one change, ``try_all`` every change of a table or column, and
``violation_lab`` lets one choose. All of them return what shows itself; none of them raises.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import psycopg

    from contracts.consumers import Consumer
    from contracts.model import Contract, Table
    from detection.changing import Change
    from detection.model import Catalog
    from docent.display import Shown
    from prevention.experiment_report import ExperimentReport

Result = TypeVar("Result")


class Lab:
    """Experiments on one database, over one connection of the lab's own.

    database_url:  ``""`` is the notebook's database: what ``begin`` was told, else the sandbox's.
    """

    def __init__(self, database_url: str = "") -> None:
        self._url = database_url
        self._connection: psycopg.Connection[Any] | None = None
        self._stamps: object = None
        self._promised: tuple[tuple[Contract, ...], tuple[Consumer, ...]] = ((), ())

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back; the next experiment opens another."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def catalog(self) -> Catalog:
        """What there is to be changed, as it is now, without what Docent keeps for itself."""
        from detection.catalog import read_catalog
        from detection.coverage import MIGRATIONS, OURS

        catalog = self._connected(read_catalog)
        tables = [
            table
            for table in catalog.tables
            if table.name != MIGRATIONS and not table.schema.startswith(OURS)
        ]
        tables.sort(key=lambda table: table.schema != "public")  # the museum first, then the CRM
        return replace(catalog, tables=tuple(tables))

    def report(self, change: Change) -> ExperimentReport:
        """Try a change against the contracts and consumers, as their files are now."""
        from data_assets.home import clone
        from detection.experiment import try_change
        from prevention.experiment_report import report

        contracts, consumers = self._as_promised()
        tried = self._connected(lambda here: try_change(here, change, contracts, consumers))
        told = report(tried, contracts, consumers)
        # On a pull request, a file is called as it is within the repository.
        return replace(told, comment=told.comment.replace(f"{clone()}{os.sep}", ""))

    def _as_promised(self) -> tuple[tuple[Contract, ...], tuple[Consumer, ...]]:
        """The contracts and consumers; read anew only where one of their files is another now."""
        from contracts import load_folder
        from contracts.consumers import load_consumers
        from data_assets.home import clone
        from docent.row_promises import row_promises

        folder = clone() / "contracts"
        stamps = _stamps(folder)
        if stamps != self._stamps:
            self._promised = (*load_folder(folder), *row_promises()), load_consumers()
            self._stamps = stamps
        return self._promised

    def _connected(self, work: Callable[[psycopg.Connection[Any]], Result]) -> Result:
        """Work over the connection; where it got lost since the last time, over a new one."""
        import psycopg

        used_before = self._connection is not None
        connection = self._open()
        try:
            return work(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if not (used_before and connection.closed):
                raise
        return work(self._open())

    def _open(self) -> psycopg.Connection[Any]:
        from data_assets.postgres import connect
        from docent.place import current_url

        if self._connection is None or self._connection.closed:
            self._connection = connect(self._url or current_url(), autocommit=True)
        return self._connection


def _stamps(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What is different as soon as one of a folder's documents is."""
    documents = [each for each in folder.rglob("*") if each.suffix in (".json", ".yaml", ".yml")]
    found = [(str(each), each.stat()) for each in sorted(documents)]
    return tuple((name, stat.st_ino, stat.st_mtime_ns, stat.st_size) for name, stat in found)


# ------------------------------------------------------------------ without widgets


def try_out(
    table: str,
    column: str | None,
    kind: str,
    to: str | None = None,
    *,
    cast: bool = False,
    database_url: str = "",
) -> Shown[Any]:
    """Try one change, and show what came of it: ``try_out("object", "title", "drop column")``.

    column:  ``None`` for changes of the whole table; for ``add column``, the new one's name.
    to:      the new name or type; otherwise one is chosen.
    cast:    for ``retype column``: cast every value, also one that does not fit.
    """
    from docent.lab_cards import experiment_card

    def tried(lab: Lab) -> Shown[Any]:
        change = find_change(lab.catalog(), table, column, kind, to, cast=cast)
        return experiment_card(lab.report(change))

    with Lab(database_url) as lab:
        return told(lambda: tried(lab))


def try_all(table: str, column: str | None = None, *, database_url: str = "") -> Shown[Any]:
    """Try every change of a column, or of the table as a whole, and compare what came of them."""
    from docent.lab_cards import comparison_card

    def tried(lab: Lab) -> Shown[Any]:
        catalog = lab.catalog()
        found = find_table(catalog, table)
        if column:
            _require_column(found, column)
        changes = changes_of(catalog, found, column)
        name = f"{found.name}.{column}" if column else found.name
        return comparison_card(name, [(change, lab.report(change)) for change in changes])

    with Lab(database_url) as lab:
        return told(lambda: tried(lab))


def violation_lab(database_url: str = "") -> Any:
    """Menus to choose a change with, and below them what came of it; without widgets, a card."""
    try:
        from docent.lab_bench import Bench
    except ImportError:
        return try_out("object_images", "primary_image", "rename column", database_url=database_url)
    return Bench(database_url)


def told(tell: Callable[[], Shown[Any]]) -> Shown[Any]:
    """What there is to show, or why there is nothing: a lesson goes on, whatever the database."""
    from docent.lab_cards import trouble_card
    from prevention.failures import defect, describe

    try:
        return tell()
    except Exception as error:  # noqa: BLE001 - each becomes what went wrong, and what next
        return trouble_card(describe(error) or (defect(error),))


def changes_of(catalog: Catalog, table: Table, column: str | None) -> tuple[Change, ...]:
    """The changes of a column, or of the table as a whole."""
    from detection.choices import possible_changes

    existing = {each.name for each in table.columns}
    return tuple(
        change
        for change in possible_changes(catalog, table.name, schema=table.schema)
        if (change.column if change.column in existing else None) == (column or None)
    )


def find_change(
    catalog: Catalog,
    table: str,
    column: str | None,
    kind: str,
    to: str | None = None,
    *,
    cast: bool = False,
) -> Change:
    """The change that is meant; NotJudged, with what there is instead, where there is none."""
    from detection.changing import STATEMENTS, Change

    found = find_table(catalog, table)
    known = next((each for each in STATEMENTS if each == kind), None)
    if known is None:
        fitting = [each for each in STATEMENTS if ("table" in each) == (column is None)]
        raise _unknown("change", kind, STATEMENTS, fitting)
    if known in ("rename table", "drop table", "add column"):
        column = column if known == "add column" else None
        choices = changes_of(catalog, found, None)
    else:
        _require_column(found, column)
        choices = changes_of(catalog, found, column)
    alike = [each for each in choices if each.kind == known and (each.cast or not cast)]
    usual = alike[0] if alike else Change(known, found.schema, found.name, column, "text")
    forced = cast if to else usual.cast
    return replace(usual, column=column or usual.column, to=to or usual.to, cast=forced)


def find_table(catalog: Catalog, name: str) -> Table:
    """The table of this name in ``public``, or of this name with its schema."""
    tables = {table_name(table): table for table in catalog.tables}
    tables |= {table.qualified_name: table for table in catalog.tables}
    if name not in tables:
        raise _unknown("table", name, map(table_name, catalog.tables))
    return tables[name]


def table_name(table: Table) -> str:
    """What a table is called here: by its schema only where that is not ``public``."""
    return table.name if table.schema == "public" else table.qualified_name


def _require_column(table: Table, column: str | None) -> None:
    names = [each.name for each in table.columns]
    if column not in names:
        raise _unknown(f"column of {table_name(table)}", column, names)


def _unknown(
    what: str, name: object, names: Iterable[str], likely: Iterable[str] = ()
) -> Exception:
    """That there is no such thing, what looks like it, and all that there is."""
    from prevention.decision import NotJudged, Obstacle

    names = list(names)
    alike = difflib.get_close_matches(str(name), list(likely), n=1)
    alike += difflib.get_close_matches(str(name), names, n=1)
    meant = f"Did you mean {alike[0]}? " if alike else ""
    step = f"{meant}There is: {', '.join(names) or 'nothing'}."
    return NotJudged(Obstacle(f"There is no {what} called {name}.", step))
