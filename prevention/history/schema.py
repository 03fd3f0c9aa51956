"""The tables of the history, and the migrations that make them, for Postgres and for SQLite.

A migration is a list of statements that both understand, and is never changed once it was
published: what is to be different is a migration after it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from data_assets.errors import SandboxError

if TYPE_CHECKING:
    from prevention.history.engines import Engine

SCHEMA: Final = "docent_history"
"""The schema in Postgres; ``detection.coverage`` leaves all that begins with ``docent`` out."""
MARK: Final = "docent history"
"""What the comment on the schema begins with. A schema without it is somebody else's."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """create table runs (
            number integer primary key,
            at timestamptz not null,
            database text not null,
            outcome text not null check (outcome in ('held', 'broken', 'not-judged')),
            tables integer,
            covered integer,
            obstacle text
        )""",
        "create index runs_by_time on runs (database, at)",
        """create table observations (
            run integer not null references runs,
            contract text not null,
            outcome text not null check (outcome in ('held', 'broken', 'not-judged')),
            version text,
            status text,
            owner text,
            availability double precision,
            primary key (run, contract)
        )""",
        """create table contracts (
            database text not null,
            contract text not null,
            run integer not null references runs,
            primary key (database, contract)
        )""",
        """create table freshness (
            run integer not null references runs,
            contract text not null,
            element text not null,
            age double precision,
            age_limit double precision not null,
            kept boolean not null,
            primary key (run, contract, element, age_limit)
        )""",
        """create table breaches (
            id text primary key,
            database text not null,
            contract text not null,
            fingerprint text not null,
            rule text not null,
            element text not null,
            promised text,
            found text,
            began integer not null references runs,
            began_at timestamptz not null,
            ended integer references runs,
            ended_at timestamptz
        )""",
        "create index breaches_by_end on breaches (database, ended)",
        """create table deliveries (
            event text not null,
            channel text not null,
            state text not null check (state in ('claimed', 'sent', 'failed')),
            tries integer not null,
            at timestamptz not null,
            trouble text,
            primary key (event, channel)
        )""",
    ),
    ("alter table breaches add column accepted boolean not null default false",),
)
"""What was done to the tables, one step after the other; ``migrations`` keeps how far it is."""

PROGRESS: Final = """create table if not exists migrations (
    number integer primary key,
    applied_at timestamptz not null
)"""


def migrate(engine: Engine) -> None:
    """Bring the tables to where this version of Docent has them; whoever comes second waits.

    Raises SandboxError where a newer version made them.
    """
    if engine.is_there() and _progress(engine) == len(MIGRATIONS):
        return
    with engine.writing():
        engine.prepare()
        engine.execute(PROGRESS)
        done = _progress(engine)
        for number, statements in enumerate(MIGRATIONS[done:], done + 1):
            for statement in statements:
                engine.execute(statement)
            engine.execute("insert into migrations values (%s, %s)", [number, datetime.now(UTC)])


def _progress(engine: Engine) -> int:
    done = engine.execute("select coalesce(max(number), 0) from migrations")[0][0]
    if done > len(MIGRATIONS):
        raise SandboxError(
            f"The history in {engine.name} was made by a newer version of Docent.",
            "bring this one up to date, or name another place by --history-url",
        )
    return int(done)
