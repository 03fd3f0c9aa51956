"""The Met Collection API, asked politely and with patience.

One request a second unless told otherwise. What passes by itself (an overload, a time-out, a
cut connection, an answer that broke off) is asked again, a few times and ever more slowly; the
museum's bot shield, which answers with an HTML page, is given half a minute and more. What
does not pass is told at once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, NoReturn, Self

import httpx

from data_assets.errors import SandboxError
from data_assets.raw_data.patience import Timing, back_off, read_retry_after

BASE_URL = "https://collectionapi.metmuseum.org/public/collection/v1"

ATTEMPTS = 8
FIRST_ATTEMPTS = 3
"""So many while nothing was answered yet: most likely there is no network at all."""

SHIELD_BASE, OVERLOAD_BASE = 30.0, 1.0
"""Seconds before the second attempt, after a refusal by the bot shield and after the rest."""

LONGEST_RETRY_AFTER = 900.0
LONGEST_ANSWER = 64 << 20
LONGEST_REQUEST = 120.0

LATER = "Try again later with the same command"
KEPT = "; what was pulled so far is kept."
ONLINE = "See that this machine is online, then type the same command again"


@dataclass(frozen=True, slots=True)
class Missing:
    """The API's word for an id without a record: no such object, or a loan."""

    reason: str


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: the HTTP status and what the JSON of its body says."""

    status: int
    body: Any


class Unanswered(Exception):  # noqa: N818 - not an error yet: it is asked again
    """One attempt failed in a way that may pass.

    base:         seconds to wait before the second attempt.
    retry_after:  seconds that the server asked for, if it did.
    reached:      whether anything came from the server at all.
    """

    def __init__(
        self,
        reason: str,
        base: float,
        retry_after: float | None = None,
        *,
        reached: bool = True,
    ) -> None:
        super().__init__(reason)
        self.reached = reached
        self.reason = reason
        self.base = base
        self.retry_after = retry_after


class MetApi:
    """A connection to the API; use it in a ``with`` statement.

    rate:  requests a second.
    tell:  is given a sentence whenever there is something to wait for.
    """

    def __init__(
        self,
        base_url: str = BASE_URL,
        *,
        rate: float = 1.0,
        timeout: float = 30.0,
        timing: Timing | None = None,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._gap = 1 / rate
        self._timing = timing or Timing()
        self._tell = tell
        self._next_request = 0.0
        self._answered = False
        self._pulled = False
        headers = {"User-Agent": "docent-data-contracts", "Accept": "application/json"}
        self._client = httpx.Client(timeout=timeout, headers=headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def departments(self) -> dict[str, int]:
        """The museum's departments: name -> id."""
        body = self._ask("/departments", {}).body
        try:
            return {
                str(one["displayName"]): int(one["departmentId"]) for one in body["departments"]
            }
        except (TypeError, KeyError, ValueError):
            self._stop("The API's list of departments has another shape than it had.")

    def list_objects(self, query: str | None = None, department: int | None = None) -> list[int]:
        """Ids of objects: what a search finds, the most relevant first, or all there are."""
        parameters: dict[str, str | int] = {}
        path, department_key = "/objects", "departmentIds"
        if query is not None:
            path, department_key = "/search", "departmentId"
            parameters["q"] = query
        if department is not None:
            parameters[department_key] = department
        reply = self._ask(path, parameters)
        ids = reply.body.get("objectIDs", "") if isinstance(reply.body, dict) else ""
        # Where nothing is found, the list is null.
        if reply.status != httpx.codes.OK or not isinstance(ids, list | None):
            self._stop(f"The API did not answer {path} with a list of object ids.")
        return [number for number in ids or [] if type(number) is int]

    def fetch_object(self, number: int) -> Any | Missing:
        """What the API has for an object, as yet unchecked, or that it has nothing."""
        reply = self._ask(f"/objects/{number}", {})
        self._pulled = True
        if reply.status == httpx.codes.NOT_FOUND:
            message = reply.body.get("message") if isinstance(reply.body, dict) else None
            return Missing(str(message or "not found"))
        return reply.body

    def _ask(self, path: str, parameters: Mapping[str, str | int]) -> Reply:
        """Ask until there is an answer, patience has run out, or there is no use in asking."""
        attempt = 0
        while True:
            attempt += 1
            self._keep_pace()
            try:
                reply = self._try(path, parameters)
            except Unanswered as failure:
                self._wait(path, attempt, failure)
            else:
                self._answered = True
                return reply

    def _keep_pace(self) -> None:
        """Wait until the next request is due."""
        wait = self._next_request - self._timing.clock()
        if wait > 0:
            self._timing.sleep(wait)
        self._next_request = self._timing.clock() + self._gap

    def _wait(self, path: str, attempt: int, failure: Unanswered) -> None:
        """Wait as long as the failure wants, or give up."""
        if attempt >= (ATTEMPTS if self._answered else FIRST_ATTEMPTS):
            self._stop(
                f"{self.base_url}{path}: {failure.reason}, {attempt} times in a row.",
                LATER if failure.reached else ONLINE,
            )
        seconds = back_off(attempt, failure.base, self._timing.jitter())
        if failure.retry_after is not None:
            if failure.retry_after > LONGEST_RETRY_AFTER:
                minutes = round(failure.retry_after / 60)
                self._stop(f"{self.base_url}: {failure.reason}, and wants {minutes} minutes' rest.")
            seconds = failure.retry_after + self._timing.jitter()
        # Who has heard nothing from the museum yet wants to know who does not answer.
        asked = path if self._answered else f"{httpx.URL(self.base_url).host}{path}"
        self._tell(f"{asked}: {failure.reason}; asking again in {seconds:.0f} s")
        self._timing.sleep(seconds)

    def _stop(self, what: str, next_step: str = LATER) -> NoReturn:
        raise SandboxError(what, next_step + (KEPT if self._pulled else "."))

    def _try(self, path: str, parameters: Mapping[str, str | int]) -> Reply:
        """Ask once."""
        try:
            with self._client.stream("GET", self.base_url + path, params=parameters) as response:
                content = self._read(response)
        except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
            raise SandboxError(
                f"{self.base_url} is no address that can be asked: {error}",
                "Give an address that begins with https://.",
            ) from error
        except httpx.TimeoutException as error:
            raise Unanswered("no answer in time", OVERLOAD_BASE, reached=False) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            said = str(error) or type(error).__name__
            reached = not isinstance(error, httpx.ConnectError | httpx.ProxyError)
            raise Unanswered(
                f"the connection failed ({said})", OVERLOAD_BASE, reached=reached
            ) from error
        return self._understand(response, content)

    def _read(self, response: httpx.Response) -> bytes:
        """The whole body, unless it is endless or takes forever."""
        start, content = self._timing.clock(), bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > LONGEST_ANSWER:
                self._stop(f"{response.url}: the answer is longer than {LONGEST_ANSWER >> 20} MB.")
            if self._timing.clock() - start > LONGEST_REQUEST:
                raise Unanswered("the answer came too slowly", OVERLOAD_BASE)
        return bytes(content)

    def _understand(self, response: httpx.Response, content: bytes) -> Reply:
        """What an answer says, once it is known to be one."""
        status = response.status_code
        retry_after = read_retry_after(response.headers.get("Retry-After"), self._timing.now())
        html = "html" in response.headers.get("Content-Type", "") or content.lstrip()[:1] == b"<"
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise Unanswered(f"HTTP {status}", OVERLOAD_BASE, retry_after)
        if status == httpx.codes.FORBIDDEN or html:
            page = " with an HTML page" if html else ""
            raise Unanswered(f"refused (HTTP {status}{page})", SHIELD_BASE, retry_after)
        if status not in (httpx.codes.OK, httpx.codes.NOT_FOUND):
            self._stop(f"{response.url}: HTTP {status} was not to be expected.")
        try:
            return Reply(status, json.loads(content, parse_constant=_refuse_constant))
        except (ValueError, RecursionError) as error:
            raise Unanswered("the answer is no whole JSON", OVERLOAD_BASE, retry_after) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
