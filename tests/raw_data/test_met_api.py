"""The API misbehaves in every way it knows; what is asked again, after how long, and what not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from data_assets.errors import SandboxError
from data_assets.raw_data.met_api import MetApi, Missing
from data_assets.raw_data.patience import Timing
from tests.raw_data.museum_server import (
    NOT_A_NUMBER,
    PAGE,
    SHIELD,
    SHIELD_THAT_SAYS_OK,
    TRUNCATED,
    Behaviour,
    Museum,
    cut_body,
    fall_asleep,
    hang_up,
    record_of,
    reply,
)

NO_DISTANCE = 1e9
"""Requests a second that leave nothing to wait for."""


class Hourglass:
    """Time that passes only when somebody sleeps; the jitter is always the same."""

    def __init__(self, jitter: float = 0.0, step: float = 0.0) -> None:
        self.seconds, self.step = 0.0, step
        self.waits: list[float] = []
        self.timing = Timing(
            now=lambda: datetime(2026, 7, 1, 12, tzinfo=UTC),
            clock=self._clock,
            sleep=self._sleep,
            jitter=lambda: jitter,
        )

    def _clock(self) -> float:
        self.seconds += self.step
        return self.seconds

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds
        if seconds > 1e-6:
            self.waits.append(round(seconds, 6))


def ask(museum: Museum, hourglass: Hourglass, **options: float) -> MetApi:
    """An API that was answered once, so that all its patience is there."""
    rate = options.pop("rate", NO_DISTANCE)
    api = MetApi(museum.url, rate=rate, timing=hourglass.timing, **options)  # type: ignore[arg-type]
    api.list_objects()
    return api


A_DATE = "Wed, 01 Jul 2026 12:00:30 GMT"

PASSING: list[tuple[str, list[Behaviour], list[float]]] = [
    ("nothing wrong", [], []),
    ("overload", [reply(429, b"{}")], [1]),
    ("overload, says when", [reply(429, b"{}", Retry_After="7")], [7]),
    ("overload, says the date", [reply(429, b"", Retry_After=A_DATE)], [30]),
    ("overload, says nonsense", [reply(429, b"", Retry_After="soon")], [1]),
    ("outage", [reply(503, PAGE, "text/html")] * 3, [1, 2, 4]),
    ("outage, says when", [reply(503, b"", Retry_After="12")], [12]),
    ("gateways", [reply(500, b""), reply(502, b""), reply(504, b"")], [1, 2, 4]),
    ("bot shield", [SHIELD] * 4, [30, 60, 120, 240]),
    ("bot shield that says when", [reply(403, PAGE, "text/html", Retry_After="45")], [45]),
    ("bot shield that says OK", [SHIELD_THAT_SAYS_OK], [30]),
    ("bot shield that says not found", [reply(404, PAGE, "text/html")], [30]),
    ("bot shield that calls its page JSON", [reply(200, b"  <html>")], [30]),
    ("forbidden without a page", [reply(403, b"{}")], [30]),
    ("truncated JSON", [TRUNCATED], [1]),
    ("an empty answer", [reply(200, b"")], [1]),
    ("no number", [NOT_A_NUMBER], [1]),
    ("no UTF-8", [reply(200, b'{"title": "\xff"}')], [1]),
    ("too deep", [reply(200, b"[" * 200_000)], [1]),
    ("cut in the middle", [cut_body], [1]),
    ("cut at the start", [hang_up], [1]),
    ("asleep", [fall_asleep], [1]),
    ("no gzip", [reply(200, b"not gzip at all", Content_Encoding="gzip")], [1]),
    ("everything at once", [SHIELD, cut_body, TRUNCATED, reply(429, b"", Retry_After="9")],
     [30, 2, 4, 9]),
]  # fmt: skip


@pytest.mark.parametrize(("behaviours", "waits"), [row[1:] for row in PASSING],
                         ids=[row[0] for row in PASSING])  # fmt: skip
def test_what_may_pass_is_asked_again(
    behaviours: list[Behaviour], waits: list[float], museum: Museum
) -> None:
    hourglass = Hourglass()
    museum.behaviours["/objects/7"] = list(behaviours)
    with ask(museum, hourglass, timeout=0.3) as api:
        assert api.fetch_object(7) == record_of(7)
    assert hourglass.waits == waits
    assert museum.asked_ids() == [7] * (len(behaviours) + 1)


def test_jitter_shortens_a_back_off_and_lengthens_what_the_server_asked_for(museum: Museum) -> None:
    hourglass = Hourglass(jitter=0.5)
    museum.behaviours["/objects/7"] = [reply(503, b""), reply(429, b"", Retry_After="7")]
    with ask(museum, hourglass) as api:
        api.fetch_object(7)
    assert hourglass.waits == [0.75, 7.5]


@pytest.mark.parametrize("message", ["ObjectID not found", "Not a valid object"])
def test_an_id_without_a_record_is_no_failure(message: str, museum: Museum) -> None:
    museum.missing[7] = message
    hourglass = Hourglass()
    with ask(museum, hourglass) as api:
        assert api.fetch_object(7) == Missing(message)
    assert (hourglass.waits, museum.asked_ids()) == ([], [7])


LASTING: list[tuple[str, Behaviour, int, str]] = [
    ("outage", reply(503, b""), 8, "HTTP 503, 8 times in a row"),
    ("shield", SHIELD, 8, "refused (HTTP 403 with an HTML page), 8 times in a row"),
    ("broken", TRUNCATED, 8, "the answer is no whole JSON, 8 times in a row"),
    ("bad request", reply(400, b"{}"), 1, "HTTP 400 was not to be expected"),
    ("moved", reply(301, b"", Location="/elsewhere"), 1, "HTTP 301 was not to be expected"),
    ("a day's rest", reply(429, b"", Retry_After="86400"), 1, "wants 1440 minutes' rest"),
]


@pytest.mark.parametrize(("behaviour", "attempts", "words"), [row[1:] for row in LASTING],
                         ids=[row[0] for row in LASTING])  # fmt: skip
def test_what_does_not_pass_ends_in_a_message(
    behaviour: Behaviour, attempts: int, words: str, museum: Museum
) -> None:
    with ask(museum, Hourglass()) as api:
        museum.always = behaviour
        with pytest.raises(SandboxError) as caught:
            api.fetch_object(7)
    assert words in caught.value.what
    assert "same command" in caught.value.next_step
    assert len(museum.asked_ids()) == attempts


def test_an_endless_answer_is_given_up(museum: Museum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_assets.raw_data.met_api.LONGEST_ANSWER", 1000)
    with ask(museum, Hourglass()) as api, pytest.raises(SandboxError, match="longer than"):
        api.fetch_object(7)


def test_an_answer_that_drips_is_given_up_and_asked_again(museum: Museum) -> None:
    said: list[str] = []
    # Every look at the clock is a minute later, so that any answer has taken too long.
    hourglass = Hourglass(step=61.0)
    api = MetApi(museum.url, rate=NO_DISTANCE, timing=hourglass.timing, tell=said.append)
    museum.objects = list(range(400_000))
    with api, pytest.raises(SandboxError, match="too slowly, 3 times in a row"):
        api.list_objects()
    assert said == [
        "127.0.0.1/objects: the answer came too slowly; asking again in 1 s",
        "127.0.0.1/objects: the answer came too slowly; asking again in 2 s",
    ]


def test_without_any_network_it_does_not_try_for_long() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    hourglass = Hourglass()
    with (
        MetApi(f"http://127.0.0.1:{port}", timing=hourglass.timing) as api,
        pytest.raises(SandboxError, match=r"the connection failed \(.*\), 3 times in a row"),
    ):
        api.list_objects()


def test_what_was_pulled_is_said_to_be_kept_only_when_there_is_some(museum: Museum) -> None:
    with ask(museum, Hourglass()) as api:
        museum.behaviours["/objects/7"] = [reply(400, b"{}")]
        with pytest.raises(SandboxError) as nothing_yet:
            api.fetch_object(7)
        api.fetch_object(7)
        museum.always = reply(400, b"{}")
        with pytest.raises(SandboxError) as one_pulled:
            api.fetch_object(8)
    later = "Try again later with the same command"
    assert nothing_yet.value.next_step == f"{later}."
    assert one_pulled.value.next_step == f"{later}; what was pulled so far is kept."


@pytest.mark.parametrize("address", ["example.org", "ftp://example.org", "http://", "http://[::1"])
def test_an_address_that_is_none_is_told_at_once(address: str) -> None:
    with (
        MetApi(address, timing=Hourglass().timing) as api,
        pytest.raises(SandboxError, match="is no address that can be asked"),
    ):
        api.list_objects()


@pytest.mark.parametrize(("rate", "gap"), [(1.0, 1.0), (2.0, 0.5), (80.0, 0.0125)])
def test_requests_keep_their_distance(rate: float, gap: float, museum: Museum) -> None:
    hourglass = Hourglass()
    with ask(museum, hourglass, rate=rate) as api:
        for number in (1, 2, 3):
            api.fetch_object(number)
    assert hourglass.waits == [gap] * 3


def test_time_spent_waiting_for_the_server_counts_as_distance(museum: Museum) -> None:
    hourglass = Hourglass()
    museum.behaviours["/objects/1"] = [reply(503, b"")]
    with ask(museum, hourglass, rate=1.0) as api:
        api.fetch_object(1)
    # A second until the first request, a second of back-off; then the next is due at once.
    assert hourglass.waits == [1.0, 1.0]


LISTS: list[tuple[Callable[[MetApi], list[int]], str]] = [
    (lambda api: api.list_objects(), "/objects"),
    (lambda api: api.list_objects(department=6), "/objects?departmentIds=6"),
    (lambda api: api.list_objects("two hares"), "/search?q=two+hares"),
    (lambda api: api.list_objects("hares", 6), "/search?q=hares&departmentId=6"),
]


@pytest.mark.parametrize(("ask_for", "path"), LISTS)
def test_lists_are_asked_for_as_the_api_wants_it(
    ask_for: Callable[[MetApi], list[int]], path: str, museum: Museum
) -> None:
    museum.objects = [3, 1, 2]
    with MetApi(museum.url, timing=Hourglass().timing) as api:
        assert ask_for(api) == [3, 1, 2]
    assert museum.asked == [path]


def test_nothing_found_is_an_empty_list(museum: Museum) -> None:
    with MetApi(museum.url, timing=Hourglass().timing) as api:
        assert api.list_objects("nothing") == []


@pytest.mark.parametrize("body", [b"[1, 2]", b'{"objectIDs": 3}', b'{"message": "no"}', b"null"])
def test_what_is_no_list_of_ids_is_told(body: bytes, museum: Museum) -> None:
    museum.always = reply(200, body)
    with (
        MetApi(museum.url, timing=Hourglass().timing) as api,
        pytest.raises(SandboxError, match="did not answer /objects with a list of object ids"),
    ):
        api.list_objects()


def test_departments_of_another_shape_are_told(museum: Museum) -> None:
    museum.always = reply(200, b'{"departments": [{"id": 3}]}')
    with (
        MetApi(museum.url, timing=Hourglass().timing) as api,
        pytest.raises(SandboxError, match="list of departments"),
    ):
        api.departments()
