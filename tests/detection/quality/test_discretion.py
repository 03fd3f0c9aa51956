"""What Postgres says of a check that fails: all that helps, and no value of a row."""

from __future__ import annotations

import psycopg
import pytest

from contracts.model import Check
from detection.quality.discretion import without_values
from tests.detection.quality.rows import breaches, check, fill_columns, promising

ASKED = (
    """select count(*) filter (where "signups"."email"::date > '2020-01-01')"""
    """ from "crm"."signups" """
)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("division by zero", "division by zero"),
        (
            'invalid input syntax for type integer: "ada@guide.example"',
            "invalid input syntax for type integer: …",
        ),
        ('value "4711" is out of range for type integer',
         "value … is out of range for type integer"),
        ("date field value out of range: 1999-02-30", "date field value out of range: …"),
        ("requested character too large for encoding: 1114112",
         "requested character too large for encoding: …"),
        # A value may hold quotes, and stands between them.
        ('invalid input syntax for type integer: "a" and "b"',
         "invalid input syntax for type integer: …"),
        ('invalid input syntax for type integer: "email" or "b"',
         'invalid input syntax for type integer: "email" or …'),
        ('invalid input syntax for type integer: "email" or "email""',
         "invalid input syntax for type integer: …"),
        ('invalid input syntax for type integer: "mail"',
         "invalid input syntax for type integer: …"),
        # What stands in the question was known before.
        ('column "email" does not exist', 'column "email" does not exist'),
        ('relation "crm.signups" does not exist', 'relation "crm.signups" does not exist'),
        ("time zone displacement out of range: 2020-01-01",
         "time zone displacement out of range: 2020-01-01"),
        ("operator does not exist: text >= integer", "operator does not exist: text >= integer"),
    ],
)  # fmt: skip
def test_a_message_keeps_what_was_asked_and_loses_what_was_read(message: str, told: str) -> None:
    assert without_values(message, ASKED) == told


SECRET = "30001-secret@guide.example"  # it stands for somebody's address


@pytest.mark.parametrize(
    "query",
    [
        "select max(email::integer) from signups",
        "select count(*) from signups where email::date > '2020-01-01'",
        "select count(*) from signups where email::timestamptz > {now}",
        "select max(email::uuid::text::integer) from signups",
        "select count(email::json) from signups",
        "select count(email::inet) from signups",
        "select count(*) from signups where email::regclass is not null",
        "select count(*) from signups where email::regtype is not null",
        "select count(*) from signups where ('2026-01-01'::timestamptz at time zone email) > {now}",
        "select count(current_setting(email)) from signups",
        "select count(date_trunc(email, {now})) from signups",
        "select count(*) from signups where 'x' ~ ('(' || email)",
        "select count(chr(signup_id * 100)) from signups",
        "select count(make_date(signup_id, 99, 1)) from signups",
    ],
)
def test_no_value_of_a_row_is_in_an_error(any_rows: psycopg.Connection, query: str) -> None:
    fill_columns(any_rows, ("signup_id", "email"), [(30001, SECRET)])
    (broken,) = breaches(any_rows, promising(Check("sql", "mustBe", (0,), query=query)))
    assert broken.rule == "rows-unmeasured"
    assert "PostgreSQL says: " in str(broken.found)
    assert "30001" not in str(broken.found)
    assert "secret" not in str(broken.found)


def test_no_value_is_in_the_error_of_a_condition(any_rows: psycopg.Connection) -> None:
    fill_columns(any_rows, ("signup_id", "email"), [(1, SECRET)])
    filtered = check("nullValues", "email", filter="email::integer > 5")
    listed = check("invalidValues", "email", pattern="(")
    broken = breaches(any_rows, promising(filtered, listed))
    said = [str(one.found).partition(": ")[2] for one in broken]
    assert [text.partition(". Correct")[0] for text in said] == [
        "invalid input syntax for type integer: …",
        "invalid regular expression: parentheses () not balanced",
    ]
