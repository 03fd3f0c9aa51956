"""The promises: documents, and the one model that every dialect is read into."""

from __future__ import annotations

from contracts.loading import find_documents, load, load_folder
from contracts.problems import DocumentError, Problem

__all__ = ["DocumentError", "Problem", "find_documents", "load", "load_folder"]
