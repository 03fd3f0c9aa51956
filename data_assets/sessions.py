"""Send out whoever is connected to a database, so that it can be renamed or dropped."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from data_assets import postgres
from data_assets.errors import SandboxError

if TYPE_CHECKING:
    import psycopg

PATIENCE: Final = 10.0
"""Seconds in which whoever is sent out must be gone."""

_END: Final = (
    "select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity "
    "where datname = %s and pid <> pg_backend_pid()"
)


def send_out(connection: psycopg.Connection, name: str) -> None:
    """End every session of a database, and wait until they are gone."""
    deadline = time.monotonic() + PATIENCE
    while connection.execute(_END, [name]).fetchall():
        if time.monotonic() > deadline:
            raise SandboxError(
                f"Somebody is connected to {name!r} and does not let go.",
                "close the notebooks and programs that use it, then repeat",
            )
        time.sleep(0.005)


@contextlib.contextmanager
def nobody_stays(maintenance: str, name: str) -> Iterator[None]:
    """While this lasts, whoever gets into a database nevertheless is sent out again.

    Postgres waits some seconds for the last ones to go before it renames a database, and lets
    nobody in while it waits. So nothing has to be closed that a kill would leave closed.
    """
    over = threading.Event()

    def keep_sending() -> None:
        # Most often it is over before it has to begin.
        if over.wait(0.05):
            return
        with (
            contextlib.suppress(Exception),  # what this is for says itself what did not work
            contextlib.closing(postgres.connect(maintenance, autocommit=True)) as connection,
        ):
            while not over.wait(0.02):
                connection.execute(_END, [name])

    thread = threading.Thread(target=keep_sending, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
