"""What runs in the project's own Python: its migrations, and an account of how that ended.

The order comes as JSON by standard input; the outcome is written to a file, since migrations
may print what they like. Nothing is imported but Alembic, which is all that is sure to be there.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import sys
import traceback
from pathlib import Path
from typing import Any

HAS_A_DRIVER = re.compile(r"postgres(?:ql)?\+\w+")


def main() -> None:
    """Migrate as ordered, and write down the outcome."""
    order = json.load(sys.stdin)
    sys.argv = ["alembic"]
    try:
        outcome = {"done": True, "migrations": run(order)}
    except Exception as error:  # noqa: BLE001 - a migration may raise anything
        outcome = account(error, order["folder"])
    Path(order["outcome"]).write_text(json.dumps(outcome), encoding="utf-8")


def run(order: dict[str, str]) -> bool:
    """Bring the database to the revision; False where there is no migration yet."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = configured(Config, order)
    if not ScriptDirectory.from_config(config).get_heads():
        return False
    url = f"{scheme_of(config, order)}://{order['url'].partition('://')[2]}"
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    if not order["scheme"]:  # nobody has said yet which driver DATABASE_URL is for
        os.environ["DATABASE_URL"] = url
    command.upgrade(config, order["revision"])
    return True


def configured(make: Any, order: dict[str, str]) -> Any:
    """Alembic's configuration, from ``alembic.ini`` or, where there is none, ``pyproject.toml``."""
    ini = Path(order["ini"])
    beside = ini.parent / "pyproject.toml"
    if beside.exists():
        try:
            return make(str(ini) if ini != beside else None, toml_file=str(beside))
        except TypeError:  # before Alembic 1.16
            pass
    return make(str(ini))


def scheme_of(config: Any, order: dict[str, str]) -> str:
    """The project's own spelling of an address; a driver that is installed, where it names none."""
    try:
        written = config.get_main_option("sqlalchemy.url") or ""
    except Exception:  # noqa: BLE001 - what it refers to may be known to its environment alone
        written = ""
    named = re.match(r"postgres(?:ql)?(?:\+\w+)?(?=://)", written)
    scheme = named[0] if named else order["scheme"] or "postgresql"
    if HAS_A_DRIVER.fullmatch(scheme) or importlib.util.find_spec("psycopg2"):
        return scheme
    return "postgresql+psycopg"


def account(error: Exception, folder: str) -> dict[str, Any]:
    """What went wrong, and where in the project."""
    cause = getattr(error, "orig", None) or error.__cause__ or error
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if is_below(frame.filename, folder)]
    said = " ".join(str(cause).split())
    where = {"file": str(Path(own[-1].filename).resolve()), "line": own[-1].lineno} if own else None
    return {"kind": type(cause).__name__, "said": said[:500], "where": where}


def is_below(file: str, folder: str) -> bool:
    """Whether a file is one of the project's; Alembic compiles some code from a text."""
    return not file.startswith("<") and Path(file).resolve().is_relative_to(folder)


if __name__ == "__main__":
    main()
