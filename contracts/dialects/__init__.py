"""One module for each way of writing a contract down.

A dialect's module has ``recognises(value) -> bool`` and ``read(document) -> Contract``, or
``read_all(document)`` where one document can state several contracts. Where the dialect can be
written, it has ``write(contract) -> str``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WAYS_OF_WRITING: Final[Mapping[str, str]] = {
    "book": 'the book\'s spec, which has "spec-version": "1.0.0"',
    "odcs": 'the Open Data Contract Standard, which has "apiVersion": "v3.1.0"',
    "one_pager": 'a contract on one page, which has "contract"',
    "dbt": 'model contracts of dbt, which have a list of "models" with "columns"',
    "models": 'a contract with "models", which have "elements" or "fields"',
    "soda": 'a contract of Soda, which has "dataset" and "columns"',
}
"""The dialects that are read, and what tells each of them apart."""

MARKS: Final = ("spec-version", "contract", "contract_name", "dataset", "models", "apiVersion")
"""The keys by which documents are told apart, for one that has none of them."""
