"""What a seed did, or why it did nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data_assets.columns import Fault
from data_assets.errors import SandboxError


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that was not loaded, and all that is wrong with it.

    position, line:  its number in the file and the line it begins on, from 1.
    object_id:       where it has a readable one.
    """

    position: int
    line: int
    object_id: int | None
    faults: tuple[Fault, ...]

    def __str__(self) -> str:
        known = f", objectID {self.object_id}" if self.object_id is not None else ""
        faults = "; ".join(str(fault) for fault in self.faults)
        return f"record {self.position} (line {self.line}{known}): {faults}"


@dataclass(frozen=True, slots=True)
class TableCount:
    """What a seed did to one table, in rows."""

    table: str
    inserted: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What a seed did.

    records:       records in the file.
    works:         works that they speak of; of a work that comes twice, the last record counts.
    superseded:    records that a later one of the same work replaced.
    rejected:      records left out because they are bad; ``bad`` holds the first of them.
    rejects_file:  where they are kept.
    emptied:       for each column, how often ``""`` was stored as NULL.
    left_out:      columns and tables that the database does not have, and so were not filled.
    tables:        what became of each table.
    """

    path: Path
    records: int
    works: int
    superseded: int
    rejected: int
    bad: tuple[BadRecord, ...]
    rejects_file: Path | None
    emptied: dict[str, int]
    left_out: tuple[str, ...]
    tables: tuple[TableCount, ...]

    @property
    def changed(self) -> bool:
        """Whether the database differs from before."""
        return any(table.inserted or table.updated for table in self.tables)


class BadRecordsError(SandboxError):
    """Records of a file are bad, so nothing of it was loaded; ``bad`` holds the first of them."""

    def __init__(self, path: Path, rejected: int, records: int, bad: tuple[BadRecord, ...]) -> None:
        are = "record is" if rejected == 1 else "records are"
        some_good = rejected < records
        super().__init__(
            f"{path}: {rejected} of {records} {are} bad, and nothing was loaded:"
            f"{_listed(bad, rejected)}",
            f"mend them, or type docent seed --skip-bad {path} to load the others"
            if some_good
            else "mend them, or give a file of Met API records, such as docent pull makes",
        )
        self.rejected = rejected
        self.bad = bad


class NothingGoodError(SandboxError):
    """The bad records were to be skipped, and there are no others; all are kept as rejects."""

    def __init__(
        self, path: Path, records: int, bad: tuple[BadRecord, ...], rejects_file: Path
    ) -> None:
        all_bad = "its only record is bad" if records == 1 else f"all {records} records are bad"
        kept = "It is" if records == 1 else "They are"
        super().__init__(
            f"{path}: no record could be loaded, since {all_bad}. {kept} kept in {rejects_file}:"
            f"{_listed(bad, records)}",
            f"mend them, then type docent seed {rejects_file}",
        )
        self.bad = bad
        self.rejects_file = rejects_file


def _listed(bad: tuple[BadRecord, ...], rejected: int) -> str:
    """The first bad records, each on a line, and how many more there are."""
    lines = "".join(f"\n  {one}" for one in bad)
    return lines + (f"\n  and {rejected - len(bad)} more" if rejected > len(bad) else "")
