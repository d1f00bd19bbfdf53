"""The content of an upload where Odoo takes bytes, without a copy of it in the process's memory."""

import hashlib
import io
from collections.abc import Iterator

PIECE = 2**20


class FileContent:
    """The content of an open file, read in pieces; ``raw`` of a new attachment may be one.

    Like bytes it has a length and slices (of a step of 1), and it is false where it is empty.
    """

    def __init__(self, stream: io.BufferedIOBase) -> None:
        """Stand for the content of a seekable binary file, which has to stay open."""
        self._stream = stream
        self._size = stream.seek(0, io.SEEK_END)

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, _step = part.indices(self._size)
        self._stream.seek(start)
        return self._stream.read(max(stop - start, 0))

    def __bytes__(self) -> bytes:
        return self[:]

    def startswith(self, prefix: bytes | tuple[bytes, ...]) -> bool:
        """Return whether the content begins with these bytes, or with one of a tuple of such."""
        longest = len(prefix) if isinstance(prefix, bytes) else max(map(len, prefix))
        return self[:longest].startswith(prefix)

    def pieces(self, overlap: int = 0) -> Iterator[bytes]:
        """Yield the content in pieces of a megabyte, each with so many bytes of the next one."""
        for start in range(0, self._size, PIECE):
            yield self[start : start + PIECE + overlap]

    def digest(self, algorithm: str) -> str:
        """Return the hexadecimal digest of the content, by an algorithm that ``hashlib`` knows."""
        self._stream.seek(0)
        return hashlib.file_digest(self._stream, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
