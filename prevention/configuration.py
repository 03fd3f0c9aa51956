"""How a project wants to be checked: ``[tool.docent]`` in its ``pyproject.toml``.

Flags win over the environment (``DOCENT_CONTRACTS``, ``DOCENT_ALEMBIC``, ``DOCENT_SCHEMAS``,
``DOCENT_STRICT``, ``DOCENT_NOTICE_DAYS``, ``DOCENT_SUNSET_DAYS``, ``DOCENT_BASE``,
``DOCENT_HISTORY_URL``), the environment over the file, the file over what holds without one. Paths
in the file are relative to the file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from contracts.model import Location
from detection.periods import USUAL, Periods
from prevention.decision import NotJudged, Obstacle

TEMPLATE = """\
[tool.docent]
contracts = "contracts"          # the folder of contract documents
alembic = "alembic.ini"          # the migrations' configuration
schemas = ["public"]             # the schemas to look at; all, when it is left out
strict = false                   # whether an undeclared column breaks a promise
notice-days = 30                 # days from announcing an end to the sunset, at least
sunset-days = 7                  # days from there until a contract may go, at least
base = "origin/main"             # what a branch is merged into, for the gate
history-url = "$HISTORY_URL"     # where the monitor keeps its history

[tool.docent.bind]               # the table of a contract that names none
"salesforce_lead" = "crm.signups"

[tool.docent.connections]        # for --connection NAME; $NAME is taken from the environment
staging = "$STAGING_DATABASE_URL"

