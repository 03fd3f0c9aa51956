"""The query of a view without some of the columns that it returns."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

from contracts.parser import parse_one

if TYPE_CHECKING:
    from sqlglot import exp


def without_outputs(query: str, names: Collection[str]) -> str | None:
    """The query as if these columns had never been asked for; ``None`` where that is not plain.

    It is plain where leaving them out leaves the same rows: one SELECT that makes no rows alike
    one row, and expressions that neither count rows nor make more of them.
    """
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = parse_one(query)
    except (SqlglotError, RecursionError):
        return None
    if not isinstance(tree, exp.Select) or tree.args.get("distinct"):
        return None
    gone = [one for one in tree.expressions if one.alias_or_name in names]
    kept = [one for one in tree.expressions if one.alias_or_name not in names]
    if len(gone) != len(names) or not kept or not all(map(_keeps_rows, gone)):
        return None
    tree.set("expressions", kept)
    return tree.sql("postgres")


def _keeps_rows(output: exp.Expr) -> bool:
    """Whether an expression gives one value for each row, as far as its functions are known to."""
    from sqlglot import exp

    known = _one_value_a_row()
    return all(isinstance(one, known) for one in output.find_all(exp.Func, exp.Query))


@cache
def _one_value_a_row() -> tuple[type[exp.Expr], ...]:
    from sqlglot import exp

    return (
        exp.And, exp.Case, exp.Cast, exp.Coalesce, exp.Concat, exp.If, exp.Length, exp.Lower,
        exp.Nullif, exp.Or, exp.Trim, exp.Upper,
    )  # fmt: skip
