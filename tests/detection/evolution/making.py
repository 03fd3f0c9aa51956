"""Short ways to write a contract before and after a change, for the tables of cases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from contracts.consumers import Consumer, Query, Subscription, Tolerances
from contracts.model import Column, Contract, DataType, Owner, Table
from contracts.types import parse_type
from detection.change import Change, Verdict
from detection.diff import diff, diff_catalogs, diff_consumers
from detection.judgement import judge
from detection.model import Catalog

Side = Contract | Catalog | tuple[Contract, ...] | tuple[Consumer, ...] | None

OBJECT_ID = Column("object_id", parse_type("integer"), nullable=False, primary_key=True)
CREATED_AT = Column("created_at", parse_type("timestamp"), nullable=False)


class Case(NamedTuple):
    """What was before and what is after; ``also`` are the rules that speak besides."""

    before: Side
    after: Side
    also: frozenset[str] = frozenset()


def case(before: Side, after: Side, *also: str) -> Case:
    return Case(before, after, frozenset(also))


def contract(*tables: Table, name: str = "object-images", **facts: Any) -> Contract:
    """A contract of the museum about these tables, or about the pictures."""
    usual: dict[str, Any] = {"namespace": "met-museum-data", "owner": Owner("Data Engineering")}
    return Contract(name, **{**usual, **facts}, tables=tables or (table(),))


def table(*columns: Column, name: str = "object_images", **facts: Any) -> Table:
    """A table with its key and these columns, or with a text."""
    own = columns or (Column("primary_image", parse_type("text")), CREATED_AT)
    return Table(name, columns=(OBJECT_ID, *own), **facts)


def bare(*columns: Column, **facts: Any) -> Contract:
    """A contract about a table of exactly these columns."""
    return contract(Table("object_images", columns=columns, **facts))


def col(data_type: str | DataType | None = "text", name: str = "title", **facts: Any) -> Contract:
    """A contract about a table with one column like this between its key and another one."""
    return contract(table(one(data_type, name, **facts), CREATED_AT))


def one(data_type: str | DataType | None = "text", name: str = "title", **facts: Any) -> Column:
    """A column, its type in any spelling."""
    resolved = parse_type(data_type) if isinstance(data_type, str) else data_type
    return Column(name, resolved, **facts)


def with_table(**facts: Any) -> Contract:
    """A contract about the pictures, whose table has these facts."""
    return contract(table(**facts))


def catalog(*tables: Table, **facts: Any) -> Catalog:
    """A database with these tables."""
    return Catalog("museum", 180001, ("public",), tables, **facts)


def enum(*labels: str, name: str = "medium") -> DataType:
    return DataType(name, "enum", schema="public", labels=labels)


def consumer(name: str = "guide-app", *columns: str, **facts: Any) -> Consumer:
    """A consumer that reads these columns of the pictures; what it bears under ``tolerances``."""
    reads = Subscription(
        facts.pop("table", "object_images"),
        columns or ("title",),
        contract="met-museum-data/object-images",
    )
    bears = Tolerances(**facts.pop("tolerances", {}))
    usual: dict[str, Any] = {"team": "Museum Assistant", "mode": "operational"}
    contact = {"migration_contact": "museum-assistant@museum.org", "subscriptions": (reads,)}
    return Consumer(name, **{**usual, **contact, **facts}, tolerances=bears)


def query(sql: str = "select 1") -> Query:
    return Query("work-cards", sql)


def changes(before: Side, after: Side) -> tuple[Change, ...]:
    """What is different between two contracts, sets of them, or databases."""
    if isinstance(before, Catalog) and isinstance(after, Catalog):
        return diff_catalogs(before, after)
    if isinstance(after, tuple) and isinstance(after[0], Consumer):
        return diff_consumers(before, after)  # type: ignore[arg-type]
    return diff(_all(before), _all(after), roots=("old/", "new/"))


def verdicts(before: Side, after: Side, *consumers: Consumer, **known: Any) -> tuple[Verdict, ...]:
    return judge(changes(before, after), consumers, **known)


def rules(before: Side, after: Side) -> set[str]:
    """The rules that speak of a change."""
    return {verdict.rule for verdict in verdicts(before, after)}


def moved(contract: Contract, **facts: Any) -> Contract:
    return replace(contract, **facts)


def _all(side: Side) -> tuple[Contract, ...]:
    assert not isinstance(side, Catalog)
    return side if isinstance(side, tuple) else () if side is None else (side,)  # type: ignore[return-value]
