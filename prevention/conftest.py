"""Which database the two unit tests judge under pytest.

Run by themselves, they judge the database in use, like everywhere else. As a part of the whole
suite, they judge a sandbox of their own, made for the run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module", autouse=True)
def _database_of_the_suite(request: pytest.FixtureRequest) -> Iterator[None]:
    """A seeded sandbox in a temporary folder, unless these tests are all that was asked for."""
    if all(item.path.parent == HERE for item in request.session.items):
        yield
        return
    from data_assets import sandbox

    folder = Path(tempfile.mkdtemp(prefix="museum-"))
    folder.chmod(0o755)  # the server runs under a user of its own where we are root
    settings = {"DOCENT_HOME": str(folder / "home"), "DOCENT_LEARNER": "suite"}
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", sandbox.up({**os.environ, **settings}))
            yield
    finally:
        sandbox.down({**os.environ, **settings})
        shutil.rmtree(folder, ignore_errors=True)
