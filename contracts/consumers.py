"""Who reads the data: the registry of consumers, read from ``consumers.yaml``.

A consumer is somebody else's program. What is known of it is what it reads, by which queries,
how fresh it needs the data to be, what it can bear, and whom to talk to.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from contracts.documents import Document, read_document
from contracts.model import Source
from contracts.problems import DocumentError, Problem
from contracts.queries import NoQueryError, is_plainly_a_query, require_query, without_end
from contracts.reading import printable

if TYPE_CHECKING:
    import jsonschema_rs

SCHEMA_FILE: Final = Path(__file__).with_name("consumers.schema.json")
MUSEUM_FILE: Final = Path(__file__).with_name("consumers.yaml")
"""The museum's own registry."""

Mode = Literal["operational", "dashboard", "batch-export", "async-projection"]

_EVERY: Final = {"hourly": "1 hour", "daily": "1 day", "weekly": "1 week"}


@dataclass(frozen=True, slots=True)
class Query:
    """One query as a consumer runs it: a single statement that only reads."""

    name: str
    sql: str
    purpose: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One table that a consumer reads.

    columns:   all the columns that it reads, by their exact names.
    contract:  the identity of the contract that promises them; ``None`` for none.
    version:   the version of the contract that the consumer was built against.
    since:     the day from which it has read the table, ISO 8601.
    """

    table: str
    columns: tuple[str, ...]
    schema: str = "public"
    contract: str | None = None
    version: str | None = None
    since: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)

    @property
    def qualified_table(self) -> str:
        """``schema.table``, unquoted: for people and for keys, never for SQL."""
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True, slots=True)
class Tolerances:
    """What a consumer can bear; ``None`` for unsaid.

    row_count_drift:  in per cent.
    slowdown:         how many times as long as now a query may take.
    """

    new_columns: bool = False
    new_values: bool = False
    nulls: bool = False
    wider_types: bool = False
    row_count_drift: float | None = None
    slowdown: float | None = None


@dataclass(frozen=True, slots=True)
class Consumer:
    """One application, job, report or index that reads the data.

    roles:  what it connects as: names of roles, and of applications as they call themselves.
    code:   where its queries are written: paths and patterns of them, from the root of a
            repository.
    """

    name: str
    team: str
    mode: Mode
    migration_contact: str
    subscriptions: tuple[Subscription, ...]
    queries: tuple[Query, ...] = ()
    purpose: str | None = None
    freshness: timedelta | None = None
    strict: bool = False
    tolerances: Tolerances = Tolerances()
    roles: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    source: Source | None = field(default=None, compare=False, repr=False)

    def reads(self, schema: str, table: str) -> tuple[str, ...]:
        """The columns of a table that the consumer says it reads; none where it reads none."""
        return tuple(
            column
            for subscription in self.subscriptions
            if (subscription.schema, subscription.table) == (schema, table)
            for column in subscription.columns
        )


def load_consumers(path: str | Path = MUSEUM_FILE) -> tuple[Consumer, ...]:
    """The consumers in a registry; :class:`DocumentError` names all that is wrong with it."""
    return read(read_document(path))


def read(document: Document) -> tuple[Consumer, ...]:
    """The consumers that a document states; :class:`DocumentError` names all that is wrong."""
    value: Any = document.value
    if not _validator().is_valid(value):
        from contracts.dialects.validation import find_faults

        raise DocumentError(find_faults(_validator(), schema(), document))
    consumers = tuple(
        _read_consumer(document, number, stated) for number, stated in enumerate(value["consumers"])
    )
    problems = [*_repeated(document, consumers), *_unfit_queries(document, consumers),
                *_unclear_places(document, value["consumers"])]  # fmt: skip
    if problems:
        raise DocumentError(sorted(problems))
    return consumers


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of the registry."""
    read_schema: dict[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    return read_schema


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema())


