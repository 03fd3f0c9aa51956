"""The nouns of access: rights, roles, memberships, policies, and what a view hands on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

ObjectKind = Literal["schema", "table", "column", "sequence"]
Place = tuple[str, str]
"""The exact names of a schema and of a table in it."""

PUBLIC: Final = ""
"""The grantee of a right that everybody has; no role can be called so."""
READS_ALL: Final = "pg_read_all_data"
"""The role of Postgres whose members read every table."""
OWN_ROLES: Final = frozenset({"docent_catalog_reader", "docent_row_reader"})
"""The roles that Docent itself reads as: what they may is kept by each check."""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """What a right is on: a schema, a table or view, a column of one, or a sequence.

    ``name`` is ``""`` for a schema, ``column`` is ``""`` for all but columns.
    """

    kind: ObjectKind
    schema: str
    name: str = ""
    column: str = ""

    @property
    def place(self) -> Place:
        """The table that the right is on, or in."""
        return self.schema, self.name


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One privilege of one role on one thing, such as SELECT; ``role`` is PUBLIC for everybody."""

    role: str
    privilege: str
    target: Target

    @property
    def order(self) -> tuple[str, ...]:
        """What sorts it, as it sorts itself: many are sorted sooner by this."""
        on = self.target
        return self.role, self.privilege, on.kind, on.schema, on.name, on.column


@dataclass(frozen=True, slots=True)
class HeldRight:
    """A right as somebody granted it."""

    right: Right
    grantor: str
    grantable: bool = False


@dataclass(frozen=True, slots=True)
class RoleSeen:
    """A role of the server."""

    name: str
    superuser: bool = False
    bypasses_rls: bool = False
    can_login: bool = False


@dataclass(frozen=True, slots=True)
class Membership:
    """``member`` belongs to ``group``; whether it has its rights at once, or by SET ROLE."""

    member: str
    group: str
    inherits: bool = True
    may_set: bool = True


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view: who owns it, and how its rows are guarded.

    invoker:   whether a view reads with the rights of whoever asks it.
    parent:    for a partition, the table that it is part of.
    ours:      whether an extension brought it, so that nobody promises it.
    """

    schema: str
    name: str
    kind: str
    owner: str
    row_security: bool = False
    forced: bool = False
    invoker: bool = False
    parent: Place | None = None
    of_extension: bool = False

    @property
    def place(self) -> Place:
        """Its schema and name."""
        return self.schema, self.name


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of row-level security. ``roles`` has :data:`PUBLIC` where it is for everybody."""

    schema: str
    table: str
    name: str
    permissive: bool
    command: str
    roles: tuple[str, ...]
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class DefaultRight:
    """A right that new tables get when ``owner`` makes them; ``schema`` is "" for every schema."""

    owner: str
    schema: str
    role: str
    privilege: str


@dataclass(frozen=True, slots=True)
class ViewRead:
    """A view, and a column that it reads somewhere in its query; "" for none in particular."""

    view: Place
    read: Place
    column: str


@dataclass(frozen=True, slots=True)
class OwnedSequence:
    """A sequence that fills a column by its default."""

    schema: str
    name: str
    table: Place
    column: str


@dataclass(frozen=True, slots=True)
class Access:
    """Who may do what in a database, as its catalogue says at one moment."""

    roles: Mapping[str, RoleSeen] = field(default_factory=dict)
    memberships: tuple[Membership, ...] = ()
    relations: Mapping[Place, Relation] = field(default_factory=dict)
    schemas: Mapping[str, str] = field(default_factory=dict)
    """Each schema and its owner."""
    held: tuple[HeldRight, ...] = ()
    policies: tuple[Policy, ...] = ()
    defaults: tuple[DefaultRight, ...] = ()
    view_reads: tuple[ViewRead, ...] = ()
    sequences: tuple[OwnedSequence, ...] = ()
