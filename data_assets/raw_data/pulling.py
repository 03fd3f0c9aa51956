"""Pull real records into a file: stopped at any moment, the next pull carries on.

While it runs, everything stands in a journal beside the file; the file itself appears whole,
at the end.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, count, islice
from pathlib import Path
from typing import IO, Any

from data_assets.errors import SandboxError
from data_assets.raw_data.api_record import find_problems
from data_assets.raw_data.chance import Chance
from data_assets.raw_data.journal import (
    MISSING,
    RECORD,
    REJECTED,
    Journal,
    json_line,
    open_journal,
)
from data_assets.raw_data.met_api import MetApi, Missing
from data_assets.records import read_records


@dataclass(frozen=True, slots=True)
class Request:
    """What to pull: so many records, into a file, of what a search finds or of everything."""

    limit: int
    output: Path
    query: str | None = None
    department: str | None = None

    @property
    def journal(self) -> Path:
        """The file that holds what there is while the pull goes on."""
        return self.output.with_name(f"{self.output.name}.part")


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull brought: how many records, ids without one, and rejected answers."""

    records: int
    missing: int
    rejected: int
    rejects: Path | None
    problems: tuple[str, ...] = ()
    already_there: bool = False


def pull(
    request: Request,
    api: MetApi,
    progress: Callable[[int], object] = lambda _: None,
) -> PullReport:
    """Pull until there are as many records as wanted, or no more ids.

    ``progress`` is told how many records came, those of an earlier pull first.
    """
    question = {"from": api.base_url, "query": request.query, "department": request.department}
    if request.output.exists():
        _forget_finished(request, question)
        return _look_at(request)
    with open_journal(request.journal, question) as journal:
        progress(journal.counts[RECORD])
        if journal.counts[RECORD] < request.limit:
            _fill(journal, request, api, progress)
        return _finish(journal, request)


def _forget_finished(request: Request, question: Mapping[str, object]) -> None:
    """Delete the journal of a pull that was killed between its last two steps."""
    if not request.journal.exists():
        return
    # A journal that cannot be taken up, or holds more than the file does, is not for us to delete.
    with suppress(SandboxError), open_journal(request.journal, question) as journal:
        there = {_id_of(record.value) for record in read_records(request.output)}
        if all(_id_of(record) in there for record in journal.values(RECORD)):
            journal.remove()


def _id_of(record: Any) -> Any:
    return record.get("objectID") if isinstance(record, dict) else None


def _look_at(request: Request) -> PullReport:
    """Say of a file that is already there that it is; it is never written over."""
    records = sum(1 for _ in islice(read_records(request.output), request.limit))
    if records < request.limit:
        raise SandboxError(
            f"{request.output} is already there, with {records} records.",
            "Name another --output, or move the file away.",
        )
    return PullReport(records, 0, 0, None, already_there=True)


def _fill(
    journal: Journal, request: Request, api: MetApi, progress: Callable[[int], object]
) -> None:
    for number in _candidates(request, api):
        if journal.counts[RECORD] >= request.limit:
            return
        if journal.knows(number):
            continue
        kind, value = _judge(number, api.fetch_object(number))
        journal.note(number, kind, value)
        progress(1 if kind == RECORD else 0)


def _candidates(request: Request, api: MetApi) -> Iterable[int]:
    """The ids to ask for: a search's in its order, all there are in an order that mixes them."""
    department = _department_id(request.department, api) if request.department else None
    ids = list(dict.fromkeys(api.list_objects(request.query, department)))
    if not ids:
        raise SandboxError(
            f"The museum's API finds no object for {_describe(request)}.",
            "Try other words, or leave --query and --department out.",
        )
    return ids if request.query is not None else Chance("pull").shuffle(ids)


def _describe(request: Request) -> str:
    parts = [f"“{part}”" for part in (request.query, request.department) if part]
    return " in ".join(parts) or "anything"


def _department_id(name: str, api: MetApi) -> int:
    """A department's id by its name or by the id itself."""
    departments = api.departments()
    if name.isdigit() and int(name) in departments.values():
        return int(name)
    by_name = {known.lower(): number for known, number in departments.items()}
    if (number := by_name.get(name.strip().lower())) is not None:
        return number
    near = get_close_matches(name.lower(), by_name, n=1, cutoff=0.3)
    hint = next((known for known in departments if [known.lower()] == near), None)
    raise SandboxError(
        f"The museum has no department called “{name}”.",
        f"Did you mean “{hint}”?" if hint else f"There are: {', '.join(departments)}.",
    )


def _judge(number: int, answer: Any | Missing) -> tuple[str, Any]:
    """Whether an answer is a record, none at all, or one that breaks the promise."""
    if isinstance(answer, Missing):
        return MISSING, answer.reason
    return (REJECTED if _problems(answer) or answer["objectID"] != number else RECORD), answer


def _problems(answer: Any) -> tuple[str, ...]:
    return tuple(str(problem) for problem in find_problems(answer))


def _finish(journal: Journal, request: Request) -> PullReport:
    """Write the rejects, if there are any, and the file; only then is the journal done with."""
    rejects = _free_name(request.output) if journal.counts[REJECTED] else None
    if rejects:
        write_whole(rejects, journal.values(REJECTED))
    write_whole(request.output, journal.values(RECORD))
    report = PullReport(
        records=journal.counts[RECORD],
        missing=journal.counts[MISSING],
        rejected=journal.counts[REJECTED],
        rejects=rejects,
        problems=tuple(islice(map(_explain, journal.values(REJECTED)), 5)),
    )
    journal.remove()
    return report


def _free_name(output: Path) -> Path:
    """A file for rejects beside the output, other than those that are there already."""
    names = (f"{output.name}.rejects{number}.jsonl" for number in chain([""], count(2)))
    return next(path for path in map(output.with_name, names) if not path.exists())


def _explain(answer: Any) -> str:
    problems = _problems(answer) or ("objectID: another one than was asked for",)
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"object {_id_of(answer)}: {problems[0]}{more}"


def write_whole(path: Path, values: Iterable[Any]) -> None:
    """Write values so that the file is there whole or not at all.

    A JSON array, or JSON lines where the name ends in .jsonl or .ndjson; .gz compresses.
    """
    partial = path.with_name(f".{path.name}.writing")
    try:
        with partial.open("wb") as stream:
            _write(stream, path, values)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(path)
    except OSError as error:
        raise SandboxError(
            f"{path} cannot be written: {error.strerror or error}.",
            "Make room, or see that the folder may be written; the same command again carries on.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _write(stream: IO[bytes], path: Path, values: Iterable[Any]) -> None:
    compressed = path.suffix == ".gz"
    plain = path.with_suffix("") if compressed else path
    in_lines = plain.suffix in (".jsonl", ".ndjson")
    lines = map(json_line, values) if in_lines else _array(values)
    if not compressed:
        stream.writelines(lines)
        return
    with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as squeezed:
        squeezed.writelines(lines)


def _array(values: Iterable[Any]) -> Iterator[bytes]:
    before = b"[\n"
    for value in values:
        yield before + json_line(value).rstrip(b"\n")
        before = b",\n"
    yield (b"[\n" if before == b"[\n" else b"\n") + b"]\n"
