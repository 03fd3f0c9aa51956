"""The two tests that stand between a change and a merge: ``python -m unittest FILE -v``.

They judge the database in use, which is what ``DATABASE_URL`` names, or else the sandbox.
pytest runs them as well.
"""

from __future__ import annotations

import unittest
from typing import ClassVar

from prevention.checking import check
from prevention.decision import Decision, not_judged
from prevention.failures import describe
from prevention.render import book


def judge() -> Decision:
    """The decision on the database in use; what keeps from judging is part of it."""
    try:
        return check()
    except Exception as error:
        obstacles = describe(error)
        if not obstacles:
            raise
        return not_judged(*obstacles)


class TestContractViolations(unittest.TestCase):
    """The tables under contract are there, and they are as was promised."""

    decision: ClassVar[Decision]

    @classmethod
    def setUpClass(cls) -> None:
        """Judge once; each test looks at its part of the outcome."""
        cls.decision = judge()

    def setUp(self) -> None:
        """Fail in words where nothing could be judged: green would be a lie."""
        if self.decision.obstacles:
            reasons = "\n".join(str(obstacle) for obstacle in self.decision.obstacles)
            self.fail(f"Could not judge.\n\n{reasons}")

    def test_all_contract_assets_present_in_catalog(self) -> None:
        """Every table that somebody was promised is in the data catalog."""
        missing = book.missing_tables(self.decision)
        self.assertTrue(  # noqa: PT009 - the book's test is unittest's
            not missing,
            f"All assets under contract should be present in data catalog.\nMissing: {missing}",
        )

    def test_data_contracts_against_data_catalog(self) -> None:
        """Every column in the data catalog is as its contract says."""
        if self.decision.status == "broken":
            self.fail(
                "All data contract constraints should match the data catalog.\n\n"
                f"Violations:\n{book.render(self.decision)}"
            )


if __name__ == "__main__":
    unittest.main()
