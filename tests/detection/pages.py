"""What the page of every rule has, wherever the rule is registered."""

from __future__ import annotations

from detection.rules import Rule


def assert_is_a_page(one: Rule) -> None:
    """A rule's docstring has a title, and then whom it hurts, an example, and what to do."""
    title, _, rest = one.page.partition("\n")
    assert title.endswith(".")
    places = [rest.find(f"**{part}.**") for part in ("Who is hurt", "Example", "What to do")]
    assert -1 not in places
    assert places == sorted(places)
