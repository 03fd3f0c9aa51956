"""ODCS, the Open Data Contract Standard: v3.1, with v3.0 and v3.2 read too.

A document may state several tables. It is held against the official JSON Schema, and against the
prose of the standard where the schema lets pass what means nothing: ``odcs_contradictions``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from contracts.documents import Document
    from contracts.model import Contract

KIND: Final = "DataContract"
_OF_MODELS: Final = ("models", "elements", "dataContractSpecification", "deprecation")
"""Keys of documents that call themselves ODCS and list models in place of a schema."""


def recognises(value: object) -> bool:
    """Whether a document is meant to be in ODCS, correctly or not."""
    if not isinstance(value, dict):
        return False
    if "schema" not in value and not value.keys().isdisjoint(_OF_MODELS):
        return False
    keys = {key.lower().replace("-", "").replace("_", "") for key in value}
    if str(value.get("kind")).lower() == KIND.lower():
        return True
    listed = isinstance(value.get("schema"), list)
    return "apiversion" in keys or (listed and not keys.isdisjoint({"kind", "id", "slaproperties"}))


def read(document: Document) -> Contract:
    """The contract that a document states; ``DocumentError`` names all that is wrong."""
    from contracts.dialects.odcs_reading import read_document

    return read_document(document)


def write(contract: Contract) -> str:
    """A contract as a document of ODCS, in YAML, always in the same layout."""
    from contracts.dialects.layout import laid_out_yaml
    from contracts.dialects.odcs_writing import write_contract

    return laid_out_yaml(write_contract(contract))
