"""The pages that an element of ODCS refers to: its authoritative definitions."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from contracts.dialects.odcs_elements import (
    Element,
    Plain,
    Property,
    Slot,
    custom_of,
    keys,
    read_element,
    write_element,
)
from contracts.model import Link

LINKS: Final = Slot("links", "authoritativeDefinitions", "`kind` is `type`")
LINKS_TOO: Final = Property("links", "Pages that say more.", beside="authoritativeDefinitions")
LINK: Final = Element(
    Link,
    "AuthoritativeDefinitions/items",
    layout=keys("id url type description"),
    slots=(Slot("url", "url"), Slot("kind", "type"), Slot("description", "description")),
)


def read_links(stated: Mapping[str, Any]) -> tuple[Link, ...]:
    """The pages that an element refers to."""
    found = []
    for value in stated.get(LINKS.key) or ():
        said = read_element(LINK, value)
        found.append(Link(**said.fields, custom=custom_of(LINK, said.unheld, said.strange)))
    return tuple(found)


def write_links(links: Collection[Link]) -> list[Plain] | None:
    """Pages in the key of the standard; ``None`` where it cannot say all that they do."""
    from contracts.dialects.odcs_schema import is_valid

    written = []
    for link in links:
        if link.kind is None or any(name != "id" for name, _ in link.custom):
            return None
        said = {name: json.loads(text) for name, text in link.custom}
        written.append(write_element(LINK, link, {}, said, ()))
    is_sound = all(is_valid(LINK.definition, one) for one in written)
    says_all = is_sound and read_links({LINKS.key: written}) == tuple(links)
    return written if written and says_all else None
