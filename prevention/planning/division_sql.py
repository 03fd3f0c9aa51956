"""The SQL that keeps a table and its parts in step, fills one from the other, and compares both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contracts.model import Table
from prevention.planning.division import Division
from prevention.planning.model import Statement
from prevention.planning.statements import (
    WITHIN,
    batched,
    comparable,
    do,
    literal,
    name,
    names,
)


def _there(table: Table) -> str:
    return name(table.schema, table.name)


def _is(key: Sequence[str], one: str, other: str) -> str:
    return " and ".join(f"{one}.{name(each)} = {other}.{name(each)}" for each in key)


def joined(division: Division, row: str | None = None) -> str:
    """A FROM clause of all parts by their key; of those with the key of ``row`` alone, if given."""
    tables = [
        f"(select p.* from {_there(part)} as p"
        + (f" where {_is(division.key, 'p', row)}" if row else "")
        + f") as {name(part.name)}"
        for part in division.parts
    ]
    word = "left join" if division.is_split or division.stays else "full join"
    using = f"using ({names(division.key)})"
    return tables[0] + "".join(f" {word} {each} {using}" for each in tables[1:])


def _any(values: Sequence[str]) -> str:
    return " or ".join(f"({value}) is not null" for value in values) or "false"


def _has_row(division: Division, part: Table, row: str) -> str:
    """Whether a row of the whole has a value for a part that does not lead."""
    return (
        f"exists (select from (select {row}.*) as w "
        f"where {_any(list(division.values(part).values()))})"
    )


def _write_part(division: Division, part: Table) -> str:
    """The row of a part that a row of the whole, ``new``, stands for."""
    values = division.values(part)
    columns = names((*division.key, *values))
    shown = ", ".join((*map(name, division.key), *(f"({each})" for each in values.values())))
    made = (
        f"insert into {_there(part)} ({columns}) overriding system value\n"
        f"    select {shown} from (select new.*) as w\n    {_or_update(division, list(values))};"
    )
    if part is division.parts[0]:
        return f"  {made}"
    gone = f"delete from {_there(part)} as p where {_is(division.key, 'p', 'new')};"
    again = _take_over(division, "new") if division.stays and not division.is_split else "null;"
    return f"""  if {_has_row(division, part, "new")} then
    {made}
  elsif tg_op = 'UPDATE' then
    if {_has_row(division, part, "old")} then
      {gone}
    end if;
  else
    {again}
  end if;"""


def _or_update(division: Division, columns: Sequence[str]) -> str:
    assigned = ", ".join(f"{name(each)} = excluded.{name(each)}" for each in columns)
    does = f"update set {assigned}" if assigned else "nothing"
    return f"on conflict ({names(division.key)}) do {does}"


def _take_over(division: Division, row: str) -> str:
    """The whole's row of this key, as its parts have it."""
    columns = list(division.to_whole)
    shown = ", ".join(f"({value})" for value in division.to_whole.values())
    if division.stays:
        if not columns:
            return "null;"
        return (
            f"update {_there(division.whole)} as t set ({names(columns)}) = "
            f"(select {shown} from {joined(division, row)}) where {_is(division.key, 't', row)};"
        )
    keys = ", ".join(map(name, division.key))
    listed = ", ".join(filter(None, (keys, shown)))
    return (
        f"insert into {_there(division.whole)} ({names((*division.key, *columns))}) "
        f"overriding system value\n    select {listed} from {joined(division, row)}\n"
        f"    {_or_update(division, columns)};"
    )


def _vanish(division: Division, row: str) -> str:
    if division.stays:
        return "null;"
    return (
        f"delete from {_there(division.whole)} as t where {_is(division.key, 't', row)} "
        f"and not exists (select from {joined(division, row)});"
    )


def _mark(whole: str) -> str:
    """What is set while one side writes the other, so that it is not written back."""
    return literal(f"|{whole}|")


def _deaf(division: Division, statement: str) -> str:
    """A statement of a backfill, from which nothing is written back."""
    mark = _mark(division.whole.qualified_name)
    return f"perform set_config('docent.in_step', {mark}, true);\n    {statement}"


def _function(at: tuple[str, str], whole: str, body: str) -> str:
    """A trigger's function that is deaf to what the other side's function writes."""
    mark = _mark(whole)
    return f"""create function {name(*at)}() returns trigger language plpgsql as $step$
declare
  was text := coalesce(current_setting('docent.in_step', true), '');
begin
  if position({mark} in was) > 0 then
    return coalesce(new, old);
  end if;
  perform set_config('docent.in_step', was || {mark}, true);
{body}
  perform set_config('docent.in_step', was, true);
  return coalesce(new, old);
end
$step$"""


def _of_whole(division: Division) -> str:
    """What a write to the whole does to its parts."""
    moves = "\n".join(
        f"    update {_there(part)} as p set "
        + ", ".join(f"{name(each)} = new.{name(each)}" for each in division.key)
        + f" where {_is(division.key, 'p', 'old')};"
        for part in division.apart
    )
    ends = "\n".join(
        f"    delete from {_there(part)} as p where {_is(division.key, 'p', 'old')};"
        for part in reversed(division.apart)
    )
    changed = " or ".join(
        f"new.{name(each)} is distinct from old.{name(each)}" for each in division.key
    )
    writes = "\n".join(_write_part(division, part) for part in division.apart)
    return f"""  if tg_op = 'DELETE' then
{ends}
    perform set_config('docent.in_step', was, true);
    return old;
  end if;
  if tg_op = 'UPDATE' and ({changed}) then
{moves}
  end if;
{writes}"""


