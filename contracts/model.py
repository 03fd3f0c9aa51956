"""The nouns that everything else speaks of: one shape for what is promised and what is observed.

A contract's tables and the catalogue's tables are the same dataclasses, so that comparing
the two is comparing like with like. In a *promise*, ``None`` means "nothing was said about
this"; in a *catalogue*, nearly everything is said. A few fields therefore need a third
value for "said, and there is none": :data:`UNLIMITED` for lengths and precisions, and the
empty string for a default, an identity and a generation expression.

Every noun is frozen and compares by value; where it was written (``source``) takes no part
in a comparison. Nothing here reads a file or a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.meaning import (
    Backfill,
    ChangeStream,
    Consistency,
    Deletion,
    Invariant,
    Pairs,
    RowLifecycle,
)

UNLIMITED: Final = -1
"""A length or precision that is stated to have no limit (as in Postgres, where it is -1)."""

TableKind = Literal[
    "table", "partitioned table", "partition", "view", "materialized view", "foreign table"
]
TypeKind = Literal["base", "array", "enum", "domain", "composite", "range", "unknown", "logical"]
Dialect = Literal["book", "odcs", "soda", "models", "one_pager", "dbt"]
Status = Literal["proposed", "draft", "active", "deprecated", "sunset", "retired"]
Classification = Literal["public", "internal", "sensitive", "highly sensitive", "derived sensitive"]
Level = Literal["error", "warning", "note"]
Operator = Literal[
    "mustBe", "mustNotBe", "mustBeGreaterThan", "mustBeGreaterOrEqualTo",
    "mustBeLessThan", "mustBeLessOrEqualTo", "mustBeBetween", "mustNotBeBetween",
]  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file. ``line`` and ``column`` count from 1; ``file`` is as the user named it."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an element of a contract was written, and where each of its keys was.

    ``keys`` maps a key's path below the element, joined with dots (``constraints.data_type``),
    to the place of that key.
    """

    location: Location
    keys: Mapping[str, Location] = field(default_factory=dict, compare=False)

    def at(self, *paths: str) -> Location:
        """The place of the first of these keys that was written, else of the element itself."""
        return next((self.keys[path] for path in paths if path in self.keys), self.location)


@dataclass(frozen=True, slots=True)
class DataType:
    """A type, resolved: two spellings of one type (``int4``, ``integer``) are equal.

    name:       the name that Postgres prints without modifiers (``integer``,
                ``character varying``, ``timestamp without time zone``); ``ARRAY`` for an
                array; the bare name of a type that somebody made (``mood``).
    schema:     the schema of a type that somebody made; ``None`` for built-in ones.
    length:     characters or bits that a ``varchar``, ``char``, ``bit`` or ``varbit`` holds.
    precision:  as ``information_schema`` counts it: decimal digits of a ``numeric``, bits of
                an integer or a float, digits of the second of a time.
    scale:      digits after the decimal point of a ``numeric``; bits never have any.
    fields:     the fields an ``interval`` is restricted to, such as ``year to month``.
    element:    the type of an array's elements.
    base:       the type that a domain is made from.
    labels:     the values of an enum, in their order.

    A promise can be of the kind ``logical``: ``name`` is then what a value is (``string``,
    ``number``, ``timestamp``), and several types keep it; see ``contracts.logical_types``.

    ``None`` is "not stated" in a promise; :data:`UNLIMITED` is "stated: no limit".
    """

    name: str
    kind: TypeKind = "base"
    schema: str | None = None
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    fields: str | None = None
    element: DataType | None = None
    base: DataType | None = None
    labels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class NullReason:
    """One meaning that a null in a column can have."""

    code: str
    meaning: str


