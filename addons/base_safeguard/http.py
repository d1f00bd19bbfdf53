"""What strangers send, and how pages whose address is a secret are answered."""

import contextlib
import functools
import math
import tempfile
from pathlib import Path

from odoo.http import request
from werkzeug.exceptions import NotFound

MAX_ID = 2**31 - 1


def private_response(response, *, embed=False, file=False, max_age=0):
    """Return ``response`` with the headers of a page whose address is a secret.

    The address must not leak to other sites (Referrer-Policy), into search engines (X-Robots-Tag) or shared
    caches (Cache-Control), and the page must not be framed by others.

    :param embed: pages of the same site may frame it
    :param file: the content is a stranger's: nothing in it may run, whatever the browser takes it for
    :param max_age: seconds that the visitor's own browser may keep it
    """
    headers = response.headers
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers["Cache-Control"] = f"private, max-age={max_age}" if max_age else "private, no-store"
    headers["X-Content-Type-Options"] = "nosniff"
    ancestors = "'self'" if embed else "'none'"
    headers["X-Frame-Options"] = "SAMEORIGIN" if embed else "DENY"
    policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox; " if file else ""
    headers["Content-Security-Policy"] = f"{policy}frame-ancestors {ancestors}"
    return response


def plain_text(value):
    """Return a text that the database can hold, empty where something else was sent (a file, a list)."""
    if not isinstance(value, str):
        return ""
    return value.replace("\0", "").encode("utf-8", "replace").decode()


def plain_texts(method):
    """Let a form's route see texts only, next to the numbers of its path."""

    @functools.wraps(method)
    def route(self, **values):
        return method(
            self, **{key: value if type(value) is int else plain_text(value) for key, value in values.items()}
        )

    return route


def read_id(value):
    """Return the id of a record, None where none was sent.

    :raises NotFound: for anything that cannot be an id
    """
    if value is None or value == "":
        return None
    text = str(value) if type(value) is int or isinstance(value, str) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= MAX_ID):
        raise NotFound
    return int(text)


def read_number(value, low, high, default=None):
    """Return a number between ``low`` and ``high``, ``default`` where something else was sent."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)) or len(str(value)) > 32:
        return default
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return default
    return number if math.isfinite(number) and low <= number <= high else default


def uploaded_files(field, limit=None):
    """Return the files posted in a field, each at its beginning, ``limit`` of them at most.

    Before Odoo repeats a request after a conflict it rewinds the first file of a field only.
    """
    files = request.httprequest.files.getlist(field)[:limit]
    for file in files:
        file.seek(0)
    return files


@contextlib.contextmanager
def stored_upload(upload):
    """Yield the path of an uploaded file on disk, without reading it into memory; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="upload_") as folder:
        path = Path(folder) / "upload"
        upload.seek(0)
        with path.open("wb") as file:
            upload.save(file)  # to a file: Odoo's own version of this method takes no path
        yield path
