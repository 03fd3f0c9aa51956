"""The statements in a log of Postgres: csvlog, jsonlog, or stderr with a usual line prefix."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Final

_STATEMENT: Final = re.compile(
    r"\s*(?:duration:\s[\d.]+\sms\s+)?(?:statement|execute\s[^:]*|fetch\sfrom\s[^:]*):\s+(.*)",
    re.DOTALL,
)
_LEVELS: Final = (
    "LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION"
    "|DEBUG[1-5]"
)
_LINE: Final = re.compile(rf"^(?P<prefix>.*?)\b(?P<level>{_LEVELS}):\s{{1,2}}(?P<message>.*)$")
UNKNOWN: Final = "[unknown]"
"""What Postgres writes for a name that it does not have."""
_WHOLE: Final = r'"[^"]*"|\[unknown\]'
_USER: Final = re.compile(rf"\b(?:user|usr|u)=(?P<user>{_WHOLE}|[^,\s\]]+)")
_DATABASE: Final = re.compile(rf"\b(?:db|database|d)=(?P<database>{_WHOLE}|[^,\s\]]+)")
_APPLICATION: Final = re.compile(rf"\b(?:app|application_name|a)=(?P<application>{_WHOLE}|[^,\]]+)")
_AT: Final = re.compile(
    rf"(?:^|[\s:\[(])(?P<user>{_WHOLE}|[^\s@:\[\](),\"]+)@(?P<database>{_WHOLE}|[^\s:\[\](),]+)"
)
_CSV_COLUMNS: Final = 22
"""The columns of csvlog up to the application's name, which is the last of them."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A statement in a log: who ran it, in which database, on which line it stands.

    What the prefix of a log's lines does not say is "".
    """

    line: int
    user: str
    database: str
    application: str
    sql: str


def statements_in(lines: Iterable[str]) -> Iterator[Logged]:
    """Every statement in a log that ran without an error, whichever of the three forms it has."""
    ahead = iter(lines)
    first = next(ahead, "")
    whole = chain([first], ahead)
    if first.lstrip("\ufeff").startswith("{"):
        yield from _of_json(whole)
    elif re.match(r"\ufeff?\d{4}-\d\d-\d\d [\d:.]+ \w+,", first):
        yield from _of_csv(whole)
    else:
        yield from _of_text(whole)


def _of_json(lines: Iterable[str]) -> Iterator[Logged]:
    for number, line in enumerate(lines, 1):
        try:
            said = json.loads(line.lstrip("\ufeff"))
        except ValueError:
            continue
        if not isinstance(said, Mapping) or said.get("error_severity") != "LOG":
            continue
        if sql := _statement(str(said.get("message", ""))):
            user, database = str(said.get("user") or ""), str(said.get("dbname") or "")
            yield Logged(number, user, database, str(said.get("application_name") or ""), sql)


def _of_csv(lines: Iterable[str]) -> Iterator[Logged]:
    reader = csv.reader(line.lstrip("\ufeff").replace("\0", "") for line in lines)
    while True:
        start = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if len(row) <= _CSV_COLUMNS or row[11] != "LOG":
            continue
        if sql := _statement(row[13]):
            yield Logged(start, row[1], row[2], row[_CSV_COLUMNS], sql)


def _of_text(lines: Iterable[str]) -> Iterator[Logged]:
    """Lines of stderr or syslog: a statement goes on in the lines that begin with a tab."""
    start, prefix, message = 0, "", ""
    for number, line in enumerate(lines, 1):
        text = line.rstrip("\r\n")
        found = None if text.startswith("\t") else _LINE.match(text)
        if found is None:
            message += f"\n{text}" if start else ""
            continue
        yield from _logged(start, prefix, message)
        start, prefix, message = number, found["prefix"], found["message"]
        if found["level"] != "LOG":
            start, message = 0, ""
    yield from _logged(start, prefix, message)


def _logged(line: int, prefix: str, message: str) -> Iterator[Logged]:
    if not line or not (sql := _statement(message)):
        return
    user, database = _USER.search(prefix), _DATABASE.search(prefix)
    both, application = _AT.search(prefix), _APPLICATION.search(prefix)
    yield Logged(
        line,
        _name(user["user"] if user else both["user"] if both else ""),
        _name(database["database"] if database else both["database"] if both else ""),
        _name(application["application"] if application else ""),
        sql,
    )


def _name(written: str) -> str:
    """A name out of a prefix, without quotes around it; one that is unknown is none."""
    text = written.strip()
    return "" if text == UNKNOWN else text.removeprefix('"').removesuffix('"')


def _statement(message: str) -> str | None:
    found = _STATEMENT.match(message)
    return found[1].strip() if found else None
