import json
import re
from contextlib import suppress
from urllib.parse import urlencode

from odoo import http, models
from odoo.http import request
from werkzeug.exceptions import BadRequest, MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from ..http import plain_text, private_response

#: what Odoo says where the token of a form is not that of the session (``odoo.http.HttpDispatcher``)
_EXPIRED = "Session expired (invalid CSRF token)"
#: Fields whose texts are not shown: of Odoo's forms to sign in and to change a password, and their like.
_SECRETS = re.compile(r"csrf_token|.*(pass|secret|token).*|old|new[12]?", re.IGNORECASE)


class LostForm(BadRequest):
    """A form of a customer's page came after its session had ended; nothing of it was saved."""


class IrHttp(models.AbstractModel):
    """Forms on customers' pages that were open for longer than their session.

    Odoo answers them with a bare "400: Bad Request", or with a login that leads back to an address which only takes
    forms; what was written is gone either way. Here the person reads what was not saved and where to go on.
    """

    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        if not cls._is_lost_form(exception):
            return super()._handle_error(exception)
        return private_response(super()._handle_error(LostForm()))

    @classmethod
    def _is_lost_form(cls, exception):
        if request.httprequest.method != "POST" or not getattr(request, "is_frontend", False):
            return False
        if request.httprequest.headers.get("Sec-Fetch-Site") == "cross-site":
            # another site's form, and its words: nobody wrote them here
            return False
        if isinstance(exception, http.SessionExpiredException):
            return request.dispatcher.routing_type == "http"
        return isinstance(exception, BadRequest) and exception.description == _EXPIRED

    @classmethod
    def _get_exception_code_values(cls, exception):
        code, values = super()._get_exception_code_values(exception)
        if isinstance(exception, LostForm):
            sent = request.get_http_params()
            values.update(lost_page=cls._page_of_form(sent), lost_words=cls._words_of_form(sent))
        return code, values

    @classmethod
    def _get_error_html(cls, env, code, values):
        if "lost_page" in values:
            return code, env["ir.ui.view"]._render_template("base_safeguard.lost_form", values)
        return super()._get_error_html(env, code, values)

    @classmethod
    def _page_of_form(cls, sent):
        """Return the address of the page that a form was on: what of the form's own address can be looked at."""
        router = http.root.get_db_router(request.db).bind("")
        path = request.httprequest.path
        while path:
            with suppress(NotFound, MethodNotAllowed, RequestRedirect):
                router.match(path, method="GET")
                token = plain_text(sent.get("access_token"))
                return f"{path}?{urlencode({'access_token': token})}" if token else path
            path = path.rpartition("/")[0]
        return "/my"

    @classmethod
    def _words_of_form(cls, sent):
        """Return the texts of a form that somebody wrote: those of more than one word; lists are the page's own.

        Not all languages have blanks between words; codes and choices of a page are ASCII.
        """
        texts = (plain_text(value).strip() for name, value in sent.items() if not _SECRETS.fullmatch(name))
        return [text for text in texts if (len(text.split()) > 1 or not text.isascii()) and not _is_json(text)]


def _is_json(text):
    try:
        return isinstance(json.loads(text), (dict, list))
    except ValueError:
        return False
