"""A few calls of GitHub's REST API: polite when it is busy, and plain about what it refuses."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any, Final
from urllib.parse import urlsplit

from prevention.decision import NotJudged, Obstacle

ATTEMPTS: Final = 4
LONGEST_WAIT: Final = 120.0
"""Seconds; whoever asks us to wait longer is not waited for."""
TIMEOUT: Final = 20.0
"""Seconds to wait for a connection, and for an answer."""
LARGEST_ANSWER: Final = 20_000_000
PAGE: Final = 100
MOST_PAGES: Final = 100


class ReadOnlyError(Exception):
    """The token may read and no more, as that of a pull request from a fork."""


class UncertainError(Exception):
    """Nobody knows whether a call that would make something has made it."""


@dataclass(frozen=True, slots=True)
class Response:
    """What GitHub answered: status, headers, and the JSON of the body (``None`` where empty)."""

    status: int
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class GitHub:
    """One repository at GitHub, seen with one token.

    sleep:         waits between attempts.
    longest_wait:  seconds; where GitHub asks for more of them before another attempt, none is made.
    timeout:       seconds to wait for a connection, and for an answer.
    """

    repository: str
    token: str = field(repr=False)
    url: str = "https://api.github.com"
    sleep: Callable[[float], None] = time.sleep
    longest_wait: float = LONGEST_WAIT
    timeout: float = TIMEOUT

    def get(self, path: str) -> Any:
        """What stands at a path below the repository."""
        return self._call("GET", path)

    def pages(self, path: str) -> Iterator[Any]:
        """Every item of a list, over all of its pages."""
        for page in range(1, MOST_PAGES + 1):
            items = self.get(f"{path}?per_page={PAGE}&page={page}")
            if not isinstance(items, list):
                raise _surprised("a list was expected")
            yield from items
            if len(items) < PAGE:
                return

    def post(self, path: str, content: Mapping[str, object]) -> Any:
        """Make something; raises UncertainError when it may have been made or not."""
        return self._call("POST", path, content)

    def patch(self, path: str, content: Mapping[str, object]) -> Any:
        """Change something."""
        return self._call("PATCH", path, content)

    def delete(self, path: str) -> None:
        """Take something away."""
        self._call("DELETE", path)

    def _call(self, method: str, path: str, content: Mapping[str, object] | None = None) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._send(method, path, content)
            except OSError as error:
                if method == "POST":
                    raise UncertainError from error
                if attempt == ATTEMPTS:
                    raise _unreachable(self.url, error) from None
                self.sleep(2.0 ** (attempt - 1))
                continue
            if 200 <= answer.status < 300:
                return answer.body
            self._wait_or_give_up(method, answer, attempt)
        raise _surprised("it stayed busy")

    def _wait_or_give_up(self, method: str, answer: Response, attempt: int) -> None:
        """Wait until it makes sense to try again; raise where it never will."""
        if answer.status >= 500 and method == "POST":
            raise UncertainError
        pause = seconds_to_wait(answer, attempt, time.time())
        if pause is None or pause > self.longest_wait or attempt == ATTEMPTS:
            raise _refusal(answer, busy=pause is not None)
        self.sleep(pause)

    def _send(self, method: str, path: str, content: Mapping[str, object] | None) -> Response:
        request = urllib.request.Request(  # noqa: S310 - _checked lets https pass, and loopback
            f"{_checked(self.url)}/repos/{self.repository}/{path}",
            method=method,
            data=None if content is None else json.dumps(content).encode(),
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "User-Agent": "docent",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with _OPENER.open(request, timeout=self.timeout) as response:
                return Response(response.status, _lower(response.headers), _json(response.read))
        except urllib.error.HTTPError as error:
            with error:
                return Response(error.code, _lower(error.headers), _json(error.read))


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nobody elsewhere, so that the token never goes to another host."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str,
        headers: Message, newurl: str,
    ) -> None:  # fmt: skip
        """Leave the redirection as the answer that it is."""


_OPENER: Final = urllib.request.build_opener(_Stay)


def seconds_to_wait(answer: Response, attempt: int, now: float) -> float | None:
    """How long GitHub asks us to wait before the next attempt; ``None`` where waiting is no use."""
    if answer.status >= 500:
        return 2.0 ** (attempt - 1)
    said = answer.body.get("message", "") if isinstance(answer.body, dict) else ""
    exhausted = answer.headers.get("x-ratelimit-remaining") == "0"
    limited = "retry-after" in answer.headers or exhausted or "rate limit" in str(said).lower()
    if answer.status not in {403, 429} or not (limited or answer.status == 429):
        return None
    if (after := answer.headers.get("retry-after", "")).isdigit():
        return float(after)
    if exhausted and (reset := answer.headers.get("x-ratelimit-reset", "")).isdigit():
        return max(0.0, float(reset) - now)
    return 60.0 * attempt


def _checked(url: str) -> str:
    """The address, which must be encrypted unless it is this machine's own."""
    parts = urlsplit(url)
    local = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise NotJudged(
            Obstacle(f"GITHUB_API_URL is {url!r}.", "Unset it, or give it an https address.")
        )
    return url.rstrip("/")


def _json(read: Callable[[int], bytes]) -> Any:
    content = read(LARGEST_ANSWER)
    try:
        return json.loads(content) if content.strip() else None
    except (ValueError, RecursionError):
        return None


def _lower(headers: Message) -> dict[str, str]:
    return {name.lower(): str(value) for name, value in headers.items()}


def _refusal(answer: Response, *, busy: bool) -> Exception:
    said = answer.body.get("message", "") if isinstance(answer.body, dict) else ""
    if answer.status == 403 and not busy:
        return ReadOnlyError(str(said))
    if answer.status == 401:
        what, step = "GitHub does not accept the token.", "Set GITHUB_TOKEN to a valid one."
    elif answer.status == 404:
        what = "GitHub knows no such repository or pull request, or does not show it to us."
        step = "Look at GITHUB_REPOSITORY, and that the job has pull-requests: write."
    elif busy:
        what, step = "GitHub is too busy, or asks us to wait too long.", "Run the job again later."
    else:
        what, step = f"GitHub answered {answer.status}: {said}", "Run the job again."
    return NotJudged(Obstacle(what, step))


def _surprised(what: str) -> NotJudged:
    return NotJudged(Obstacle(f"GitHub answered in an unknown way: {what}.", "Run the job again."))


def _unreachable(url: str, error: OSError) -> NotJudged:
    return NotJudged(Obstacle(f"{url} cannot be reached: {error}.", "Run the job again."))
