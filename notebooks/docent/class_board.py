"""The class with a button to look again."""

from __future__ import annotations

from typing import Any

import ipywidgets  # type: ignore[import-untyped]

from docent.display import Shown
from docent.instructor import show_class


class Board:
    """The class as it was when somebody last looked, and a button to look again.

    It shows itself as a cell's last line. Where there are no widgets, it is the card.
    """

    def __init__(self, place: str = "") -> None:
        self.place = place
        self.button = ipywidgets.Button(
            description="Look again",
            tooltip="Read the class anew",
            layout={"width": "8rem"},
        )
        self.result = ipywidgets.HTML()
        self.shown: Shown[Any]
        self.look()
        self.button.on_click(self.look)
        self.widget = ipywidgets.VBox([self.button, self.result])

    def look(self, _event: object = None) -> None:
        """Read the class anew, and show it."""
        self.shown = show_class(self.place)
        self.result.value = self.shown.html()

    def __repr__(self) -> str:
        return repr(self.shown)

    def _repr_mimebundle_(self, **asked_for: object) -> dict[str, object]:
        """The widget for those who have widgets, and the card for everybody else."""
        bundle: dict[str, object] = dict(self.widget._repr_mimebundle_(**asked_for) or {})
        return {**bundle, **self.shown._repr_mimebundle_()}
