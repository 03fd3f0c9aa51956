"""The guide: what the notebooks ask, check and show."""

from docent.guide import (
    begin,
    check,
    expect_violation,
    folder,
    hint,
    progress,
    reset,
    solution,
)
from docent.sql import SqlError, sql

__all__ = [
    "SqlError",
    "begin",
    "check",
    "expect_violation",
    "folder",
    "hint",
    "progress",
    "reset",
    "solution",
    "sql",
]