@dataclass(frozen=True, slots=True)
class JsonShape:
    """The keys that every value of a json column has, and those that it may have."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    """A page that says more: its address, what kind of page it is, what it says."""

    url: str
    kind: str | None = None
    description: str | None = None
    custom: Custom = ()


Custom = tuple[tuple[str, str], ...]
"""What a document says and no noun here holds: the name of each property, and its value as
JSON text, in the order of the document."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column, promised or observed.

    nullable:     ``False`` is NOT NULL.
    primary_key:  whether the column belongs to the table's primary key.
    unique:       whether the column is unique by itself, other than as the primary key.
    updatable:    whether an UPDATE may name it (false for most view columns).
    default:      the SQL expression; ``""`` is "stated: none".
    identity:     ``"always"``, ``"by default"``; ``""`` is "stated: none".
    generated:    the expression of a generated column; ``""`` is "stated: none".
    states:       the values that the column can take, as far as the contract lists them.
    extensible:   whether values may join ``states`` or an enum's labels without a new promise;
                    ``unknown_value_policy`` then says what a reader does with a new one, in words
                  or for each kind of consumer.
    terminal_states, transient_states:  the states that a row stays in, and those that it only
                  passes through.
    external_terms:  what others call a state, by the state.
    transition_history:  where it is kept which state a row had when.
    origin:       where a value comes from: a column, an event, a person.
    correction:   how a wrong value is put right, and whether readers can tell.
    warning:      what a reader must not take a value for.
    json_shape:   the keys of a json column's values.
    timezone, currency, unit:  what a value is counted in.
    optional:     whether the table may lack the column; what else is promised of it then holds
                  where it is there.
    position:     its place in the table, from 1; never compared.
    """

    name: str
    data_type: DataType | None = None
    nullable: bool | None = None
    primary_key: bool | None = None
    unique: bool | None = None
    updatable: bool | None = None
    default: str | None = None
    identity: Literal["always", "by default", ""] | None = None
    generated: str | None = None
    collation: str | None = None
    description: str | None = None
    examples: tuple[object, ...] = ()
    meaning: str | None = None
    unit: str | None = None
    classification: Classification | None = None
    null_reasons: tuple[NullReason, ...] = ()
    states: tuple[str, ...] | None = None
    unknown_value_policy: Pairs | str | None = None
    extensible: bool | None = None
    json_shape: JsonShape | None = None
    timezone: str | None = None
    currency: str | None = None
    deprecated: bool | None = None
    replaced_by: str | None = None
    business_name: str | None = None
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    optional: bool | None = None
    terminal_states: tuple[str, ...] = ()
    transient_states: tuple[str, ...] = ()
    external_terms: Pairs = ()
    transition_history: str | None = None
    origin: str | None = None
    correction: str | None = None
    warning: str | None = None
    custom: Custom = ()
    position: int | None = field(default=None, compare=False)
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """Columns unique together, by a constraint or by a unique index without a condition."""

    name: str
    columns: tuple[str, ...]
    nulls_not_distinct: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Columns that must occur in another table; actions as Postgres prints them (``CASCADE``).

    A contract may leave it without a name, which then is ``""``.
    """

    name: str
    columns: tuple[str, ...]
    references_schema: str
    references_table: str
    references_columns: tuple[str, ...]
    on_update: str = "NO ACTION"
    on_delete: str = "NO ACTION"
    custom: Custom = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class CheckConstraint:
    """A CHECK of a table, with the columns that it mentions."""

    name: str
    columns: tuple[str, ...]
    expression: str


