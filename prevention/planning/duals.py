"""Columns that are there twice: those of OLD, those of NEW, and how one is made from the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from contracts.model import Column, DataType, Table
from detection.diffing.types import footing
from prevention.planning.model import Statement, TableName
from prevention.planning.statements import comparable, do, identifier, name, spelled, typeless

CHARACTERS: Final = ("character", "character varying")
ZONED: Final = ("timestamp with time zone", "time with time zone")
TIMES: Final = ("timestamp without time zone", "time without time zone", *ZONED)
NUMBERS: Final = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


@dataclass(frozen=True, slots=True)
class Dual:
    """Old columns and new ones that hold the same, each in its own way, until the old ones go.

    table:     where both are; ``old`` and ``new`` are the table as it is promised on each side.
    forward:   the value of each new column, over the columns of OLD; ``None`` for one that
               nobody has said yet. ``backward`` the same for each old column, over those of NEW.
    called:    the names of NEW's columns until the end, where they are not their own.
    late:      whether the old version alone is there until its end.
    """

    table: TableName
    old: Table
    new: Table
    olds: tuple[Column, ...]
    news: tuple[Column, ...]
    forward: Mapping[str, str | None]
    backward: Mapping[str, str | None]
    called: Mapping[str, str] = field(default_factory=dict)
    late: bool = False
    why: str = ""

    @property
    def slug(self) -> str:
        """A word for it, for names."""
        return "_".join(column.name for column in self.news)

    def at(self, column: Column) -> str:
        """What a new column is called until the end."""
        return self.called.get(column.name, column.name)

    @property
    def alike(self) -> bool:
        """Whether one column is another by name alone, of a type that only the database knows."""
        if not len(self.olds) == len(self.news) == 1:
            return False
        old, new = self.olds[0], self.news[0]
        plain = not (new.generated or new.collation or old.generated or old.collation)
        return plain and typeless(old) and old.data_type == new.data_type

    @property
    def missing(self) -> tuple[str, ...]:
        """What a person has to say: an expression for each column that has none."""
        ways = (("--using", self.forward), ("--back", self.backward))
        unsaid = (
            f"the type of {column.name}: write it into {side}'s contract"
            for side, columns in (("OLD", self.olds), ("NEW", self.news))
            for column in columns
            if typeless(column) and not self.alike
        )
        return (*unsaid, *(
            f"how {column} is made: {option} '{column}=SQL'"
            for option, said in ways
            for column, expression in said.items()
            if expression is None
        ))  # fmt: skip

    @property
    def computed(self) -> bool:
        """Whether the new column fills itself, so that nothing has to be kept in step."""
        return all(column.generated for column in self.news)

    @property
    def function(self) -> TableName:
        """The name of the function that keeps both in step."""
        return self.table[0], identifier(f"{self.table[1]}_{self.slug}_in_step")


def converted(old: Column, new: Column, expression: str | None = None) -> str | None:
    """A value of one column as one of another; ``None`` where somebody has to say how."""
    value = expression or name(old.name)
    if old.data_type is None or new.data_type is None:
        return value
    one, other = footing(old.data_type), footing(new.data_type)
    if one.name in TIMES and other.name in TIMES and (one.name in ZONED) != (other.name in ZONED):
        zone = new.timezone or old.timezone
        return f"{value} at time zone '{zone}'" if zone else None
    if one == other:
        return value
    return _cast(value, one, other, new.data_type)


def _cast(value: str, old: DataType, new: DataType, spelling: DataType) -> str:
    if new.kind == "array" and old.kind != "array":
        return f"array[{value}]::{spelled(spelling)}"
    if old.kind == "array" and new.kind != "array":
        return f"({value})[1]::{spelled(spelling)}"
    if new.name in CHARACTERS:
        return f"{value}::text"  # what is too long is refused, where a cast would cut it
    if old.name == "boolean" and new.name in NUMBERS:
        return f"{value}::integer::{spelled(spelling)}"
    if old.name in NUMBERS and new.name == "boolean":
        return f"({value} <> 0)"
    if new.kind == "enum" or (old.kind == "enum" and new.name != "text"):
        return f"{value}::text::{spelled(spelling)}"
    return f"{value}::{spelled(spelling)}"


# ------------------------------------------------------------------ in step


def keep_in_step(dual: Dual) -> tuple[tuple[Statement, ...], tuple[Statement, ...]]:
    """The trigger by which both sides agree, whoever writes which of them; and its end."""
    function, trigger = name(*dual.function), name(dual.function[1])
    up = do(
        _function(dual),
        f"create trigger {trigger} before insert or update on {name(*dual.table)} "
        f"for each row execute function {function}()",
    )
    down = do(
        f"drop trigger {trigger} on {name(*dual.table)}",
        f"drop function {function}()",
    )
    return up, down


def _function(dual: Dual) -> str:
    news = [name(dual.at(column)) for column in dual.news]
    olds = [name(column.name) for column in dual.olds]
    given = " or ".join(f"new.{each} is not null" for each in news)
    said_old = "".join(f" or {_is_said(column)}" for column in dual.olds if _tells(column))
    unmarked = _unmarked(dual)
    changed_new = _changed([(dual.at(column), column) for column in dual.news])
    changed_old = _changed([(column.name, column) for column in dual.olds])
    targets = ", ".join(f"new.{each}" for each in news)
    values = ", ".join(forward(dual, column) for column in dual.news)
    back_targets = ", ".join(f"new.{each}" for each in olds)
    back_values = ", ".join(backward(dual, column) for column in dual.olds)
    agree = " and ".join(
        f"{comparable(f'new.{name(dual.at(column))}', column)} is not distinct from "
        f"{comparable(forward(dual, column), column)}"
        for column in dual.news
    )
    back_agree = " and ".join(
        f"{comparable(f'new.{name(column.name)}', column)} is not distinct from "
        f"{comparable(backward(dual, column), column)}"
        for column in dual.olds
    )
    said = f"{', '.join(olds)} and {', '.join(news)} disagree".replace("'", "''").replace("%", "%%")
    return f"""create function {name(*dual.function)}() returns trigger language plpgsql as $step$
