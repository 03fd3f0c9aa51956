"""Checks of quality: which of two lets less through, as far as that can be told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from contracts.checks import INVALID_VALUES, MISSING_VALUES, arguments_of
from contracts.model import Check
from detection.change import Change
from detection.diffing.documentation import documented, words
from detection.diffing.pairing import Pair
from detection.diffing.services import (
    LARGER_IS_TIGHTER,
    LEVELS,
    SMALLER_IS_TIGHTER,
    Direction,
    amount,
)


def compare_checks(pair: Pair, old: Sequence[Check], new: Sequence[Check]) -> Iterator[Change]:
    """Checks of quality by their names, else by what they measure; their order does not matter."""
    before, after = _in_pairs(_by_name(old), _by_name(new))
    for at in sorted(before.keys() | after.keys(), key=str):
        one, other = before.get(at), after.get(at)
        if one == other:
            continue
        there = _at_its_column(pair.parts(one, other), one or other)
        if one is None or other is None:
            kind = "quality-check-added" if one is None else "quality-check-removed"
            yield there.change(kind, described(one), described(other), aspect="quality")
        elif _demand(one) == _demand(other):
            yield from documented(there, "quality", _rest(one), _rest(other))
        else:
            direction = direction_of_checks(one, other)
            yield there.change(
                f"quality-check-{direction}", described(one), described(other), aspect="quality"
            )


def direction_of_checks(old: Check, new: Check) -> Direction:
    """Whether the second demands more of the rows than the first, as far as that can be told."""
    if _about(old) != _about(new):
        return "changed"
    bounds = _direction_of_bounds(old, new)
    levels = LEVELS.index(new.level) - LEVELS.index(old.level)
    severity: Direction | None = None
    if levels:
        severity = "tightened" if levels > 0 else "loosened"
    found = {each for each in (bounds, severity, _direction_of_arguments(old, new)) if each}
    return found.pop() if len(found) == 1 else "changed"


def _direction_of_bounds(old: Check, new: Check) -> Direction | None:
    """As :func:`direction_of_checks`, for what is measured; ``None`` where that is the same."""
    if (old.operator, old.bound) == (new.operator, new.bound):
        return None
    if old.operator == "mustBeBetween" == new.operator and len(old.bound) == len(new.bound) == 2:
        return _direction_of_ranges(old, new)
    before, after = (amount(str(each.bound[0])) if len(each.bound) == 1 else None
                     for each in (old, new))  # fmt: skip
    if old.operator != new.operator or before is None or after is None:
        return "changed"
    if old.operator in SMALLER_IS_TIGHTER:
        return "tightened" if after < before else "loosened"
    if old.operator in LARGER_IS_TIGHTER:
        return "tightened" if after > before else "loosened"
    return "changed"


def _direction_of_ranges(old: Check, new: Check) -> Direction:
    low, high = (amount(str(bound)) for bound in old.bound)
    lower, higher = (amount(str(bound)) for bound in new.bound)
    if low is None or high is None or lower is None or higher is None:
        return "changed"
    if low <= lower and higher <= high:
        return "tightened"
    return "loosened" if lower <= low and high <= higher else "changed"


def _direction_of_arguments(old: Check, new: Check) -> Direction | None:
    """Whether fewer values are good now; ``None`` where the arguments are the same."""
    before, after = arguments_of(old), arguments_of(new)
    keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    if not keys:
        return None if old.arguments == new.arguments else "changed"
    if old.measure not in (INVALID_VALUES, MISSING_VALUES) or not _bounds_what_fails(new):
        return "changed"
    found = {_direction_of_limit(key, before.get(key), after.get(key)) for key in keys}
    return found.pop() if len(found) == 1 else "changed"


def _bounds_what_fails(check: Check) -> bool:
    """Whether it says how many values may fail at most, so that fewer good ones are stricter."""
    return check.operator in (None, *SMALLER_IS_TIGHTER) or (
        check.operator == "mustBe" and check.bound == (0,)
    )


def _direction_of_limit(key: str, old: Any, new: Any) -> Direction:
    tighter = _TIGHTER.get(key)
    if tighter is None:
        return "changed"
    if old is None or new is None:
        return "tightened" if old is None else "loosened"
    try:
        return "tightened" if tighter(old, new) else "loosened" if tighter(new, old) else "changed"
    except TypeError:  # what one says cannot be weighed against what the other says
        return "changed"


def _fewer(old: Any, new: Any) -> bool:
    return isinstance(old, list) and all(value in old for value in new)


def _more(old: Any, new: Any) -> bool:
    return _fewer(new, old)


def _larger(old: Any, new: Any) -> bool:
    return bool(new > old)


def _smaller(old: Any, new: Any) -> bool:
    return bool(new < old)


def _never(_old: Any, _new: Any) -> bool:
    return False


_TIGHTER: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "validValues": _fewer, "invalidValues": _more, "missingValues": _more,
    "minLength": _larger, "minimum": _larger, "exclusiveMinimum": _larger,
    "maxLength": _smaller, "maximum": _smaller, "exclusiveMaximum": _smaller,
    "pattern": _never, "invalidPattern": _never, "missingPattern": _never, "format": _never,
    "references": _never,
}  # fmt: skip
"""For each limit, whether the second is the tighter one; one that is new is always tighter."""

Checks = dict[tuple[object, ...], Check]


def _in_pairs(before: Checks, after: Checks) -> tuple[Checks, Checks]:
    """The same, those without a name paired by what they are about, where only one is on each side.

    Its limits may have changed, and it is the same check all the same.
    """
    gone = {at: one for at, one in before.items() if at not in after and not one.name}
    come = {at: one for at, one in after.items() if at not in before and not one.name}
    sizes, new_sizes = Counter(map(_about, gone.values())), Counter(map(_about, come.values()))
    places = {_about(one): at for at, one in gone.items()}
    moved = {
        at: places[_about(one)]
        for at, one in come.items()
        if sizes[_about(one)] == new_sizes[_about(one)] == 1
    }
    return before, {moved.get(at, at): one for at, one in after.items()}


def _about(check: Check) -> tuple[object, ...]:
    """What a check is about, whatever it allows; a query is about itself."""
    return check.measure, check.columns, check.table, check.unit, check.query, check.filter


def _by_name(checks: Sequence[Check]) -> dict[tuple[object, ...], Check]:
    return {(check.table, check.name or _measured(check)): check for check in checks}


def _measured(check: Check) -> tuple[object, ...]:
    return (*_about(check), check.arguments)


def _demand(check: Check) -> tuple[object, ...]:
    return (*_measured(check), check.operator, check.bound, check.level)


def _rest(check: Check) -> str | None:
    facts = (check.name, check.description, check.dimension, check.severity, check.custom)
    return "; ".join(said for fact in facts if (said := words(fact))) or None


def described(check: Check | None) -> str | None:
    """A check in one line: ``nullValues of title mustBeLessThan 5 percent``."""
    if check is None:
        return None
    of = f"of {', '.join(check.columns)}" if check.columns else None
    bound = " and ".join(map(str, check.bound)) or None
    level = None if check.level == "error" else f"({check.level})"
    query = check.query if check.measure in ("sql", "custom") else check.arguments
    facts = (check.measure, of, query, check.operator, bound, check.unit, level)
    return " ".join(fact for fact in facts if fact)


def _at_its_column(pair: Pair, check: Check | None) -> Pair:
    """The pair of the table, and of the column, that a check is about, as far as it names one."""
    contracts = pair.before.contract, pair.after.contract
    if check is None or contracts[0] is None or contracts[1] is None:
        return pair
    tables = [
        next(
            (
                table
                for table in contract.tables
                if check.table in (None, table.qualified_name)
                and (check.table or len(contract.tables) == 1)
            ),
            None,
        )
        for contract in (contracts[0], contracts[1])
    ]
    pair = pair.tables(tables[0], tables[1])
    if len(check.columns) == 1 and all(tables):
        (name,) = check.columns
        columns = [table.column(name) for table in tables if table]
        return pair.columns(columns[0], columns[1])
    return pair
