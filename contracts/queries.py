"""A consumer's query as text: that it is one statement which only reads, and its stars.

Parsing SQL takes sqlglot, which takes half a second to import. So whatever can be seen without
it is seen without it: that is most of what people write.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from contracts.parser import parse_one, tokens_of

if TYPE_CHECKING:
    from sqlglot import exp

_BEGINNING = re.compile(
    r"(?:\s|\(|--[^\n]*\n|/\*.*?\*/)*(?:select|with|values|table)\b", re.IGNORECASE | re.DOTALL
)
_END = re.compile(r"[;\s]+$")
_SUSPICIOUS = re.compile(r";|\$\d|\b(?:insert|update|delete|merge|into|share)\b", re.IGNORECASE)
_COUNT = re.compile(r"\(\s*\*\s*\)")

_READ_ONLY: Final = "Write one SELECT, WITH … SELECT or VALUES that changes and locks nothing."


class NoQueryError(ValueError):
    """A text that is not one statement which only reads; ``next_step`` says what to write."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


def without_end(sql: str) -> str:
    """A statement without the semicolons and the space at its end."""
    return _END.sub("", sql)


def is_plainly_a_query(sql: str) -> bool:
    """Whether a text can be nothing but one statement that reads; ``False`` is "look closer"."""
    return bool(_BEGINNING.match(sql)) and not _SUSPICIOUS.search(sql)


def require_query(sql: str) -> None:
    """Raise :class:`NoQueryError` unless a text is one statement which only reads."""
    if not _BEGINNING.match(sql):
        raise NoQueryError("This is no query.", _READ_ONLY)
    if ends := _semicolons(sql):
        raise NoQueryError(
            f"A semicolon ends the statement on line {ends[0]}.",
            "Write one statement, without a semicolon.",
        )
    _require_reading(parse(sql))


@lru_cache(maxsize=512)
def parse(sql: str) -> exp.Expr:
    """The statement as a tree, which nobody may change; :class:`NoQueryError` if it has none."""
    from sqlglot.errors import SqlglotError

    try:
        return parse_one(sql)
    except (SqlglotError, RecursionError) as error:
        raise NoQueryError(f"This cannot be read as SQL{_where(error)}.", _READ_ONLY) from error


def find_stars(sql: str) -> tuple[str, ...]:
    """The stars of a query that stand for columns: ``*``, ``o.*``, at any depth.

    ``count(*)`` has none, nor has ``exists (select * …)``, of which no column is read.
    """
    if not has_star(sql):
        return ()
    from sqlglot import exp

    return tuple(
        dict.fromkeys(
            star.parent.sql("postgres") if isinstance(star.parent, exp.Column | exp.Dot) else "*"
            for star in parse(sql).find_all(exp.Star)
            if not isinstance(star.parent, exp.Count) and not _is_only_asked_for(star)
        )
    )


def has_star(sql: str) -> bool:
    """Whether a closer look for stars is worth its while."""
    return "*" in _COUNT.sub("", sql) or "table" in sql.lower()


def _is_only_asked_for(star: exp.Star) -> bool:
    """Whether a star is the list of an EXISTS: it asks whether there is a row, and for no value."""
    from sqlglot import exp

    select = star.parent_select
    return select is not None and isinstance(select.parent, exp.Exists)


def _semicolons(sql: str) -> list[int]:
    from sqlglot.errors import SqlglotError
    from sqlglot.tokenizer_core import TokenType

    try:
        tokens = tokens_of(sql)
    except SqlglotError as error:
        raise NoQueryError("This cannot be read as SQL: a quote stays open.", _READ_ONLY) from error
    return [token.line for token in tokens if token.token_type == TokenType.SEMICOLON]


def _require_reading(tree: exp.Expr) -> None:
    from sqlglot import exp

    if not isinstance(tree, exp.Query | exp.Values):
        raise NoQueryError("This is no query.", _READ_ONLY)
    writes = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Into, exp.Lock)
    if found := tree.find(*writes):
        word = {exp.Into: "SELECT INTO", exp.Lock: "FOR UPDATE or FOR SHARE"}
        said = word.get(type(found), found.key.upper())
        raise NoQueryError(f"This does more than read: it has {said}.", _READ_ONLY)
    if tree.find(exp.Parameter):
        raise NoQueryError(
            "This has a parameter, for which there is no value.",
            "Write a typical value in its place.",
        )


def _where(error: Exception) -> str:
    """The line of the first thing that a parser did not understand, as far as it says."""
    errors = getattr(error, "errors", None) or [{}]
    line = errors[0].get("line")
    return f" (line {line})" if line else ""
