"""Functions and procedures before and after: a signature is a promise to whoever calls it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from contracts.model import Function
from detection.change import Change
from detection.diffing.documentation import documented
from detection.diffing.pairing import Pair
from detection.functions import call_of, described, same_answer, same_names


def compare_functions(
    pair: Pair, old: Sequence[Function], new: Sequence[Function]
) -> Iterator[Change]:
    """Every difference between two sets of functions.

    One that goes while another of its name comes has another signature; with several of
    either, nobody can tell which became which.
    """
    before = {_identity(each): each for each in old}
    after = {_identity(each): each for each in new}
    gone = _by_name([before[at] for at in before if at not in after])
    come = _by_name([after[at] for at in after if at not in before])
    for at in sorted(before.keys() & after.keys()):
        yield from _compare(pair.functions(before[at], after[at]), before[at], after[at])
    for name in sorted(gone.keys() | come.keys()):
        left, right = gone[name], come[name]
        if len(left) == len(right) == 1:
            yield pair.functions(left[0], right[0]).change(
                "function-signature-changed", described(left[0]), described(right[0])
            )
            continue
        for each in left:
            yield pair.functions(each, None).change("function-removed", described(each))
        for each in right:
            yield pair.functions(None, each).change("function-added", None, described(each))


def _compare(pair: Pair, old: Function, new: Function) -> Iterator[Change]:
    is_same = same_answer(old, new) and same_names(old.arguments, new.arguments)
    if not is_same:
        yield pair.change("function-signature-changed", described(old), described(new))
    elif old.definition != new.definition:
        if None in (old.definition, new.definition):
            if not pair.observed:
                kind = "query-stated" if old.definition is None else "query-withdrawn"
                yield pair.change(kind, old.definition, new.definition, aspect="definition")
        elif _words(old.definition) != _words(new.definition):
            yield pair.change(
                "function-body-changed", old.definition, new.definition, aspect="definition"
            )
    for aspect in ("arguments", "result", "description") if is_same else ("description",):
        yield from documented(pair, aspect, getattr(old, aspect), getattr(new, aspect))


def _words(definition: str | None) -> list[str]:
    return (definition or "").split()


def _identity(function: Function) -> tuple[str, str]:
    return function.schema, call_of(function)


def _by_name(functions: Sequence[Function]) -> defaultdict[tuple[str, str], list[Function]]:
    by_name: defaultdict[tuple[str, str], list[Function]] = defaultdict(list)
    for function in functions:
        by_name[function.schema, function.name].append(function)
    return by_name
