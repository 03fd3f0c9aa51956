"""Where the history of a database is kept, and how it is written and read.

In a sandbox it is a schema of its own, ``docent_history``, in the database itself; beside a
database that is not ours it is a local SQLite file, unless another place is named (see
``place``). Both have the same tables, made by migrations of their own (see ``schema``).

A run is appended in one transaction, alone: what is killed leaves the whole run or nothing of
it, and of two that append at once, one waits for the other. So every run has its number, and
every breach begins in exactly one of them.
"""

from __future__ import annotations

from prevention.history.place import open_history
from prevention.history.store import Appended, History

__all__ = ["Appended", "History", "open_history"]
