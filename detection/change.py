"""The nouns of contracts that change: a fact, what it means for each side, and what it demands.

``diff`` states :class:`Change`, ``judge`` gives each one a :class:`Verdict`, and
``judge_versions`` holds the declared version of a contract to what its verdicts demand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from contracts.model import Column, Contract, Function, Location, Table
from contracts.versions import Bump

Impact = Literal["invalid", "breaking", "conditional", "additive", "patch"]
"""What a change is for one side, the worst first.

invalid:      the new document contradicts itself, or its parent; nothing can excuse it.
breaking:     a major version.
conditional:  breaking, unless declared evidence says otherwise.
additive:     a minor version.
patch:        no data is touched.
"""

IMPACTS: Final[tuple[Impact, ...]] = ("invalid", "breaking", "conditional", "additive", "patch")
"""All of them, the worst first."""

Witness = Literal["shown", "same", "partly", "no rows", "unanswered", "unread"]
"""What the registered queries have to say about a change that breaks for readers.

shown:       a query shows the harm.
same:        the queries that read it return the same, or what their consumers can bear.
partly:      so they do, but not every consumer who is registered for it has such a query.
no rows:     the queries that read it work as before, on tables or with answers without a row.
unanswered:  those that read it failed before, were not answered, or not asked.
unread:      no registered query reads it.
"""


@dataclass(frozen=True, slots=True)
class Side:
    """Where a change stands before or after it: as much of it as there is on that side.

    ``part`` is what the change is about where that is smaller than a column or beside it: a
    type, a key, a CHECK, a service level, a check of quality, a role.
    """

    contract: Contract | None = None
    table: Table | None = None
    column: Column | None = None
    function: Function | None = None
    part: object = None


NOWHERE: Final = Side()
"""The side of a change on which there is nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different now. A fact only: nothing here says what to think of it.

    kind:      which fact it is, such as ``column-removed`` or ``type-changed``.
    contract:  the identity of the contract; ``None`` between two databases.
    schema, table, column:  the element, by its exact names now, or before where it is gone;
               ``None`` as far as the change is about more than that.
    function:  ``name(arguments)`` of a function or procedure, in place of a table.
    aspect:    what of the element it is, where the kind does not say: ``unit``, ``freshness``.
    old, new:  in the words of Postgres or of the document; ``None`` for nothing.
    before, after:  the nouns that are compared, for those who judge.
    location:  the place in the new document; in the old one where nothing is left of it.
    parts:     the changes that have this one as their cause, folded under it: a removed table
               holds one part for each column. A part has no parts.
    """

    kind: str
    contract: str | None = None
    schema: str | None = None
    table: str | None = None
    column: str | None = None
    function: str | None = None
    aspect: str | None = None
    old: str | None = None
    new: str | None = None
    before: Side = field(default=NOWHERE, compare=False, repr=False)
    after: Side = field(default=NOWHERE, compare=False, repr=False)
    location: Location | None = field(default=None, compare=False, repr=False)
    parts: tuple[Change, ...] = ()

    @property
    def element(self) -> str:
        """``schema.table.column`` as far as it goes; the contract where it is about the whole."""
        names = (self.schema, self.table or self.function, self.column)
        return ".".join(filter(None, names)) or self.contract or ""

    def unfolded(self) -> tuple[Change, ...]:
        """The parts where there are any, else the change itself."""
        return self.parts or (self,)


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence about a change that its rule leaves open: declared, measured or replayed.

    element:  what it is about, as in :attr:`Change.element`; everything below it counts too.
    rule:     the rule that it settles; ``None`` for every rule about the element.
    side:     whom it is about: ``reader`` or ``writer``; ``None`` for both.
    holds:    whether it shows the change to be harmless; else it shows the harm.
    says:     in words, with its source: ``search-index tolerates wider types``.
    contract: the identity of the contract; ``None`` for any.
    """

    element: str
    holds: bool
    says: str
    rule: str | None = None
    contract: str | None = None
    side: Literal["reader", "writer"] | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change means for its readers and for its writers, by one rule.

    reader, writer:  what is left after all evidence; ``None`` is "does not concern them".
    reason:     who is hurt, and how.
    safe_path:  the way around it.
    evidence:   what would settle a conditional verdict; ``None`` where nothing would.
    proofs:     the evidence that was heard, in words.
    parts:      a verdict for each part of the change.
    """

    change: Change
    rule: str
    reader: Impact | None
    writer: Impact | None
    reason: str
    safe_path: str
    evidence: str | None = None
    proofs: tuple[str, ...] = ()
    parts: tuple[Verdict, ...] = ()

    @property
    def overall(self) -> Impact:
        """The worse of the two."""
        return worst(self.reader, self.writer)

    @property
    def breaks(self) -> bool:
        """Whether it counts as breaking, as a conditional verdict without evidence does."""
        return self.overall in ("invalid", "breaking", "conditional")


Outcome = Literal[
    "enough", "too low", "unchanged", "lower", "withdrawn",
    "new", "removed", "draft", "unversioned",
]  # fmt: skip
"""How the version of a contract stands to what its changes demand.

enough:       as much as is demanded, or more.
too low:      raised, but by less than is demanded.
unchanged:    the contract changed, and its version did not.
lower:        the version went down.
withdrawn:    there was a version, and now there is none.
new:          the contract is new; any version will do.
removed:      the contract is gone, and nothing of it is left to carry a version.
draft:        nothing is promised before a contract is active, so no bump is demanded.
unversioned:  the contract has no version, so no bump can be demanded.
"""

FAILURES: Final[tuple[Outcome, ...]] = ("too low", "unchanged", "lower", "withdrawn")
"""The outcomes in which the version must be set otherwise."""


@dataclass(frozen=True, slots=True)
class VersionVerdict:
    """The version that a contract declares, held to the one that its changes demand.

    contract:   its identity; ``old`` and ``new`` are its versions as they were written.
    required:   the least bump that its changes demand; ``None`` where they demand none.
    declared:   the bump from ``old`` to ``new``; ``None`` where there is none.
    suggested:  the lowest version that will do; ``None`` where none is demanded.
    location:   the place of the version in the new document.
    """

    contract: str
    outcome: Outcome
    old: str | None = None
    new: str | None = None
    required: Bump | None = None
    declared: Bump | None = None
    suggested: str | None = None
    location: Location | None = field(default=None, compare=False, repr=False)

    @property
    def fails(self) -> bool:
        """Whether the version must be set otherwise; nothing but a version mends that."""
        return self.outcome in FAILURES


def worst(*impacts: Impact | None) -> Impact:
    """The worst of some impacts; a change that concerns nobody is a patch."""
    stated = [impact for impact in impacts if impact is not None]
    return min(stated, key=IMPACTS.index, default="patch")
