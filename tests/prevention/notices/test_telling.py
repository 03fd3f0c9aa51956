"""Once per event and channel, whatever is down, and whoever tells at the same time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event

from contracts.model import Channel, Contract
from prevention.history.deliveries import LEASE, claim, deliveries
from prevention.notices import Address, Notification, Told, tell
from prevention.notices.telling import LIMITS, Limits
from tests.prevention.history.places import opened
from tests.prevention.notices.samples import NOON

FIRST = Notification("e1", "breach", "crm/lead", "lead is broken", "w", "n", "d", "b")
SECOND = replace(FIRST, event="e2", subject="lead is broken elsewhere")
LEAD = Contract("lead", "crm", channels=(Channel("#a"), Channel("#b")))
CHANNELS = {"#a": "file:a", "#b": "file:b"}


class Post:
    """Sends nothing, notes what it was to send, and fails for the channels that are down."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.down: set[str] = set()
        self.endless: set[str] = set()
        self.over = Event()

    def __call__(
        self, notices: Sequence[Notification], address: Address, _environment: Mapping[str, str]
    ) -> str | None:
        self.sent.append((address.label, [each.event for each in notices]))
        if address.label in self.endless:
            self.over.wait(60)
        return "it is down" if address.label in self.down else None

    def tell(
        self,
        place: str,
        *notices: Notification,
        at: datetime = NOON,
        channels: Mapping[str, str] = CHANNELS,
        limits: Limits = LIMITS,
    ) -> list[tuple[str, int, str | None]]:
        with opened(place) as history:
            told: tuple[Told, ...] = tell(
                history, notices, [LEAD], channels, at,
                environment={}, sending=self, limits=limits,
            )  # fmt: skip
        return [(each.label, len(each.notices), each.trouble) for each in told]


def test_each_event_is_told_once_over_each_channel(place: str) -> None:
    post = Post()
    assert post.tell(place, FIRST) == [("#a", 1, None), ("#b", 1, None)]
    assert post.tell(place, FIRST) == []
    assert post.tell(place, FIRST, SECOND) == [("#a", 1, None), ("#b", 1, None)]
    assert post.sent == [("#a", ["e1"]), ("#b", ["e1"]), ("#a", ["e2"]), ("#b", ["e2"])]


def test_all_that_is_new_goes_out_in_one_message(place: str) -> None:
    post = Post()
    post.tell(place, FIRST, SECOND)
    assert post.sent == [("#a", ["e1", "e2"]), ("#b", ["e1", "e2"])]


def test_a_channel_that_is_down_is_reported_and_tried_again_and_stops_no_other(place: str) -> None:
    post = Post()
    post.down = {"#a"}
    assert post.tell(place, FIRST) == [("#a", 1, "it is down"), ("#b", 1, None)]
    assert post.tell(place, FIRST) == [("#a", 1, "it is down")]
    post.down = set()
    assert post.tell(place, FIRST) == [("#a", 1, None)]
    assert post.tell(place, FIRST) == []
    with opened(place) as history:
        assert [(each.channel, each.state, each.tries) for each in deliveries(history)] == [
            ("#a", "sent", 3),
            ("#b", "sent", 1),
        ]


def test_a_channel_that_leads_nowhere_is_named_once_and_told_when_it_does(place: str) -> None:
    post = Post()
    nowhere = {"#b": "file:b"}
    assert post.tell(place, FIRST, channels=nowhere) == [
        ("#a", 1, "nothing says where it leads"),
        ("#b", 1, None),
    ]
    assert post.tell(place, FIRST, channels=nowhere) == []
    assert post.tell(place, FIRST, SECOND, channels=nowhere) == [
        ("#a", 1, "nothing says where it leads"),
        ("#b", 1, None),
    ]
    assert post.tell(place, FIRST, SECOND) == [("#a", 2, None)]


def test_what_somebody_else_is_telling_is_left_to_them(place: str) -> None:
    post = Post()
    with opened(place) as history:
        assert claim(history, "e1", "#a", NOON)
    assert post.tell(place, FIRST, at=NOON + timedelta(minutes=9)) == [("#b", 1, None)]
    late = NOON + timedelta(minutes=10)  # who was killed meanwhile tells nobody any more
    assert post.tell(place, FIRST, at=late) == [("#a", 1, None)]


def test_a_channel_that_comes_to_no_end_is_left_behind_and_comes_last_at_the_next_run(
    place: str,
) -> None:
    post, short = Post(), Limits(address=0.2, whole=60)
    post.endless = {"#a"}
    late = "it took more than 0 seconds, and may have been told"
    assert post.tell(place, FIRST, limits=short) == [("#a", 1, late), ("#b", 1, None)]
    assert post.tell(place, FIRST, SECOND, limits=short) == [("#b", 1, None), ("#a", 2, late)]
    post.over.set()
    post.endless = set()
    assert post.tell(place, FIRST, SECOND) == [("#a", 2, None)]


def test_what_there_is_no_time_for_is_told_at_the_next_run(place: str) -> None:
    post = Post()
    left = "there was no time left for it"
    none = Limits(address=60, whole=0)
    assert post.tell(place, FIRST, limits=none) == [("#a", 1, left), ("#b", 1, left)]
    assert post.sent == []
    assert post.tell(place, FIRST) == [("#a", 1, None), ("#b", 1, None)]


def test_a_claim_outlasts_all_telling() -> None:
    assert LIMITS.whole + LIMITS.address < LEASE.total_seconds()