def _read_consumer(document: Document, number: int, stated: Mapping[str, Any]) -> Consumer:
    path = ("consumers", number)
    return Consumer(
        name=stated["name"],
        team=stated["team"],
        mode=stated["mode"],
        migration_contact=stated["migration_contact"],
        subscriptions=tuple(
            _read_subscription(document, (*path, "subscriptions", place), each)
            for place, each in enumerate(stated["subscriptions"])
        ),
        queries=tuple(
            Query(
                each["name"],
                without_end(each["sql"]),
                each.get("purpose"),
                document.source(*path, "queries", place),
            )
            for place, each in enumerate(stated.get("queries", ()))
        ),
        purpose=stated.get("purpose"),
        freshness=_read_duration(stated.get("freshness_requirement")),
        strict=stated.get("strictness") == "strict",
        tolerances=_read_tolerances(stated),
        roles=tuple(stated.get("roles", ())),
        code=tuple(stated.get("code", ())),
        source=document.source(*path),
    )


def _read_subscription(
    document: Document, path: tuple[str | int, ...], stated: Mapping[str, Any]
) -> Subscription:
    version = stated.get("version")
    schema, table = _place(stated)
    return Subscription(
        table=table,
        columns=tuple(stated["columns"]),
        schema=schema,
        contract=stated.get("contract"),
        version=None if version is None else str(version),
        since=stated.get("since"),
        source=document.source(*path),
    )


def _place(stated: Mapping[str, Any]) -> tuple[str, str]:
    """Schema and table: ``shop.customer`` names both, unless the schema has a key of its own."""
    if "schema" in stated:
        return stated["schema"], stated["table"]
    schema, _, table = stated["table"].rpartition(".")
    return schema or "public", table


def _read_tolerances(stated: Mapping[str, Any]) -> Tolerances:
    """What is stated; whoever is tolerant also passes over columns and values unknown to them."""
    unknown = stated.get("strictness") != "strict"
    usual = {"new_columns": unknown, "new_values": unknown}
    return Tolerances(**{**usual, **stated.get("tolerances", {})})


def _read_duration(text: str | None) -> timedelta | None:
    """How long ``15 minutes`` or ``daily`` is."""
    if text is None:
        return None
    number, unit = _EVERY.get(text, text).split(" ")
    return timedelta(**{unit.rstrip("s") + "s": int(number)})


def _repeated(document: Document, consumers: Iterable[Consumer]) -> Iterator[Problem]:
    """A problem for each consumer, and each query of a consumer, whose name was used before."""
    yield from _said_before(document, ("consumers",), [consumer.name for consumer in consumers])
    for number, consumer in enumerate(consumers):
        path = ("consumers", number, "queries")
        yield from _said_before(document, path, [query.name for query in consumer.queries])


def _said_before(
    document: Document, path: tuple[str | int, ...], names: list[str]
) -> Iterator[Problem]:
    seen: Counter[str] = Counter()
    for place, name in enumerate(names):
        if seen[name]:
            yield document.problem(
                (*path, place, "name"), f'"{name}" is here already.', "Give each a name of its own."
            )
        seen[name] += 1


def _unclear_places(document: Document, stated: Iterable[Mapping[str, Any]]) -> Iterator[Problem]:
    """A problem for each table with dots in it of which nobody can say what the schema is."""
    for number, consumer in enumerate(stated):
        for place, each in enumerate(consumer["subscriptions"]):
            parts = each["table"].split(".")
            if "schema" not in each and (len(parts) > 2 or "" in parts):
                path = ("consumers", number, "subscriptions", place, "table")
                what = f'"{printable(each["table"])}" is no schema.table.'
                yield document.problem(path, what, "Write schema and table as two keys.")


def _unfit_queries(document: Document, consumers: Iterable[Consumer]) -> Iterator[Problem]:
    for number, consumer in enumerate(consumers):
        for place, query in enumerate(consumer.queries):
            if is_plainly_a_query(query.sql):
                continue
            try:
                require_query(query.sql)
            except NoQueryError as error:
                path = ("consumers", number, "queries", place, "sql")
                yield document.problem(path, error.what, error.next_step)
