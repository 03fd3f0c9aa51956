"""The records that could not be loaded, kept in a file beside the one they came from."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from data_assets.errors import SandboxError
from data_assets.records import Record


class Rejects:
    """A file of rejected records as they were written, one to a line, made at the first of them.

    It is itself a file that can be seeded, once its records are mended. An earlier file of
    this name is never overwritten: the next free number goes into the name.
    """

    def __init__(self, source: Path) -> None:
        self.source = source
        self.path: Path | None = None
        self._stream: IO[str] | None = None

    def keep(self, record: Record) -> None:
        """Write a record down."""
        try:
            if self._stream is None:
                self._stream = self._open()
            # Between the quotes of JSON no line can break, so that outside them a space is as good.
            self._stream.write(record.text.replace("\r", " ").replace("\n", " ") + "\n")
        except OSError as error:
            raise self._cannot(error) from error

    def finish(self) -> None:
        """Have it all on disk."""
        if self._stream:
            try:
                self._stream.close()
            except OSError as error:
                raise self._cannot(error) from error

    def discard(self) -> None:
        """Remove the file; nothing was loaded, so nothing was rejected either."""
        if self._stream and self.path:
            self._stream.close()
            self.path.unlink(missing_ok=True)
            self.path = None

    def _open(self) -> IO[str]:
        for number in range(1, 10_000):
            suffix = "" if number == 1 else f"-{number}"
            path = self.source.with_name(f"{self.source.name}.rejects{suffix}.jsonl")
            try:
                stream = path.open("x", encoding="utf-8", errors="surrogatepass", newline="\n")
            except FileExistsError:
                continue
            self.path = path
            return stream
        raise FileExistsError(17, "too many files of rejects", str(self.source))

    def _cannot(self, error: OSError) -> SandboxError:
        return SandboxError(
            f"The rejected records of {self.source} cannot be kept beside it: {error.strerror}; "
            "nothing was loaded.",
            "copy the file to a folder that can be written, and seed from there",
        )
