"""What a query returned before and after something, and what became different. All of it pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import eq
from typing import Final, Literal

Outcome = Literal[
    "fails", "unanswered", "other columns", "other types", "other rows", "other order", "same",
    "failed before", "mended", "not asked",
]  # fmt: skip
"""What became of a query, the worst thing that can be said of it.

fails:          it worked before, and stops with an error now.
unanswered:     it was not answered in time, before or after.
other columns:  it returns columns of other names, or more or fewer of them.
other types:    the same columns, but not all of the same types.
other rows:     the same columns and types, but not the same rows.
other order:    the same rows in another order.
same:           nothing became different.
failed before:  it failed before, and fails now.
mended:         it failed before, and works now.
not asked:      it calls what may change something, so nobody knows what it returns.
"""

SLOWNESS: Final = "57014"
IMPATIENCE: Final = (SLOWNESS, "55P03")
"""The codes of a statement that was cancelled, and of a lock that was not to be had in time."""

REFUSED: Final = "refused"
"""In place of a code of Postgres: the query was not put to it."""

MOST_ROWS: Final = 100_000
"""How many rows of an answer are compared."""

_NEAREST: Final = 1_000

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Output:
    """A column that a query returns; its type as Postgres prints it."""

    name: str
    type: str
    oid: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Failure:
    """What Postgres said instead of an answer, with its code (``SQLSTATE``), or ``REFUSED``."""

    code: str
    message: str
    detail: str | None = None
    hint: str | None = None

    @property
    def is_impatience(self) -> bool:
        """Whether it took too long: a lock that was not to be had, or a statement that went on."""
        return self.code in IMPATIENCE

    @property
    def is_refusal(self) -> bool:
        """Whether the query was not asked for what it would have done."""
        return self.code == REFUSED

    @property
    def is_slowness(self) -> bool:
        """Whether the statement itself went on for too long."""
        return self.code == SLOWNESS


NOT_ASKED: Final = Failure(SLOWNESS, "not asked: the time for it was over")


@dataclass(frozen=True, slots=True)
class Sight:
    """How Postgres would answer a query: its columns, and its plan with every column that it uses.

    Two sights of the same plan give the same answer, as long as no row is changed between them.
    """

    columns: tuple[Output, ...]
    plan: str


@dataclass(frozen=True, slots=True)
class Pace:
    """How much work a query is: to the planner, in its own units; in truth, in seconds."""

    cost: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query returned: rows as texts, up to :data:`MOST_ROWS` of them."""

    columns: tuple[Output, ...]
    rows: tuple[Row, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class RowsDifference:
    """How two answers differ in the columns that both have.

    differing:    how many rows are in one and not in the other; of the two, the larger number.
    lost, gained: a row that is only in the first, and the one most like it that is only in the
                  second; ``None`` where one of them has no such row.
    withheld:     the classified columns because of which no row is here.
    """

    columns: tuple[str, ...]
    before: int
    after: int
    differing: int
    lost: Row | None = None
    gained: Row | None = None
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerDifference:
    """What became of a query, and all that there is to show for it.

    by_plan:  the rows were not fetched: Postgres plans the query as before and no row it reads
              was touched.
    """

    outcome: Outcome
    failure: Failure | None = None
    columns_before: tuple[Output, ...] = ()
    columns_after: tuple[Output, ...] = ()
    rows: RowsDifference | None = None
    by_plan: bool = False


def compare(before: Answer | Failure, after: Answer | Failure) -> AnswerDifference:
    """What became of a query, from its answers before and after."""
    if isinstance(before, Failure) or isinstance(after, Failure):
        return _compare_failures(before, after)
    rows = _compare_rows(before, after)
    outcome: Outcome = "same"
    if rows is not None:
        outcome = "other rows" if rows.differing else "other order"
    if before.columns != after.columns:
        names = [output.name for output in before.columns]
        same_names = names == [output.name for output in after.columns]
        outcome = "other types" if same_names else "other columns"
    return AnswerDifference(outcome, None, before.columns, after.columns, rows)


def _compare_failures(before: Answer | Failure, after: Answer | Failure) -> AnswerDifference:
    columns = before.columns if isinstance(before, Answer) else ()
    for each in (after, before):
        if isinstance(each, Failure) and each.is_refusal:
            return AnswerDifference("not asked", each, columns)
    for each in (after, before):
        if isinstance(each, Failure) and each.is_impatience:
            return AnswerDifference("unanswered", each, columns)
    if not isinstance(after, Failure):
        return AnswerDifference("mended", None, columns, after.columns)
    return AnswerDifference(
        "failed before" if isinstance(before, Failure) else "fails", after, columns
    )


def _compare_rows(before: Answer, after: Answer) -> RowsDifference | None:
    """How the rows differ in the columns of the same names; ``None`` if they do not."""
    shared = _shared(before.columns, after.columns)
    if before.rows == after.rows and len(shared) == len(before.columns) == len(after.columns):
        return None
    first = _projected(before, [place for place, _ in shared])
    second = _projected(after, [place for _, place in shared])
    if first == second:
        return None
    lost, gained = Counter(first), Counter(second)
    lost, gained = lost - gained, gained - lost
    one = next((row for row in first if row in lost), None)
    return RowsDifference(
        columns=tuple(before.columns[place].name for place, _ in shared),
        before=len(first),
        after=len(second),
        differing=max(lost.total(), gained.total()),
        lost=one,
        gained=_nearest(one, gained),
    )


def _shared(before: Sequence[Output], after: Sequence[Output]) -> list[tuple[int, int]]:
    """The places of the columns that both have, where a name occurs once in each."""
    if [output.name for output in before] == [output.name for output in after]:
        return [(place, place) for place in range(len(before))]
    names, others = (Counter(output.name for output in each) for each in (before, after))
    places = {output.name: place for place, output in enumerate(after)}
    return [
        (place, places[output.name])
        for place, output in enumerate(before)
        if names[output.name] == 1 and others[output.name] == 1
    ]


def _projected(answer: Answer, places: Sequence[int]) -> list[Row]:
    if list(places) == list(range(len(answer.columns))):
        return list(answer.rows)
    return [tuple(row[place] for place in places) for row in answer.rows]


def _nearest(row: Row | None, rows: Counter[Row]) -> Row | None:
    """The row that has the most in common with this one; the first, where there is none to meet."""
    candidates = list(rows)[:_NEAREST]
    if row is None:
        return candidates[0] if candidates else None
    return max(candidates, key=lambda other: sum(map(eq, row, other)), default=None)
