"""Functions and procedures: how one is told from another, however it was written down.

A promise names the arguments as its author likes (``integer``, ``gallery int``), a database as
Postgres does (``gallery integer``). They are one function when the types are the same.
"""

from __future__ import annotations

import re

from contracts.model import Function
from contracts.types import UnknownTypeError, parse_type, type_name

_MODE = re.compile(r"(in|out|inout|variadic)\s+(?=\S)", re.IGNORECASE)
_DEFAULT = re.compile(r"\s+default\s.*|\s*:?=.*", re.IGNORECASE | re.DOTALL)
_NAME = re.compile(r'("(?:[^"]|"")+"|[\w$]+)\s+(?=\S)')
_SET = re.compile(r"setof\s+", re.IGNORECASE)


def described(function: Function) -> str:
    """A function as SQL calls it: ``function assign(integer) returns boolean``."""
    returns = f" returns {function.result}" if function.result else ""
    return f"{function.kind} {function.name}({function.arguments}){returns}"


def call_of(function: Function) -> str:
    """What identifies a function within its schema: ``assign(integer, text)``."""
    return f"{function.name}({', '.join(argument_types(function.arguments))})"


def argument_types(arguments: str) -> tuple[str, ...]:
    """The types by which a function is called, in Postgres's words; names and OUT are left out.

    A type that Postgres does not bring along stands as it was written, without its schema.
    """
    return tuple(kind for _, kind in _arguments(arguments))


def same_names(one: str, other: str) -> bool:
    """Whether arguments of the same types have the same names, as far as both name them."""
    pairs = zip(_arguments(one), _arguments(other), strict=True)
    return all(None in names or len({*names}) == 1 for names in (
        (first, second) for (first, _), (second, _) in pairs
    ))  # fmt: skip


def same_signature(promised: Function, found: Function) -> bool:
    """Whether whoever calls the one can call the other, and gets the same kind of answer."""
    return call_of(promised) == call_of(found) and same_answer(promised, found)


def same_answer(one: Function, other: Function) -> bool:
    """Whether they are called in the same way, and return the same type."""
    return (one.kind, _result(one)) == (other.kind, _result(other))


def _arguments(arguments: str) -> list[tuple[str | None, str]]:
    """The name, if there is one, and the type of each argument that a caller gives."""
    found = []
    for text in _listed(arguments):
        mode = _MODE.match(text)
        if mode and mode[1].lower() == "out":
            continue
        found.append(_named(_DEFAULT.sub("", text[mode.end() :] if mode else text)))
    return found


def _listed(arguments: str) -> list[str]:
    """The arguments one by one; a comma within brackets or quotes parts nothing."""
    parts, depth, quoted = [""], 0, False
    for sign in arguments:
        quoted ^= sign == '"'
        depth += 0 if quoted else (sign == "(") - (sign == ")")
        if sign == "," and not depth and not quoted:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def _named(text: str) -> tuple[str | None, str]:
    """An argument as its name and its type: the first word is a name where the whole is no type."""
    name = None if _known(text) else _NAME.match(text)
    return (name[1], _type_of(text[name.end() :])) if name else (None, _type_of(text))


def _type_of(text: str) -> str:
    """A type in Postgres's words; one that it does not bring along, by its name alone."""
    if (known := _known(text)) is not None:
        return known
    last = text.strip().rpartition(".")[2]
    return last if last.startswith('"') else last.lower()


def _known(text: str) -> str | None:
    try:
        found = parse_type(text)
    except UnknownTypeError:
        return None
    return None if found.schema else type_name(found)


def _result(function: Function) -> str:
    """What is returned; a procedure returns nothing, whether that is called void or left out."""
    text = " ".join((function.result or "").split())
    if function.kind == "procedure":
        return ""
    several = _SET.match(text)
    rest = text[several.end() :] if several else text
    if rest.lower().startswith("table("):
        return rest.lower()
    return f"{'setof ' if several else ''}{_type_of(rest)}" if rest else ""
