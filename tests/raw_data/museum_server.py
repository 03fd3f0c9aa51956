"""A museum's API on this machine that misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from data_assets.raw_data.describing import blank_record

Behaviour = Callable[[BaseHTTPRequestHandler], None]

PAGE = b"<!DOCTYPE html><html><body>Request unsuccessful. Are you a robot?</body></html>"


def record_of(number: int) -> dict[str, Any]:
    """A small record that keeps the promise."""
    return blank_record() | {
        "objectID": number,
        "title": f"Netsuke of Tortoise No. {number} — <i>kame</i>",
        "department": "Asian Art",
        "metadataDate": "2026-06-30T04:54:25.48Z",
    }


class Museum:
    """What a server knows, and how it behaves.

    objects:    ids that it lists.
    missing:    what it says of ids that have no record.
    records:    answers other than the usual record.
    behaviours: by path, how it misbehaves at the next requests, one after another.
    always:     how it misbehaves whatever is asked.
    asked:      the paths that were asked for, in their order.
    """

    def __init__(self) -> None:
        self.url = ""
        self.objects: list[int] = list(range(1, 31))
        self.missing: dict[int, str] = {}
        self.records: dict[int, Any] = {}
        self.behaviours: dict[str, list[Behaviour]] = {}
        self.always: Behaviour | None = None
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def asked_ids(self) -> list[int]:
        """The ids of the objects that were asked for, in their order."""
        return [int(path.split("/")[-1]) for path in self.asked if path.startswith("/objects/")]

    def behave(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        parts = urlsplit(handler.path)
        with self._lock:
            self.asked.append(handler.path)
            behaviours = self.behaviours.get(parts.path, [])
            behaviour = behaviours.pop(0) if behaviours else self.always
        if behaviour:
            behaviour(handler)
            return
        send(handler, *self._answer(parts.path, parse_qs(parts.query)))

    def _answer(self, path: str, parameters: dict[str, list[str]]) -> tuple[int, object]:
        if path == "/departments":
            names = {6: "Asian Art", 11: "European Paintings"}
            listed = [{"departmentId": key, "displayName": name} for key, name in names.items()]
            return 200, {"departments": listed}
        if path in ("/objects", "/search"):
            ids = [] if parameters.get("q") == ["nothing"] else self.objects
            return 200, {"total": len(ids), "objectIDs": ids or None}
        number = int(path.split("/")[-1])
        if number in self.missing:
            return 404, {"message": self.missing[number]}
        return 200, self.records.get(number, record_of(number))


def send(handler: BaseHTTPRequestHandler, status: int, value: object) -> None:
    """Answer with JSON."""
    reply(status, json.dumps(value).encode())(handler)


def reply(status: int, body: bytes, kind: str = "application/json", **headers: str) -> Behaviour:
    """An answer with this body; headers are written with _ for -."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def cut_body(handler: BaseHTTPRequestHandler) -> None:
    """Promise a long body and hang up in its middle."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "4000")
    handler.end_headers()
    handler.wfile.write(b'{"objectID": 1, "title": "Netsu')
    handler.close_connection = True


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing and hang up."""
    handler.close_connection = True


def fall_asleep(handler: BaseHTTPRequestHandler) -> None:
    """Say nothing for longer than anybody waits."""
    time.sleep(0.6)
    handler.close_connection = True


SHIELD = reply(403, PAGE, "text/html; charset=utf-8")
SHIELD_THAT_SAYS_OK = reply(200, PAGE, "text/html")
TRUNCATED = reply(200, b'{"objectID": 1, "title": "Net')
NOT_A_NUMBER = reply(200, b'{"objectID": NaN}')


@contextmanager
def serving() -> Iterator[Museum]:
    """A museum that answers at its ``url``."""
    museum = Museum()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            museum.behave(self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that was killed hangs up; that is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    museum.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield museum
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
