"""The one query that compares two views: all counts, and examples of what is amiss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from detection.pairing import Pair, Pairing, quoted
from detection.quality.conditions import literal, name
from detection.quality.model import Sql

LONGEST: Final = 60
"""Characters of a value that are shown."""


def statement(pairing: Pairing, limit: int) -> Sql:
    """The one query: all counts, and examples of each kind as JSON."""
    keys, columns = pairing.keys, pairing.columns
    on = " and ".join(f"o.k{n} = n.k{n}" for n in range(len(keys)))
    differs = [_differs(pair, n) for n, pair in enumerate(columns)]
    amiss = " or ".join(f"d{n}" for n in range(len(columns))) or "false"
    null = " or ".join(f"k{n} is null" for n in range(len(keys)))
    kept = [n for n, pair in enumerate(columns) if pair.shown and limit]
    judged = [
        *(f"o.k{n} as ok{n}, n.k{n} as nk{n}" for n in range(len(keys))),
        *(f"o.c{n} as oc{n}, n.c{n} as nc{n}" for n in kept),
        *(f"{each} as d{n}" for n, each in enumerate(differs)),
    ]
    by_column = ", ".join(
        f"count(*) filter (where fate = 'differs' and d{n})" for n in range(len(columns))
    )
    return f"""
with old_rows as (select {_values(pairing, is_old=True)}),
new_rows as (select {_values(pairing, is_old=False)}),
old_keyed as ({_keyed("old_rows", keys)}),
new_keyed as ({_keyed("new_rows", keys)}),
judged as (
  select coalesce(o.docent_n, 0) as o_n, coalesce(n.docent_n, 0) as n_n, {", ".join(judged)}
  from (select * from old_keyed where docent_place = 1) as o
  full join (select * from new_keyed where docent_place = 1) as n on {on}),
fated as (
  select *, case when o_n > 1 or n_n > 1 then 'repeated' when n_n = 0 then 'only old'
    when o_n = 0 then 'only new' when {amiss} then 'differs' else 'same' end as fate
  from judged)
select
  (select count(*) from old_rows), (select count(*) from new_rows),
  (select count(*) from old_rows where {null}), (select count(*) from new_rows where {null}),
  count(*) filter (where o_n > 1), count(*) filter (where n_n > 1),
  count(*) filter (where fate = 'only old'), count(*) filter (where fate = 'only new'),
  count(*) filter (where fate in ('same', 'differs')), count(*) filter (where fate = 'differs'),
  array[{by_column}]::bigint[], {_examples(pairing, limit)}
from fated"""  # noqa: S608 - names are quoted, and what people wrote was looked through


def _values(pairing: Pairing, *, is_old: bool) -> Sql:
    """The values of a view's rows as ``k0, k1, … c0, c1, …``, of the rows that are compared."""
    view = pairing.old if is_old else pairing.new
    named = ", ".join(
        f"{name(pair.old) if is_old else pair.expression or name(pair.new)} as {name(pair.old)}"
        for pair in (*pairing.keys, *pairing.columns, *pairing.nearby)
    )
    values = ", ".join(
        f"{name(pair.old)}{'::text' if pair.how == 'text' else ''} as {letter}{n}"
        for letter, pairs in (("k", pairing.keys), ("c", pairing.columns))
        for n, pair in enumerate(pairs)
    )
    where = f" where {pairing.where}" if pairing.where else ""
    source = f"(select {named} from {quoted(view)}) as {name(pairing.old.name)}"  # noqa: S608
    return f"{values} from {source}{where}"


def _keyed(rows: Sql, keys: Sequence[Pair]) -> Sql:
    """Rows that have a key, each with how many have the same and its place among them."""
    key = ", ".join(f"k{n}" for n in range(len(keys)))
    there = " and ".join(f"k{n} is not null" for n in range(len(keys)))
    return (
        "select *, count(*) over (partition by "  # noqa: S608
        f"{key}) as docent_n, row_number() over (partition by {key}) as docent_place "
        f"from {rows} where {there}"
    )


def _differs(pair: Pair, number: int) -> Sql:
    old, new = f"o.c{number}", f"n.c{number}"
    if pair.how != "within":
        return f"{old} is distinct from {new}"
    unit = "numeric" if pair.scale == "number" else "interval"
    amount = f"{literal(pair.tolerance)}::{unit}"
    near = f"{old} >= {new} - {amount} and {old} <= {new} + {amount}"
    if pair.scale == "time of day":  # which plus a span would go round
        near = f"{old} - {new} between -({amount}) and {amount}"
    return f"({old} is distinct from {new} and not coalesce({near}, false))"


def _examples(pairing: Pairing, limit: int) -> Sql:
    """The first keys of each kind with which something is amiss, with what may be told."""
    if not limit:
        return "null::json"
    keys = range(len(pairing.keys))

    def texts(letter: str) -> Sql:
        told = [
            f"left({letter}c{n}::text, {LONGEST + 1})" if pair.shown else "null"
            for n, pair in enumerate(pairing.columns)
        ]
        return f"array[{', '.join(told)}]::text[]"

    key = ", ".join(
        f"left(case when o_n > 0 then ok{n}::text else nk{n}::text end, {LONGEST + 1})"
        if pairing.keys[n].shown else "null"
        for n in keys
    )  # fmt: skip
    order = ", ".join([f"ok{n}" for n in keys] + [f"nk{n}" for n in keys])
    differing = ", ".join(f"d{n}" for n in range(len(pairing.columns)))
    return f"""(select json_agg(json_build_array(fate, array[{key}]::text[], o_n, n_n,
    {texts("o")}, {texts("n")}, array[{differing}]::boolean[]) order by fate, place)
  from (select *, row_number() over (partition by fate order by {order}) as place
    from fated where fate <> 'same') as amiss where place <= {int(limit)})"""  # noqa: S608
