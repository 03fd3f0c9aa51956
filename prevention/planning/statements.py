"""The SQL of a plan, piece by piece. Names reach it as identifiers; expressions as they stand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

from psycopg import sql

from contracts.model import CheckConstraint, Column, DataType, ForeignKey, Table
from contracts.types import type_name
from prevention.planning.model import Statement, TableName

BLOCKS: Final = 1_000
"""The blocks of a table that one batch of a backfill looks at."""

LONGEST: Final = 63
"""The bytes of a name; Postgres cuts off what is more."""

WITHIN: Final = f"""ctid >= format('(%s,0)', block)::tid
      and ctid < format('(%s,0)', block + {BLOCKS})::tid"""
"""The rows of the blocks that a batch looks at."""

WITHOUT_EQUALITY: Final = ("json", "xml", "point", "polygon")
"""The types whose values Postgres cannot compare."""


def name(*parts: str) -> str:
    """A name, quoted part by part."""
    return sql.Identifier(*parts).as_string(None)


def identifier(text: str) -> str:
    """A name as Postgres keeps it: one that is too long ends in a mark of its own, not in a cut.

    Two that begin alike stay two.
    """
    if len(text.encode()) <= LONGEST:
        return text
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    kept = text.encode()[: LONGEST - len(mark) - 1].decode(errors="ignore")
    return f"{kept}_{mark}"


def names(columns: Iterable[str]) -> str:
    """Names in a row."""
    return ", ".join(map(name, columns))


def literal(text: str) -> str:
    """A text as SQL has it."""
    return sql.Literal(text).as_string(None)


def spelled(data_type: DataType | None) -> str:
    """A type as a statement names it."""
    if data_type is None:
        return "text"
    if data_type.kind == "array" and data_type.element is not None:
        return f"{spelled(data_type.element)}[]"
    if data_type.schema is not None:
        return name(data_type.schema, data_type.name)
    return type_name(data_type)


def typeless(column: Column) -> bool:
    """Whether a contract does not say which type of Postgres a column has."""
    kind = column.data_type
    return kind is None or kind.kind == "logical" or (kind.kind == "array" and not kind.element)


def do(*statements: Statement | str) -> tuple[Statement, ...]:
    """Statements in their order."""
    return tuple(each if isinstance(each, Statement) else Statement(each) for each in statements)


def alter(table: TableName, what: str) -> Statement:
    """An ``alter table``."""
    return Statement(f"alter table {name(*table)} {what}")


def add_column(table: TableName, column: Column, called: str | None = None) -> Statement:
    """A column that may be null and has no default, so that no row is rewritten."""
    said = f"add column {name(called or column.name)} {spelled(column.data_type)}"
    if column.collation:
        said += f" collate {name(*column.collation.split('.', 1))}"
    if column.generated:
        said += f" generated always as ({column.generated}) stored"
    return alter(table, said)


def add_column_like(table: TableName, column: str, like: str) -> Statement:
    """A column of the very type that another one has, where only the database knows which."""
    there = literal(name(*table))
    return Statement(
        f"""do $type$
begin
  execute format('alter table %s add column %I %s', {there}, {literal(column)}, (
    select format_type(a.atttypid, a.atttypmod) from pg_attribute as a
    where a.attrelid = {there}::regclass and a.attname = {literal(like)}));
end
$type$"""
    )


def drop_column(table: TableName, column: str) -> Statement:
    """Takes a column away, with what is tied to it alone."""
    return alter(table, f"drop column {name(column)}")


def rename_column(table: TableName, column: str, to: str) -> Statement:
    """Another name for a column; whatever depends on it follows."""
    return alter(table, f"rename column {name(column)} to {name(to)}")


def copy_comment(table: TableName, column: str, to: str) -> Statement:
    """What is said of one column is said of another, too."""
    there = literal(name(*table))
    return Statement(
        f"""do $comment$
begin
  execute format('comment on column %s.%I is %L', {there}, {literal(to)}, (
    select col_description(a.attrelid, a.attnum) from pg_attribute as a
    where a.attrelid = {there}::regclass and a.attname = {literal(column)}));
end
$comment$"""
    )


def set_not_null(table: TableName, columns: Sequence[str]) -> tuple[Statement, ...]:
    """NOT NULL without a scan under a long lock: a CHECK that is validated first."""
    made: list[Statement] = []
    for column in columns:
        check = name(identifier(f"{table[1]}_{column}_is_there"))
        made += do(
            alter(table, f"add constraint {check} check ({name(column)} is not null) not valid"),
            Statement(f"alter table {name(*table)} validate constraint {check}", alone=True),
            alter(table, f"alter column {name(column)} set not null"),
            alter(table, f"drop constraint {check}"),
        )
    return tuple(made)


def drop_not_null(table: TableName, columns: Sequence[str]) -> tuple[Statement, ...]:
    """Let columns be null."""
    return tuple(alter(table, f"alter column {name(each)} drop not null") for each in columns)


def set_default(table: TableName, column: str, default: str | None) -> Statement:
    """The default of a column, or none."""
    what = f"set default {default}" if default else "drop default"
    return alter(table, f"alter column {name(column)} {what}")


def in_batches(table: TableName, assignments: str, todo: str) -> Statement:
    """An UPDATE that walks the table once, some blocks at a time, and commits after each."""
    return batched(table, f"update {name(*table)} set {assignments}\n    where {WITHIN}\n"
                   f"      and ({todo})")  # fmt: skip


def batched(table: TableName, statement: str) -> Statement:
    """A statement about the rows of a table WITHIN some blocks, which commits after each lot."""
    there = literal(name(*table))
    return Statement(
        f"""do $backfill$
