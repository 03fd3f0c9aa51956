"""Measure every budget in a sandbox of its own, and write ``docs/benchmarks.md``.

``python -m benchmarks`` measures all; ``python -m benchmarks seed check`` only those whose name
contains one of these words, and then writes nothing. Exits with 1 when a budget is not kept.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.measure import LeftOut, Measurement
from benchmarks.works import WORKS, Sandbox

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

INTRODUCTION = """\
# Benchmarks

What `make bench` measured when this page was last written. Machines differ, so each piece of work
stands beside a baseline that was timed in turn with it, in the same run: read the ratio first.
Times are medians, in seconds.

Everything runs as for a user who ran it before: from the modules that Python keeps compiled.
"""


def main(words: Sequence[str]) -> int:
    """Run the benchmarks that the words choose, print them, and write the page if it was all."""
    chosen = [work for name, work in WORKS.items() if not words or any(w in name for w in words)]
    if not chosen:
        sys.stderr.write(f"No such benchmark. There are: {', '.join(WORKS)}.\n")
        return 2
    # Some machines keep no compiled modules; there, half of a command's time would be their making.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as folder:
        sandbox = Sandbox.open(Path(folder))
        try:
            found = [measured(work, sandbox) for work in chosen]
        finally:
            sandbox.close()
    if not words:
        PAGE.write_text(page(found), encoding="utf-8")
        sys.stdout.write(f"wrote {PAGE.relative_to(PAGE.parent.parent)}\n")
    return code(found)


def code(found: Sequence[Measurement | str]) -> int:
    """Return 1 when a budget is not kept; what was left out had none to keep."""
    return 0 if all(isinstance(one, str) or one.held() for one in found) else 1


def measured(work: Callable[[Sandbox], Measurement], sandbox: Sandbox) -> Measurement | str:
    """Take a measurement and print it as soon as it is there, or else why it is left out."""
    try:
        found: Measurement | str = work(sandbox)
    except LeftOut as why:
        found = f"Left out: {why}."
    sys.stdout.write((found if isinstance(found, str) else row(found)) + "\n")
    sys.stdout.flush()
    return found


def page(found: Sequence[Measurement | str]) -> str:
    """Return the whole page, with what was left out below the table."""
    head = (
        "| work | seconds | baseline | seconds | ratio | budget | kept |\n"
        "|---|---|---|---|---|---|---|"
    )
    machine = (
        f"Measured on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, PostgreSQL 18 (embedded)."
    )
    rows = [row(one) for one in found if not isinstance(one, str)]
    left_out = [line for one in dict.fromkeys(found) if isinstance(one, str) for line in ("", one)]
    return "\n".join([INTRODUCTION, head, *rows, *left_out, "", machine, ""])


def row(found: Measurement) -> str:
    """Return one row of the table."""
    budgets = [
        f"≤ {found.budget:g} s" if found.budget is not None else "",
        f"≤ {found.ratio_budget:g} ×" if found.ratio_budget is not None else "",
    ]
    cells = [
        found.work,
        f"{found.seconds:.3f}",
        found.baseline,
        f"{found.baseline_seconds:.3f}",
        f"{found.ratio:.2f}",
        ", ".join(filter(None, budgets)) or "none",
        "yes" if found.held() else "**no**",
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
