"""Whether two conditions on a row are the same, as somebody wrote one and Postgres prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detection.expressions import same_expression

if TYPE_CHECKING:
    from sqlglot import exp

Plain = tuple[Any, ...]


def same_condition(promised: str, found: str, schema: str = "public") -> bool:
    """Whether two conditions are written the same but for what Postgres adds when it prints.

    Beside what makes no difference to an expression, these do not: parentheses around parts,
    which say again how the parts belong together, casts of bare values and of columns to text,
    and ``= ANY (ARRAY[…])`` for ``IN``. Nothing is known of what two conditions come to.
    """
    if same_expression(promised, found, schema):
        return True
    one, other = _parsed(promised), _parsed(found)
    return one is not None and one == other


def _parsed(text: str) -> Plain | None:
    from sqlglot.errors import SqlglotError

    from contracts.parser import parse_one

    try:
        where = parse_one(f"select 1 where {text}").args.get("where")
        return _plain(where.this) if where else None
    except (SqlglotError, RecursionError, ValueError):
        return None


def _plain(node: Any) -> Plain:
    """A tree as nested tuples, without what makes no difference."""
    from sqlglot import exp

    if isinstance(node, list):
        return tuple(map(_plain, node))
    if not isinstance(node, exp.Expr):
        return (node,)
    if (number := _number(node)) is not None:
        return ("number", number)
    if isinstance(node, exp.Paren) or (isinstance(node, exp.Cast) and _is_idle(node)):
        return _plain(node.this)
    if isinstance(node, exp.Identifier):
        name = str(node.this)
        return (name if node.args.get("quoted") else name.lower(),)
    if isinstance(node, exp.And | exp.Or):
        return (type(node).__name__, *map(_plain, _parts(node, type(node))))
    if isinstance(node, exp.EQ) and isinstance(node.expression, exp.Any):
        listed = node.expression.this.unnest()
        if isinstance(listed, exp.Array):
            values = ("expressions", *_plain(listed.expressions))
            return ("In", values, ("this", *_plain(node.this)))
    said = sorted(
        (key, value) for key, value in node.args.items() if value not in (None, [], False)
    )
    return (type(node).__name__, *((key, *_plain(value)) for key, value in said))


def _parts(node: exp.Expr, kind: type[exp.Expr]) -> list[exp.Expr]:
    """What is joined by AND, or by OR, however it is nested."""
    inner = node.unnest()
    if not isinstance(inner, kind):
        return [inner]
    return [*_parts(inner.left, kind), *_parts(inner.right, kind)]  # type: ignore[attr-defined]


def _number(node: exp.Expr) -> str | None:
    """A number, also as Postgres prints one below zero: ``'-1'::integer``."""
    from sqlglot import exp

    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return None if node.this.is_string else f"-{node.this.this}"
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        is_number = node.args["to"].this in exp.DataType.NUMERIC_TYPES
        return str(node.this.this) if is_number else None
    return str(node.this) if isinstance(node, exp.Literal) and not node.is_string else None


def _is_idle(cast: exp.Expr) -> bool:
    """Whether Postgres writes such a cast by itself: of a bare value, or of a column to text."""
    from sqlglot import exp

    inner = cast.this.unnest()
    text = cast.args["to"].this == exp.DataType.Type.TEXT
    return isinstance(inner, exp.Literal) or (isinstance(inner, exp.Column) and text)