def _of_part(division: Division, part: Table) -> str:
    """What a write to a part does to the whole."""
    leads = division.parts[0]
    led = ""
    if division.is_split and part is not leads:
        said = literal(f"{part.name} has a row for none of {leads.name}")
        led = f"""    if not exists (select from {_there(leads)} as p
                   where {_is(division.key, "p", "new")}) then
      raise exception using message = {said}, errcode = 'foreign_key_violation',
        hint = {literal(f"Write {leads.name} first.")};
    end if;
"""
    return f"""  if tg_op <> 'INSERT' then
    {_vanish(division, "old")}
    {_take_over(division, "old")}
  end if;
  if tg_op <> 'DELETE' then
{led}    {_take_over(division, "new")}
  end if;"""


def keep_in_step(division: Division) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The triggers by which the whole and its parts agree, whoever writes which; and their end."""
    up: list[str] = []
    down: list[str] = []
    bodies = [(division.whole, "to_parts", _of_whole(division))]
    bodies += [(part, "to_whole", _of_part(division, part)) for part in division.apart]
    for table, way, body in bodies:
        called = f"{table.name[:50]}_{way}"
        at = (table.schema, called)
        before = table is division.whole  # parts go first, whatever refers to the whole
        up.append(_function(at, division.whole.qualified_name, body))
        up.append(
            f"create trigger {name(called)} after insert or update"
            f"{'' if before else ' or delete'} on {_there(table)} "
            f"for each row execute function {name(*at)}()"
        )
        down.insert(0, f"drop function {name(*at)}()")
        down.insert(0, f"drop trigger {name(called)} on {_there(table)}")
        if before:
            ending = f"{called}_end"
            up.append(
                f"create trigger {name(ending)} before delete on {_there(table)} "
                f"for each row execute function {name(*at)}()"
            )
            down.insert(0, f"drop trigger {name(ending)} on {_there(table)}")
    return do(*up), do(*down)


def backfill(division: Division) -> Iterator[tuple[Table, Statement]]:
    """For each part that is filled, or taken over, the statement that does it in batches."""
    key, whole = division.key, division.whole
    if division.is_split:
        for part in division.apart:
            values = division.values(part)
            shown = ", ".join((*map(name, key), *(f"({each})" for each in values.values())))
            where = "" if part is division.parts[0] else f" where {_any(list(values.values()))}"
            yield part, batched((whole.schema, whole.name), _deaf(division,
                f"insert into {_there(part)} ({names((*key, *values))}) overriding system value\n"
                f"    select {shown} from (\n"
                f"      select * from {_there(whole)} where {WITHIN} for share) as w{where}\n"
                f"    on conflict ({names(key)}) do nothing"
            ))  # fmt: skip
        return
    columns = list(division.to_whole)
    shown = ", ".join(f"({v}) as {name(c)}" for c, v in division.to_whole.items())
    for part in division.apart:
        rows = (
            f"(select {names(key)} from {_there(part)} where {WITHIN} for share) as d\n"
            f"    cross join lateral (select {shown or '1'} from {joined(division, 'd')}) as j"
        )
        listed = ", ".join((*(f"d.{name(each)}" for each in key),
                            *(f"j.{name(each)}" for each in columns)))  # fmt: skip
        if division.stays:
            assigned = ", ".join(f"{name(each)} = s.{name(each)}" for each in columns)
            statement = (
                f"update {_there(whole)} as t set {assigned}\n"
                f"    from (select {listed} from {rows}) as s where {_is(key, 't', 's')}"
            )
        else:
            statement = (
                f"insert into {_there(whole)} ({names((*key, *columns))}) overriding system value\n"
                f"    select {listed} from {rows}\n    on conflict ({names(key)}) do nothing"
            )
        yield part, batched((part.schema, part.name), _deaf(division, statement))


def unfilled(division: Division, part: Table) -> tuple[str, str]:
    """What asks for the rows that were not taken over, and the query that counts them."""
    key, whole = division.key, division.whole
    if division.is_split:
        values = list(division.values(part).values())
        there = "true" if part is division.parts[0] else _any(values)
        query = (
            f"select count(*) from (select * from {_there(whole)}) as w\nwhere ({there})\n"
            f"  and not exists (select from {_there(part)} as p where {_is(key, 'p', 'w')})"
        )
        return f"rows of {whole.name} that are not in {part.name}", query
    query = (
        f"select count(*) from {_there(part)} as p\nwhere not exists (\n"
        f"  select from {_there(whole)} as t where {_is(key, 't', 'p')})"
    )
    return f"rows of {part.name} that are not in {whole.name}", query


def differing(division: Division) -> str:
    """How many rows the whole and its parts do not agree about."""
    key = division.key
    values = (f"({value}) as {name(column)}" for column, value in division.to_whole.items())
    shown = ", ".join((*map(name, key), *values))
    found = [f"t.{name(key[0])} is null", f"n.{name(key[0])} is null"]
    for column in division.whole.columns:
        if column.name in division.to_whole:
            here, there = (
                comparable(f"{alias}.{name(column.name)}", column) for alias in ("t", "n")
            )
            found.append(f"{here} is distinct from {there}")
    return (
        f"select count(*) from {_there(division.whole)} as t\n"
        f"full join (select {shown} from {joined(division)}) as n using ({names(key)})\n"
        f"where {chr(10).join((found[0], *(f'   or {each}' for each in found[1:])))}"
    )


def unled(division: Division) -> Iterator[tuple[Table, str]]:
    """Each part that another one leads, and how many of its rows belong to none."""
    if not division.is_split and not division.stays:
        return
    first = division.parts[0]
    for part in division.parts[1:]:
        yield (
            part,
            (
                f"select count(*) from {_there(part)} as p\nwhere not exists (\n"
                f"  select from {_there(first)} as f where {_is(division.key, 'f', 'p')})"
            ),
        )
