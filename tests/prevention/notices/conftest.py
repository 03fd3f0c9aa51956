"""Where a history can be, as for the tests of the history."""

from tests.prevention.history.conftest import place

__all__ = ["place"]
