"""The parser of SQL: sqlglot for Postgres, imported when it is first needed, and kept quiet.

What sqlglot does not know it writes to its logger, text and all. That text is somebody's statement,
and a value in it can be somebody's name; so whoever parses here does it through this module.
"""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import ModuleType

    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

DIALECT: Final = "postgres"


def parse_one(text: str) -> exp.Expr:
    """The tree of one statement; ``SqlglotError`` or ``RecursionError`` where there is none."""
    tree: exp.Expr = sqlglot().parse_one(text, dialect=DIALECT)
    return tree


def parse_all(text: str) -> list[exp.Expr | None]:
    """The trees of all statements of a text; ``None`` for one that is empty."""
    trees: list[exp.Expr | None] = sqlglot().parse(text, dialect=DIALECT)
    return trees


def tokens_of(text: str) -> list[Token]:
    """The words and signs of a text; ``SqlglotError`` where a quote stays open."""
    found: Any = sqlglot().tokenize(text, dialect=DIALECT)
    return list(found)


@cache
def sqlglot() -> ModuleType:
    """The library, its logger silenced in this process."""
    import sqlglot as library

    logger = logging.getLogger("sqlglot")
    logger.addHandler(logging.NullHandler())  # without any handler Python writes to stderr itself
    logger.propagate = False
    return library
