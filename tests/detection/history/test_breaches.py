"""When breaches begin and end: tables of runs, and what holds for any runs whatever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.history import BrokenPromise, Observation, Run, breaches_of, carry_on, events_of
from detection.history.breaches import Breach, Event

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
IMAGES, TAGS = "museum/object_images", "museum/object_tags"


def promise(contract: str, fingerprint: str, found: str | None = None) -> BrokenPromise:
    promised = f"fresh by {fingerprint}"
    return BrokenPromise(contract, fingerprint, "rows-stale", f"public.{contract}", promised, found)


def run(number: int, stood: dict[str, str | None]) -> Run:
    """A run of the n-th minute; each contract with its broken promises, ``None`` for not judged."""
    broken = tuple(
        promise(contract, fingerprint)
        for contract, fingerprints in stood.items()
        for fingerprint in fingerprints or ""
    )
    observations = tuple(
        Observation(contract, "not-judged" if said is None else "broken" if said else "held")
        for contract, said in stood.items()
    )
    at = NOON + timedelta(minutes=number)
    return Run(at, "/museum", "broken" if broken else "held", observations, broken, number=number)


def runs(*stood: dict[str, str | None]) -> list[Run]:
    return [run(number, each) for number, each in enumerate(stood, 1)]


def told(breaches: tuple[Breach, ...]) -> list[tuple[str, str, int, int | None]]:
    return [(b.promise.contract, b.promise.fingerprint, b.began, b.ended) for b in breaches]


CASES = {
    "none": ([], []),
    "held": ([{IMAGES: ""}, {IMAGES: ""}], []),
    "lasts": ([{IMAGES: ""}, {IMAGES: "a"}, {IMAGES: "a"}], [(IMAGES, "a", 2, None)]),
    "ends": ([{IMAGES: "a"}, {IMAGES: ""}, {IMAGES: ""}], [(IMAGES, "a", 1, 2)]),
    "another promise of the same contract": (
        [{IMAGES: "a"}, {IMAGES: "ab"}, {IMAGES: "b"}],
        [(IMAGES, "a", 1, 3), (IMAGES, "b", 2, None)],
    ),
    "the same promise again is another breach": (
        [{IMAGES: "a"}, {IMAGES: ""}, {IMAGES: "a"}],
        [(IMAGES, "a", 1, 2), (IMAGES, "a", 3, None)],
    ),
    "nobody could judge: neither an end": (
        [{IMAGES: "a"}, {IMAGES: None}, {IMAGES: "a"}],
        [(IMAGES, "a", 1, None)],
    ),
    "nor a beginning": ([{IMAGES: None}, {IMAGES: ""}], []),
    "a run of other contracts": (
        [{IMAGES: "a"}, {TAGS: "b"}, {TAGS: ""}, {IMAGES: ""}],
        [(IMAGES, "a", 1, 4), (TAGS, "b", 2, 3)],
    ),
    "one fingerprint in two contracts": (
        [{IMAGES: "a", TAGS: "a"}, {IMAGES: "", TAGS: "a"}],
        [(IMAGES, "a", 1, 2), (TAGS, "a", 1, None)],
    ),
}


@pytest.mark.parametrize(("stood", "expected"), CASES.values(), ids=CASES)
def test_breaches(
    stood: list[dict[str, str | None]], expected: list[tuple[str, str, int, int | None]]
) -> None:
    assert sorted(told(breaches_of(runs(*stood)))) == sorted(expected)


OPEN = BrokenPromise(IMAGES, "a", "rows-empty", "public.images.image", "filled")


@pytest.mark.parametrize(
    ("rule", "element", "promised", "ends"),
    [
        ("rows-unmeasured", "public.images.image", "filled", False),
        ("rows-refused", "public.images.image", "filled", False),
        ("rows-unmeasured", "public.images.image", "unique", True),
        ("rows-unmeasured", "public.images.label", "filled", True),
        ("rows-stale", "public.images.image", "filled", True),
        ("column-missing", "public.images.image", "text", False),
        ("column-missing", "public.images.label", "text", True),
        ("table-missing", "public.images", None, False),
        ("table-missing", "public.image", None, True),
        ("type-differs", "public.images.image", "text", True),
    ],
)
def test_a_breach_goes_on_where_nobody_could_see_whether_it_is_over(
    rule: str, element: str, promised: str | None, ends: bool
) -> None:
    first, second = runs({IMAGES: "a"}, {IMAGES: "b"})
    (before,) = carry_on((), replace(first, broken=(OPEN,))).open
    other = BrokenPromise(IMAGES, "b", rule, element, promised)
    after = carry_on((before,), replace(second, broken=(other,)))
    assert bool(after.ended) is ends


TEXT = BrokenPromise(IMAGES, "a", "type-differs", "public.images.image", "text", "integer")
CHANGED = replace(TEXT, fingerprint="b", found="bigint")
ELSEWHERE = replace(CHANGED, element="public.images.label")
GONE = BrokenPromise(IMAGES, "c", "column-missing", "public.images.image", "text")


@pytest.mark.parametrize(
    ("broken", "accepted", "lasts", "begins", "ends_accepted"),
    [
        ([CHANGED], [], True, 0, None),
        ([CHANGED, TEXT], [], True, 1, None),
        ([TEXT, TEXT], [], True, 0, None),
        ([ELSEWHERE], [], False, 1, False),
        ([replace(CHANGED, promised="varchar")], [], False, 1, False),
        ([replace(CHANGED, rule="length-differs")], [], False, 1, False),
        ([replace(CHANGED, contract=TAGS)], [], False, 1, False),
        ([], [], False, 0, False),
        ([], [TEXT], False, 0, True),
        ([], [CHANGED], False, 0, True),
        ([], [GONE], False, 0, True),
        ([], [ELSEWHERE], False, 0, False),
        ([GONE], [TEXT], True, 1, None),
        ([TEXT], [CHANGED], True, 0, None),
    ],
)
def test_what_is_found_may_change_and_what_is_accepted_is_over_unmended(
    broken: list[BrokenPromise],
    accepted: list[BrokenPromise],
    lasts: bool,
    begins: int,
    ends_accepted: bool | None,
) -> None:
    first, second = runs({IMAGES: "a"}, {IMAGES: "a"})
    (before,) = carry_on((), replace(first, broken=(TEXT,))).open
    made = carry_on((before,), replace(second, broken=tuple(broken), accepted=tuple(accepted)))
    assert [breach.id for breach in made.lasting] == [before.id] * lasts
    assert len(made.begun) == begins
    assert [breach.accepted for breach in made.ended] == ([] if lasts else [ends_accepted])


def test_a_breach_of_which_other_things_are_found_keeps_its_events() -> None:
    one, two, three, four = runs({IMAGES: "a"}, {IMAGES: "a"}, {IMAGES: "a"}, {IMAGES: ""})
    broken = (TEXT, CHANGED, replace(TEXT, fingerprint="d", found="date"))
    found = [
        replace(each, broken=(it,)) for each, it in zip((one, two, three), broken, strict=True)
    ]
    (breach,) = breaches_of([*found, four])
    assert (breach.began, breach.ended, breach.accepted) == (1, 4, False)
    assert (breach.promise.fingerprint, breach.promise.found) == ("a", "date")
    assert [event.kind for event in events_of([*found, four])] == ["began", "ended"]


def test_what_is_accepted_and_then_no_more_is_another_breach() -> None:
    one, two, three = runs({IMAGES: "a"}, {IMAGES: ""}, {IMAGES: "a"})
    known = replace(two, accepted=one.broken)
    assert [(b.began, b.ended, b.accepted) for b in breaches_of([one, known, three])] == [
        (1, 2, True), (3, None, False),
    ]  # fmt: skip


def test_times_are_those_of_the_runs() -> None:
    (breach,) = breaches_of(runs({IMAGES: ""}, {IMAGES: "a"}, {IMAGES: ""}))
    assert (breach.began_at, breach.ended_at) == (run(2, {}).at, run(3, {}).at)
    assert not breach.lasts


def test_events_say_when_they_were_found_out() -> None:
    events = events_of(runs({IMAGES: "a"}, {IMAGES: "", TAGS: "b"}))
    assert [(event.kind, event.breach.promise.fingerprint) for event in events] == [
        ("began", "a"), ("began", "b"), ("ended", "a"),
    ]  # fmt: skip
    assert [event.at for event in events] == [run(1, {}).at, run(2, {}).at, run(2, {}).at]
    ended = events[2].breach
    assert Event("began", ended).at == run(1, {}).at


def test_a_breach_tells_what_was_found_last_and_stays_itself() -> None:
    first, second = runs({IMAGES: "a"}, {IMAGES: "a"})
    second = replace(second, broken=(promise(IMAGES, "a", "older still"),))
    (before,) = carry_on((), first).open
    (after,) = carry_on((before,), second).open
    assert (after.promise.found, after.id) == ("older still", before.id)


def test_breaches_of_two_databases_or_two_beginnings_are_told_apart() -> None:
    (breach,) = breaches_of(runs({IMAGES: "a"}))
    others = (replace(breach, database="/other"), replace(breach, began=2),
              replace(breach, began_at=NOON))  # fmt: skip
    assert len({breach.id, *(other.id for other in others)}) == 4


STOOD = st.dictionaries(
    st.sampled_from([IMAGES, TAGS]), st.none() | st.sampled_from(["", "a", "b", "ab"])
)


@given(st.lists(STOOD, max_size=12), st.data())
def test_what_is_appended_later_never_changes_an_event(
    stood: list[dict[str, str | None]], data: st.DataObject
) -> None:
    whole = runs(*stood)
    part = whole[: data.draw(st.integers(0, len(whole)))]
    known = [event.id for event in events_of(part)]
    assert [event.id for event in events_of(whole)][: len(known)] == known


@given(st.lists(STOOD, max_size=12))
def test_every_event_is_one_of_a_breach_and_told_once(stood: list[dict[str, str | None]]) -> None:
    whole = runs(*stood)
    ids = [event.id for event in events_of(whole)]
    breaches = breaches_of(whole)
    assert len(ids) == len(set(ids))
    expected = {Event("began", breach).id for breach in breaches}
    expected |= {Event("ended", breach).id for breach in breaches if not breach.lasts}
    assert set(ids) == expected
