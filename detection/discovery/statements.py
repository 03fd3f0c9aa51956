"""One statement that somebody ran or wrote: what it reads, and how to show it without its values.

A value in a query can be somebody's name. So nothing of a statement is shown but its tree, with
every value in it replaced, and without its comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from contracts.parser import parse_one
from contracts.queries import NoQueryError
from detection.model import Catalog
from detection.reads import USUAL_SCHEMA, ColumnRead, find_reads

if TYPE_CHECKING:
    from sqlglot import exp

LONGEST: Final = 100_000
"""Characters of a statement that is read; a longer one is no query that a person wrote."""
_BEGINNING: Final = re.compile(
    r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|values|table|insert|merge|update|delete|create"
    r"|copy|declare|prepare|explain|refresh)\b",
    re.IGNORECASE | re.DOTALL,
)
_WRAPPING: Final = re.compile(
    r"""\s*(?:
        declare\s .{1,200}? \bcursor\b .{0,100}? \bfor\b
      | prepare\s+ \S+? \s* (?:\([^)]*\))? \s* \bas\b
      | explain\s* (?:\([^)]*\)|analyze|verbose|\s)*
    )\s*(?=select|with|values|\()""",
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a statement reads, by table and column, and its text without any value."""

    reads: frozenset[ColumnRead]
    shown: str

    @property
    def fingerprint(self) -> str:
        """What two statements share that differ in values, case and layout alone."""
        return self.shown


def looks_like_sql(text: str) -> bool:
    """Whether a text begins as a statement that can read; whether it is one, parsing tells."""
    return len(text) <= LONGEST and bool(_BEGINNING.match(text))


class Reading:
    """Statements, read against one catalogue; each text is read once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._by_name: dict[str, list[str]] = {}
        for table in catalog.tables:
            self._by_name.setdefault(table.name, []).append(table.schema)
        names = sorted({table.name.lower() for table in catalog.tables}, key=len, reverse=True)
        self._named = re.compile("|".join(map(re.escape, names)) or r"(?!)")
        self.read = lru_cache(maxsize=20_000)(self._read)

    def mentions_a_table(self, text: str) -> bool:
        """Whether a text has the name of any table in it; else it is not worth parsing."""
        return bool(self._named.search(text.lower()))

    def _read(self, text: str) -> Statement | None:
        """What a statement reads; ``None`` for one that reads no table, or is none."""
        if not looks_like_sql(text) or not self.mentions_a_table(text):
            return None
        from sqlglot.errors import SqlglotError

        text = _WRAPPING.sub("", text, count=1) if _WRAPPING.match(text) else text
        try:
            tree = parse_one(text)
        except (SqlglotError, RecursionError, ValueError):
            return None
        try:
            reads = frozenset(self._reads_of(tree))
        except (NoQueryError, RecursionError):
            return None
        return Statement(reads, without_values(tree)) if reads else None

    def _reads_of(self, tree: exp.Expr) -> Iterator[ColumnRead]:
        from sqlglot import exp

        if isinstance(tree, exp.Copy):
            yield from self._copied(tree)
        for change in tree.find_all(exp.Update, exp.Delete, exp.Merge):
            yield from self._beside(change)
        for query in _queries_in(tree):
            whole = self._placed(query).sql("postgres", comments=False)
            for read in find_reads(whole, self._catalog):
                yield from self._columns(read)

    def _beside(self, change: exp.Expr) -> Iterator[ColumnRead]:
        """What a change of rows reads of the tables beside the one that it writes to."""
        from sqlglot import exp

        sources = _sources_of(change)
        if not sources or not isinstance(change.this, exp.Table):
            return
        written = self._place_of(change.this)
        beside = {self._place_of(each) for one in sources for each in one.find_all(exp.Table)}
        query = self._placed(_as_query(change, sources)).sql("postgres", comments=False)
        for read in find_reads(query, self._catalog):
            if (read.schema, read.table) != written or written in beside:
                yield from self._columns(read)

    def _place_of(self, table: exp.Table) -> tuple[str, str]:
        from sqlglot import exp

        placed = self._placed(table)
        schema = placed.args.get("db") if isinstance(placed, exp.Table) else None
        return _folded(schema) if schema else USUAL_SCHEMA, _folded(table.this)

    def _copied(self, copy: exp.Copy) -> Iterator[ColumnRead]:
        """What COPY … TO reads; one that writes has its ``kind`` set."""
        from sqlglot import exp

        source = copy.this
        listed = [_folded(each) for each in source.expressions] if (
            isinstance(source, exp.Schema)
        ) else ["*"]  # fmt: skip
        table = source.this if isinstance(source, exp.Schema) else source
        if copy.args.get("kind") or not isinstance(table, exp.Table):
            return
        for name in listed:
            yield from self._columns(ColumnRead(*self._place_of(table), name))

    def _columns(self, read: ColumnRead) -> Iterator[ColumnRead]:
        """A column that is there; each of them for a whole row."""
        table = self._catalog.table(read.schema, read.table)
        for column in table.columns if table else ():
            if read.column in ("*", column.name):
                yield ColumnRead(read.schema, read.table, column.name)

    def _placed(self, tree: exp.Expr) -> exp.Expr:
        """The tree with the schema at each bare name that only one schema has."""
        from sqlglot import exp

        copy = tree.copy()
        for table in copy.find_all(exp.Table):
            if table.args.get("db") or not isinstance(table.this, exp.Identifier):
                continue
            schemas = self._by_name.get(_folded(table.this), [])
            if len(schemas) == 1 and schemas[0] != USUAL_SCHEMA:
                table.set("db", exp.to_identifier(schemas[0], quoted=True))
        return copy


def _queries_in(tree: exp.Expr) -> Iterator[exp.Expr]:
    """The outermost queries of a statement: itself, or those within what it writes."""
    from sqlglot import exp

    if isinstance(tree, exp.Query):
        yield tree
        return
    for child in tree.iter_expressions():
        yield from _queries_in(child)


def _sources_of(change: exp.Expr) -> list[exp.Expr]:
    """What UPDATE … FROM, DELETE … USING and MERGE … USING name; none for a change alone."""
    from sqlglot import exp

    if source := change.args.get("from_"):
        return [source.this]
    using = change.args.get("using") or []
    return [each for each in (using if isinstance(using, list) else [using])
            if isinstance(each, exp.Expr)]  # fmt: skip


def _as_query(change: exp.Expr, sources: list[exp.Expr]) -> exp.Expr:
    """The SELECT that asks for what a change of rows needs to know."""
    from sqlglot import exp

    values = [*_values_of(change)]
    whens = change.args.get("whens")
    for when in whens.expressions if whens else ():
        values += [when.args["condition"]] if when.args.get("condition") else []
        values += _values_of(when.args["then"])
    query = (exp.select(*values) if values else exp.select("1")).from_(sources[0])
    for each in (*sources[1:], change.this):
        query = query.join(each, join_type="cross")
    where = change.args.get("where") or change.args.get("on")
    if where:
        query = query.where(where.this if isinstance(where, exp.Where) else where)
    if before := change.args.get("with_"):
        query.set("with_", before.copy())
    return query


def _values_of(change: exp.Expr) -> Iterator[exp.Expr]:
    """The values that a change writes, and those that it returns."""
    from sqlglot import exp

    if isinstance(change, exp.Update):
        yield from (each.expression for each in change.expressions if isinstance(each, exp.EQ))
    if isinstance(change, exp.Insert) and change.expression:
        yield from change.expression.expressions
    if returned := change.args.get("returning"):
        yield from returned.expressions


def without_values(tree: exp.Expr) -> str:
    """A statement on one line with a question mark for each value, and without its comments."""
    from sqlglot import exp

    values = (
        exp.Literal, exp.HexString, exp.BitString, exp.ByteString, exp.National, exp.RawString,
        exp.UnicodeString, exp.Heredoc, exp.Parameter, exp.Placeholder, exp.Boolean,
    )  # fmt: skip

    def masked(node: exp.Expr) -> exp.Expr:
        return exp.Placeholder() if isinstance(node, values) else node

    if isinstance(tree, exp.Command):
        return tree.name.upper()
    shown = tree.copy().transform(masked).sql("postgres", comments=False, normalize=True)
    return _alike(_SIGN.sub("?", shown))


_SIGN: Final = re.compile(r"%s|(?<!:):\?|\$\?")
_LIST: Final = re.compile(r"\(\s*\?(?:\s*,\s*\?)+\s*\)")


def _alike(text: str) -> str:
    """A list of values as one, however long it is."""
    return _LIST.sub("(?)", " ".join(text.split()))


def _folded(name: exp.Expr) -> str:
    text = str(name.this)
    return text if name.args.get("quoted") else text.lower()
