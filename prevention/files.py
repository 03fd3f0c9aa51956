"""Files that are to change together: what each holds before and after, and how it is written."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from prevention.decision import NotJudged, Obstacle


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file before and after; ``before`` is ``None`` for one that is new."""

    path: Path
    before: str | None
    after: str

    @property
    def diff(self) -> str:
        """What changes, as a unified diff that ``git apply`` takes."""
        name = self.path.as_posix()
        lines = difflib.unified_diff(
            _lines(self.before or ""),
            _lines(self.after),
            "/dev/null" if self.before is None else f"a/{name}",
            f"b/{name}",
        )
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in lines
        )


def write_all(changes: Sequence[FileChange]) -> None:
    """Write all files, or none; raises NotJudged where one was changed meanwhile."""
    for change in changes:
        if read_text(change.path) != change.before:
            what = f"{change.path} was changed meanwhile."
            raise NotJudged(Obstacle(what, "Give the command again."))
    done: list[FileChange] = []
    try:
        for change in changes:
            done.append(change)
            _write(change)
    except BaseException:
        for change in reversed(done):
            _take_back(change)
        raise


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def read_text(path: Path) -> str | None:
    """The text of a file with its line ends as they are; ``None`` where there is none."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        raise NotJudged(Obstacle(f"{path} is not UTF-8.", "Save it as UTF-8.")) from None


def _write(change: FileChange) -> None:
    from prevention.output import write_new, write_whole

    if change.before is None:
        write_new(change.path, change.after)
    else:
        write_whole(change.path, change.after)


def _take_back(change: FileChange) -> None:
    """Leave a file as it was before, whether or not it was written yet."""
    from prevention.output import write_whole

    if read_text(change.path) != change.after:
        return
    if change.before is None:
        change.path.unlink()
    else:
        write_whole(change.path, change.before)
