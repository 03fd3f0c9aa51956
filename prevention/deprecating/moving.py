"""What a consumer does about each thing that breaks between a contract and its replacement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from detection.change import Change, Verdict
from detection.changing import Change as Trial
from detection.changing import Kind
from detection.evolution import TYPE_RULES
from detection.succession import Rearranged, Succession
from prevention.changelog import phrase
from prevention.changes import Telling
from prevention.safe_paths import SafePath, safe_path

_TYPES: Final = frozenset(rule.id for rule in TYPE_RULES)
_FOR_READERS: Final[Mapping[str, str]] = {
    "column-name-changed": "Read {new} in place of {old}.",
    "column-removed": "Do without {element}, or tell the owner: nothing takes its place.",
    "not-null-dropped": "Expect nulls in {element}: in sums, in joins, and in `not in (…)`.",
    "value-removed": "Stop asking for {old} in {element}: it does not occur any more.",
    "value-added": "Expect {new} in {element}, and say what becomes of it.",
    "table-removed": "Do without {element}, or tell the owner: nothing takes its place.",
}
_FOR_WRITERS: Final[Mapping[str, str]] = {
    "not-null-added": "Fill {element} in every write: it is required.",
    "column-added-required": "Fill {element} in every write: it is required.",
}
_TRIALS: Final[Mapping[str, Kind]] = {
    "column-name-changed": "rename column",
    "column-removed": "drop column",
    "not-null-dropped": "allow null",
    "not-null-added": "forbid null",
    "table-removed": "drop table",
}
"""The rules for which the way around is worked out with the names at hand."""


def breaking_lines(succession: Succession) -> list[str]:
    """What breaks, each in a line; columns that were split or merged are one."""
    return [text for text, _ in breaking_parts(succession)]


def breaking_parts(succession: Succession) -> list[tuple[str, tuple[Verdict, ...]]]:
    """What breaks, each in a line, with the verdicts that it stands for."""
    found: dict[str, list[Verdict]] = {}
    for verdict in succession.breaking:
        together = succession.rearrangement(verdict.change)
        said = rearranged_phrase(together) if together else _phrase(verdict)
        found.setdefault(said, []).append(verdict)
    return [(said, tuple(verdicts)) for said, verdicts in found.items()]


def rearranged_phrase(together: Rearranged) -> str:
    """That columns are gone, and which others, by their names, say the same."""
    gone, come = (_names(names) for names in (together.gone, together.come))
    if len(together.come) > 1:
        return f"{gone} is gone; by its name, it is split into {come}"
    return f"{gone} are gone; by their names, they are merged into {come}"


def steps_for(succession: Succession, verdicts: Sequence[Verdict], *, write: bool) -> list[str]:
    """What to do about these verdicts, each once: for whoever reads, and ``write`` for writers too.

    The tables that go by another name come first.
    """
    return list(dict.fromkeys(_steps(succession, verdicts, write)))


def way_around(succession: Succession, verdicts: Sequence[Verdict]) -> SafePath:
    """Why something breaks, and the steps by which nobody is hurt meanwhile.

    Where the replacement is another table, the two stand side by side, and it is the readers who
    take the steps; else its producer does.
    """
    verdict = verdicts[0]
    together = succession.rearrangement(verdict.change)
    path = _beside(together) if together is not None else _in_place(verdict)
    if succession.has_moved(verdict.change):
        return SafePath(
            path.why, tuple(dict.fromkeys(_own_steps(succession, verdicts, write=True)))
        )
    return path


def _in_place(verdict: Verdict) -> SafePath:
    kind = "retype column" if verdict.rule in _TYPES else _TRIALS.get(verdict.rule)
    trial = _trial(kind, verdict.change) if kind else None
    if trial is None:
        return SafePath(verdict.reason, (verdict.safe_path,))
    return safe_path(trial)


def _steps(succession: Succession, verdicts: Sequence[Verdict], write: bool) -> Iterator[str]:
    for old, new in succession.tables:
        yield f"Read {_code(new)} in place of {_code(old)}."
    yield from _own_steps(succession, verdicts, write=write)


def _own_steps(
    succession: Succession, verdicts: Sequence[Verdict], *, write: bool
) -> Iterator[str]:
    for verdict in verdicts:
        if (together := succession.rearrangement(verdict.change)) is not None:
            yield f"Read {_names(together.come)} in place of {_names(together.gone)}."
        elif verdict.reader in ("breaking", "conditional", "invalid"):
            yield _step(verdict, _FOR_READERS)
        elif write:
            yield _step(verdict, _FOR_WRITERS)


def _step(verdict: Verdict, words: Mapping[str, str]) -> str:
    change = verdict.change
    names = {
        "element": _code(change.column or change.element),
        "old": _code(change.old or ""),
        "new": _code(change.new or ""),
    }
    if (said := words.get(verdict.rule)) is not None:
        return said.format_map(names)
    if verdict.rule in _TYPES:
        new, old = names["new"], names["old"]
        return (
            f"Expect {new} in {names['element']}, where {old} was: "
            "look at casts, comparisons and copies."
        )
    return f"Look at this: {_phrase(verdict)}."


def _beside(together: Rearranged) -> SafePath:
    gone, come = _names(together.gone), _names(together.come)
    return SafePath(
        "The same is said by other columns: whoever knows the old names finds nothing.",
        (
            f"Expand: add {come} beside {gone}, and let every write fill all of them.",
            f"Backfill {come} from {gone}, and count the values that do not come apart cleanly.",
            f"Declare {come} in the contract, and mark {gone} as deprecated, with a date.",
            "Migrate: tell every consumer, and wait until none of them reads the old names.",
            f"Contract: drop {gone} after the date, with the next major version.",
        ),
    )


def _trial(kind: Kind, change: Change) -> Trial | None:
    if change.schema is None or change.table is None:
        return None
    column = change.before.column.name if change.before.column else change.column
    return Trial(kind, change.schema, change.table, column, change.new)


def _phrase(verdict: Verdict) -> str:
    return phrase(Telling().finding(verdict))


def _names(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``, in code spans."""
    marked = [_code(name) for name in names]
    return " and ".join(filter(None, (", ".join(marked[:-1]), marked[-1])))


def _code(text: str) -> str:
    from prevention.render.markdown import code

    return code(text)