@dataclass(frozen=True, slots=True)
class Storage:
    """How Postgres keeps a table, as far as was observed: nothing that a query's answer shows.

    indexes:           the definitions of those that keep nothing unique, or only some rows.
    partition_key:     by what a partitioned table is parted (``RANGE (visited_at)``).
    replica_identity:  by what replication tells rows apart, where that is not the primary key.
    publications:      the publications that hand the table's changes on.
    grants:            who besides the owner may do what: ``reporting SELECT``.
    """

    indexes: tuple[str, ...] = ()
    partition_key: str | None = None
    replica_identity: str | None = None
    publications: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table, view, materialised view, partitioned table, partition or foreign table.

    ``primary_key`` holds the key's columns in the key's order: ``()`` is "has none", ``None``
    is "nothing was said". ``definition`` is a view's query. ``partition_of`` is the
    qualified name of the table that a partition belongs to. ``catalog`` is the database that a
    document says it was written for: a label, never compared. A ``schema`` of ``""`` is that of
    a promise that names no table; see ``contracts.binding``. ``extension`` is the one that
    brought the table along, as far as was observed. ``filter`` says in words or SQL which rows
    are in the table; ``ordered`` whether the order of the columns is promised too. ``storage``
    is how Postgres keeps it; no promise says so.
    """

    name: str
    schema: str = "public"
    kind: TableKind | None = None
    columns: tuple[Column, ...] = ()
    primary_key: tuple[str, ...] | None = None
    unique_keys: tuple[UniqueKey, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    checks: tuple[CheckConstraint, ...] = ()
    description: str | None = None
    definition: str | None = None
    partition_of: str | None = None
    catalog: str | None = field(default=None, compare=False)
    grain: tuple[str, ...] | None = None
    meaning: str | None = None
    filter: str | None = None
    ordered: bool | None = None
    business_name: str | None = None
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    custom: Custom = ()
    storage: Storage | None = None
    source: Source | None = field(default=None, compare=False, repr=False)
    extension: str | None = field(default=None, compare=False)

    @property
    def qualified_name(self) -> str:
        """``schema.table``, unquoted: for people and for keys, never for SQL."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    def column(self, name: str) -> Column | None:
        """The column of this exact name, or ``None``."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Function:
    """A function or procedure, whose signature is a contract for those who call it.

    ``arguments`` is what identifies it (``integer, text``), ``result`` what it returns
    (``None`` for a procedure), ``definition`` its whole ``CREATE`` statement. In a promise a
    ``definition`` of ``None`` says nothing about the body.
    """

    schema: str
    name: str
    kind: Literal["function", "procedure", "aggregate", "window"]
    arguments: str
    result: str | None
    definition: str | None = None
    description: str | None = None
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom to talk to about a contract."""

    name: str
    email: str | None = None

    def __str__(self) -> str:
        plain = not self.email or self.email == self.name
        return self.name if plain else f"{self.name} <{self.email}>"


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to reach the people behind a contract.

    ``tool`` is what carries it (``email``, ``slack``, ``ticket``, ``other``), ``scope`` what it
    is for (``interactive``, ``announcements``, ``issues``, ``notifications``).
    """

    name: str
    url: str | None = None
    tool: str | None = None
    scope: str | None = None
    description: str | None = None
    custom: Custom = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A database role that may use the data, and what it may do (``read``, ``write``)."""

    name: str
    access: str | None = None
    description: str | None = None
    classifications: tuple[Classification, ...] = ()
    custom: Custom = ()


@dataclass(frozen=True, slots=True)
class Server:
    """A place where the data is: a name, a kind (``postgres``), and what leads there."""

    name: str
    kind: str
    environment: str | None = None
    host: str | None = None
    port: int | None = None
    database: str | None = None
    schema: str | None = None
    description: str | None = None
    custom: Custom = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """How, and how many days ahead, a breaking change is announced."""

    channel: str | None = None
    lead_days: int | None = None


