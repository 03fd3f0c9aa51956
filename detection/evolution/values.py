"""Rules about values that a column can take, and about the keys of a json column's values."""

from __future__ import annotations

from detection.change import Change


def value_added(change: Change) -> bool:
    """A value may come that no reader has met: a label of an enum, or a listed state.

    **Who is hurt.** Readers that handle each value by itself and have nothing for a new one.

    **Before and after.** `alter type medium add value 'pastel'`.

    **Safe path.** Declare the column `extensible`, with a policy for unknown values, and have
    the readers follow it; then values may join.

    **Evidence.** The declared tolerance `new_values` of every registered reader.

    **Departs from.** The policy `seed-004`, for which it is safe.
    """
    return change.kind == "value-added" and not _is_extensible(change)


def value_added_to_extensible(change: Change) -> bool:
    """A value joins, where the contract said before that values may.

    **Who is hurt.** Nobody who follows the policy for unknown values.

    **Before and after.** `status` is `extensible` with the policy "treat as open", and
    `on loan` joins.

    **Safe path.** This is the safe path.
    """
    return change.kind == "value-added" and _is_extensible(change)


def value_removed(change: Change) -> bool:
    """A value can no longer occur.

    **Who is hurt.** Readers: a filter on a label that an enum no longer has fails. Writers of
    it are refused.

    **Before and after.** The enum `medium` is made anew without `'ivory'`.

    **Safe path.** Stop writing it first, say in the contract what became of its rows, and leave
    the label in.

    **Migration.** An enum is made anew for it: Postgres writes the whole table again, and lets
    nobody read or write it meanwhile.
    """
    return change.kind == "value-removed"


def values_reordered(change: Change) -> bool:
    """The labels of an enum stand in another order.

    **Who is hurt.** Readers who sort by the column or compare with `<`.

    **Before and after.** `'oil', 'bronze'` becomes `'bronze', 'oil'`.

    **Safe path.** Sort by a rank of your own.

    **Migration.** An enum is made anew for it: Postgres writes the whole table again, and lets
    nobody read or write it meanwhile.

    **Evidence.** A parity result of the readers' ordered queries.
    """
    return change.kind == "values-reordered"


def values_stated(change: Change) -> bool:
    """The contract lists the values that a column can take, and did not before.

    **Who is hurt.** Writers of any other value.

    **Before and after.** `department` has `states: [Asian Art, Egyptian Art, …]` now.

    **Safe path.** List what is there, and declare the column extensible.
    """
    return change.kind == "values-stated"


def values_withdrawn(change: Change) -> bool:
    """The contract no longer lists the values that a column can take.

    **Who is hurt.** Readers, who may meet any value.

    **Before and after.** `states` is gone from `department`.

    **Safe path.** Leave the list, and declare the column extensible with a policy.

    **Evidence.** The declared tolerance `new_values` of every registered reader.
    """
    return change.kind == "values-withdrawn"


def values_opened(change: Change) -> bool:
    """Values may join from now on without a new promise.

    **Who is hurt.** Readers that have nothing for a value that they do not know.

    **Before and after.** `extensible: true` is new.

    **Safe path.** Declare beside it what a reader does with an unknown value.

    **Evidence.** The declared tolerance `new_values` of every registered reader.
    """
    return change.kind == "values-opened"


def values_closed(change: Change) -> bool:
    """Values may no longer join without a new promise.

    **Who is hurt.** The producer, who has to announce every new value.

    **Before and after.** `extensible: true` is gone.

    **Safe path.** Close it once the values have stood still for long.

    **Evidence.** A declaration of the producer that it can be kept.
    """
    return change.kind == "values-closed"


def unknown_value_policy_changed(change: Change) -> bool:
    """What a reader is to do with a value that it does not know is another thing.

    **Who is hurt.** Readers who followed the old policy.

    **Before and after.** "treat as open" becomes "leave the row out".

    **Safe path.** Announce it like a new version of the meaning.

    **Evidence.** `meaning: unchanged` in the contract.
    """
    return change.kind in ("unknown-value-policy-changed", "unknown-value-policy-withdrawn")


def json_key_removed(change: Change) -> bool:
    """A key that every value of a json column had is gone, or may be missing.

    **Who is hurt.** Readers who take the key out: they get null, without an error.

    **Before and after.** `tags` required `term`, and it is optional now, or gone.

    **Safe path.** Keep writing the key, and mark it as deprecated in the contract.
    """
    gone = change.new is None or change.new.endswith(" optional")
    return _is_key(change) and (change.old or "").endswith(" required") and gone


def json_optional_key_removed(change: Change) -> bool:
    """A key that some values of a json column had is gone.

    **Who is hurt.** Readers who take the key out where it is there; writers who write it.

    **Before and after.** `tags` could have `wikidata`, and no longer can.

    **Safe path.** Stop writing it, look for who reads it, then take it out.

    **Evidence.** A parity result of the readers' queries.
    """
    return _is_key(change) and change.new is None and (change.old or "").endswith(" optional")


def json_key_added(change: Change) -> bool:
    """A value of a json column may have one key more.

    **Who is hurt.** Nobody but a reader that refuses keys that it does not know.

    **Before and after.** `tags` may have `wikidata` now.

    **Safe path.** Declare it, and say what it means when it is missing.

    **Evidence.** For a reader that is strict: its declared tolerance `new_columns`.
    """
    return _is_key(change) and change.old is None and (change.new or "").endswith(" optional")


def json_key_required(change: Change) -> bool:
    """Every value of a json column has a key that it could be without before.

    **Who is hurt.** Writers who leave it out.

    **Before and after.** `term` was optional, or not there, and is required.

    **Safe path.** Let it be optional until every writer writes it.
    """
    return _is_key(change) and (change.new or "").endswith(" required")


def json_shape_stated(change: Change) -> bool:
    """The contract says which keys the values of a json column have, and did not before.

    **Who is hurt.** Writers of other keys.

    **Before and after.** `tags` requires `term` now.

    **Safe path.** Promise what every row has today.

    **Evidence.** A check of the database that finds those keys in every row.
    """
    return change.kind == "json-shape-stated"


def json_shape_withdrawn(change: Change) -> bool:
    """The contract no longer says which keys the values of a json column have.

    **Who is hurt.** Readers who take keys out: whatever becomes of them, no check will say so.

    **Before and after.** `tags` required `term`, and its shape is no longer promised.

    **Safe path.** Leave the shape in.
    """
    return change.kind == "json-shape-withdrawn"


def _is_key(change: Change) -> bool:
    return change.kind == "json-key-changed"


def _is_extensible(change: Change) -> bool:
    """Whether the contract said before that values may join, and what a reader then does."""
    column = change.before.column
    return bool(column and column.extensible and column.unknown_value_policy)