[tool.docent.channels]           # where the channels of contracts lead (docs/notices.md)
"#lead-data" = "$LEAD_DATA_WEBHOOK"
"""
"""Every setting with its default or an example."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of a project, every path resolved.

    file:         the ``pyproject.toml`` that was read, if any.
    schemas:      ``None`` looks at all but the system's.
    bind:         a contract's identity or name -> ``schema.table``.
    connections:  a name -> a database URL, or ``$VARIABLE`` for one kept in the environment.
    channels:     a contract's channel -> ``$VARIABLE``, ``file:PATH`` or ``github:OWNER/REPO#N``.
    history_url:  where the monitor keeps its history: a URL, or ``$VARIABLE`` too.
    """

    contracts: Path = Path("contracts")
    alembic: Path = Path("alembic.ini")
    schemas: tuple[str, ...] | None = None
    strict: bool = False
    notice_days: int = USUAL.notice_days
    sunset_days: int = USUAL.sunset_days
    base: str = "origin/main"
    history_url: str | None = None
    bind: Mapping[str, str] = field(default_factory=dict)
    connections: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None

    @property
    def periods(self) -> Periods:
        """How much notice of an end the project gives at least."""
        return Periods(self.notice_days, self.sunset_days)

    def connection(self, name: str, environment: Mapping[str, str] = os.environ) -> str:
        """The database URL of this name; raises NotJudged where there is none."""
        if name not in self.connections:
            where = self.file or "pyproject.toml"
            raise NotJudged(
                Obstacle(
                    f"No connection '{name}' is named in [tool.docent.connections] of {where}.",
                    _nearest(name, self.connections, "Names there"),
                )
            )
        return _kept(self.connections[name], f"Connection '{name}'", environment)

    def history(self, environment: Mapping[str, str] = os.environ) -> str | None:
        """Where the history is kept, if the project says so; raises as ``connection`` does."""
        return _kept(self.history_url, "history-url", environment) if self.history_url else None


def configure(
    folder: Path | None = None, environment: Mapping[str, str] = os.environ
) -> Configuration:
    """The settings in a folder: the nearest ``[tool.docent]`` above it, and the environment.

    Raises NotJudged, naming file and line, for a setting that is unknown or ill-formed.
    """
    file, settings = _nearest_settings(folder or Path.cwd())
    values = {key: _from_file(file, key, value) for key, value in settings.items() if file}
    for key, setting in _SETTINGS.items():
        variable = "DOCENT_" + key.upper().replace("-", "_")
        if setting.from_text and environment.get(variable):
            values[key] = _from_environment(setting, variable, environment[variable])
    named = {key.replace("-", "_"): value for key, value in values.items()}
    return Configuration(file=file, **named)  # type: ignore[arg-type]


def periods_in(text: str, environment: Mapping[str, str] = os.environ) -> Periods | None:
    """How much notice a ``pyproject.toml`` of another moment demands, unless the environment does.

    ``None`` where it has no ``[tool.docent]``. A setting that cannot be read, as one of another
    version may be, demands what is usual.
    """
    import tomllib

    try:
        said = tomllib.loads(text).get("tool", {}).get("docent") if "docent" in text else None
    except (tomllib.TOMLDecodeError, AttributeError):
        said = None
    if not isinstance(said, dict):
        return None

    def days(key: str, usual: int) -> int:
        variable = environment.get("DOCENT_" + key.upper().replace("-", "_"))
        try:
            return _days_text(variable) if variable else _days(said.get(key, usual), Path())
        except (TypeError, ValueError):
            return usual

    return Periods(days("notice-days", USUAL.notice_days), days("sunset-days", USUAL.sunset_days))


def _kept(value: str, what: str, environment: Mapping[str, str]) -> str:
    """A URL, or the one that the environment keeps under ``$VARIABLE``."""
    variable = variable_in(value)
    if variable is None:
        return value
    if not environment.get(variable):
        raise NotJudged(
            Obstacle(
                f"{what} is kept in {variable}, which is not set.",
                f"export {variable}=postgresql://…",
            )
        )
    return environment[variable]


def variable_in(value: str) -> str | None:
    """The variable that a setting names as ``$VARIABLE`` or ``${VARIABLE}``, if it is one."""
    match = re.fullmatch(r"\$(?:(\w+)|\{(\w+)\})", value)
    return (match[1] or match[2]) if match else None


@dataclass(frozen=True, slots=True)
class _Setting:
    """How one setting is read from TOML, and from a variable of the environment."""

    expects: str
    from_toml: Callable[[object, Path], object]
    from_text: Callable[[str], object] | None = None


def _nearest_settings(folder: Path) -> tuple[Path | None, Mapping[str, object]]:
    for candidate in (folder.resolve(), *folder.resolve().parents):
        file = candidate / "pyproject.toml"
        if file.is_file() and (settings := _read_settings(file)) is not None:
            return file, settings
    return None, {}


def _read_settings(file: Path) -> Mapping[str, object] | None:
    """The table ``[tool.docent]``, or ``None``; most files have none and are not parsed at all."""
    text = _text_of(file)
    if "docent" not in text:
        return None
    import tomllib

    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line (\d+), column (\d+)", str(error))
        line, column = (int(at[1]), int(at[2])) if at else (1, 1)
        what = re.sub(r" \(at .*\)$", "", str(error))
        raise NotJudged(
            Obstacle(f"This is not TOML: {what}.", "Mend the line.", _at(file, line, column))
        ) from None
    settings = document.get("tool", {})
    settings = settings.get("docent") if isinstance(settings, dict) else None
    if settings is not None and not isinstance(settings, dict):
        _refuse(file, text, "docent", "[tool.docent] is no table.", "Write [tool.docent].")
    return settings


def _text_of(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")


def _from_file(file: Path, key: str, value: object) -> object:
    if key not in _SETTINGS:
        what = f"[tool.docent] has no setting '{key}'."
        _refuse(file, _text_of(file), key, what, _nearest(key, _SETTINGS, "Settings"))
    try:
        return _SETTINGS[key].from_toml(value, file.parent)
    except (TypeError, ValueError):
        what = f"'{key}' is {value!r}, and should be {_SETTINGS[key].expects}."
        _refuse(file, _text_of(file), key, what, f"Write {_SETTINGS[key].expects}.")


def _from_environment(setting: _Setting, variable: str, text: str) -> object:
    assert setting.from_text is not None  # noqa: S101 - the caller looked
    try:
        return setting.from_text(text)
    except ValueError:
        raise NotJudged(
            Obstacle(
                f"{variable} is {text!r}, and should be {setting.expects}.",
                f"export {variable}=… with {setting.expects}, or unset {variable}.",
            )
        ) from None


def _refuse(file: Path, text: str, key: str, what: str, next_step: str) -> NoReturn:
    raise NotJudged(Obstacle(what, next_step, _at(file, _line_of(text, key), 1)))


def _at(file: Path, line: int, column: int) -> Location:
    return Location(os.path.relpath(file), line, column)


def _line_of(text: str, key: str) -> int:
    """The line that sets a key below ``[tool.docent]``; tomllib keeps no positions."""
    ours, wanted = _written("docent"), _written(key)
    within = False
    for number, line in enumerate(text.splitlines(), 1):
        within = within or bool(ours.search(line))
        if within and wanted.search(line):
            return number
    return 1


def _written(key: str) -> re.Pattern[str]:
    """A key where it is set, or a part of a table's name; never a value."""
    return re.compile(rf"""(^|[\s.\[{{,"']){re.escape(key)}["']?\s*[=\].]""")


