"""Expand, migrate, contract: a breaking change as ordered steps on which nobody is hurt."""
