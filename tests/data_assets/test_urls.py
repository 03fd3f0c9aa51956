from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_assets import urls
from data_assets.errors import SandboxError

PLAIN = "postgresql://anna:secret@db:5432/museum"


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        (PLAIN, PLAIN),
        ("postgres://anna:secret@db:5432/museum", PLAIN),
        ("postgresql+psycopg://anna:secret@db:5432/museum", PLAIN),
        ("postgresql+psycopg2://anna:secret@db:5432/museum", PLAIN),
        ("  PostgreSQL://anna:secret@db:5432/museum\n", PLAIN),
        ("postgresql://db/museum?sslmode=require", "postgresql://db/museum?sslmode=require"),
        ("postgresql://a@[::1]:5,db:6/m", "postgresql://a@[::1]:5,db:6/m"),
        ("postgresql://a@db/m?user=b@c", "postgresql://a@db/m?user=b@c"),
        ("postgresql://anna@/museum?host=%2Frun", "postgresql://anna@/museum?host=%2Frun"),
        (
            "host=/run user=anna dbname=museum password='a b'",
            "postgresql://anna:a%20b@/museum?host=%2Frun",
        ),
        ("dbname=museum", "postgresql:///museum"),
    ],
)
def test_an_address_gets_one_spelling(given_text: str, expected: str) -> None:
    assert urls.normalise(given_text) == expected
    assert urls.normalise(urls.normalise(given_text)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mysql://anna:secret@db/museum", "begins with 'mysql'"),
        ("sqlite:///secret.db", "begins with 'sqlite'"),
        ("postgresql://anna:secret%ss@db/museum", "percent-encoded"),
        ("postgresql://[secret/museum", "percent-encoded"),
        ("postgresql://anna:secret/x@db/museum", "percent-encoded"),
        ("postgresql://anna:12/secret@db/museum", "percent-encoded"),
        ("postgresql://anna:12?secret@db/museum", "percent-encoded"),
        ("postgresql://anna:12#secret@db/museum", "percent-encoded"),
        ("postgresql://anna@db:secret/museum", "percent-encoded"),
        ("postgresql://anna:my@secret@db:5/museum", "more than one @"),
        ("postgresql://anna:secret@@db/museum", "more than one @"),
        ("postgresql+psycopg://anna:@secret@[::1]:5,db/museum", "more than one @"),
        ("secret", "no address"),
        ("secret=host", "no address"),
    ],
)
def test_what_is_no_address_is_refused_without_repeating_it(text: str, said: str) -> None:
    with pytest.raises(SandboxError) as caught:
        urls.normalise(text)
    assert said in caught.value.what
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (PLAIN, "postgresql://anna:***@db:5432/museum"),
        ("postgresql://anna@db/museum", "postgresql://anna@db/museum"),
        ("postgresql://db/m?password=x&sslmode=require", "postgresql://db/m?password=***&sslmode=require"),
        ("postgresql://db/m?a=b&sslpassword=x", "postgresql://db/m?a=b&sslpassword=***"),
        ("postgresql://anna:p@ss@db/m", "postgresql://anna:***@db/m"),
        ("postgresql:///museum", "postgresql:///museum"),
        ("postgresql:///museum?host=/run&password=x", "postgresql:///museum?host=/run&password=***"),
        ("postgresql:///", "postgresql:///"),
    ],
)  # fmt: skip
def test_a_password_is_not_shown(url: str, expected: str) -> None:
    assert urls.shown(url) == expected


@given(st.text(min_size=4))
def test_no_password_is_ever_shown(password: str) -> None:
    encoded = quote(password, safe="")
    url = urls.normalise(f"postgresql://u:{encoded}@h/d?sslpassword={encoded}")
    assert urls.shown(url) == "postgresql://u:***@h/d?sslpassword=***"


@pytest.mark.parametrize(
    ("url", "name", "other"),
    [
        (PLAIN, "museum", "postgresql://anna:secret@db:5432/a%20b"),
        ("postgresql://db?dbname=museum&x=%2Fy", "museum", "postgresql://db/a%20b?x=%2Fy"),
        ("postgresql://u@/m%2Fn?host=%2Frun", "m/n", "postgresql://u@/a%20b?host=%2Frun"),
        ("postgresql://db", "", "postgresql://db/a%20b"),
    ],
)
def test_the_database_in_an_address(url: str, name: str, other: str) -> None:
    assert urls.name_in(url) == name
    assert urls.with_name(url, "a b") == other
    assert urls.name_in(other) == "a b"
