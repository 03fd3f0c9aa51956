"""What comparing two views came to: for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from prevention.render.plain import count, one_line, painter

if TYPE_CHECKING:
    from detection.pairing import Pair
    from detection.parity import Example, Parity
    from prevention.decision import Obstacle

SCHEMA: Final = 1
"""The version of the JSON, which only ever grows."""

HIDDEN: Final = "(not shown)"


class Style(NamedTuple):
    """How names and values of others stand in a line."""

    name: Callable[[str], str]
    value: Callable[[str], str]


PLAIN: Final = Style(one_line, lambda value: f"'{one_line(value)}'")


def headline(found: Parity, style: Style = PLAIN) -> str:
    """The outcome in a sentence."""
    old, new = (style.name(each.qualified_name) for each in found.pairing.views)
    if found.is_same:
        columns = count(len(found.pairing.columns), "column")
        little = "the little that both have, " if found.is_little else ""
        rows = count(found.matched, "row")
        return f"{old} and {new} say the same in {little}{columns} of {rows}."
    return f"{old} and {new} differ."


def as_text(found: Parity, *, colour: bool = False) -> str:
    """The result for a terminal."""
    paint = painter(colour)
    first = paint("held" if found.is_same else "error", headline(found))
    return "\n".join([first, *("  " * deep + line for deep, line in body(found, PLAIN))]) + "\n"


def as_markdown(found: Parity) -> str:
    """The result for a pull request or a page; what comes from rows and names is escaped."""
    from prevention.render.markdown import code

    style = Style(code, code)
    mark = "Same" if found.is_same else "Different"
    lines = ["  " * (deep - 1) + f"- {line}" for deep, line in body(found, style)]
    return "\n".join([f"### {mark}", "", headline(found, style), "", *lines]).rstrip() + "\n"


def body(found: Parity, style: Style) -> Iterator[tuple[int, str]]:
    """Every count that is not nought, with its examples; then what was not compared.

    Each line comes with how deep it stands: 1, or 2 for an example.
    """
    for fate, said in _counts(found, style):
        yield 1, said
        yield from _examples(found, fate, style)
    if found.differing:
        rows = count(found.differing, "row")
        yield 1, f"{rows} of {found.matched} that both have, with another value"
        for pair in found.pairing.columns:
            if number := found.by_column[pair.old]:
                yield 2, f"in {named(pair, style)}: {number}"
        yield from _examples(found, "differs", style)
    yield from ((1, line) for line in what_was_left_out(found, style))


def _counts(found: Parity, style: Style) -> Iterator[tuple[str, str]]:
    """What is amiss with keys, the worst first: a key that tells nothing apart."""
    sides = [style.name(each.qualified_name) for each in found.pairing.views]
    key = ", ".join(style.name(pair.old) for pair in found.pairing.keys)
    for side, number in zip(sides, found.repeated, strict=True):
        if number:
            # Told once: an example says how many rows there are on either side.
            last = side == sides[1] or not found.repeated[1]
            keys, have = count(number, "key"), "has" if number == 1 else "have"
            yield (
                "repeated" if last else "",
                (
                    f"{keys} in {side} that more than one row {have}, which are not compared: "
                    f"{key} is no key of it"
                ),
            )
    for side, number in zip(sides, found.without_key, strict=True):
        if number:
            rows, are = count(number, "row"), "is" if number == 1 else "are"
            yield "", f"{rows} of {side} with a null in {key}, which {are} not compared"
    for fate, number, here, there in (
        ("only old", found.only_old, sides[0], sides[1]),
        ("only new", found.only_new, sides[1], sides[0]),
    ):
        if number:
            yield fate, f"{count(number, 'row')} of {here} that {there} has not"


def _examples(found: Parity, fate: str, style: Style) -> Iterator[tuple[int, str]]:
    return ((2, _told(found, one, style)) for one in found.examples if one.fate == fate)


def named(pair: Pair, style: Style = PLAIN) -> str:
    """A pair of columns: ``title``, or ``artist = artist_display_name``."""
    old, new = style.name(pair.old), style.name(pair.new)
    return old if pair.old == pair.new else f"{old} = {new}"


def what_was_left_out(found: Parity, style: Style = PLAIN) -> list[str]:
    """What was not compared, or less strictly than it could be: nothing is left out in silence."""
    pairing = found.pairing
    old, new = (style.name(each.qualified_name) for each in pairing.views)
    pairs = (*pairing.keys, *pairing.columns)
    name = style.name
    is_part = bool(pairing.only_old or pairing.only_new)
    said = {
        "Compared": [named(pair, style) for pair in pairing.columns if is_part],
        f"Only in {old}, and not compared": map(name, pairing.only_old),
        f"Only in {new}, and not compared": map(name, pairing.only_new),
        "Ignored": map(name, pairing.ignored),
        "Compared as texts, since PostgreSQL has no equality for the type": [
            name(pair.old) for pair in pairs if pair.how == "text"
        ],
        "Compared within a tolerance": [
            f"{name(pair.old)} ({name(pair.tolerance)})" for pair in pairs if pair.tolerance
        ],
        "Values not shown, since no contract at hand lets them be told": [
            name(pair.old) for pair in pairs if not pair.shown and found.examples
        ],
    }
    lines = ((what, ", ".join(names)) for what, names in said.items())
    return [f"{what}: {names}" for what, names in lines if names]


def _told(found: Parity, one: Example, style: Style) -> str:
    """A key with which something is amiss: ``object_id '437133': title 'a' against 'b'``."""
    key = ", ".join(
        f"{style.name(pair.old)} {_value(value, style) if pair.shown else HIDDEN}"
        for pair, value in zip(found.pairing.keys, one.key, strict=True)
    )
    if one.fate == "repeated":
        return f"{key}: {one.rows[0]} against {count(one.rows[1], 'row')}"
    differences = "; ".join(
        f"{style.name(each.column)} {_value(each.old, style)} against {_value(each.new, style)}"
        if each.shown else f"{style.name(each.column)} {HIDDEN}"
        for each in one.differences
    )  # fmt: skip
    return f"{key}: {differences}" if differences else key


def _value(value: str | None, style: Style) -> str:
    return "null" if value is None else style.value(value)


def as_json(found: Parity) -> str:
    """The result for programs."""
    pairing = found.pairing
    document = {
        "schema": SCHEMA,
        "status": "same" if found.is_same else "different",
        "exit": 0 if found.is_same else 1,
        "old": pairing.old.qualified_name,
        "new": pairing.new.qualified_name,
        "key": [_pair(pair) for pair in pairing.keys],
        "rows": _two(found.rows),
        "without_key": _two(found.without_key),
        "repeated_keys": _two(found.repeated),
        "only_old": found.only_old,
        "only_new": found.only_new,
        "matched": found.matched,
        "differing": found.differing,
        "columns": [
            {**_pair(pair), "differing": found.by_column[pair.old]} for pair in pairing.columns
        ],
        "not_compared": {
            "only_old": list(pairing.only_old),
            "only_new": list(pairing.only_new),
            "ignored": list(pairing.ignored),
        },
        "covers_old": found.covers_old,
        "examples": [_example(found, one) for one in found.examples],
    }
    return _dumped(document)


def not_judged_json(obstacles: tuple[Obstacle, ...]) -> str:
    """Why nothing could be compared, for programs."""
    told = [{"what": one.what, "next": one.next_step} for one in obstacles]
    return _dumped({"schema": SCHEMA, "status": "not-judged", "exit": 2, "obstacles": told})


def _dumped(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _two(numbers: tuple[int, int]) -> dict[str, int]:
    return {"old": numbers[0], "new": numbers[1]}


def _pair(pair: Pair) -> dict[str, Any]:
    return {"old": pair.old, "new": pair.new, "compared": pair.how, "tolerance": pair.tolerance}


def _example(found: Parity, one: Example) -> dict[str, Any]:
    keys = zip(found.pairing.keys, one.key, strict=True)
    return {
        "kind": one.fate.replace(" ", "_"),
        "key": {pair.old: value for pair, value in keys},
        "rows": _two(one.rows),
        "differences": [
            {"column": each.column, "old": each.old, "new": each.new, "shown": each.shown}
            for each in one.differences
        ],
    }