def _nearest(name: str, valid: Mapping[str, object], introduction: str) -> str:
    from difflib import get_close_matches

    if close := get_close_matches(name, valid, n=1):
        return f"Did you mean '{close[0]}'?"
    return f"{introduction}: {', '.join(valid) or 'none'}."


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value


def _word(value: object, _folder: Path) -> str:
    return _text(value)


def _word_text(text: str) -> str:
    return text


def _path(value: object, folder: Path) -> Path:
    """A path as people write it: relative to where they stand, where that is shorter."""
    path = folder / _text(value)
    return Path(os.path.relpath(path)) if path.is_relative_to(Path.cwd()) else path


def _names(value: object, _folder: Path) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise TypeError
    return tuple(_text(name) for name in value)


def _yes_or_no(value: object, _folder: Path) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _days(value: object, _folder: Path) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


def _pairs(value: object, _folder: Path) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    return {key: _text(text) for key, text in value.items()}


def _channels(value: object, folder: Path) -> Mapping[str, str]:
    """Addresses by name; the path of a file is relative to the settings, wherever one stands."""
    return {name: _of_file(said, "file:", folder) for name, said in _pairs(value, folder).items()}


def _place_of_history(value: object, folder: Path) -> str:
    return _of_file(_word(value, folder), "sqlite:///", folder)


def _of_file(text: str, scheme: str, folder: Path) -> str:
    if not text.startswith(scheme) or text.startswith(f"{scheme}//"):
        return text
    return f"{scheme}{folder.resolve() / text.removeprefix(scheme)}"


def _yes_or_no_text(text: str) -> bool:
    answers = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if text.lower() not in answers:
        raise ValueError
    return answers[text.lower()]


def _names_text(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise ValueError
    return names


def _days_text(text: str) -> int:
    if (days := int(text)) < 0:
        raise ValueError
    return days


_SETTINGS: dict[str, _Setting] = {
    "contracts": _Setting("the path of a folder", _path, Path),
    "alembic": _Setting("the path of alembic.ini", _path, Path),
    "schemas": _Setting('a list of names, such as ["public"]', _names, _names_text),
    "strict": _Setting("true or false", _yes_or_no, _yes_or_no_text),
    "notice-days": _Setting("a number of days", _days, _days_text),
    "sunset-days": _Setting("a number of days", _days, _days_text),
    "base": _Setting("the name of a branch", _word, _word_text),
    "history-url": _Setting("a URL, such as sqlite:///history.db", _place_of_history, _word_text),
    "bind": _Setting('a table of names, such as salesforce_lead = "crm.signups"', _pairs),
    "channels": _Setting('a table of addresses, such as "#data" = "$DATA_WEBHOOK"', _channels),
    "connections": _Setting('a table of URLs, such as staging = "$STAGING_DATABASE_URL"', _pairs),
}
