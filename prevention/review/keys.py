"""Where a contract says a thing: each way of writing has keys of its own, and some have none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from contracts.model import Contract


class Keys(NamedTuple):
    """What a thing goes by: in ODCS, on one page, and in a contract with ``models``."""

    odcs: str
    one_pager: str | None = None
    models: str | None = None


KEYS: Final[Mapping[str, Keys]] = {
    "grain": Keys("dataGranularityDescription", "grain", "grain"),
    "null_reasons": Keys("nullReasons", "null_reasons", "null_reasons"),
    "unknown_value_policy": Keys(
        "unknownValuePolicy", "unknown_value_policy", "unknown_value_policy"
    ),
    "meaning": Keys("meaning", "meaning", "meaning"),
    "deletes": Keys("deletes", "deletes"),
    "notice": Keys("notice: {leadDays: 30}", "notice: {lead_days: 30}", "notice: {lead_days: 30}"),
    "usage": Keys("description.usage", None, "terms.usage"),
    "source_of_truth": Keys("sourceOfTruth", "source_of_truth"),
    "consistency": Keys("consistency: reproducibility", "consistency: historical_reproducibility"),
    "cdc": Keys("cdc: snapshotMode", "cdc: snapshot_mode"),
}
"""What a review may ask for. Where it is told by the name that the model has for it."""
STANDARD: Final = frozenset({"grain", "usage"})
"""What ODCS has a key for; anything else stands among its custom properties."""


def say(contract: Contract, what: str, step: str) -> str:
    """A step in which ``{}`` is the key by which this contract says it.

    A way of writing that has no key for it is told first, with the command that leads to one.
    """
    keys = KEYS[what]
    own = {"odcs": keys.odcs, "one_pager": keys.one_pager, "models": keys.models}
    key = own.get(contract.dialect)
    shown = f"`{key or keys.odcs}`"
    if what not in STANDARD and (key is None or contract.dialect == "odcs"):
        shown += " in `customProperties`"
    said = step.format(shown)
    if key is not None:
        return said
    convert = f"docent convert {contract.file or 'FILE'} --to odcs"
    return f"This way of writing has no key for it. In ODCS ({convert}) {said[0].lower()}{said[1:]}"
