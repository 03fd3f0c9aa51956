"""Where the database comes from, and how to reach it.

``DATABASE_URL`` names it; otherwise it is the learner's database in the sandbox, on the embedded
server. A stopped server of a sandbox is started; where there is no sandbox, nothing ever is.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from data_assets import server, urls
from data_assets.errors import SandboxError
from data_assets.home import database_name, home_folder, learner

if TYPE_CHECKING:
    import psycopg

OLDEST_VERSION = 15
CATALOG_READER = "docent_catalog_reader"
"""A role that can log in nowhere and read no row: enough to read structure with."""
ROW_READER = "docent_row_reader"
"""A role that can log in nowhere and reads the columns under contract, and nothing else."""


def given_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """The database that ``DATABASE_URL`` names, in our spelling; ``None`` when it names none."""
    text = environment.get("DATABASE_URL", "")
    return urls.normalise(text) if text.strip() else None


def database_url(
    environment: Mapping[str, str] = os.environ, *, say: server.Say = lambda _: None
) -> str:
    """The URL of the database to work with; starts the sandbox's server where it is stopped.

    Raises SandboxError when no database is named and there is no sandbox.
    """
    if given := given_url(environment):
        return given
    server.require_a_system_to_run_on()
    home = home_folder(environment)
    if not server.is_set_up(home):
        raise SandboxError(
            f"No database is named, and there is no sandbox in {home}.",
            "type docent up to make one, or set DATABASE_URL to the database you mean",
        )
    server.start(home, say)
    return server.url(home, database_name(learner(environment)))


def connect(
    url: str, *, autocommit: bool = False, structure_only: bool = False, timeout: int = 10
) -> psycopg.Connection:
    """Open a connection.

    structure_only:  only the catalogue is read: no write is possible, and, where the role
                     ``docent_catalog_reader`` exists and is open to us, no row can be read.
    timeout:         seconds to wait for the server, unless the URL says otherwise.

    Raises SandboxError, with what to do next, when the server is down, refuses us, or is
    too old.
    """
    connection = _open(urls.normalise(url, "This URL"), autocommit=autocommit, timeout=timeout)
    try:
        _require_version(connection.info.server_version, url)
        if structure_only:
            with explained(url):
                _give_up_rows(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_version(version: int, url: str) -> None:
    if version < OLDEST_VERSION * 10_000:
        raise SandboxError(
            f"The server of {urls.shown(url)} is PostgreSQL {version // 10_000}, "
            f"and Docent reads {OLDEST_VERSION} and newer.",
            "point DATABASE_URL at a newer server",
        )


def _open(url: str, *, autocommit: bool, timeout: int) -> psycopg.Connection:
    import logging

    import psycopg

    # What it logs of a connection that broke is told as an error anyway, and by us in one message;
    # who sets up logging hears it still.
    logger = logging.getLogger("psycopg")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    options = {"fallback_application_name": "docent", "client_encoding": "utf8"}
    if "connect_timeout=" not in url:
        options["connect_timeout"] = str(timeout)
    deadline = time.monotonic() + timeout
    while True:
        try:
            return psycopg.connect(url, autocommit=autocommit, **options)  # type: ignore[arg-type]
        except psycopg.Error as error:
            # A server that starts, or mends itself after a crash, answers in a moment.
            if _is_starting(error) and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            raise explain_connecting(error, url) from None


def _is_starting(error: psycopg.Error) -> bool:
    return bool(re.search(r"system is (starting up|in recovery mode)", str(error)))


def _give_up_rows(connection: psycopg.Connection) -> None:
    """Become the role that can read no row, as far as that is open to us, and write nothing."""
    import psycopg

    connection.execute("set default_transaction_read_only = on")
    with contextlib.suppress(psycopg.errors.InsufficientPrivilege), connection.transaction():
        connection.execute(
            "select set_config('role', rolname, false) from pg_catalog.pg_roles "
            "where rolname = %s and pg_catalog.pg_has_role(oid, 'MEMBER')",
            [CATALOG_READER],
        )
    connection.commit()


CONNECTING: tuple[tuple[str, str, str], ...] = (
    (r"password authentication failed|no password supplied",
     "refuses the user or the password", "correct the user and the password in {place}"),
    (r"no pg_hba.conf entry|peer authentication failed|authentication failed",
     "does not let this user in from here", "ask whoever runs the server to let you in"),
    (r'role "[^"]*" does not exist',
     "knows no user of this name", "correct the user in {place}"),
    (r"not currently accepting connections",
     "lets nobody into this database", "type docent reset, which keeps it and gives a fresh one"),
    (r"too many clients|remaining connection slots",
     "has no connection left", "close a notebook or another program, then try again"),
    (r"resolve host|could not translate host name|Name or service not known",
     "is not found: nobody knows its host's name", "correct the host in {place}"),
    (r"timeout expired|timed out",
     "does not answer in time", "see that it runs and can be reached"),
    (r"refused|No such file or directory|could not connect",
     "is down, or not at this address", "start it, or correct host and port in {place}"),
)  # fmt: skip
"""What a server says to one who knocks (its words, for lack of a code), what we say, what next."""


def explain_connecting(error: psycopg.Error, url: str) -> SandboxError:
    """Say why no connection came about. The URL is shown without its password."""
    import psycopg

    if isinstance(error, psycopg.ProgrammingError):  # its text may repeat a part of the URL
        return SandboxError(
            f"The address {_host_only(url)} cannot be read.", f"write it as {urls.EXAMPLE}"
        )
    said = " ".join(str(error).split())
    if re.search(r'database "[^"]*" does not exist', said):
        what = f"The server of {urls.shown(url)} has no database of this name."
        return SandboxError(what, _how_to_make(url))
    for pattern, what, next_step in CONNECTING:
        if re.search(pattern, said):
            return SandboxError(
                f"The server of {urls.shown(url)} {what}.", next_step.format(place=_named_in(url))
            )
    return SandboxError(
        f"The server of {urls.shown(url)} cannot be reached: {said}", "see that it runs"
    )


def _how_to_make(url: str) -> str:
    """How a database that is not there is made: by us on our own server, else by its owner."""
    name = urls.name_in(url)
    if url == server.url(home_folder(), name):
        return "type docent up, which makes it"
    from psycopg.conninfo import conninfo_to_dict

    words = conninfo_to_dict(url)
    options = [("-h", words.get("host")), ("-p", words.get("port")), ("-U", words.get("user"))]
    command = [str(word) for option in options if option[1] for word in option]
    command.append(name or str(words.get("user") or ""))
    made = shlex.join(["createdb", *command])
    return f"create it ({made}), or correct the name in {_named_in(url)}"


def _named_in(url: str) -> str:
    """Where somebody wrote an address: ``DATABASE_URL``, unless that names another server."""
    try:
        given = given_url()
    except SandboxError:
        given = None
    is_given = given is not None and urls.with_name(url, "x") == urls.with_name(given, "x")
    return "DATABASE_URL" if is_given else "the URL"


def _host_only(url: str) -> str:
    host = url.partition("://")[2].rpartition("@")[2]
    return re.split(r"[/?]", host)[0] or f"in {_named_in(url)}"


EXPLANATIONS: Mapping[str, tuple[str, str]] = {
    "25006": ("is read-only", "point DATABASE_URL at a database that may be written"),
    "42501": ("does not allow this", "use a user with more rights, or ask the database's owner"),
    "53100": ("has no room left: the disk of its server is full", "free some room, then repeat"),
    "53200": ("has no memory left for this", "repeat when the server is less busy"),
    "53300": ("has no connection left", "close a notebook or another program, then try again"),
    "55P03": (
        "is held by somebody else: a table we need is locked",
        "end the other transaction (a notebook's cell that did not commit?), then repeat",
    ),
    "40P01": ("is at work for somebody else on the same rows", "repeat"),
    "57014": ("took too long, or was told to stop", "repeat, with a longer time-out if need be"),
}
"""What the codes of PostgreSQL's errors mean for a person, after "The database X …"."""


def explain(error: psycopg.Error, url: str) -> SandboxError:
    """Say what an error in the middle of work means, and what to do next."""
    import psycopg

    subject = f"The database {urls.shown(url)}" if url else "The database"
    code = error.sqlstate or ""
    if code in EXPLANATIONS:
        what, next_step = EXPLANATIONS[code]
        return SandboxError(f"{subject} {what}. {_said(error)}", next_step)
    if code.startswith(("08", "57P")) or (
        isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError)) and not code
    ):
        return SandboxError(
            f"{subject} broke off in the middle of the work; nothing of it was kept.",
            "see that the server runs, then repeat",
        )
    return SandboxError(f"{subject} refused: {_said(error)}", "mend that, then repeat")


def _said(error: psycopg.Error) -> str:
    message = error.diag.message_primary or str(error).partition("\n")[0]
    return f"PostgreSQL says: {message}."


@contextlib.contextmanager
def explained(url: str) -> Iterator[None]:
    """Turn what psycopg raises inside into a SandboxError."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise explain(error, url) from error
