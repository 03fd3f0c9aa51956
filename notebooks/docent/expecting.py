"""A violation that is wanted: the lesson says what must break, and the database answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final

from docent.place import current_url

NOT_JUDGED: Final = "The contracts could not be checked"

if TYPE_CHECKING:
    from docent.display import Piece, Shown
    from prevention.decision import Decision


class Expectation:
    """A check of the contracts that is expected to find exactly some rules broken.

    As the last line of a cell it checks when it is shown; around some code (``with``) it checks
    afterwards, whether that code ended with an error or not. It never raises.
    """

    def __init__(self, rules: tuple[str, ...], contracts: tuple[Path, ...], url: str) -> None:
        self.rules = rules
        self._contracts = contracts
        self._url = url
        self._seen: Shown[Decision | None] | None = None

    def look(self, stopped: BaseException | None = None) -> Shown[Decision | None]:
        """Check now, and say what was expected and what came."""
        from docent.display import Paragraph, Shown
        from docent.examination import error_text

        try:
            shown = expectation_card(self.rules, self._decide())
        except Exception as error:  # noqa: BLE001 - a lesson goes on, whatever could not be judged
            shown = Shown(None, NOT_JUDGED, tuple(map(Paragraph, _reasons(error))))
        if stopped is not None:
            said = Paragraph(f"The code inside ended with {error_text(stopped)}", look="aside")
            shown = replace(shown, pieces=(*shown.pieces, said))
        self._seen = shown
        return shown

    def _decide(self) -> Decision:
        from data_assets.home import clone
        from prevention.checking import check
        from prevention.configuration import configure

        settings = configure(clone())
        paths = self._contracts or (clone() / "contracts",)
        return check(*paths, database=self._url or current_url(), configuration=settings)

    def __enter__(self) -> Expectation:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        from docent.display import show

        show(self.look(error))
        return error is None or isinstance(error, (Exception, SystemExit))

    def __repr__(self) -> str:
        return repr(self._seen or self.look())

    def _repr_mimebundle_(self, **_asked_for: object) -> dict[str, object]:
        return (self._seen or self.look())._repr_mimebundle_()


def expectation_card(rules: Collection[str], decision: Decision) -> Shown[Decision | None]:
    """What was expected to break, and what did."""
    from docent.cards import violation_pieces
    from docent.display import Paragraph, Shown

    found = tuple(one for one in decision.findings if one.breaks or one.rule in rules)
    seen = {finding.rule for finding in found}
    met = seen == set(rules) and not decision.obstacles
    obstacles = (f"{one.what} {one.next_step}" for one in decision.obstacles)
    pieces: tuple[Piece, ...] = (Paragraph(_verdict(set(rules), seen, decision)),)
    pieces += tuple(map(Paragraph, obstacles))
    title = f"Expected: {', '.join(rules) or 'that every promise holds'}"
    data = {"expected": sorted(rules), "found": sorted(seen), "met": met}
    kind = "as expected" if met else "not as expected"
    return Shown(decision, title, pieces + violation_pieces(found), kind, full=met, data=data)


def _verdict(rules: set[str], seen: set[str], decision: Decision) -> str:
    if decision.obstacles:
        return "The contracts could not be judged."
    if seen == rules:
        return _as_expected(len(rules))
    missing, others = ", ".join(sorted(rules - seen)), ", ".join(sorted(seen - rules))
    again = "Run the cells above again in their order; `reset` gives you a fresh database."
    if not seen:
        return f"No promise is broken, though {missing} was expected. {again}"
    if not missing:
        return f"There is more than was expected: {others}. {again}"
    return f"Expected {missing}, found {others or 'nothing else'}. {again}"


def _as_expected(count: int) -> str:
    if count == 0:
        return "Every promise holds."
    return "Broken on purpose, and found: that is what the lesson wants."


def _reasons(error: Exception) -> tuple[str, ...]:
    from docent.examination import error_text
    from prevention.failures import describe

    obstacles = describe(error)
    return tuple(" ".join(str(one).split()) for one in obstacles) or (error_text(error),)
