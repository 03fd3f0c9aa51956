"""What others know of a contract: its document and its papers as the last commit has them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from contracts.loading import contracts_in
from contracts.model import Contract
from contracts.problems import DocumentError
from prevention.decision import NotJudged
from prevention.git import Repository, find_repository


@dataclass(frozen=True, slots=True)
class Committed:
    """The files of ``HEAD``; none where there is no repository, or nothing is committed yet."""

    repository: Repository | None = None
    commit: str = ""

    def content(self, file: Path) -> bytes | None:
        """What the commit has at the path of a file; ``None`` where it has no file there."""
        if self.repository is None:
            return None
        try:
            path = self.repository.path_of(file)
        except NotJudged:  # it lies outside
            return None
        entries = [
            each
            for each in self.repository.entries(self.commit, path)
            if each.path == path and each.kind == "file"
        ]
        return next(iter(self.repository.contents(entries).values()), None)

    def contract(self, contract: Contract) -> Contract | None:
        """A contract as its document states it there; ``None`` where it does not, or cannot."""
        from contracts.documents import scan_document

        content = self.content(Path(contract.file or ""))
        if content is None:
            return None
        try:
            stated = contracts_in(scan_document(contract.file or "", content))
        except DocumentError:
            return None
        return next((each for each in stated if each.identity == contract.identity), None)


def committed_beside(file: Path) -> Committed:
    """What is committed in the repository that holds a file."""
    try:
        repository = find_repository(file.absolute().parent)
        return Committed(repository, repository.commit("HEAD"))
    except NotJudged:
        return Committed()
