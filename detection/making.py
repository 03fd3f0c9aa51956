"""Many frozen objects at once.

A frozen dataclass sets its fields one by one through a check, which is nothing for one object
and most of the time for a hundred thousand. So they are made by a twin of the class that has
the same fields and is not frozen, and then called what they are.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import MISSING, field, fields, make_dataclass
from functools import cache
from typing import Any, TypeVar

Noun = TypeVar("Noun", bound=Hashable)


def made(noun: type[Noun], **values: Iterable[Any]) -> list[Noun]:
    """Objects of a dataclass with slots, just as its constructor would make them.

    ``values`` gives each field its values in order, one for each object; a field without has
    its default.
    """
    objects = list(map(_twin(noun, tuple(values)), *values.values()))
    for each in objects:
        each.__class__ = noun
    return objects


@cache
def _twin(noun: type[Any], given: tuple[str, ...]) -> type[Any]:
    """A class with the fields of ``noun``, the ``given`` ones first, that is not frozen.

    Python lets an object change over to a class with exactly the same slots.
    """
    defaults = {each.name: each.default for each in fields(noun) if each.name not in given}
    for name, default in defaults.items():
        if default is MISSING:
            raise TypeError(f"{noun.__name__} needs a {name}.")
    others = [(name, Any, field(default=default)) for name, default in defaults.items()]
    return make_dataclass("Twin", [*given, *others], eq=False, repr=False, slots=True)
