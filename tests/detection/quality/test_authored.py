"""SQL of an author's, taken apart: what it names and calls, and what is not read at all."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.quality.authored import (
    RefusedError,
    called,
    named,
    require_expression,
    require_one_statement,
    tokens_of,
)


@pytest.mark.parametrize(
    ("text", "names", "calls"),
    [
        ("email is not null", {"email"}, set()),
        ('"Email" = email', {"Email", "email"}, set()),
        ("EMAIL = 'x'", {"email"}, set()),
        ('"a""b" > 1.5e-3', {'a"b'}, set()),
        ("lower (email)", {"email"}, {"lower"}),
        ("lower/* x */(email)", {"email"}, {"lower"}),
        ("lower -- why not\n (email)", {"email"}, {"lower"}),
        ('"pg_sleep" (1)', set(), {"pg_sleep"}),
        ("pg_catalog . pg_sleep(1)", {"pg_catalog"}, {"pg_sleep"}),
        ("PG_SLEEP(1)", set(), {"pg_sleep"}),
        ("'pg_sleep(1)'", set(), set()),
        ("'it''s pg_sleep(' || name", {"name"}, set()),
        ("e'\\' pg_sleep(1)' || name", {"name"}, set()),
        ("'\\' || name", {"name"}, set()),
        ("E'a' 'b' = name", {"name"}, set()),
        ("x::jsonb ->> 'a' = 'b'", {"x"}, set()),
        ("größe > 1", {"größe"}, set()),
        ("GRÖSSE > 1", {"grÖsse"}, set()),  # Postgres folds ASCII letters alone
        ("a[1:2] = b", {"a", "b"}, set()),
        ("count(*) filter (where x)", {"x"}, {"count", "filter"}),
        (".5 < x and 1. < y and 0x1F < z", {"x", "y", "z"}, set()),
        ("fooe'x'", {"fooe"}, set()),
    ],
)
def test_what_is_named_and_called(text: str, names: set[str], calls: set[str]) -> None:
    tokens = tokens_of(text)
    assert named(tokens) == names
    assert called(tokens) == calls


@pytest.mark.parametrize(
    "text",
    [
        "$$ pg_sleep(1) $$",
        "$tag$ text $tag$",
        "email = $1",
        "/* /* */ ' */ pg_sleep(1) --'",
        "/* never closed",
        "*/ 1",
        "'never closed",
        '"never closed',
        '""',
        'U&"pg\\005fsleep"(1)',
        "u&'\\0041'",
        "a = {now}",
        "a \\ b",
        "a \x00 b",
        "x" * 50_001,
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(text: str) -> None:
    with pytest.raises(RefusedError) as refused:
        tokens_of(text)
    assert refused.value.next_step


@pytest.mark.parametrize("text", ["", "--", "1) or (1", ")(", "(1", "1)", "a; b", "a;", ";"])
def test_a_condition_does_not_get_out_of_its_parentheses(text: str) -> None:
    with pytest.raises(RefusedError):
        require_expression(tokens_of(text))


def test_a_semicolon_in_a_text_ends_nothing() -> None:
    require_one_statement(tokens_of("a = ';' and \";\" = 1 -- ;\n/* ; */"))


@given(st.text("abE'\"/*-$; \n\\1(.eU&_é", max_size=24))
def test_whatever_is_read_is_put_together_again(text: str) -> None:
    """Nothing is passed over but space and comments."""
    try:
        tokens = tokens_of(text)
    except RefusedError:
        return
    assert all(token.value for token in tokens)
    rest = text
    for token in tokens:
        if token.kind in ("text", "number", "sign"):
            assert token.value in rest
            rest = rest[rest.index(token.value) + len(token.value) :]


TRICKS = st.lists(
    st.sampled_from(
        ["'", "''", '"', "E'", "\\", "/*", "*/", "--", "\n", "mark()", " ", "$a$", "1", "+", "||"]
    ),
    max_size=9,
).map("".join)


@given(TRICKS)
def test_no_call_is_hidden_from_us_that_postgres_would_make(
    calls: psycopg.Connection, trick: str
) -> None:
    """A function that is called, however it is hidden between quotes and comments, was seen."""
    try:
        tokens = tokens_of(trick)
        require_expression(tokens)
    except RefusedError:
        return
    try:
        calls.execute(f"select ({trick}\n)".encode(), binary=True, prepare=False)
    except psycopg.Error as error:
        was_called = "mark was called" in str(error)
    else:
        was_called = False
    assert not was_called or "mark" in called(tokens)


@pytest.fixture(scope="module")
def calls(signups_18: psycopg.Connection) -> psycopg.Connection:
    """A connection where a call of ``mark()`` is an error that says so."""
    signups_18.execute(
        "create or replace function mark() returns integer language plpgsql"
        " as $$ begin raise exception 'mark was called'; end $$"
    )
    return signups_18
