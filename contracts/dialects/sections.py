"""The sections of a contract on one page that are said in words or part by part.

An object becomes the noun that it is about, with what it says besides kept as ``custom``; all
else is a text. Parts go by several keys: what is written is one thing, what is meant another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, TypeVar

from contracts.dialects.form import own_keys
from contracts.dialects.phrases import in_words
from contracts.meaning import (
    Backfill,
    ChangeStream,
    Consistency,
    Deletion,
    Invariant,
    Pairs,
    RowLifecycle,
)

Noun = TypeVar("Noun")
Keys = Mapping[str, tuple[str, ...]]

DELETION: Final[Keys] = {
    "table": ("operational_table", "table"),
    "view": ("reporting_view", "view", "views"),
    "stream": ("cdc_stream", "cdc"),
    "projections": ("search_projection", "projections"),
    "warehouse": ("warehouse",),
    "delay": ("hard_delete_delay", "delay"),
    "retention": ("retention",),
    "legal_hold": ("legal_hold",),
    "restore": ("backup_restore", "restore"),
    "purge": ("purge",),
}
ROW_LIFECYCLE: Final[Keys] = {
    "creation": ("creation",),
    "update": ("update",),
    "correction": ("correction",),
}
BACKFILL: Final[Keys] = {
    "what": ("what", "columns", "rows"),
    "reason": ("reason", "why"),
    "origin": ("source", "value_origin"),
    "backfilled_at": ("backfilled_at", "backfill_timestamp", "generated_timestamp"),
    "effective_at": ("effective_at", "effective_timestamp"),
    "confidence": ("confidence",),
    "treat_as": ("treat_as",),
    "recalculate": ("recalculate", "recalculation"),
    "events": ("events", "emit_events"),
}
CONSISTENCY: Final[Keys] = {
    "read_from": ("source", "read_from"),
    "row_level": ("row_level", "read_consistency"),
    "cross_row": ("cross_row", "cross_table_consistency"),
    "reproducibility": ("historical_reproducibility", "reproducibility"),
    "max_staleness": ("max_staleness",),
}
INVARIANT: Final[Keys] = {
    "rule": ("rule", "invariant"),
    "meaning": ("meaning",),
    "correction": ("correction", "correction_policy"),
}
CHANGE_STREAM: Final[Keys] = {
    "source_table": ("source_table",),
    "publication": ("publication",),
    "key": ("key",),
    "ordering": ("ordering",),
    "delete_mode": ("delete_mode",),
    "snapshot_mode": ("snapshot_mode",),
    "schema_change_policy": ("schema_change_policy",),
    "idempotency_required": ("consumer_idempotency_required", "idempotency_required"),
}


def read_deletion(stated: object) -> Deletion | str | None:
    """What becomes of deleted rows."""
    return _section(Deletion, DELETION, stated)


def read_row_lifecycle(stated: object) -> RowLifecycle | str | None:
    """How rows come and change; nothing where only deletion is spoken of, which is read apart."""
    if isinstance(stated, Mapping) and not stated.keys() - {"deletion"}:
        return None
    return _section(RowLifecycle, ROW_LIFECYCLE, stated, {"deletion"})


def read_consistency(stated: object) -> Consistency | str | None:
    """What readers may rely on across rows and tables."""
    return _section(Consistency, CONSISTENCY, stated)


def read_backfills(stated: object) -> tuple[Backfill, ...] | str | None:
    """Backfills: one object, several, or words."""
    listed: list[Any] = stated if isinstance(stated, list) else [stated]
    if not listed or not all(isinstance(one, Mapping) for one in listed):
        return in_words(stated)
    return tuple(_parts(Backfill, BACKFILL, one) for one in listed)


def read_invariants(stated: object) -> Iterator[Invariant | str]:
    """Sentences, and rules with what they mean and how a breach is mended."""
    for item in stated if isinstance(stated, list) else [stated]:
        if isinstance(item, Mapping) and any(item.get(key) for key in INVARIANT["rule"]):
            yield _parts(Invariant, INVARIANT, item)
        elif text := in_words(item):
            yield text


def read_cdc(stated: object) -> ChangeStream | str | None:
    """What the stream of changes promises; its key is a list of columns."""
    if not isinstance(stated, Mapping):
        return in_words(stated)
    found = _fields(CHANGE_STREAM, stated)
    key = stated.get("key")
    if key is not None:
        found["key"] = tuple(map(str, key)) if isinstance(key, list) else (str(key),)
    known = {key for keys in CHANGE_STREAM.values() for key in keys}
    custom = own_keys(stated, known)
    said = _first(stated, CHANGE_STREAM["idempotency_required"])
    if isinstance(said, bool):
        found["idempotency_required"] = said
    elif said is not None:
        del found["idempotency_required"]
        custom += own_keys({"idempotency_required": said}, ())
    return ChangeStream(**found, custom=custom)


def read_policy(stated: object) -> Pairs | str | None:
    """What a reader does with an unknown value: in words, or for each kind of consumer."""
    if isinstance(stated, Mapping):
        return tuple((str(kind), in_words(said) or "") for kind, said in stated.items())
    return in_words(stated)


def _section(
    noun: type[Noun], keys: Keys, stated: object, elsewhere: Collection[str] = ()
) -> Noun | str | None:
    if isinstance(stated, Mapping):
        return _parts(noun, keys, stated, elsewhere)
    return in_words(stated)


def _parts(
    noun: type[Noun],
    keys: Keys,
    stated: Mapping[str, Any],
    elsewhere: Collection[str] = (),
) -> Noun:
    """A noun by its parts; of two keys for one part the first holds, the other is kept."""
    said = [[key for key in names if stated.get(key) is not None] for names in keys.values()]
    taken = {names[0] for names in said if names}
    custom = own_keys(stated, taken.union(elsewhere))
    return noun(**_fields(keys, stated), custom=custom)  # type: ignore[call-arg]


def _fields(keys: Keys, stated: Mapping[str, Any]) -> dict[str, Any]:
    said = {field: in_words(_first(stated, names)) for field, names in keys.items()}
    return {field: text for field, text in said.items() if text is not None}


def _first(stated: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((stated[key] for key in names if stated.get(key) is not None), None)
