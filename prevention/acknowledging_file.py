"""Adding an entry to ``acknowledgements.yaml`` so that all that people wrote there stays.

The entry is put into the text at its place; comments, order and layout are not touched. The
result is read again, and nothing is written unless it says what it said before and the new entry.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contracts.documents import read_bytes, scan_document
from contracts.problems import DocumentError
from prevention.acknowledgements import Acknowledgement, fingerprint_of, read_acknowledgements
from prevention.decision import Finding, NotJudged, Obstacle
from prevention.output import write_whole

if TYPE_CHECKING:
    import yaml

KEY: Final = "acknowledgements"
KEYS: Final = (
    "fingerprint", "rule", "contract", "element", "old", "new", "reason", "approver", "expires",
)  # fmt: skip
HEADING: Final = """\
# Breaking changes that somebody has answered for, one at a time. An entry lets one change pass
# docent gate until its last day; it waives no version. docent ack writes one.

acknowledgements:
"""

_INVISIBLE: Final = re.compile("[^\x20-\x7e\xa1-\ud7ff\ue000-\ufefe\uff00-\uffef]|[\u2028\u2029]")


def write_entry(
    file: Path, finding: Finding, *, reason: str, approver: str, expires: date
) -> Acknowledgement:
    """Add the entry that lets a change pass; raises NotJudged or DocumentError where it cannot."""
    entry = Acknowledgement(
        fingerprint_of(finding),
        finding.rule,
        finding.contract,
        finding.element,
        finding.promised,
        finding.found,
        reason.strip(),
        approver.strip(),
        expires.isoformat(),
    )
    if not entry.reason or not entry.approver:
        raise NotJudged(
            Obstacle("An entry without a reason or an approver covers nothing.", "Write both.")
        )
    text = read_bytes(file).decode("utf-8") if file.exists() else ""
    known = _entries(file, text)
    if any(each.fingerprint == entry.fingerprint for each in known):
        what = f"The change {entry.fingerprint} has an entry in {file} already."
        raise NotJudged(Obstacle(what, "Change its last day there, if that is what is meant."))
    changed = with_entry(text, entry)
    if _read_back(file, changed) != (*known, entry):
        lines = " ".join(entry_lines(entry, "")).strip()
        raise NotJudged(Obstacle(f"{file} is written in a way of its own.", f"Add: {lines}"))
    write_whole(file, changed)
    return entry


def with_entry(text: str, entry: Acknowledgement) -> str:
    """The text with one entry more, after the others."""
    ending = "\r\n" if "\r\n" in text else "\n"
    node = _list_in(text)
    if node is None:
        before = text if not text or text.endswith("\n") else f"{text}{ending}"
        heading = HEADING.replace("\n", ending)
        return f"{before}{heading}{_block(entry, '  ', ending)}"
    if not node.flow_style:
        at = _end_of(text, node)
        gap = "" if at == 0 or text[at - 1] == "\n" else ending
        block = _block(entry, " " * node.start_mark.column, ending)
        return f"{text[:at]}{gap}{block}{text[at:]}"
    start, end = node.start_mark.index, node.end_mark.index
    if not node.value:
        after = text.find("\n", end)
        after = len(text) if after < 0 else after + 1
        rest = text[end:after].rstrip("\r\n")
        head = f"{text[:start].rstrip(' ')}{rest}{ending}"
        return f"{head}{_block(entry, '  ', ending)}{text[after:]}"
    stated = ", ".join(f'"{key}": {_quoted(getattr(entry, key))}' for key in KEYS)
    inner = text[: end - 1].rstrip().removesuffix(",")
    return f"{inner}, {{{stated}}}{text[end - 1 :]}"


def entry_lines(entry: Acknowledgement, indent: str) -> list[str]:
    """An entry as lines of YAML, every text in quotes."""
    lines = [f"{key}: {_quoted(getattr(entry, key))}" for key in KEYS]
    return [f"{indent}{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)]


def _block(entry: Acknowledgement, indent: str, ending: str) -> str:
    return ending.join([*entry_lines(entry, indent), ""])


def _quoted(value: str | None) -> str:
    if value is None:
        return "null"
    text = json.dumps(value, ensure_ascii=False)
    return _INVISIBLE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    number = ord(match[0])
    return f"\\U{number:08x}" if number > 0xFFFF else f"\\u{number:04x}"


def _list_in(text: str) -> yaml.SequenceNode | None:
    """Where the list stands in the text; ``None`` where the text holds none."""
    import yaml

    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        return None
    found = (value for key, value in root.value if key.value == KEY)
    node = next(found, None)
    return node if isinstance(node, yaml.SequenceNode) else None


def _end_of(text: str, node: yaml.SequenceNode) -> int:
    """The offset behind the last line of a list's last item; comments below it are not its."""
    last: Any = node
    while isinstance(last.value, list) and last.value and not last.flow_style:
        last = last.value[-1]
        last = last[1] if isinstance(last, tuple) else last
    at: int = last.end_mark.index
    if text[at - 1 : at] == "\n":
        return at
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def _entries(file: Path, text: str) -> tuple[Acknowledgement, ...]:
    """The entries that are there; a file with nothing but comments has none."""
    if not re.sub(r"(?m)^\s*#.*$", "", text).strip():
        return ()
    return _read_back(file, text)


def _read_back(file: Path, text: str) -> tuple[Acknowledgement, ...]:
    document = scan_document(str(file), text.encode())
    if document.problems:
        raise DocumentError(document.problems)
    return read_acknowledgements(document)
