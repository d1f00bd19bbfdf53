"""Writing messages, sending them again, and saying how a complaint was handled."""

from odoo import http
from odoo.addons.base_safeguard.file_content import FileContent
from odoo.addons.base_safeguard.http import plain_texts, read_id, uploaded_files
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.http import request
from odoo.tools import mute_logger, plaintext2html
from psycopg2.errors import UniqueViolation

from .. import message_types
from ..const import MAX_FILES
from .visitor import DossierVisitor, form_key, tell

#: what people fill in, beside the files
FILLED_IN = ("audience", "subject", "body", "recipients", "cc", "category_id", "warranty")


class ServiceDossierCommunication(http.Controller):
    """What the forms of the tab Communication send."""

    @http.route("/my/dossiers/<int:dossier_id>/message", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_post_message(self, dossier_id, message_type="remark", parent_id=None, **post):
        """Write a message or a reply; answers JSON to the page's script, redirects without it."""
        visitor = DossierVisitor.of_request(dossier_id)
        Message = request.env["service.dossier.message"]
        parent_id = read_id(parent_id)
        parent = visitor.find("service.dossier.message", parent_id) if parent_id else Message
        files = self._uploaded_files()
        filled_in = [post.get(name) or "" for name in FILLED_IN]
        digests = [(name, content.digest("sha256")) for name, content in files]
        post_key = form_key(post.get("post_key"), message_type, parent_id, filled_in, digests)
        if Message._find_posted(visitor.dossier, post_key):
            return self._answer_posted(visitor, message_type, parent)
        try:
            with mute_logger("odoo.sql_db"), request.env.cr.savepoint():
                Message._post(
                    visitor.dossier,
                    message_type,
                    audience=post.get("audience") or "company",
                    parent=parent,
                    files=files,
                    post_key=post_key,
                    **self._prepare_post_values(visitor, post),
                )
        except (UserError, AccessError, ValidationError) as error:
            add = message_type if message_type in Message._allowed_types(visitor.user) else ""
            return self._answer_problem(visitor, str(error.args[0]), add)
        except UniqueViolation:
            # the same form arrived twice at once, the other one made the message
            return self._answer_posted(visitor, message_type, parent)
        return self._answer_posted(visitor, message_type, parent, post.get("warranty"))

    def _prepare_post_values(self, visitor, post):
        return {
            "subject": (post.get("subject") or "")[:1000],
            "body": plaintext2html(post["body"]) if (post.get("body") or "").strip() else "",
            "recipients": post.get("recipients") or "",
            "cc": post.get("cc") or "",
            "category_id": read_id(post.get("category_id")),
            "warranty_id": visitor.find_warranty(post.get("warranty")).id,
        }

    def _uploaded_files(self):
        """Return names and contents of the uploaded files, which stay on the disk."""
        uploads = [upload for upload in uploaded_files("files") if upload.filename]
        return [(upload.filename, FileContent(upload.stream)) for upload in uploads[: MAX_FILES + 1]]

    def _answer_posted(self, visitor, message_type, parent, warranty=""):
        """Say that it was saved, and lead where this type of message goes on."""
        kind = message_types.get("remark" if parent else message_type)
        warranty = visitor.find_warranty(warranty).name if kind.tab == "configurator" else ""
        url = visitor.address(tab=kind.tab, warranty=warranty)
        tell(notice=kind.thanks(request.env))
        if self._is_script():
            return request.make_json_response({"url": url})
        return request.redirect(url)

    def _answer_problem(self, visitor, problem, add=""):
        if self._is_script():
            return request.make_json_response({"problem": problem})
        return visitor.lead_back(problem=problem, tab="communication", add=add)

    def _is_script(self):
        return request.httprequest.headers.get("X-Requested-With") == "XMLHttpRequest"

    @http.route(
        "/my/dossiers/<int:dossier_id>/message/<int:message_id>/again",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    @plain_texts
    def portal_send_again(self, dossier_id, message_id, address="", new_address="", **kw):
        """Send an own e-mail again that did not arrive, to the same address or to a corrected one."""
        visitor = DossierVisitor.of_request(dossier_id)
        message = visitor.find("service.dossier.message", message_id)
        try:
            with request.env.cr.savepoint():
                message._send_again(address, new_address)
        except (UserError, AccessError) as error:
            return visitor.lead_back(problem=str(error.args[0]), tab="communication")
        return visitor.lead_back(notice=request.env._("The message was sent again."), tab="communication")

    @http.route(
        "/my/dossiers/<int:dossier_id>/complaint/<int:ticket_id>/satisfaction",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    @plain_texts
    def portal_satisfaction(self, dossier_id, ticket_id, satisfaction="", comment="", **kw):
        """Keep what the customer says about how a complaint was handled."""
        visitor = DossierVisitor.of_request(dossier_id)
        ticket_sudo = visitor.find_complaint(ticket_id)
        try:
            ticket_sudo._set_satisfaction(satisfaction, comment)
        except UserError as error:
            return visitor.lead_back(problem=str(error.args[0]), tab="communication")
        return visitor.lead_back(notice=request.env._("Thank you for your answer."), tab="communication")
