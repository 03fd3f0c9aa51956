"""Rules about the ways in which contracts die while their documents live on.

Each states the fact; to whom it applies is worked out by ``detection.health``. No promise is broken
by any of them, so that they are warnings, and are looked for where somebody asks for them.
"""

from __future__ import annotations

from detection.comparison import Difference


def health_stale(since: str, migrations: str) -> Difference:
    """Report a contract that stayed as it was while migrations went on with its table.

    The days are those of git, in UTC: the last commit that touched the document, and those of
    later days (what is done on one day belongs together) that
    brought a migration which names the table, and does not make it. That a migration names it is
    no proof that it changed what is promised. Nothing is said outside of a repository, of a
    shallow clone, and of documents that are not committed.

    **Who is hurt.** Readers, who trust a page that nobody has looked at since.

    **Example.** The contract is of January, and two migrations of March alter its table. A
    contract that was touched after them is fine, whatever was touched in it.

    **What to do.** Read the contract beside the migrations together with its owner; then write
    what is missing, or that it was looked at.
    """
    return Difference(since, migrations)


def health_unenforced(enforcement: str | None) -> Difference:
    """Report a contract that is documented, and that nothing holds to its word.

    It says `enforcement: none`, or nothing; no workflow, hook or Makefile of the repository runs
    `docent check`, `gate` or `monitor`; and no run of the monitor has ever judged it. Nothing is
    said outside of a repository.

    **Who is hurt.** Readers, who take documentation for a promise that somebody keeps.

    **Example.** A folder of contracts, and no `.github/workflows`. A pipeline that verifies the
    contract by itself says so in `enforcement`.

    **What to do.** Run `docent gate` on pull requests (docs/take-it-home.md), or the monitor.
    """
    return Difference(enforcement, None, ("enforcement",))


def health_left_out(roughness: str, typical: str) -> Difference:
    """Report a table under no contract that is read, or rougher than those under contract.

    Read is a table that a consumer is registered for, or that one of its queries names. Rougher
    is one that has at least as many columns, nullable columns and columns of JSON as the median
    of the tables under contract, and more of two of the three.

    **Who is hurt.** Whoever reads it: the easy tables are promised, and the one where things go
    wrong is not.

    **Example.** Eight tidy tables are under contract, and the table of raw API answers with
    forty nullable columns is not. A small table that nobody reads is fine.

    **What to do.** Draft a contract for it, however little it can promise: `docent draft TABLE`.
    """
    return Difference(typical, roughness)


def health_never_met(promised: str | None, runs: str) -> Difference:
    """Report a promise that every run of the monitor so far has found broken, three at least.

    **Who is hurt.** Everybody: a threshold that nobody can hit teaches people to overlook red.

    **Example.** `completeness: >= 99.9%` on a column that has been filled for nine rows of ten
    since the first run. A promise that was kept once is fine, and so is one that is only two
    runs old. Warnings leave no trace in the history and are not told.

    **What to do.** Agree with the owner on a promise that holds, and on a day by which it is
    raised. `docent draft TABLE --with-quality` measures what holds.
    """
    return Difference(promised, runs)
