"""The days of a contract's end with something to turn: a slider, and below it the day's card."""

from __future__ import annotations

from datetime import timedelta

import ipywidgets  # type: ignore[import-untyped]

from docent.life import Life
from docent.life_cards import edges, life_card


class Face:
    """A slider for the days since the announcement; who is told what then stands below it.

    It shows itself as a cell's last line. Where there are no widgets, on GitHub or on paper, it
    is the card of the day that it stands at.
    """

    def __init__(self, life: Life) -> None:
        self.life = life
        first, last = edges(life)
        self.days = ipywidgets.IntSlider(
            min=(first - life.announced).days, max=(last - life.announced).days, value=0,
            description="Days after", continuous_update=True,
            layout={"width": "36rem", "max_width": "100%"},
        )  # fmt: skip
        self.shown = life_card(life, life.announced)
        self.result = ipywidgets.HTML(self.shown.html())
        self.days.observe(self.turn, "value")
        self.widget = ipywidgets.VBox([self.days, self.result])

    def turn(self, _event: object = None) -> None:
        """Show the day that the slider says."""
        self.shown = life_card(self.life, self.life.announced + timedelta(self.days.value))
        self.result.value = self.shown.html()

    def __repr__(self) -> str:
        return repr(self.shown)

    def _repr_mimebundle_(self, **asked_for: object) -> dict[str, object]:
        """The widget for those who have widgets, and the card for everybody else."""
        bundle: dict[str, object] = dict(self.widget._repr_mimebundle_(**asked_for) or {})
        return {**bundle, **self.shown._repr_mimebundle_()}