@dataclass(frozen=True, slots=True)
class Deprecation:
    """The announced end of a contract. Dates are ISO 8601 (``2026-02-03``)."""

    announced: str | None = None
    sunset_date: str | None = None
    replacement: str | None = None
    migration_guide: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """One service level: ``freshness`` of 4 ``hours`` on ``created_at``, for example.

    operator:  in which way the value is a bound; ``None`` for the usual one, which is less than a
               duration, and at least a share.
    level:     how much it weighs when it is not kept.
    """

    property: str
    value: float | str
    unit: str | None = None
    element: str | None = None
    value_end: float | str | None = None
    driver: str | None = None
    description: str | None = None
    operator: Operator | None = None
    level: Level = "error"
    custom: Custom = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One promise about rows: a measure, an operator and a bound, on columns or on the table.

    table:     the qualified name of the table it is about; ``None`` for the contract's only one.
    measure:   what is counted: ``rowCount``, ``nullValues``, ``missingValues``,
               ``invalidValues``, ``duplicateValues`` as ODCS names them, or ``sql`` or ``custom``.
    operator:  as ODCS names it (``mustBeLessThan``), with its ``bound`` (two for *between*).
    unit:      ``rows`` or ``percent``.
    arguments: what the measure needs besides, as JSON text (``validValues``, ``pattern``).
    query:     the SQL of a measure ``sql``; what a ``custom`` one runs.
    """

    measure: str
    operator: str | None = None
    bound: tuple[object, ...] = ()
    columns: tuple[str, ...] = ()
    level: Level = "error"
    dimension: str | None = None
    query: str | None = None
    table: str | None = None
    name: str | None = None
    description: str | None = None
    unit: str | None = None
    severity: str | None = None
    filter: str | None = None
    arguments: str | None = None
    custom: Custom = ()
    source: Source | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Contract:
    """A promise about tables, as somebody wrote it down.

    ``namespace`` and ``name`` identify it; its path never does. ``id`` is a second name that
    never changes, where the dialect has one. ``version`` is the contract's own (``None`` where
    the dialect has none), ``spec_version`` that of the way of writing. ``asset`` names the
    data that is meant, as a URL or in words. ``strict`` says whether an undeclared column
    breaks the promise (``None``: the project decides). ``enforcement`` is the mechanism that
    holds the contract to its word; ``"none"`` says that there is none. ``extends`` is the
    identity of the parent, ``extends_version`` the version of it that is meant. ``deletes``,
    ``row_lifecycle``, ``backfills``, ``consistency``, ``cdc`` and each of the ``invariants`` are
    said in words or part by part; see ``contracts.meaning``.
    """

    name: str
    namespace: str | None = None
    id: str | None = None
    dialect: Dialect = "book"
    spec_version: str | None = None
    version: str | None = None
    status: Status | None = None
    documentation: str | None = None
    owner: Owner | None = None
    asset: str | None = None
    strict: bool | None = None
    tables: tuple[Table, ...] = ()
    functions: tuple[Function, ...] = ()
    producer: str | None = None
    purpose: str | None = None
    usage: str | None = None
    limitations: str | None = None
    source_of_truth: str | None = None
    technical_owner: Owner | None = None
    business_owner: Owner | None = None
    consumers: tuple[str, ...] = ()
    enforcement: str | None = None
    notice: Notice | None = None
    compatibility: tuple[tuple[str, str], ...] = ()
    extends: str | None = None
    extends_version: str | None = None
    deprecation: Deprecation | None = None
    service_levels: tuple[ServiceLevel, ...] = ()
    checks: tuple[Check, ...] = ()
    deletes: Deletion | str | None = None
    row_lifecycle: RowLifecycle | str | None = None
    time: str | None = None
    backfills: tuple[Backfill, ...] | str | None = None
    consistency: Consistency | str | None = None
    invariants: tuple[Invariant | str, ...] = ()
    cdc: ChangeStream | str | None = None
    channels: tuple[Channel, ...] = ()
    roles: tuple[Role, ...] = ()
    servers: tuple[Server, ...] = ()
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    custom: Custom = ()
    source: Source | None = field(default=None, compare=False, repr=False)

    @property
    def identity(self) -> str:
        """``namespace/name``, or the bare name where there is no namespace."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name

    @property
    def file(self) -> str | None:
        """The path of the document, as the user named it."""
        return self.source.location.file if self.source else None
