"""Where the sandbox keeps its things, and whose database is whose."""

from __future__ import annotations

import getpass
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

LONGEST_SLUG = 32
"""Leaves room, in Postgres's 63 bytes for a name, for the prefix and for a date behind it."""


def clone() -> Path:
    """The folder of the clone that this code stands in; elsewhere, the current folder."""
    here = Path(__file__).resolve().parent.parent
    return here if (here / "alembic.ini").is_file() else Path.cwd()


def home_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of all that the sandbox keeps: ``DOCENT_HOME``, else ``.docent`` in the clone."""
    named = environment.get("DOCENT_HOME", "").strip()
    return Path(named).expanduser().resolve() if named else clone() / ".docent"


def learner(environment: Mapping[str, str] = os.environ) -> str:
    """Who is learning: ``DOCENT_LEARNER``, else the name of the user."""
    named = environment.get("DOCENT_LEARNER", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number that has no name
        return "learner"


def database_name(who: str) -> str:
    """The name of a learner's database, safe as it stands in a shell, a URL and SQL.

    Whatever cannot be kept is replaced, and a few digits of the name's hash are added then, so
    that two learners never share a database (``a.b`` and ``a_b``, or two names in Chinese).
    Capitals do not tell learners apart.
    """
    wanted = who.lower()
    slug = re.sub(r"[^a-z0-9]+", "_", wanted).strip("_")[:LONGEST_SLUG].rstrip("_")
    if slug != wanted:
        digits = hashlib.sha256(wanted.encode(errors="surrogatepass")).hexdigest()[:6]
        slug = f"{slug}_{digits}" if slug else f"learner_{digits}"
    return f"docent_{slug}"
