"""From a verdict to a finding: whom a change hurts, whom to talk to, and where it stands now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer
from contracts.model import Contract, Location, Owner
from detection.change import Change, Verdict, VersionVerdict, Witness
from detection.evolution import change_rule
from detection.family.faults import kin_of
from detection.hearing import readers_of
from prevention.acknowledging import Names
from prevention.decision import Finding, HurtConsumer, Meaning
from prevention.gate_rules import gate_rule

if TYPE_CHECKING:
    from detection.testimony import Testimony

Place = Callable[[Location, str | None], Location]
"""Where a line of an old document is now, in a document of this path; the same line for none."""


GONE_FROM_REGISTRY: Final = "consumer-removed"
"""The kind of change that has its place in the old registry of consumers."""


def stays(location: Location, _file: str | None) -> Location:
    """The same line, where nobody knows better."""
    return location


@dataclass(frozen=True, slots=True)
class Telling:
    """What it takes to tell of changes: who reads, and where lines of old documents are now.

    testimonies:  what became of the consumers' queries; ``None`` where they were not asked.
    """

    consumers: Sequence[Consumer] = ()
    place: Place = stays
    testimonies: Sequence[Testimony] | None = None

    def finding(self, verdict: Verdict, cause: str | None = None) -> Finding:
        """The finding that tells of a verdict; each part of it is told under it."""
        change = verdict.change
        below = f"{verdict.rule} {change.element}"
        return Finding(
            rule=verdict.rule,
            level="error" if verdict.breaks else "note",
            contract=change.contract,
            schema=change.schema or "",
            table=change.table or change.function or "",
            column=change.column,
            promised=change.old,
            found=change.new,
            owner=owner_of(change),
            location=self._location(change),
            parts=tuple(self.finding(part, below) for part in verdict.parts),
            consumers=self.hurt(verdict) if verdict.breaks else (),
            cause=cause,
            aspect=change.aspect,
            kin=kin_of(change),
            meaning=Meaning(verdict.reader, verdict.writer, verdict.proofs, self._witness(verdict)),
        )

    def _witness(self, verdict: Verdict) -> Witness | None:
        """What the queries have to say where there is harm for readers to be shown."""
        if self.testimonies is None or verdict.reader not in ("breaking", "conditional"):
            return None
        from detection.witnessing import witness_of

        return witness_of(verdict.change, self.testimonies, self.consumers)

    def hurt(self, verdict: Verdict) -> tuple[HurtConsumer, ...]:
        """The registered readers of what changes, but for those who say that they can bear it.

        Whoever has a query that is seen to suffer is one of them, registered for it or not.
        """
        if verdict.reader not in ("invalid", "breaking", "conditional"):
            return ()
        if isinstance(part := verdict.change.before.part, Consumer):
            return (HurtConsumer(part.name, part.migration_contact),)
        tolerance = change_rule(verdict.rule).tolerance
        hurt = {
            each.name: HurtConsumer(each.name, each.migration_contact)
            for each in readers_of(verdict.change, self.consumers)
            if verdict.reader == "breaking"
            or not (tolerance and getattr(each.tolerances, tolerance))
        }
        return tuple({**hurt, **self._seen_to_suffer(verdict)}.values())

    def _seen_to_suffer(self, verdict: Verdict) -> dict[str, HurtConsumer]:
        if not self.testimonies:
            return {}
        from detection.witnessing import may_read

        return {
            each.consumer.name: HurtConsumer(each.consumer.name, each.consumer.migration_contact)
            for each in self.testimonies
            if each.hurt and may_read(each, verdict.change)
        }

    def _location(self, change: Change) -> Location | None:
        """Where the change stands in the new document: what is gone, where it was."""
        if change.location is None or not _is_gone(change):
            return change.location
        contract = change.after.contract
        file = change.location.file if change.kind == GONE_FROM_REGISTRY else None
        return self.place(change.location, contract.file if contract else file)


def version_findings(
    versions: Iterable[VersionVerdict], contracts: Iterable[Contract]
) -> Iterator[Finding]:
    """The findings that tell of versions which must be set otherwise, or of which there is none."""
    by_name = {contract.identity: contract for contract in contracts}
    for version in versions:
        if version.fails or version.outcome == "unversioned":
            name = version.outcome.replace(" ", "-").replace("unversioned", "missing")
            contract = by_name.get(version.contract)
            yield Finding(
                f"version-{name}",
                gate_rule(f"version-{name}").level,
                version.contract,
                "",
                "",
                promised=version.suggested,
                found=version.new,
                owner=contract.owner if contract else None,
                location=version.location,
                aspect="version",
            )


def _is_gone(change: Change) -> bool:
    """Whether the change has a place in the old document only."""
    nouns = ("contract", "table", "column", "function")
    return change.kind == GONE_FROM_REGISTRY or any(
        getattr(change.before, noun) and not getattr(change.after, noun) for noun in nouns
    )


def owner_of(change: Change) -> Owner | None:
    """Who answers for the contract: as it says now, or said before it went."""
    contracts = (change.after.contract, change.before.contract)
    return next((contract.owner for contract in contracts if contract and contract.owner), None)


def names_of(change: Change) -> Names:
    """What the contract of a change, and its table, go by before and after."""
    if isinstance(change.before.part, Consumer):  # nobody but its own team speaks for a consumer
        return Names(identities=frozenset({change.before.part.name}))
    sides = (change.before, change.after)
    contracts = [side.contract for side in sides if side.contract]
    tables = [side.table.qualified_name for side in sides if side.table]
    if not tables:
        tables = [table for contract in contracts for table in _only_table(contract)]
    return names_of_contract(*contracts, tables=tables)


def names_of_contract(*contracts: Contract, tables: Iterable[str]) -> Names:
    """What these contracts and tables go by."""
    exact = {name for contract in contracts for name in (contract.identity, contract.id) if name}
    bare = {contract.name for contract in contracts}
    return Names(frozenset(exact), frozenset(bare), frozenset(tables))


def _only_table(contract: Contract) -> tuple[str, ...]:
    """The table that stands for the whole contract, where there is one alone."""
    return (contract.tables[0].qualified_name,) if len(contract.tables) == 1 else ()
