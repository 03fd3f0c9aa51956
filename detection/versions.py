"""Versions: which bump the verdicts demand, and whether the declared version is enough.

What a version is stands in ``contracts.versions``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from contracts.model import Contract, Location
from contracts.versions import Bump, Version, read_version
from detection.change import Impact, Outcome, Verdict, VersionVerdict
from detection.evolution import change_rule
from detection.periods import NOT_YET

_DEMANDS: Final[Mapping[Impact, Bump]] = {
    "invalid": "major", "breaking": "major", "conditional": "major", "additive": "minor",
    "patch": "patch",
}  # fmt: skip
_BUMPS: Final[tuple[Bump, ...]] = ("patch", "minor", "major")


class VersionError(ValueError):
    """A version that is none; ``next_step`` says what to write."""

    def __init__(self, contract: str, version: str, location: Location | None) -> None:
        self.what = f"The version of {contract} is {version!r}, which is no version."
        self.next_step = "Write it as MAJOR.MINOR.PATCH, such as 1.2.0, or as a whole number."
        self.location = location
        super().__init__(f"{self.what} {self.next_step}")


def required_bump(verdicts: Sequence[Verdict]) -> Bump | None:
    """The least bump that these verdicts demand together; ``None`` where they demand none."""
    demanded = [_DEMANDS[verdict.overall] for verdict in verdicts if change_rule(verdict.rule).owes]
    return max(demanded, key=_BUMPS.index, default=None)


def judge_versions(
    old: Sequence[Contract], new: Sequence[Contract], verdicts: Sequence[Verdict]
) -> tuple[VersionVerdict, ...]:
    """The version of every contract that changed, appeared or went, by identity.

    Raises :class:`VersionError` for a version that cannot be read.
    """
    before = {contract.identity: contract for contract in old}
    after = {contract.identity: contract for contract in new}
    before |= _renamed(verdicts)
    by_contract: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        if verdict.change.contract is not None and change_rule(verdict.rule).owes:
            by_contract[verdict.change.contract].append(verdict)
    changed = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    names = sorted(by_contract.keys() | changed)
    judged = (judge_version(before.get(name), after.get(name), by_contract[name]) for name in names)
    return tuple(verdict for verdict in judged if verdict is not None)


def judge_version(
    old: Contract | None, new: Contract | None, verdicts: Sequence[Verdict]
) -> VersionVerdict | None:
    """The version of one contract, held to what its verdicts demand; ``None`` for no contract."""
    contract = new or old
    if contract is None:
        return None
    before, after = _version(old), _version(new)
    required = required_bump(verdicts) if old and new else None
    declared = _bump(before, after) if before and after else None
    outcome = _outcome(old, new, required)
    suggested = None
    if before and required and outcome not in ("draft", "unversioned"):
        lowest = before.bumped(required)
        suggested = str(lowest.major) if lowest.bare else str(lowest)
    return VersionVerdict(
        contract.identity,
        outcome,
        old.version if old else None,
        new.version if new else None,
        required if outcome != "draft" else None,
        declared,
        suggested,
        _place(contract),
    )


def _place(contract: Contract) -> Location | None:
    """Where the version stands; without one the document, which nobody has to look through."""
    if contract.source is None:
        return None
    return contract.source.at("version") if contract.version else contract.source.location


def _renamed(verdicts: Sequence[Verdict]) -> dict[str, Contract]:
    """The contracts that go by another name now, as they were, by their new name."""
    return {
        verdict.change.contract: verdict.change.before.contract
        for verdict in verdicts
        if verdict.change.kind == "contract-renamed"
        and verdict.change.contract is not None
        and verdict.change.before.contract is not None
    }


def _outcome(old: Contract | None, new: Contract | None, required: Bump | None) -> Outcome:
    if old is None or new is None:
        return "new" if old is None else "removed"
    if new.version is None:
        return "unversioned" if old.version is None else "withdrawn"
    before, after = _version(old), _version(new)
    if before is None or after is None:
        return "new"
    if after < before:
        return "lower"
    if required is None or (old.status in NOT_YET and new.status in NOT_YET):
        return "enough" if required is None else "draft"
    if after == before:
        return "unchanged"
    # What a prerelease promises may change until its release.
    enough = bool(before.prerelease) or after >= _without_words(before).bumped(required)
    return "enough" if enough or _is_released_as(after, before, required) else "too low"


def _is_released_as(after: Version, before: Version, required: Bump) -> bool:
    """Whether a prerelease is one of the version that is demanded: 2.0.0-rc.1 for 2.0.0."""
    return bool(after.prerelease) and _without_words(after) >= before.bumped(required)


def _without_words(version: Version) -> Version:
    return Version(version.major, version.minor, version.patch)


def _version(contract: Contract | None) -> Version | None:
    """The version of a contract, if it has any; raises VersionError for one that is none."""
    if contract is None or contract.version is None:
        return None
    version = read_version(contract.version)
    if version is None:
        raise VersionError(contract.identity, contract.version, _place(contract))
    return version


def _bump(old: Version, new: Version) -> Bump | None:
    """Which part of a version was raised; below 1.0.0, minor acts as major."""
    if new <= old:
        return None
    if new.major != old.major:
        return "major"
    if new.minor != old.minor:
        return "major" if new.major == 0 else "minor"
    return "minor" if new.major == 0 else "patch"
