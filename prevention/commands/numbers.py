"""Numbers as options take them: within limits, and refused in words that people use."""

from __future__ import annotations

import click


class Number(click.FloatRange):
    """A number within limits."""

    name = "number"


class WholeNumber(click.IntRange):
    """A whole number within limits."""

    name = "whole number"
