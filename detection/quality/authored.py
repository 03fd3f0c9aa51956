"""SQL that the author of a contract wrote, taken apart the way Postgres does it.

Only as far as it takes to know what it names and calls. Whatever Postgres could read in another
way than this module is refused: a contract has no use for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

LONGEST: Final = 50_000
"""Characters that the SQL of one promise may have."""

_TOKEN = re.compile(
    r"""
      (?P<space>   \s+ | --[^\r\n]* )
    | (?P<comment> /\* (?: (?! /\* | \*/ ) . )* \*/ )        # one inside another is refused
    | (?P<text>    [eE]'(?:[^'\\]|\\.|'')*' | [bBxXnN]?'(?:[^']|'')*' )
    | (?P<quoted>  "(?:[^"]|"")+" )
    | (?P<number>  (?:\d[\w.]*|\.\d\w*) (?: (?<=[eE])[+-]\d+ )? )
    | (?P<name>    [A-Za-z_\u0080-\U0010ffff][\w$]* )
    | (?P<sign>    :: | /(?!\*) | \*(?!/) | [-()\[\],.;:+<>=~!@\#%^&|`?] )
    """,
    re.VERBOSE | re.DOTALL,
)
_UNICODE_NAME = re.compile(r"""\bu&["']""", re.IGNORECASE)

SYNTAX: Final = frozenset(
    """
    all and any array as between by case cast coalesce collate cross cube distinct else end except
    exists extract false filter following from full group grouping having ilike in inner intersect
    interval is isnull join lateral left like limit natural not notnull null nulls offset on or
    order outer over overlaps partition preceding right rollup row rows select sets similar some
    symmetric table then true unbounded union unknown using values when where window with within
    date time timestamp timestamptz integer int bigint smallint numeric decimal text varchar char
    boolean bool real double precision zone at year month day hour minute second epoch asc desc
    first last recursive materialized nullif greatest least current_date current_timestamp
    localtimestamp localtime current_time trim position substring overlay both leading trailing
    for uuid jsonb json float bytea character varying without escape dow doy week quarter
    """.split()  # noqa: SIM905
)
"""Words of SQL itself: none of them is a column unless it is in quotes or the table has it."""

OPERATOR_SIGNS: Final = frozenset("+-*/<>=~!@#%^&|`?")
"""The signs that an operator is made of."""

INCOMPLETE: Final = "Write one condition that is true or false of a row."
"""What to do about text that is no whole expression."""

QUERIES: Final = frozenset({"select", "values", "table", "with"})


class RefusedError(ValueError):
    """SQL that a contract may not hold; ``next_step`` says what to write."""

    def __init__(self, what: str, next_step: str) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step


class Token(NamedTuple):
    """A piece of SQL: what it is, and a name as Postgres stores it, else the text as it stands."""

    kind: str
    value: str

    def is_sign(self, sign: str) -> bool:
        """Whether it is this sign."""
        return self.kind == "sign" and self.value == sign


def tokens_of(text: str) -> tuple[Token, ...]:
    """The pieces of a text without space and comments; RefusedError for what is no plain SQL."""
    if len(text) > LONGEST:
        raise RefusedError(
            f"The SQL has {len(text)} characters, and {LONGEST} are as many as may be.",
            "Make a view of it, put that under contract, and ask the view.",
        )
    if _UNICODE_NAME.search(text):
        raise RefusedError("Names and texts with U& are not read.", "Write them as they are.")
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            rest = text[place : place + 12].split("\n")[0]
            raise RefusedError(f"This is not read as plain SQL: {rest}", _plainly(text[place]))
        place = match.end()
        kind = str(match.lastgroup)
        if kind == "quoted":
            yield Token("quoted", match[0][1:-1].replace('""', '"'))
        elif kind == "name":
            yield Token("name", folded(match[0]))
        elif kind not in ("space", "comment"):
            yield Token(kind, match[0])


def _plainly(character: str) -> str:
    if character == "$":
        return "Write texts in single quotes, and values in place of parameters."
    if character == "/":
        return "Leave out comments within comments."
    return "Close every quote, and write names and texts as they are."


def folded(name: str) -> str:
    """A name without quotes as Postgres stores it: ASCII letters become small, others stay."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def require_expression(tokens: Sequence[Token]) -> None:
    """Raise RefusedError unless tokens can stand within parentheses and not get out of them."""
    depth = 0
    for token in tokens:
        depth += token.is_sign("(") - token.is_sign(")")
        if depth < 0:
            break
    if depth or not tokens:
        raise RefusedError(
            "The parentheses do not match." if tokens else "There is no condition.",
            INCOMPLETE,
        )
    require_one_statement(tokens)


def require_one_statement(tokens: Sequence[Token]) -> None:
    """Raise RefusedError where a semicolon would begin another statement."""
    if any(token.is_sign(";") for token in tokens):
        raise RefusedError("There is more than one statement.", "Write one, without a semicolon.")


def called(tokens: Sequence[Token]) -> frozenset[str]:
    """The names by which tokens may call functions (see ``calls_by_name``).

    RefusedError for one with a schema before it, unless that is Postgres's own, and for an
    operator that is called by its name.
    """
    for place, token in enumerate(tokens):
        if token.kind in ("name", "quoted") and _opens(tokens, place + 1):
            if token == Token("name", "operator"):
                step = "Write the operator alone."
                raise RefusedError("It names an operator together with its schema.", step)
            if place > 1 and tokens[place - 1].is_sign("."):
                _require_own(tokens[place - 2], token)
    return calls_by_name(tokens)


def calls_by_name(tokens: Sequence[Token]) -> frozenset[str]:
    """The names that may be those of functions that are called.

    They stand before a parenthesis, as far as they are not syntax; or behind a value, as
    ``(60).pg_sleep``, which Postgres reads as ``pg_sleep(60)``.
    """
    return frozenset(
        token.value
        for place, token in enumerate(tokens)
        if token.kind in ("name", "quoted")
        and (_opens(tokens, place + 1) or _follows_value(tokens, place))
    )


def _follows_value(tokens: Sequence[Token], place: int) -> bool:
    if place < 2 or not tokens[place - 1].is_sign("."):
        return False
    return tokens[place - 2].is_sign(")") or tokens[place - 2].is_sign("]")


def _opens(tokens: Sequence[Token], place: int) -> bool:
    return place < len(tokens) and tokens[place].is_sign("(")


def _require_own(schema: Token, function: Token) -> None:
    if schema.value != "pg_catalog":
        raise RefusedError(
            f"It calls {schema.value}.{function.value}(), which is no function of Postgres's own.",
            "Make a view that calls it, and put that under contract.",
        )


def operators(tokens: Sequence[Token]) -> frozenset[str]:
    """The runs of signs that operators can be made of; a run may hold several of them."""
    runs = [""]
    for token in tokens:
        is_one = token.kind == "sign" and token.value in OPERATOR_SIGNS
        runs[-1:] = [runs[-1] + token.value] if is_one else [runs[-1], ""]
    return frozenset(filter(None, runs))


def named(tokens: Sequence[Token]) -> frozenset[str]:
    """The names of columns and tables: every name that is not called and no word of SQL."""
    return frozenset(
        token.value
        for place, token in enumerate(tokens)
        if not _opens(tokens, place + 1)
        and (token.kind == "quoted" or (token.kind == "name" and token.value not in SYNTAX))
    )


def holds_query(tokens: Sequence[Token]) -> bool:
    """Whether there is a query in it: at its beginning, or behind a parenthesis."""
    before = (Token("sign", "("), *tokens)
    return any(
        token.kind == "name" and token.value in QUERIES and opening.is_sign("(")
        for opening, token in zip(before, tokens, strict=False)
    )


def reads_as_condition(text: str, columns: frozenset[str]) -> bool:
    """Whether a text is a condition on these columns and not a sentence about them.

    A sentence has a word in it that is neither a column nor a word of SQL.
    """
    try:
        tokens = tokens_of(text)
        require_expression(tokens)
    except RefusedError:
        return False
    if tokens[0].kind == "name" and tokens[0].value in QUERIES:
        return False
    names = named(tokens)
    compares = any(
        (token.kind == "sign" and token.value in "<>=~")
        or (token.kind == "name" and token.value in ("is", "in", "between", "like", "not"))
        for token in tokens
    )
    return compares and bool(names) and (holds_query(tokens) or names <= columns)
