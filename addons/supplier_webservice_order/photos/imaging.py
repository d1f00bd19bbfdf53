"""Photos from phones: what is taken, and the way into the sandbox that cleans them."""

import tempfile
from pathlib import Path

from odoo.addons.base_safeguard.sandbox import JobError, run_job

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 60_000_000
LONGEST_SIDE = 2048


class PhotoError(ValueError):
    """A file that cannot be used; ``reason`` says why: empty, bytes, pixels, heic, image."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def clean_photo(photo: Path | bytes) -> tuple[bytes, int, int]:
    """Return ``(jpeg bytes, width, height)`` of a photo that is safe to show and to send.

    It is decoded in a process with limits, never in this one.

    :param photo: path of an uploaded file, or its bytes
    :raises PhotoError: where it is no photo that we take
    """
    with tempfile.TemporaryDirectory(prefix="photo_") as folder:
        target = Path(folder) / "clean.jpg"
        if isinstance(photo, bytes):
            path = Path(folder) / "photo"
            path.write_bytes(photo)
        else:
            path = photo
        if path.stat().st_size > MAX_BYTES:
            raise PhotoError("bytes")
        try:
            size = run_job(
                "base_safeguard.sandbox.pictures",
                "clean",
                path=path,
                target=target,
                side=LONGEST_SIDE,
                pixels=MAX_PIXELS,
            )
        except JobError as error:
            # what the process could not bear, or did not survive, is no picture for us either
            raise PhotoError(error.code if error.code in ("empty", "heic", "pixels") else "image") from error
        return target.read_bytes(), size["width"], size["height"]
