"""An explanation of a contract: as text, as JSON, as Markdown, and as HTML for a notebook."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Final

from contracts.model import Contract
from detection.family.promises import Promise
from prevention.explaining import Explanation, Reader, Relative
from prevention.render.markdown import code
from prevention.render.plain import one_line, place

SCHEMA: Final = "urn:docent:explanation:1.0.0"
"""Names the shape and its version."""

WIDEST: Final = 60
"""The characters of a value that a column of text makes room for."""

WHOLE: Final = "the contract as a whole"


def as_text(explanation: Explanation) -> str:
    """The explanation for a terminal: who and what, then a line for each promise."""
    lines = [one_line(title(explanation))]
    lines += [f"  {name:<9} {one_line(fact)}" for name, fact in facts(explanation)]
    rows = [(_own(one, explanation), one) for one in explanation.promises]
    aspects = max((len(one.aspect) for _, one in rows), default=0)
    values = min(max((len(one_line(one.value)) for _, one in rows), default=0), WIDEST)
    for about, promises in grouped(explanation.promises):
        lines += ["", one_line(about or WHOLE)]
        for one in promises:
            value = f"{one_line(one.value):<{values}}"
            lines.append(f"  {one.aspect:<{aspects}}  {value}  {source(one, explanation)}".rstrip())
    return "\n".join(lines) + "\n"


def as_json(explanation: Explanation) -> str:
    """The explanation as a JSON document; it only ever grows."""
    return json.dumps(report(explanation), indent=2, ensure_ascii=False) + "\n"


def report(explanation: Explanation) -> dict[str, object]:
    """The explanation as what JSON knows."""
    contract = explanation.contract
    return {
        "schema": SCHEMA,
        "contract": contract.identity,
        "version": contract.version,
        "status": contract.status or "active",
        "owner": asdict(contract.owner) if contract.owner else None,
        "purpose": contract.purpose,
        "documentation": contract.documentation,
        "parents": [_relative(each) for each in explanation.parents],
        "children": [_relative(each) for each in explanation.children],
        "consumers": [asdict(each) | {"columns": list(each.columns)} for each in
                      explanation.readers],
        "problems": list(explanation.problems),
        "promises": [
            {
                "about": one.about,
                "aspect": one.aspect,
                "value": one.value,
                "contract": one.origin.contract,
                "version": one.origin.version,
                "inherited": one.origin.contract != contract.identity,
                "location": asdict(one.origin.location) if one.origin.location else None,
            }
            for one in explanation.promises
        ],
    }  # fmt: skip


def as_markdown(explanation: Explanation) -> str:
    """The explanation as Markdown: a heading and a table for each table and column."""
    lines = [f"# {code(title(explanation))}", ""]
    lines += [f"- {name}: {code(fact)}" for name, fact in facts(explanation)]
    for about, promises in grouped(explanation.promises):
        lines += ["", f"## {code(about) if about else WHOLE}", "", "| promise | | from |"]
        lines.append("|---|---|---|")
        for one in promises:
            cells = (one.aspect, one.value, source(one, explanation))
            lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def as_html(explanation: Explanation) -> str:
    """The explanation as HTML for a notebook: no script, no style of its own, nothing loaded."""
    parts = [f"<h3>{_shown(title(explanation))}</h3>", "<ul>"]
    parts += [f"<li>{name}: {_shown(fact)}</li>" for name, fact in facts(explanation)]
    parts.append("</ul>")
    for about, promises in grouped(explanation.promises):
        parts.append(f"<table><caption>{_shown(about or WHOLE)}</caption>")
        parts.append("<tr><th>promise</th><th></th><th>from</th></tr>")
        for one in promises:
            cells = (one.aspect, one.value, source(one, explanation))
            parts.append(f"<tr>{''.join(f'<td>{_shown(cell)}</td>' for cell in cells)}</tr>")
        parts.append("</table>")
    return "\n".join(parts)


def title(explanation: Explanation) -> str:
    """The contract by its identity, version and state."""
    contract = explanation.contract
    version = f" {contract.version}" if contract.version else ""
    return f"{contract.identity}{version}, {contract.status or 'active'}"


def facts(explanation: Explanation) -> Iterator[tuple[str, str]]:
    """Who and what, each with its name; what is wrong comes first."""
    contract = explanation.contract
    yield from (("problem", problem) for problem in explanation.problems)
    yield from _people(contract)
    if explanation.parents:
        yield "extends", ", then ".join(_named(each) for each in explanation.parents)
    if explanation.children:
        yield "children", ", ".join(_named(each) for each in explanation.children)
    yield from (("consumer", _reader(each)) for each in explanation.readers)
    inherited = len(explanation.inherited)
    whole = len(explanation.promises)
    yield "promises", f"{whole}, {inherited} of them inherited" if inherited else str(whole)


def grouped(promises: Sequence[Promise]) -> Iterator[tuple[str, list[Promise]]]:
    """The promises by what they are about, in their order."""
    for about, together in groupby(promises, key=lambda one: one.about):
        yield about, list(together)


def source(promise: Promise, explanation: Explanation) -> str:
    """Where a promise is written; and whose it is, where it is another contract's."""
    at = place(promise.origin.location) if promise.origin.location else ""
    other = "" if _own(promise, explanation) else one_line(str(promise.origin))
    return f"{at}  {other}".strip() if other else at


def _own(promise: Promise, explanation: Explanation) -> bool:
    return promise.origin.contract == explanation.contract.identity


def _people(contract: Contract) -> Iterator[tuple[str, str]]:
    stated = {
        "purpose": contract.purpose or contract.documentation,
        "owner": str(contract.owner) if contract.owner else None,
        "producer": contract.producer,
        "sunset": contract.deprecation.sunset_date if contract.deprecation else None,
        "written": place(contract.source.location) if contract.source else None,
    }
    yield from ((name, fact) for name, fact in stated.items() if fact)


def _named(relative: Relative) -> str:
    ended = relative.status if relative.status not in (None, "active") else None
    return f"{relative} ({ended})" if ended else str(relative)


def _reader(reader: Reader) -> str:
    said = [
        f"({reader.contact})" if reader.contact else "(not registered)",
        f"at {reader.version}" if reader.version else None,
        f"since {reader.since}" if reader.since else None,
    ]
    columns = f": {', '.join(reader.columns)}" if reader.columns else ""
    return " ".join([reader.name, *filter(None, said)]) + columns


def _relative(relative: Relative) -> dict[str, object]:
    return {
        "contract": relative.identity,
        "version": relative.version,
        "status": relative.status or "active",
        "location": asdict(relative.location) if relative.location else None,
    }


def _cell(text: str) -> str:
    """A text in a cell of a table, where a bar would begin the next one."""
    return code(text).replace("|", "\\|") if text else ""


def _shown(text: str) -> str:
    return html.escape(one_line(text))
