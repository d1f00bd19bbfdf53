"""Loaded by ``make run`` as a server-wide module: refuses requests under another name than the local ones.

A page of another site whose name was made to point to this machine (DNS rebinding) could otherwise talk to the
demo server with known passwords.
"""

import functools

from odoo import http
from werkzeug.exceptions import Forbidden

LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]"}


def is_local(host):
    """Return whether a Host header names this machine."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return name.lower() in LOCAL_NAMES


def refuse_other_names(call):
    """Wrap the WSGI application of Odoo."""

    @functools.wraps(call)
    def application(self, environ, start_response):
        if not is_local(environ.get("HTTP_HOST", "")):
            return Forbidden("This demo server answers under localhost only.")(environ, start_response)
        return call(self, environ, start_response)

    return application


http.Application.__call__ = refuse_other_names(http.Application.__call__)
