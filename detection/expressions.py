"""SQL expressions, compared as Postgres prints them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from contracts.builtin_types import ALIASES, BUILT_IN

_TOKEN = re.compile(
    r"""
    [eEbBxX]?'(?:[^']|'')*'        # a text
    | "(?:[^"]|"")*"               # a name in quotes
    | [^\W\d][\w$]*                # a word
    | \d+(?:\.\d+)?                # a number
    | :: | <= | >= | <> | \|\| | ->>? | \S
    """,
    re.VERBOSE,
)
_PLAIN_NAME = re.compile(r'"([a-z_][a-z0-9_$]*)"')
_QUOTED_NUMBER = re.compile(r"'(-?\d+(?:\.\d+)?)'")

_TYPE = re.compile(
    r"""
    (?: \w+ | "[^"]+" ) (?: [ ] (?: \w+ | "[^"]+" | [.] ) )*  # words, and a schema before a name
    (?: [ ] [(] (?: [ ] [-,\d]+ )+ [ ] [)] (?: [ ] \w+ )* )?     # numbers, and words after them
    (?: [ ] \[ [ ] \] )*
    """,
    re.VERBOSE,
)
_VALUES: Final = frozenset(
    """
    current_catalog current_date current_role current_schema current_time current_timestamp
    current_user default false localtime localtimestamp null session_user system_user true user
    """.split()  # noqa: SIM905
)
"""Words that are a value by themselves, and the name of a column only in quotes."""
_TRUTH: Final = {
    **dict.fromkeys(("'t'", "'true'", "'y'", "'yes'", "'on'", "'1'"), "true"),
    **dict.fromkeys(("'f'", "'false'", "'n'", "'no'", "'off'", "'0'"), "false"),
}
"""How a truth value may be written as a text, and how Postgres prints it."""
_TYPE_NAMES: Final = BUILT_IN | ALIASES.keys()
_MOST_WORDS: Final = max(len(name.split()) for name in _TYPE_NAMES)
_LONGEST = 10_000
"""Longer than any default that a person writes; beyond it only spaces make no difference."""

Tokens = tuple[str, ...]


def same_expression(promised: str, found: str, schema: str = "public") -> bool:
    """Whether two expressions are written the same but for what Postgres adds when it prints.

    The case of words, spaces, parentheses around the whole, the cast of a bare value to the
    column's type, a type before a text instead of after it, and the table's own ``schema``
    before a name make no difference; and NULL is no default at all.
    """
    return normal(promised, schema) == normal(found, schema)


@lru_cache(maxsize=4096)
def normal(expression: str, schema: str) -> Tokens:
    """An expression as tokens, without what makes no difference."""
    if len(expression) > _LONGEST:
        return tuple(expression.split())
    tokens = tuple(_folded(token) for token in _TOKEN.findall(expression))
    tokens = _without_schema(_with_casts(tokens), schema)
    while (simpler := _without_cast(_without_parentheses(tokens))) != tokens:
        tokens = simpler
    if len(tokens) == 1 and (number := _QUOTED_NUMBER.fullmatch(tokens[0])):
        return tuple(_TOKEN.findall(number[1]))
    return () if tokens == ("null",) else tokens


def _folded(token: str) -> str:
    """A token as Postgres understands it: a word in lower case, a name without idle quotes."""
    plain = _PLAIN_NAME.fullmatch(token)
    if plain and plain[1] not in _VALUES:
        return plain[1]
    return token if token[-1] in "'\"" else token.lower()


def _with_casts(tokens: Tokens) -> Tokens:
    """The tokens with the casts that Postgres prints: ``interval '…'``, ``nextval('…')``."""
    kept: list[str] = []
    for place, word in enumerate(tokens):
        if not word.startswith("'"):
            kept.append(word)
        elif words := _type_before(kept):
            cast = " ".join(kept[-words:])
            kept[-words:] = [word, "::", *ALIASES.get(cast, cast).split()]
        elif kept[-2:] == ["nextval", "("] and tokens[place + 1 : place + 2] == (")",):
            kept += [word, "::", "regclass"]
        else:
            kept.append(word)
    return tuple(kept)


def _type_before(tokens: Sequence[str]) -> int:
    """How many of the last tokens name a built-in type together, as many as can."""
    most = min(_MOST_WORDS, len(tokens))
    return next((n for n in range(most, 0, -1) if " ".join(tokens[-n:]) in _TYPE_NAMES), 0)


def _without_schema(tokens: Tokens, schema: str) -> Tokens:
    """The tokens without the schema before names, also inside ``'…'::regclass``."""
    quoted = _folded(f'"{schema}"')
    before, after = (None, *tokens), (*tokens[1:], None, None)
    kept: list[str] = []
    for place, word in enumerate(tokens):
        if (word, after[place]) == (quoted, ".") or (before[place], word) == (quoted, "."):
            continue
        if word.startswith("'") and after[place : place + 2] == ("::", "regclass"):
            kept.append("'" + word[1:].removeprefix(f"{quoted}."))
        else:
            kept.append(word)
    return tuple(kept)


def _without_parentheses(tokens: Tokens) -> Tokens:
    """The tokens without a pair of parentheses around all of them."""
    if tokens[:1] == ("(",) and _closing(tokens) == len(tokens) - 1:
        return tokens[1:-1]
    return tokens


def _without_cast(tokens: Tokens) -> Tokens:
    """A bare value, with or without parentheses, without the cast that follows it."""
    end = _closing(tokens) + 1 if tokens[:1] == ("(",) else 1
    value, after = _without_parentheses(tokens[:end]), tokens[end:]
    is_bare = len(value) == 1 or (len(value) == 2 and value[0] == "-")
    if is_bare and after[:1] == ("::",) and _is_type(after[1:]):
        is_truth = after[1:] in (("boolean",), ("bool",)) and value[0] in _TRUTH
        return (_TRUTH[value[0]],) if is_truth else value
    return tokens


def _is_type(tokens: Sequence[str]) -> bool:
    """Whether tokens can be the name of a type and nothing more."""
    return _TYPE.fullmatch(" ".join(tokens)) is not None


def _closing(tokens: Sequence[str]) -> int:
    """The place of the parenthesis that closes the first one; the last place if none does."""
    depth = 0
    for place, word in enumerate(tokens):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            return place
    return len(tokens) - 1
