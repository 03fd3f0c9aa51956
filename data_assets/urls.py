"""The address of a database: one spelling inside, and one that is safe to show.

Everything inside speaks libpq's URL, ``postgresql://user:password@host:port/name?option=value``.
What people have in ``DATABASE_URL`` is often SQLAlchemy's (``postgresql+psycopg://``), Heroku's
(``postgres://``) or libpq's own list of words (``host=… dbname=…``); it is turned into the one
spelling once, at the door.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from data_assets.errors import SandboxError

SCHEME = re.compile(r"^(?:postgres|postgresql)(?:\+\w+)?://", re.IGNORECASE)
HOST = re.compile(r"(\[[0-9A-Fa-f:.%]*\]|[^:\[\]]*)(:\d*)?")
EXAMPLE = "postgresql://user:password@localhost:5432/museum"


def normalise(text: str, called: str = "DATABASE_URL") -> str:
    """Spell a database's address as libpq's URL; ``called`` is what people know it by.

    Raises SandboxError when it is no address of a Postgres database. The text itself is
    never repeated in the message, because it may hold a password.
    """
    text = text.strip()
    if SCHEME.match(text):
        return _checked(SCHEME.sub("postgresql://", text), called)
    if "://" in text:
        scheme = text.partition("://")[0]
        raise SandboxError(
            f"{called} begins with {scheme!r}, and Docent reads PostgreSQL only.",
            f"write it as {EXAMPLE}",
        )
    return _from_words(text, called)


def _checked(url: str, called: str) -> str:
    """The URL, unless a character of its password has been left as it is and tears it apart."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    account, _, hosts = parts.netloc.rpartition("@")
    if "@" in account:  # libpq would end the password at the first, and take the rest for a host
        raise SandboxError(
            f"{called} has more than one @, so that nobody can say where its password ends.",
            "percent-encode the special characters of the password: "
            f"%40 for @, %3A for :, %2F for / and %25 for %, as in {EXAMPLE}",
        )
    torn = "@" in parts.path or parts.fragment or (not account and "@" in parts.query)
    whole = parts.scheme and all(HOST.fullmatch(host) for host in hosts.split(","))
    if torn or not whole or re.search(r"%(?![0-9A-Fa-f]{2})", url):
        raise SandboxError(
            f"{called} cannot be read as an address; a special character in it "
            "may not be percent-encoded.",
            f"write it as {EXAMPLE}, with %40 for @, %2F for / and %25 for % in a password",
        )
    return url


def _from_words(text: str, called: str) -> str:
    """The URL for ``host=… dbname=…``; libpq's own parser reads the words."""
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    try:
        words = {key: str(value) for key, value in conninfo_to_dict(text).items()}
    except psycopg.ProgrammingError:
        words = {}
    if not words:
        raise SandboxError(f"{called} is no address of a database.", f"write it as {EXAMPLE}")
    name = quote(words.pop("dbname", ""), safe="")
    user = quote(words.pop("user", ""), safe="")
    secret = f":{quote(words.pop('password'), safe='')}" if "password" in words else ""
    at = "@" if user or secret else ""
    options = urlencode(words, quote_via=quote)
    return f"postgresql://{user}{secret}{at}/{name}" + (f"?{options}" if options else "")


def shown(url: str) -> str:
    """The URL without its password, fit to be printed."""
    parts = urlsplit(url)
    account, at, host = parts.netloc.rpartition("@")
    user, colon, _ = account.partition(":")
    netloc = f"{user}{':***' if colon else ''}{at}{host}"
    query = re.sub(r"(^|&)((?:ssl)?password)=[^&]*", r"\1\2=***", parts.query)
    text = urlunsplit(parts._replace(netloc=netloc, query=query))
    # Of an address without a host the library leaves out both strokes before its path.
    bare, whole = f"{parts.scheme}:/", f"{parts.scheme}:///"
    is_torn = parts.scheme and text.startswith(bare) and not text.startswith(f"{bare}/")
    return whole + text.removeprefix(bare) if is_torn else text


def name_in(url: str) -> str:
    """The name of the database in a URL; ``""`` where the URL leaves it to the server."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return options.get("dbname") or unquote(parts.path.lstrip("/"))


def with_name(url: str, name: str) -> str:
    """The URL of another database on the same server."""
    parts = urlsplit(url)
    options = [(key, value) for key, value in parse_qsl(parts.query) if key != "dbname"]
    netloc = parts.netloc
    query = urlencode(options, quote_via=quote, safe="")
    rebuilt = f"postgresql://{netloc}/{quote(name, safe='')}"
    return f"{rebuilt}?{query}" if query else rebuilt