declare
  writes_old boolean;
  writes_new boolean;
begin
{unmarked}  begin
    if exists (select from (select new.*) as was where {agree}) then
      return new;
    end if;
  exception when data_exception then
    null;  -- a value that NEW cannot hold agrees with nothing
  end;
  if tg_op = 'INSERT' then
    writes_new := {given};
    writes_old := not writes_new{said_old};
  else
    writes_new := {changed_new};
    writes_old := {changed_old};
  end if;
  if writes_old and writes_new then
    if not exists (select from ({row_of_new(dual)}) as now where {back_agree}) then
      raise exception '{said}' using errcode = 'check_violation',
        hint = 'Write one of them; the other follows.';
    end if;
  elsif writes_new then
    select {back_values} into {back_targets} from ({row_of_new(dual)}) as now;
  elsif writes_old or not ({given}) then
    begin
      select {values} into {targets} from (select new.*) as was;
    exception when data_exception then
      select {", ".join("null" for _ in news)} into {targets};
    end;
  end if;
  return new;
end
$step$"""


def _tells(column: Column) -> bool:
    """Whether an INSERT shows that its writer said a value, and not Postgres."""
    counts = column.identity or column.generated
    return not counts and "(" not in (column.default or "")


def _is_said(column: Column) -> str:
    value = f"new.{name(column.name)}"
    if not column.default:
        return f"{value} is not null"
    default = comparable(f"({column.default})", column)
    return f"({value} is not null and {comparable(value, column)} is distinct from {default})"


def marks(dual: Dual) -> dict[str, str]:
    """The columns of NEW that say where its values come from, and what a backfill writes there."""
    said = (("_source", "'BACKFILL'"), ("_backfilled_at", "now()"))
    return {
        f"{column.name}{suffix}": value
        for column in dual.news
        for suffix, value in said
        if dual.new.column(f"{column.name}{suffix}") is not None
    }


def _unmarked(dual: Dual) -> str:
    """A value that somebody writes over one that was filled in is no longer marked as filled in."""
    stay = {column.name for column in dual.new.columns if column.nullable is False}
    cleared = "\n".join(
        f"    if new.{name(each)} is not distinct from old.{name(each)} then\n"
        f"      new.{name(each)} := null;\n    end if;"
        for each in marks(dual)
        if each not in stay
    )
    if not cleared:
        return ""
    both = [(dual.at(column), column) for column in dual.news]
    both += [(column.name, column) for column in dual.olds]
    return f"  if tg_op = 'UPDATE' and ({_changed(both)}) then\n{cleared}\n  end if;\n"


def forward(dual: Dual, column: Column) -> str:
    """The value of a new column, over a row of OLD; null where nobody has said it."""
    return f"({dual.forward.get(column.name) or 'null'})"


def backward(dual: Dual, column: Column) -> str:
    """The value of an old column, over a row of NEW."""
    return f"({dual.backward.get(column.name) or 'null'})"


def row_of_new(dual: Dual, row: str = "new") -> str:
    """A query that shows one row as NEW has it."""
    shown = [
        f"{row}.{name(dual.called.get(column.name, column.name))} as {name(column.name)}"
        for column in dual.new.columns
        if dual.old.column(column.name) or column in dual.news
    ]
    return f"select {', '.join(shown)}"


def _changed(columns: Sequence[tuple[str, Column]]) -> str:
    return " or ".join(
        f"{comparable(f'new.{name(called)}', column)} is distinct from "
        f"{comparable(f'old.{name(called)}', column)}"
        for called, column in columns
    )


def disagreeing(dual: Dual) -> str:
    """How many rows hold something else on either side, whichever of them one starts from."""
    shown = "\n    or ".join(
        f"{comparable(f't.{name(dual.at(column))}', column)} is distinct from "
        f"{comparable(f'f.f{number}', column)}"
        for number, column in enumerate(dual.news)
    )
    back = "\n    or ".join(
        f"{comparable(f't.{name(column.name)}', column)} is distinct from "
        f"{comparable(f'g.g{number}', column)}"
        for number, column in enumerate(dual.olds)
    )
    none = " and ".join(f"t.{name(dual.at(column))} is null" for column in dual.news)
    values = ", ".join(  # what could not be made is asked for by another query
        f"case when {none} then null else {forward(dual, column)} end as f{n}"
        for n, column in enumerate(dual.news)
    )
    backs = ", ".join(f"{backward(dual, column)} as g{n}" for n, column in enumerate(dual.olds))
    return (
        f"select count(*) from {name(*dual.table)} as t\n"
        f"  cross join lateral (select {values} from (select t.*) as was) as f\n"
        f"  cross join lateral (select {backs} from ({row_of_new(dual, 't')}) as now) as g\n"
        f"where ({shown})\n  and ({back})"
    )


def unmade(dual: Dual) -> str:
    """How many rows have an old value and no new one."""
    there = " or ".join(f"{name(column.name)} is not null" for column in dual.olds)
    missing = " and ".join(f"{name(dual.at(column))} is null" for column in dual.news)
    return f"select count(*) from {name(*dual.table)} where ({there}) and {missing}"
