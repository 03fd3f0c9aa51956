"""The learner's clock with something to turn: a slider for days, and a button to give it back."""

from __future__ import annotations

from typing import Any, Final

import ipywidgets  # type: ignore[import-untyped]

from docent.clock import Clock, Reading

MOST_DAYS: Final = 30


class Face:
    """A slider for the days since the newest row; what is promised then stands below it.

    It shows itself as a cell's last line. Where there are no widgets, on GitHub or on paper, it
    is the card of the clock as it stands.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.shown = clock.look()
        self.days = ipywidgets.IntSlider(
            min=0, max=MOST_DAYS, description="Days later", value=self._standing(),
            continuous_update=False, layout={"width": "28rem", "max_width": "100%"},
        )  # fmt: skip
        self.back = ipywidgets.Button(
            description="Give it back",
            tooltip="Let the clock stand just after the newest row again",
            layout={"width": "8rem"},
        )
        self.result = ipywidgets.HTML(self.shown.html())
        self._giving_back = False
        self.days.observe(self.turn, "value")
        self.back.on_click(self.give_back)
        row = ipywidgets.HBox([self.days, self.back], layout={"flex_flow": "row wrap"})
        self.widget = ipywidgets.VBox([row, self.result])

    def turn(self, _event: object = None) -> None:
        """Turn the clock to what the slider says."""
        if not self._giving_back:
            self._show(self.clock.turn(self.days.value))

    def give_back(self, _event: object = None) -> None:
        """Give the clock back; the slider goes to where it began, and turns nothing by that."""
        self._giving_back = True
        try:
            self.days.value = 0
        finally:
            self._giving_back = False
        self._show(self.clock.give_back())

    def _show(self, shown: Any) -> None:
        self.shown = shown
        self.result.value = shown.html()

    def _standing(self) -> int:
        """The days by which the clock is turned already."""
        reading = self.shown.subject
        return min(MOST_DAYS, (reading.now - reading.newest).days) if _is_read(reading) else 0

    def __repr__(self) -> str:
        return repr(self.shown)

    def _repr_mimebundle_(self, **asked_for: object) -> dict[str, object]:
        """The widget for those who have widgets, and the card for everybody else."""
        bundle: dict[str, object] = dict(self.widget._repr_mimebundle_(**asked_for) or {})
        return {**bundle, **self.shown._repr_mimebundle_()}


def _is_read(reading: object) -> bool:
    return isinstance(reading, Reading)