declare
  block bigint := 0;
  last bigint := greatest(pg_relation_size({there}), (  -- or that of its largest partition
    select max(pg_relation_size(each.relid)) from pg_partition_tree({there}) as each
  )) / current_setting('block_size')::int;
begin
  while block <= last loop
    {statement};
    commit;
    block := block + {BLOCKS};
  end loop;
end
$backfill$""",
        alone=True,
    )


def unique_index(
    table: TableName, columns: Sequence[str], called: str, *, nulls: bool = False
) -> Statement:
    """A unique index, built while others read and write."""
    distinct = " nulls not distinct" if nulls else ""
    return Statement(
        f"create unique index concurrently {name(called)} on {name(*table)} "
        f"({names(columns)}){distinct}",
        alone=True,
    )


def drop_index(schema: str, called: str) -> Statement:
    """Takes an index away while others read and write."""
    return Statement(f"drop index concurrently if exists {name(schema, called)}", alone=True)


def drop_key(table: TableName, columns: Sequence[str], kind: str) -> Statement:
    """Drops the constraint on exactly these columns, whatever it is called; an index, else.

    kind:  as ``pg_constraint.contype`` has it: ``p``, ``u``, ``f``.
    """
    listed = ", ".join(literal(each) for each in sorted(columns))
    at = literal(name(*table))
    quoted = name(*table).replace("'", "''").replace("%", "%%")
    columns_of = """select array_agg(a.attname::text order by a.attname::text collate "C")
        from pg_attribute as a"""
    return Statement(
        f"""do $drop$
declare
  found record;
begin
  for found in
    select c.conname as called, 'constraint' as kind from pg_constraint as c
    where c.conrelid = {at}::regclass and c.contype = '{kind}'
      and array[{listed}]::text[] = (
        {columns_of}
        where a.attrelid = c.conrelid and a.attnum = any(c.conkey))
    union all
    select i.indexrelid::regclass::text, 'index' from pg_index as i
    where '{kind}' = 'u' and i.indrelid = {at}::regclass and i.indisunique and i.indpred is null
      and not exists (select from pg_constraint as c where c.conindid = i.indexrelid)
      and array[{listed}]::text[] = (
        {columns_of}
        where a.attrelid = i.indrelid and a.attnum = any(i.indkey))
  loop
    if found.kind = 'index' then
      execute 'drop index ' || found.called;
    else
      execute format('alter table {quoted} drop constraint %I', found.called);
    end if;
  end loop;
end
$drop$"""
    )


def foreign_key(key: ForeignKey, columns: Sequence[str], called: str) -> str:
    """What follows ADD for a foreign key that is held to new rows only, until it is validated."""
    actions = "".join(
        f" on {event} {action.lower()}"
        for event, action in (("update", key.on_update), ("delete", key.on_delete))
        if action.upper() != "NO ACTION"
    )
    return (
        f"add constraint {name(called)} foreign key ({names(columns)}) references "
        f"{name(key.references_schema, key.references_table)} "
        f"({names(key.references_columns)}){actions} not valid"
    )


def validate(table: TableName, called: str) -> Statement:
    """Looks at the rows that are there, under a lock that stops neither reader nor writer."""
    return Statement(f"alter table {name(*table)} validate constraint {name(called)}", alone=True)


def condition(check: CheckConstraint) -> str:
    """What a CHECK demands."""
    from detection.diffing.keys import inner

    return inner(check.expression)


def add_check(table: TableName, check: CheckConstraint) -> tuple[Statement, ...]:
    """A CHECK, held to new rows at once and to the others when they have been looked at."""
    return do(
        alter(table, f"add constraint {name(check.name)} check ({condition(check)}) not valid"),
        validate(table, check.name),
    )


def comparable(expression: str, column: Column) -> str:
    """An expression that can be compared, of the type of this column."""
    there = column.data_type
    if there and there.name in WITHOUT_EQUALITY:
        return f"({expression})::text"
    return f'({expression}) collate "C"' if column.collation else expression


def view(at: TableName, of: TableName, columns: Iterable[tuple[str, str]]) -> Statement:
    """A view over a table: each column by its name there, and the one it is shown by."""
    shown = ",\n  ".join(
        name(there) if there == here else f"{name(there)} as {name(here)}"
        for there, here in columns
    )
    return Statement(f"create view {name(*at)} as\nselect\n  {shown}\nfrom {name(*of)}")


def definition(table: Table) -> str:
    """The statements that make a table as it is promised."""
    from contracts.definition import create_table

    return create_table(table).as_string(None)
