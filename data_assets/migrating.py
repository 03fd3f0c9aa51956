"""The migrations, as calls: bring a database to a revision, with Alembic kept quiet.

Alembic itself works too, from the root of the clone: ``alembic upgrade head``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from data_assets.errors import SandboxError

MIGRATIONS = Path(__file__).parent / "migrations"
ASSIGNED = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.+)$", re.MULTILINE)


def upgrade(
    url: str, revision: str = "head", *, folder: Path = MIGRATIONS, branch: str | None = None
) -> None:
    """Bring a database up to a revision.

    branch:  the branch that stands apart from the museum's own migrations, such as ``reporting``.

    Raises SandboxError when the database is neither marked as a sandbox nor empty, and when a
    migration fails; then nothing is changed.
    """
    _run("upgrade", url, revision, folder, branch)


def downgrade(
    url: str, revision: str = "base", *, folder: Path = MIGRATIONS, branch: str | None = None
) -> None:
    """Bring a database down to a revision; ``branch`` and what is raised as for :func:`upgrade`."""
    _run("downgrade", url, revision, folder, branch)


def _run(direction: str, url: str, revision: str, folder: Path, branch: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    if branch:
        config.set_main_option("version_locations", str(folder / branch).replace("%", "%%"))
        config.set_main_option("version_table_schema", branch)
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    try:
        getattr(command, direction)(config, revision)
    except CommandError as error:
        if isinstance(error.__cause__, SandboxError):
            raise error.__cause__ from None
        raise SandboxError(
            f"Alembic could not {direction} to {revision}: {error}",
            f"look at {folder / (branch or 'versions')}, or type docent reset for a fresh database",
        ) from error
    except SandboxError:
        raise
    except Exception as error:  # a learner's migration may raise anything
        raise SandboxError(
            f"A migration in {folder / (branch or 'versions')} could not run: "
            f"{type(error).__name__}: {error}. Nothing was changed.",
            "mend the migration, then repeat",
        ) from error


def head(folder: Path = MIGRATIONS) -> str:
    """The newest revision, read from the files' text: importing Alembic takes a second."""
    read = list(_revisions(folder))
    replaced = {one for _, _, before in read for one in before}
    return ", ".join(sorted({revision for _, revision, _ in read} - replaced))


def history(revision: str, folder: Path = MIGRATIONS) -> tuple[Path, ...]:
    """The files of a revision and of all that come before it, in no order."""
    files = {name: (path, before) for path, name, before in _revisions(folder)}
    wanted, found = {revision}, dict[str, Path]()
    while wanted:
        name = wanted.pop()
        if name in files and name not in found:
            found[name], before = files[name]
            wanted |= before
    return tuple(found.values())


def _revisions(folder: Path) -> Iterator[tuple[Path, str, set[str]]]:
    """Each file of migrations, with its revision and those before it."""
    for path in (folder / "versions").glob("*.py"):
        said = {
            name: re.findall(r"""["']([^"']+)["']""", value)
            for name, value in ASSIGNED.findall(path.read_text(encoding="utf-8"))
        }
        for revision in said.get("revision", ()):
            yield path, revision, set(said.get("down_revision", ()))
