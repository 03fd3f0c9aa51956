"""Service levels of contracts with models, under ``sla`` or ``servicelevels``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from contracts.dialects.form import own_keys
from contracts.dialects.phrases import in_words, service_level
from contracts.model import ServiceLevel

_VALUES: Final = ("percentage", "threshold", "period", "interval", "cron", "time", "responseTime")
"""The keys that can hold what is promised, the likeliest first."""
_ELEMENTS: Final = ("timestampField", "processedTimestampField")


def read_levels(value: Mapping[str, Any], models: Sequence[str]) -> Iterator[ServiceLevel]:
    """The service levels that a document states; a level without a promise is left out."""
    for name, said in (value.get("sla") or {}).items():
        yield service_level(name, in_words(said) if isinstance(said, dict) else said)
    for key in ("servicelevels", "serviceLevels"):
        for name, stated in (value.get(key) or {}).items():
            if stated and (level := _read_level(name, stated, models)):
                yield level


def _read_level(name: str, stated: Mapping[str, Any], models: Sequence[str]) -> ServiceLevel | None:
    key = next((key for key in _VALUES if stated.get(key) is not None), None)
    said = "unlimited" if key is None and stated.get("unlimited") else stated.get(key or "")
    if said is None:
        return None
    place = next((place for place in _ELEMENTS if stated.get(place)), None)
    used = {key, place, "description", "unlimited" if key is None else None}
    level = service_level(name, said, own_keys(stated, used - {None}))  # type: ignore[arg-type]
    return replace(
        level,
        element=_column(stated[place], models) if place else level.element,
        description=stated.get("description"),
    )


def _column(element: str, models: Sequence[str]) -> str:
    """An element without the name of its model, where there is only one."""
    return element.removeprefix(f"{models[0]}.") if len(models) == 1 else element
