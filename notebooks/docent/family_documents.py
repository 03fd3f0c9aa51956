"""The families of lesson 11: the one to try, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from docent.contract_texts import read_text

if TYPE_CHECKING:
    from contracts.model import Contract

BASE_FILE: Final = "museum_base.yaml"
DOMAIN_FILE: Final = "crm_domain.yaml"
PRODUCT_FILE: Final = "signups.yaml"
SCREENS_FILE: Final = "gallery_screens.yaml"
PEOPLE_FILE: Final = "people_base.yaml"
PRIVACY_FILE: Final = "privacy_base.yaml"

_FOLDER: Final = Path(__file__).with_name("families")
TO_TRY: Final = {
    name: (_FOLDER / name).read_text(encoding="utf-8")
    for name in (BASE_FILE, DOMAIN_FILE, PRODUCT_FILE)
}
"""The example family: enterprise, domain, product."""

_TIE: Final = 'extends:\n  name: crm-domain\n  version: "1.2.0"\n'
ALONE: Final = TO_TRY[PRODUCT_FILE].replace(_TIE, "")
"""The product as it stands without a family."""

SCREENS: Final = """\
# The screens in the halls: a product of the museum at large, which knows nobody's address.

contract: gallery-screens
version: "1.1.0"
status: active
extends:
  name: museum-base
  version: "1.0.0"
table: public.object_gallery_info
owner: Visitor Experience Team <visitor-experience@museum.org>
consumer: gallery-map
purpose: What hangs where, for the screens in the halls.

fields:
  - object_id: integer, primary_key
  - gallery_number: text
semantics:
  object_id: The number by which the museum knows the work.
  gallery_number: The gallery in which the work hangs; NULL where it is not on view.

sla:
  freshness: < 12 hours
"""

MAIN: Final = {**TO_TRY, SCREENS_FILE: SCREENS}
"""A family with two branches, as it stands on ``main``."""
_STRICTER_BASE: Final = (
    TO_TRY[BASE_FILE].replace("< 24 hours", "< 5 hours").replace('"1.0.0"', '"2.0.0"')
)
BRANCH: Final = {**MAIN, BASE_FILE: _STRICTER_BASE}
"""The same where the parent became stricter, and nobody else has moved."""

PEOPLE: Final = """\
# What whoever keeps data about people who signed up promises at least.

contract: people-base
version: "3.0.0"
status: active
owner: Data Office <data-office@museum.org>

fields:
  - email: string, not_null
  - signup_source: enum(web, mobile, api, partner)
semantics:
  email:
    meaning: How to reach the person; never shown outside.
    classification: sensitive

sla:
  freshness: < 6 hours
  availability: 99.5%
  completeness: ">= 95% on signup_source"
  retention: 90 days
quality:
  - name: addresses without an at sign
    query: select count(*) from {table} where email not like '%@%'
    mustBeLessThan: 10
"""

PRIVACY: Final = """\
# What binds whoever keeps data about people, whatever the table is for.

contract: privacy-base
version: "1.0.0"
status: active
owner: Privacy Office <privacy@museum.org>
purpose: What the law asks of whoever keeps data about people.

minimum_classification: internal
deletion: What a person asks to have deleted is gone within a day.
"""
_MOVED: Final = (
    "\nminimum_classification: internal\n"
    "deletion: What a person asks to have deleted is gone within a day.\n"
)
WITH_PRIVACY: Final = {
    **MAIN,
    DOMAIN_FILE: TO_TRY[DOMAIN_FILE].replace(_MOVED, ""),
    PRIVACY_FILE: PRIVACY,
}
"""A family in which what is about people stands in a contract of its own."""

_IN_A_CIRCLE: Final = """\
contract: crm-domain
owner: Revenue Operations <rev-ops@museum-guide.example>
extends: signup-list
"""
_CHILD: Final = """\
contract: signup-list
table: crm.signups
owner: Growth Engineering <growth-engineering@museum-guide.example>
extends: {parent}
"""
ODD: Final = {
    "circle/crm_domain.yaml": _IN_A_CIRCLE,
    "circle/signups.yaml": _CHILD.format(parent="crm-domain"),
    "missing/signups.yaml": _CHILD.format(parent="crm-domian"),
    "diamond/signups.yaml": _CHILD.format(parent="[crm-domain, privacy-base]"),
}
"""Three families that are none, each in a folder of its own."""


def in_folder(folder: str, texts: Mapping[str, str]) -> dict[str, str]:
    """The same files, in a folder."""
    return {f"{folder}/{name}": text for name, text in texts.items()}


def read_texts(texts: Mapping[str, str]) -> tuple[Contract, ...]:
    """The contracts of some texts, by the names of their files; raises DocumentError."""
    return tuple(read_text(text, name) for name, text in texts.items())
