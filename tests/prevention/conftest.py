"""The museum in a database of its own, for tests that run ``docent`` against it."""

from __future__ import annotations

import contextlib
import socketserver
import struct
import threading
from collections.abc import Iterator

import psycopg
import pytest

from data_assets import migrating, postgres, seeding, urls
from data_assets.crm import seed_signups
from data_assets.museum import SAMPLE
from tests.conftest import new_database


@pytest.fixture(scope="session")
def museum_template(server_18: str) -> Iterator[str]:
    """URL of a database that holds the museum, to be cloned; nobody stays connected."""
    with new_database(server_18) as url:
        with psycopg.connect(url) as connection:
            connection.execute(
                "do $$ begin execute format('comment on database %I is %L', "
                "current_database(), 'docent sandbox'); end $$"
            )
        migrating.upgrade(url)
        with contextlib.closing(postgres.connect(url)) as connection:
            seeding.seed(connection, SAMPLE)
            seed_signups(connection)
        yield url


@pytest.fixture
def museum(museum_template: str, server_18: str) -> Iterator[str]:
    """URL of a museum of the test's own: all tables with rows, as the contracts promise them."""
    name = f"{urls.name_in(museum_template)}_clone"
    template = urls.name_in(museum_template)
    with psycopg.connect(server_18, autocommit=True) as connection:
        connection.execute(f'create database "{name}" template "{template}"')
        connection.execute(f"comment on database \"{name}\" is 'docent sandbox'")
    try:
        yield urls.with_name(museum_template, name)
    finally:
        with psycopg.connect(server_18, autocommit=True) as connection:
            connection.execute(f'drop database "{name}" with (force)')


class _Refusal(socketserver.StreamRequestHandler):
    """Speaks just enough of Postgres's protocol to refuse a password."""

    def handle(self) -> None:
        length, code = struct.unpack("!ii", self.rfile.read(8))
        if code == 80877103:  # the question whether we speak TLS
            self.wfile.write(b"N")
            length, code = struct.unpack("!ii", self.rfile.read(8))
        self.rfile.read(length - 8)
        words = b'SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user "ada"\0\0'
        self.wfile.write(b"E" + struct.pack("!i", len(words) + 4) + words)


@pytest.fixture
def refusing_server() -> Iterator[str]:
    """URL of a server that refuses every password."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Refusal) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        port = server.server_address[1]
        yield f"postgresql://ada:secret@127.0.0.1:{port}/museum?gssencmode=disable"
        server.shutdown()
        thread.join()
