"""The violation lab with something to turn: three menus, and below them what would happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import ipywidgets  # type: ignore[import-untyped]

from docent.display import Shown
from docent.lab import Lab, changes_of, find_table, table_name, told
from docent.lab_cards import change_label, experiment_card
from prevention.decision import NotJudged, Obstacle

if TYPE_CHECKING:
    from contracts.model import Table
    from detection.changing import Change
    from detection.model import Catalog

FIRST: Final = ("object_images", "primary_image")
"""The table and the column that the lab opens with, where there are such."""

WHOLE_TABLE: Final = ("the table as a whole", "")

WIDTHS: Final = {"Table": "20rem", "Column": "20rem", "Change": "33rem"}
"""The menus with their widths, which stay as they are whatever there is to choose."""


class Bench:
    """Menus for table, column and change; what is chosen is tried at once.

    It shows itself as a cell's last line. Where there are no widgets, on GitHub or on paper,
    it is the card of what is chosen.
    """

    def __init__(self, database_url: str = "") -> None:
        self.lab = Lab(database_url)
        self.tables, self.columns, self.changes = map(_menu, WIDTHS)
        self.again = ipywidgets.Button(
            description="Try again",
            tooltip="Once more, with the contracts and the database as they are now",
            layout={"width": "7rem"},
        )
        self.result = ipywidgets.HTML()
        self.shown: Shown[Any]
        self._catalog: Catalog
        self._settling = False
        self.try_again()
        for menu, chosen in (
            (self.tables, self.choose_table),
            (self.columns, self.choose_column),
            (self.changes, self.choose_change),
        ):
            menu.observe(chosen, "value")
        self.again.on_click(self.try_again)
        menus = [self.tables, self.columns, self.changes, self.again]
        row = ipywidgets.HBox(menus, layout={"flex_flow": "row wrap"})
        self.widget = ipywidgets.VBox([row, self.result])

    def try_again(self, _event: object = None) -> None:
        """Look at the database anew, and try what is chosen once more."""
        self._settle(self._offer_tables)

    def choose_table(self, _event: object = None) -> None:
        """Offer the columns of the table that was chosen, and try."""
        self._settle(self._offer_columns)

    def choose_column(self, _event: object = None) -> None:
        """Offer the changes of the column that was chosen, and try."""
        self._settle(self._offer_changes)

    def choose_change(self, _event: object = None) -> None:
        """Try the change that was chosen."""
        self._settle(lambda: None)

    def _settle(self, offer: Callable[[], None]) -> None:
        """Offer what there is to choose now, then try what is chosen.

        What the menus report while they are filled anew is no choice of the reader's.
        """
        if self._settling:
            return
        self._settling = True
        try:
            self.shown = told(lambda: self._try(offer))
        finally:
            self._settling = False
        self.result.value = self.shown.html()

    def _try(self, offer: Callable[[], None]) -> Shown[Any]:
        offer()
        return experiment_card(self.lab.report(self.changes.value))

    def _offer_tables(self) -> None:
        self._catalog = self.lab.catalog()
        if not self._catalog.tables:
            step = "Type docent up in a terminal: it makes a museum."
            raise NotJudged(Obstacle("There is no table in this database.", step))
        names = [table_name(table) for table in self._catalog.tables]
        _fill(self.tables, [(name, name) for name in names], (self.tables.value, FIRST[0]))
        self._offer_columns()

    def _offer_columns(self) -> None:
        columns = [(column.name, column.name) for column in self._table().columns]
        _fill(self.columns, [WHOLE_TABLE, *columns], (self.columns.value, FIRST[1]))
        self._offer_changes()

    def _offer_changes(self) -> None:
        changes = changes_of(self._catalog, self._table(), self.columns.value)
        before: Change | None = self.changes.value
        alike = (each for each in changes if before and each.kind == before.kind)
        options = [(change_label(change), change) for change in changes]
        _fill(self.changes, options, (before, next(alike, None)))

    def _table(self) -> Table:
        return find_table(self._catalog, self.tables.value)

    def __repr__(self) -> str:
        return repr(self.shown)

    def _repr_mimebundle_(self, **asked_for: object) -> dict[str, object]:
        """The widget for those who have widgets, and the card for everybody else."""
        bundle: dict[str, object] = dict(self.widget._repr_mimebundle_(**asked_for) or {})
        return {**bundle, **self.shown._repr_mimebundle_()}


def _menu(name: str) -> Any:
    layout = {"width": WIDTHS[name], "max_width": "100%"}
    return ipywidgets.Dropdown(description=name, layout=layout)


def _fill(menu: Any, options: list[tuple[str, Any]], wanted: Iterable[object]) -> None:
    """Offer these options, and choose the first of the wanted ones that is among them."""
    values = [value for _, value in options]
    menu.options = options
    menu.value = next((each for each in wanted if each in values), values[0])
