"""Promises about the rows of the museum, for the lesson about them and for the violation lab.

They stand beside the project's contracts, which promise structure alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contracts.model import Contract

GUIDE_FILE: Final = "gallery_guide.yaml"
RECORDS_FILE: Final = "museum_records.yaml"


def guide(complete: str, unique: str, rows: str) -> str:
    """A contract about where works hang, with these thresholds."""
    return f"""\
contract: gallery_guide
table: public.object_gallery_info
producer: collection-records
consumer: gallery-map
fields: {{object_id: integer, gallery_number: text, department: text, accession_number: text}}
sla:
  row count: ">= {rows}"
  completeness: ">= {complete}% on gallery_number"
  uniqueness: ">= {unique}% on accession_number"
  distinct values: ">= 15 on department"
owner: visitor-experience@museum.org
"""


RECORDS: Final = """\
contract: museum_records
table: public.object_api_metadata
producer: collection-records
consumer: search-index
fields:
  - object_id: integer, not_null, unique
  - metadata_date: timestamp
sla:
  freshness: < 7 days on metadata_date
owner: collection-records@museum.org
"""
REALISTIC: Final = guide("99", "99.95", "2700")
"""What the bundled rows keep, with so little room that a fault takes it."""


def row_promises() -> tuple[Contract, ...]:
    """Both contracts, with thresholds that the bundled rows keep."""
    from contracts.documents import scan_document
    from contracts.loading import contract_in

    texts = ((GUIDE_FILE, REALISTIC), (RECORDS_FILE, RECORDS))
    return tuple(contract_in(scan_document(name, text.encode())) for name, text in texts)
