"""Answers are anything at all: here they are put into words, and told from an untouched starter."""

from __future__ import annotations

import ast
import reprlib
from types import CodeType, FunctionType
from typing import Final

LONGEST: Final = 160
"""Characters of an answer that a message shows."""


class _InFewWords(reprlib.Repr):
    """Numbers and dates as people write them; a method's name says for which type it is."""

    def repr_Decimal(self, value: object, _level: int) -> str:  # noqa: N802
        return str(value)

    repr_datetime = repr_date = repr_time = repr_UUID = repr_Decimal  # noqa: N815


_SHORT = _InFewWords()
_SHORT.maxstring = _SHORT.maxother = LONGEST
_SHORT.maxlevel = 4
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = _SHORT.maxfrozenset = _SHORT.maxdict = 12


def told(value: object, longest: int = LONGEST) -> str:
    """A value in a few words, whatever it is; an object that cannot describe itself included."""
    kind = type_name(value)
    try:
        if isinstance(value, FunctionType):
            return f"the function {value.__name__}"
        if kind == "DataFrame":
            return f"a table of {len(value)} rows"  # type: ignore[arg-type]
        text = _SHORT.repr(value)
    except BaseException as error:  # noqa: BLE001 - the learner's __repr__ may do anything
        return f"an object of type {kind}, which cannot be shown ({type(error).__name__})"
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def kind_of(value: object) -> str:
    """What sort of thing a value is, for those who do not speak Python every day."""
    words = {
        "str": "a text", "int": "a whole number", "float": "a number", "bool": "True or False",
        "list": "a list", "tuple": "a tuple", "set": "a set", "dict": "a dictionary",
        "NoneType": "None", "function": "a function", "DataFrame": "a table",
    }  # fmt: skip
    name = type_name(value)
    return words.get(name, f"an object of type {name}")


def type_name(value: object) -> str:
    """The name of a value's type, even where the type's own type would rather not say it."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name


def is_untouched(answer: object, starter: str, exercise_id: str) -> bool:
    """Whether an answer is what the starter cell gives without a stroke of work."""
    if answer is None or answer is ...:
        return True
    given = starter_value(starter, exercise_id)
    if isinstance(given, CodeType):
        return isinstance(answer, FunctionType) and _same_code(answer.__code__, given)
    if given is ... or type(answer) is not type(given):
        return False
    if isinstance(given, str) and isinstance(answer, str):
        return answer.strip() == given.strip()
    try:
        return bool(answer == given)
    except Exception:  # noqa: BLE001 - what a learner puts into a list may refuse to be compared
        return False


def starter_value(starter: str, exercise_id: str) -> object:
    """What the starter cell hands to its check: a plain value, or a function's code.

    ``...`` where that cannot be told without running it.
    """
    try:
        module = ast.parse(starter)
        asked = checked_expression(module, exercise_id)
        if isinstance(asked, ast.Name):
            for statement in reversed(module.body):
                if isinstance(statement, ast.Assign) and _names(statement, asked.id):
                    return ast.literal_eval(statement.value)
                if isinstance(statement, ast.FunctionDef) and statement.name == asked.id:
                    return _code(starter, asked.id)
            return ...
        return ast.literal_eval(asked) if asked is not None else ...
    except (ValueError, SyntaxError):
        return ...


def checked_expression(module: ast.Module, exercise_id: str) -> ast.expr | None:
    """The expression that a cell hands to its last statement, ``check("04.2", …)``."""
    last = module.body[-1] if module.body else None
    if not isinstance(last, ast.Expr) or not isinstance(call := last.value, ast.Call):
        return None
    if not isinstance(call.func, ast.Name) or call.func.id != "check" or len(call.args) != 2:
        return None
    first = call.args[0]
    return call.args[1] if isinstance(first, ast.Constant) and first.value == exercise_id else None


def _names(statement: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)


def _code(source: str, name: str) -> object:
    constants = compile(source, "starter", "exec", dont_inherit=True).co_consts
    codes = (one for one in constants if isinstance(one, CodeType) and one.co_name == name)
    return next(codes, ...)


def _same_code(one: CodeType, other: CodeType) -> bool:
    return (one.co_code, one.co_names, _plain(one)) == (
        other.co_code,
        other.co_names,
        _plain(other),
    )


def _plain(code: CodeType) -> list[str]:
    return [repr(constant) for constant in code.co_consts if not isinstance(constant, CodeType)]
