"""A stand-in of GitHub's API: one pull request with comments, and moods that can be set."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = "github-actions[bot]"
REPOSITORY = "museum/collection"
TOKEN = "token-that-nobody-may-see"
HEAD = "a" * 40
NUMBER = 7

Mood = tuple[int, Mapping[str, str], Mapping[str, object]]


@dataclass
class StandIn:
    """What the stand-in holds, and what it was asked.

    ``text`` is the pull request's own. ``moods`` are answers (status, headers, body) given
    instead of the real ones: by method, in order, each once. ``broken`` makes the next POST take
    effect and then answer 502.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    head: str = HEAD
    fork: str = REPOSITORY
    text: str | None = None
    moods: dict[str, list[Mood]] = field(default_factory=dict)
    broken: int = 0
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def add(self, body: str, login: str = BOT) -> None:
        number = 100 + len(self.comments)
        self.comments.append({"id": number, "body": body, "user": {"login": login}})

    def bodies(self, login: str = BOT) -> list[str]:
        return [found["body"] for found in self.comments if found["user"]["login"] == login]


class Served(ThreadingHTTPServer):
    """A server that knows what it stands in for."""

    def __init__(self, stand_in: StandIn) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.stand_in = stand_in


class Answering(BaseHTTPRequestHandler):
    """Answers as GitHub does, or as the mood is."""

    server: Served

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass

    def answer(self, status: int, body: object, headers: Mapping[str, str] | None = None) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer_any(self) -> None:
        stand_in = self.server.stand_in
        length = int(self.headers.get("Content-Length") or 0)
        content = json.loads(self.rfile.read(length)) if length else {}
        stand_in.asked.append(f"{self.command} {self.path}")
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.answer(401, {"message": "Bad credentials"})
        if moods := stand_in.moods.get(self.command):
            status, headers, body = moods.pop(0)
            return self.answer(status, body, headers)
        parts = urlsplit(self.path)
        path = parts.path.removeprefix(f"/repos/{REPOSITORY}/")
        if found := re.fullmatch(r"issues/comments/(\d+)", path):
            return self.one(int(found[1]), content)
        if path == f"issues/{NUMBER}/comments":
            return self.all(parse_qs(parts.query), content)
        return self.pull_request(path)

    do_GET = do_POST = do_PATCH = do_DELETE = answer_any  # noqa: N815

    def pull_request(self, path: str) -> None:
        stand_in = self.server.stand_in
        head = {"sha": stand_in.head, "repo": {"full_name": stand_in.fork}}
        pull = {"number": NUMBER, "head": head, "body": stand_in.text}
        answers = {f"pulls/{NUMBER}": pull, f"commits/{stand_in.head}/pulls": [pull]}
        if path not in answers:
            return self.answer(404, {"message": "Not Found"})
        return self.answer(200, answers[path])

    def all(self, query: Mapping[str, list[str]], content: Mapping[str, str]) -> None:
        stand_in = self.server.stand_in
        if self.command == "GET":
            size, page = int(query["per_page"][0]), int(query["page"][0])
            return self.answer(200, stand_in.comments[(page - 1) * size : page * size])
        stand_in.add(content["body"])
        if stand_in.broken:
            stand_in.broken -= 1
            return self.answer(502, {"message": "Server Error"})
        return self.answer(201, {})

    def one(self, number: int, content: Mapping[str, str]) -> None:
        comments = self.server.stand_in.comments
        (comment,) = [comment for comment in comments if comment["id"] == number]
        if comment["user"]["login"] != BOT:
            return self.answer(403, {"message": "Must be the author"})
        if self.command == "DELETE":
            comments.remove(comment)
            return self.answer(204, None)
        comment["body"] = content["body"]
        return self.answer(200, comment)


@contextmanager
def github_stand_in() -> Iterator[StandIn]:
    """Serve a stand-in on loopback."""
    stand_in = StandIn()
    server = Served(stand_in)
    stand_in.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
