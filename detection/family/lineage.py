"""Who extends whom: contracts by the names that a child may call its parent by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from contracts.model import Contract


@dataclass(frozen=True, slots=True)
class Family:
    """Contracts that may extend one another, by what they go by."""

    _exact: Mapping[str, tuple[Contract, ...]]
    _bare: Mapping[str, tuple[Contract, ...]]

    @classmethod
    def of(cls, contracts: Iterable[Contract]) -> Self:
        """The family of these contracts; of two with one identity, the first counts."""
        exact: dict[str, tuple[Contract, ...]] = {}
        bare: defaultdict[str, list[Contract]] = defaultdict(list)
        for contract in contracts:
            if contract.identity not in exact:
                exact[contract.identity] = (contract,)
                bare[contract.name].append(contract)
        for (contract,) in tuple(exact.values()):
            if contract.id:
                exact.setdefault(contract.id, (contract,))
        return cls(exact, {name: tuple(named) for name, named in bare.items()})

    def called(self, name: str, namespace: str | None = None) -> tuple[Contract, ...]:
        """The contracts that a child of this namespace can mean by a name.

        An identity or an id comes first, then the name within the child's namespace, then a
        bare name anywhere, which several may share.
        """
        within = f"{namespace}/{name}" if namespace else name
        return self._exact.get(name) or self._exact.get(within) or self._bare.get(name, ())

    def parent(self, contract: Contract) -> Contract | None:
        """The contract that this one extends; ``None`` where there is none, or no single one."""
        if contract.extends is None:
            return None
        called = self.called(contract.extends, contract.namespace)
        return called[0] if len(called) == 1 else None

    def lineage(self, contract: Contract) -> tuple[Contract, ...]:
        """The parent, the parent's parent and so on, as far as they are known, each once."""
        met = {contract.identity}
        found: list[Contract] = []
        nearest: Contract | None = contract
        while nearest and (nearest := self.parent(nearest)) and nearest.identity not in met:
            met.add(nearest.identity)
            found.append(nearest)
        return tuple(found)

    def circle(self, contract: Contract) -> tuple[Contract, ...]:
        """The contracts through which one extends itself, from it on; none where it does not."""
        line = (contract, *self.lineage(contract))
        last = self.parent(line[-1])
        return line if last is not None and last.identity == contract.identity else ()
