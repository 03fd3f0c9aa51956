"""How long to wait: exactly, for every header and every attempt."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_assets.raw_data.patience import LONGEST_BACK_OFF, back_off, read_retry_after

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)

HEADERS = [
    (None, None),
    ("0", 0.0),
    ("7", 7.0),
    (" 120 ", 120.0),
    ("Wed, 01 Jul 2026 12:00:30 GMT", 30.0),
    ("Wed, 01 Jul 2026 14:00:30 +0200", 30.0),
    ("Wednesday, 01-Jul-26 12:01:00 GMT", 60.0),
    ("Wed Jul  1 12:00:05 2026", 5.0),
    ("Wed, 01 Jul 2026 11:00:00 GMT", 0.0),
    ("99999999999999999999", 999999999.0),
    ("-5", None),
    ("soon", None),
    ("", None),
    ("1.5", None),
    ("٣", None),
]


@pytest.mark.parametrize(("header", "seconds"), HEADERS)
def test_retry_after_is_read_as_seconds_and_as_a_date(
    header: str | None, seconds: float | None
) -> None:
    assert read_retry_after(header, NOON) == seconds


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_no_header_is_too_wild_to_read(header: str) -> None:
    seconds = read_retry_after(header, NOON)
    assert seconds is None or seconds >= 0


WAITS = [
    (1, 1.0, 0.0, 1.0),
    (2, 1.0, 0.0, 2.0),
    (5, 1.0, 0.0, 16.0),
    (3, 1.0, 0.5, 3.0),
    (1, 30.0, 1.0, 15.0),
    (4, 30.0, 0.0, 240.0),
    (5, 30.0, 0.0, LONGEST_BACK_OFF),
    (60, 1.0, 0.0, LONGEST_BACK_OFF),
]


@pytest.mark.parametrize(("attempt", "base", "jitter", "seconds"), WAITS)
def test_back_off_doubles_up_to_a_bound_less_jitter(
    attempt: int, base: float, jitter: float, seconds: float
) -> None:
    assert back_off(attempt, base, jitter) == seconds
