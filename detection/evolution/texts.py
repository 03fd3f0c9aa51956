"""Rules about types of texts and bits, and about json: longer, shorter, padded, opened, closed."""

from __future__ import annotations

from detection.change import Change
from detection.evolution.families import (
    is_bits,
    is_closed,
    is_json,
    is_padded,
    is_text,
    is_varying,
    length,
    types,
)


def type_respelled(change: Change) -> bool:
    """The same type is said in other words.

    What Postgres takes for granted makes no difference, and a domain counts as the type that it
    is made from: its checks count as CHECKs, its NOT NULL as NOT NULL.

    **Who is hurt.** Nobody.

    **Before and after.** `varchar` becomes `varchar` without a limit; `timestamp` becomes
    `timestamp(6)`; the domain `gallery`, made from `integer`, becomes `integer`. `int4` and
    `integer` are not even told apart.

    **Safe path.** None is needed.
    """
    return change.kind == "type-respelled"


def type_stated(change: Change) -> bool:
    """The contract says which type a column has, and did not before.

    **Who is hurt.** Readers and writers who worked with something else than what is promised
    now, since nobody had said.

    **Before and after.** `weight` had no type in the contract, and is `numeric(10,2)`.

    **Safe path.** Promise the type that the database has; `docent draft` prints it.

    **Evidence.** A check of the database that finds this type.
    """
    return change.kind == "type-stated"


def type_withdrawn(change: Change) -> bool:
    """The contract no longer says which type a column has.

    **Who is hurt.** Readers and writers: whatever it becomes, no check will say so.

    **Before and after.** `weight` was promised as `numeric(10,2)`, and is promised by its name
    only.

    **Safe path.** Leave the type in.

    **Evidence.** A declaration in the contract that the type is none of its promises.
    """
    return change.kind == "type-withdrawn"


def length_grown(change: Change) -> bool:
    """A `varchar(n)` takes longer texts, or any; so does a `bit varying(n)`.

    **Who is hurt.** Readers with fields of a fixed width, who cut what no longer fits.

    **Before and after.** `title varchar(200)` becomes `varchar(400)`, or `text`.

    **Safe path.** Look at every export and every table downstream that has a width of its own.

    **Migration.** Inside an array, Postgres writes the whole table again, and lets nobody read or
    write it meanwhile. A column of the type itself is left as it is.

    **Evidence.** The declared tolerance `wider_types` of every registered reader, or a parity
    result: their queries return the same, in the same types.

    **Departs from.** The policy `seed-004`, for which every text becomes every other one safely.
    """
    old, new = types(change)
    if is_bits(old) and is_bits(new):
        return length(new) > length(old)
    return is_varying(old) and not is_text(old) and is_varying(new) and length(new) > length(old)


def length_cut(change: Change) -> bool:
    """A text, or a bit string, takes shorter values only.

    **Who is hurt.** Writers of longer values: their statements fail. Readers too, if rows were
    cut to get there.

    **Before and after.** `title text` becomes `varchar(200)`.

    **Safe path.** Look for longer values, agree with the writers, hold new rows to it by a CHECK
    first.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Departs from.** The policy `seed-004`, for which text becomes varchar safely: it looks at
    readers only.
    """
    old, new = types(change)
    if is_bits(old) and is_bits(new):
        return length(new) < length(old)
    return is_varying(old) and is_varying(new) and length(new) < length(old)


def text_retyped(change: Change) -> bool:
    """A `text` is a `varchar` without a limit, or the other way round.

    **Who is hurt.** Readers who ask for the type: prepared statements must be prepared anew,
    and functions for the other type are not found.

    **Before and after.** `title text` becomes `title varchar`.

    **Safe path.** Leave it: the two hold the same values, and nothing is gained.

    **Migration.** Inside an array, Postgres writes the whole table again, and lets nobody read or
    write it meanwhile. A column of the type itself is left as it is.

    **Evidence.** The declared tolerance `wider_types` of every registered reader, or a parity
    result: their queries return the same, in the same types.
    """
    old, new = types(change)
    return is_text(old) and is_text(new) and old.name != new.name


def padding_changed(change: Change) -> bool:
    """A text becomes `char(n)`, or the other way round.

    **Who is hurt.** Everybody who compares or measures: `char(n)` fills up with spaces, and
    ignores them where it compares. Writers of longer texts are refused.

    **Before and after.** `country text` becomes `char(2)`.

    **Safe path.** Hold a text to its length by a CHECK.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Departs from.** The policy `seed-004`, for which every text becomes every other one safely.
    """
    old, new = types(change)
    return (is_padded(old) and is_varying(new)) or (is_varying(old) and is_padded(new))


def padding_grown(change: Change) -> bool:
    """A `char(n)` is longer.

    **Who is hurt.** Readers: every value has more spaces at its end.

    **Before and after.** `country char(2)` becomes `char(3)`.

    **Safe path.** Add a `varchar` column beside it, and migrate the readers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_padded(old) and is_padded(new) and length(new) > length(old)


def padding_cut(change: Change) -> bool:
    """A `char(n)` is shorter.

    **Who is hurt.** Readers, whose values have fewer spaces; writers of longer values, who are
    refused.

    **Before and after.** `country char(3)` becomes `char(2)`.

    **Safe path.** Add a `varchar` column beside it, and migrate readers and writers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_padded(old) and is_padded(new) and length(new) < length(old)


def type_opened_to_text(change: Change) -> bool:
    """A uuid, an enum or an address becomes a text without a limit.

    **Who is hurt.** Readers: operators of the type are gone, drivers return another type, and
    any text may come.

    **Before and after.** `medium` was an enum and is `text`.

    **Safe path.** Add the text beside it, and hold it to the known values by a CHECK.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_closed(old) and is_text(new)


def type_closed_from_text(change: Change) -> bool:
    """A text becomes a uuid, an enum or an address.

    **Who is hurt.** Writers of any other text are refused; readers meet another type, and a
    filter on a value that is none fails.

    **Before and after.** `medium text` becomes the enum `medium`.

    **Safe path.** Hold the text to its values by a CHECK, then add the column of the new type
    beside it, and migrate readers and writers.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_varying(old) and is_closed(new)


def json_to_jsonb(change: Change) -> bool:
    """A `json` becomes a `jsonb`.

    **Who is hurt.** Readers who rely on the order of keys or on a key that is there twice;
    writers of what `jsonb` does not take, such as a zero character.

    **Before and after.** `tags json` becomes `jsonb`.

    **Safe path.** Compare what readers make of both, and switch with the next version.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.

    **Evidence.** A parity result of the readers' queries.
    """
    old, new = types(change)
    return is_json(old, "json") and is_json(new, "jsonb")


def jsonb_to_json(change: Change) -> bool:
    """A `jsonb` becomes a `json`.

    **Who is hurt.** Readers: operators such as `@>` and `?`, `distinct` and indexes are gone.
    Writers, whose broken duplicates are kept as they are.

    **Before and after.** `tags jsonb` becomes `json`.

    **Safe path.** Keep the `jsonb`, and add a `json` beside it for those who need the text.

    **Migration.** Postgres writes the whole table again, and lets nobody read or write it
    meanwhile.
    """
    old, new = types(change)
    return is_json(old, "jsonb") and is_json(new, "json")
