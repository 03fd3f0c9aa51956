"""How contracts are lived with: what git, the repository's automation and the history can tell.

Nothing here is needed to judge a promise, so it is looked at where somebody asks for it:
``docent check --health``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from contracts.consumers import Consumer
from contracts.model import Contract
from detection.health import Migration, NeverKept, Practice, find_ailing
from prevention.decision import Decision, NotJudged, finding_of
from prevention.git import Repository, ask, find_repository

if TYPE_CHECKING:
    from prevention.checking import Looked
    from prevention.configuration import Configuration
    from prevention.history import History

LEAST_RUNS: Final = 3
"""In how many runs a promise must have been broken before it counts as never kept."""
LARGEST: Final = 1_000_000
"""Bytes of a file that is looked through."""

AUTOMATION: Final = re.compile(
    r"\.(github|gitea|forgejo)/(workflows|actions)/.+\.ya?ml|\.gitlab-ci\.yml|\.gitlab/.+\.ya?ml"
    r"|\.circleci/.+\.ya?ml|\.woodpecker[./].+|\.buildkite/.+|\.ci/.+|azure-pipelines\.ya?ml"
    r"|bitbucket-pipelines\.yml|Jenkinsfile|\.pre-commit-config\.yaml|lefthook\.ya?ml|\.husky/.+"
    r"|Makefile|[Jj]ustfile|Taskfile\.ya?ml|noxfile\.py|tox\.ini"
)
"""Files by which a repository has things run, by their paths from its root."""
RUNS_IT: Final = re.compile(
    r"\bdocent[ -](check|gate|monitor)\b|test_data_contract_violations|\bprevention\.cli\b"
)
"""What runs the check: a command, a hook, or the two unit tests."""


def look_after(
    looked: Looked,
    consumers: Sequence[Consumer],
    database: str | None = None,
    configuration: Configuration | None = None,
    accepted: Collection[str] = (),
) -> Decision:
    """The decision of a check, with what shows that contracts are dying told besides.

    None of it breaks a promise. The parameters are those of ``prevention.check``.
    """
    from data_assets.postgres import database_url
    from prevention.configuration import configure
    from prevention.history import open_history

    if looked.decision.status == "not-judged":
        return looked.decision
    settings = configuration or configure()
    history = open_history(database or database_url(), settings.history(), make=False)
    with history or nullcontext():
        practice = practice_of(looked.contracts, history)
    found = find_ailing(looked.contracts, consumers, looked.catalog, practice)
    told = tuple(finding_of(each, accepted=accepted) for each in found)
    return replace(looked.decision, findings=(*looked.decision.findings, *told))


def practice_of(
    contracts: Sequence[Contract], history: History | None = None, folder: Path | None = None
) -> Practice:
    """How these contracts are lived with; what cannot be known is left out.

    history:  that of the monitor, where there is one.
    folder:   somewhere in the repository; without it, the current folder.
    """
    watched, never = _watched(history) if history else (frozenset(), ())
    try:
        repository = find_repository(folder)
    except NotJudged:
        return Practice(watched=watched, never_kept=never)
    files = repository.working_files()
    enforced = any(RUNS_IT.search(text) for text in _texts(repository, _automation(files)).values())
    if repository.shallow:
        return Practice(enforced=enforced, watched=watched, never_kept=never)
    documents = {each.file: _path(repository, each.file) for each in contracts if each.file}
    scripts = _migrations(repository, files)
    days = _commits(repository, [*filter(None, documents.values())])
    came = _commits(repository, [*scripts], "--diff-filter=A")
    return Practice(
        changed={file: days[path] for file, path in documents.items() if path and path in days},
        migrations=tuple(
            Migration(path, came[path], text) for path, text in scripts.items() if path in came
        ),
        enforced=enforced,
        watched=watched,
        never_kept=never,
    )


def _automation(files: Iterable[str]) -> list[str]:
    return [path for path in files if AUTOMATION.fullmatch(path)]


def _migrations(repository: Repository, files: Iterable[str]) -> dict[str, str]:
    """The migrations of a working tree: Alembic's scripts, and SQL in a folder of migrations."""
    sql, python = [], []
    for path in files:
        parts, name = PurePosixPath(path).parts[:-1], PurePosixPath(path).suffix
        if name == ".sql" and "migrations" in parts:
            sql.append(path)
        elif name == ".py" and "versions" in parts:
            python.append(path)
    scripts = _texts(repository, python)
    ours = {path: text for path, text in scripts.items() if "down_revision" in text}
    return {**ours, **_texts(repository, sql)}


def _texts(repository: Repository, paths: Iterable[str]) -> dict[str, str]:
    texts = {}
    for path in paths:
        file = repository.root / path
        if file.is_file() and file.stat().st_size <= LARGEST:
            texts[path] = file.read_text(encoding="utf-8", errors="replace")
    return texts


def _path(repository: Repository, file: str) -> str | None:
    """A document by its path in the repository; ``None`` where it is elsewhere."""
    try:
        return repository.path_of(Path(file))
    except NotJudged:
        return None


def _commits(repository: Repository, paths: Sequence[str], *only: str) -> Mapping[str, int]:
    """When each of these paths was committed last, as Unix time, by commits of some kind only."""
    if not paths:
        return {}
    words = ("log", "--format=%x00%ct", "--name-only", "--no-renames", "--relative", *only)
    done = ask((*words, "--", *paths), repository.root)
    if done.returncode:
        return {}
    found: dict[str, int] = {}
    for record in os.fsdecode(done.stdout).split("\0")[1:]:
        moment, *names = record.split("\n")
        for name in filter(None, names):
            found.setdefault(name, int(moment))
    return found


def _watched(history: History) -> tuple[frozenset[str], tuple[NeverKept, ...]]:
    """The contracts that the monitor has judged, and what it has never found kept."""
    rows = history.engine.execute(
        "select o.contract, min(o.run), count(*) from observations o "
        "join runs r on r.number = o.run "
        "where r.database = %s and o.outcome <> 'not-judged' group by o.contract",
        [history.database],
    )
    runs = {contract: (first, count) for contract, first, count in rows}
    never = tuple(
        NeverKept(breach.promise, runs[breach.promise.contract][1], breach.began_at)
        for breach in history.open_breaches()
        if breach.promise.contract in runs
        and breach.began == runs[breach.promise.contract][0]
        and runs[breach.promise.contract][1] >= LEAST_RUNS
    )
    return frozenset(runs), never
