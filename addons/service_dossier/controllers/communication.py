"""The tab Communication: messages, files, deactivation."""

import json
import secrets

from odoo import http
from odoo.addons.base_safeguard.http import plain_texts
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import mute_logger, plaintext2html
from psycopg2.errors import UniqueViolation

from ..const import AUDIENCES, CUSTOMER_TYPES, MAX_FILES
from .inputs import record_id
from .portal import ServiceDossierPortal

PAGE_SIZE = 20
REPLIES = 100


class ServiceDossierCommunication(ServiceDossierPortal):
    """Reading and writing messages on the portal."""

    @http.route(
        ["/my/dossiers/<int:dossier_id>", "/my/dossiers/<int:dossier_id>/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    @plain_texts
    def portal_dossier(
        self, dossier_id, page=1, tab="communication", thread=None, add="", warranty="", find="", unread="", **kw
    ):
        """Show a dossier with one of its tabs."""
        dossier = self._get_dossier(dossier_id)
        if tab == "configurator":
            values = self._configurator_values(dossier, warranty=warranty, **kw)
        else:
            tab = "communication"
            values = self._communication_values(dossier, page, thread, add, warranty, find, unread)
        return request.render("service_dossier.portal_dossier", self._dossier_page_values(dossier, tab, **values))

    def _threads_domain(self, dossier, thread, find, unread):
        """Return which conversations are shown: one, those with a text or a file name, those with news, or all."""
        Message = request.env["service.dossier.message"]
        domain = Domain("dossier_id", "=", dossier.id) & Domain("root_id", "=", False)
        if record_id(thread or ""):
            return domain & Domain("id", "=", record_id(thread))
        if find:
            found = Message.search(
                Domain("dossier_id", "=", dossier.id) & Message._search_text_domain(find), limit=1000
            )
            domain &= Domain("id", "in", [message.root_id.id or message.id for message in found])
        if unread:
            query = request.env["service.dossier.message.read"]._query_unread(
                request.env.user.partner_id, [("dossier_id", "=", dossier.id)]
            )
            news = Message.browse(row[0] for row in request.env.execute_query(query.select()))
            domain &= Domain("id", "in", [message.root_id.id or message.id for message in news])
        return domain

    def _communication_values(self, dossier, page, thread, add, warranty, find, unread):
        Message = request.env["service.dossier.message"]
        find = " ".join(find.split())[:100]
        domain = self._threads_domain(dossier, thread, find, unread)
        pager = portal_pager(
            url=f"/my/dossiers/{dossier.id}",
            url_args={"find": find, "unread": "1" if unread else ""},
            total=Message.search_count(domain),
            page=page,
            step=PAGE_SIZE,
        )
        roots = Message.search(domain, order="date_activity desc, id desc", limit=PAGE_SIZE, offset=pager["offset"])
        limit = None if record_id(thread or "") else REPLIES
        replies = Message.search([("root_id", "in", roots.ids)], limit=limit)
        shown = roots | replies
        counts = dict(Message._read_group([("root_id", "in", roots.ids)], ["root_id"], ["__count"]))
        reads = self._read_names(shown)
        unread_ids = {message.id for message in shown if request.env.user.partner_id.id not in reads[message.id]}
        shown._mark_read()
        return {
            "messages": roots.sudo(),  # found as the user
            "replies": self._replies_by_root(replies.sorted("id")),
            "reply_counts": {root.id: counts.get(root, 0) for root in roots},
            "counted": {root.id: request.env._("Answers: %(count)s", count=counts.get(root, 0)) for root in roots},
            "files": self._files_by_message(shown),
            "readers": {
                message.id: [name for key, name in reads[message.id].items() if key != message.sudo().author_id.id]
                for message in shown
            },
            "unread": unread_ids,
            "fresh": self._count_fresh(roots, unread_ids),
            "deliveries": self._shown_deliveries(shown),
            "find": find,
            "only_unread": bool(unread),
            "post_key": secrets.token_urlsafe(12),
            "pager": pager,
            "thread": thread,
            "add": add if add in CUSTOMER_TYPES else "",
            "composer": self._composer_values(dossier, warranty),
        }

    def _count_fresh(self, roots, unread_ids):
        """Return for each conversation a text that says how many of its messages are new to the user, if any."""
        counts = dict.fromkeys(roots.ids, 0)
        for message in request.env["service.dossier.message"].browse(unread_ids):
            counts[message.root_id.id or message.id] += 1
        return {key: request.env._("%(count)s new", count=count) if count else "" for key, count in counts.items()}

    def _shown_deliveries(self, messages):
        """Return what became of the e-mails of these messages; who else was told is not for every reader."""
        return messages.filtered("recipients")._get_deliveries(kinds=("email",))

    def _replies_by_root(self, replies):
        return {root.id: found.sudo() for root, found in replies.grouped("root_id").items()}

    def _files_by_message(self, messages):
        """Return the files of messages that the user reads, deactivated ones by name only."""
        Message_sudo = messages.sudo()  # deactivated files are out of the user's reach, their names are not
        return {message.id: message.file_ids for message in Message_sudo}

    def _read_names(self, messages):
        """Return for each message the names of the customer's own people who saw it, by partner id."""
        user = request.env.user
        names = {message.id: {} for message in messages}
        customer = user.partner_id.commercial_partner_id
        for mark in messages.sudo().read_ids:
            partner = mark.partner_id
            if partner == user.partner_id or partner.commercial_partner_id == customer or not partner.partner_share:
                names[mark.message_id.id][partner.id] = partner.name
        return names

    def _composer_values(self, dossier, warranty):
        """Return what the form needs: types, audiences by type, readers by audience, categories, limits."""
        Message = request.env["service.dossier.message"]
        user = request.env.user
        labels = dict(Message._fields["message_type"]._description_selection(request.env))
        audience_labels = dict(Message._fields["audience"]._description_selection(request.env))
        types = list(Message._allowed_types(user))
        allowed = {key: Message._allowed_audiences(dossier, user, key) for key in types}
        audiences = [key for key, _label in AUDIENCES if any(key in chosen for chosen in allowed.values())]
        company = dossier.sudo().company_id
        categories = (
            request.env["helpdesk.ticket.category"]
            .sudo()
            .search([("dossier_complaint", "=", True), ("company_id", "in", [False, company.id])])
        )
        return {
            "types": [(key, labels[key]) for key in types],
            "audiences": [(key, audience_labels[key]) for key in audiences],
            "allowed": json.dumps(allowed),
            "readers": {key: dossier._readers_text(key) for key in audiences},
            "categories": categories,
            "max_size": company.dossier_max_file_size,
            "max_files": MAX_FILES,
            "warranty": self._own_warranty(warranty),
            "service_allowed": dossier.sudo().stage_id.kind == "finished",
        }

    def _own_warranty(self, number):
        Warranty = request.env["service.warranty"]
        customer = request.env.user.partner_id.commercial_partner_id
        if not number or not Warranty.has_access("read"):
            return Warranty.sudo()
        try:
            return Warranty._find_by_number(customer, number).sudo()
        except UserError:
            return Warranty.sudo()

    # Writing

    @http.route("/my/dossiers/<int:dossier_id>/message", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_post_message(self, dossier_id, message_type="remark", parent_id=None, **post):
        """Write a message or a reply; answers JSON to the page's script, redirects without it."""
        dossier = self._get_dossier(dossier_id)
        Message = request.env["service.dossier.message"]
        parent = Message
        if parent_id:
            parent = Message.search([("id", "=", record_id(parent_id)), ("dossier_id", "=", dossier.id)])
            if not parent:
                raise request.not_found()
        tab = "communication"
        if Message._find_posted(dossier, post.get("post_key")):
            return self._answer(dossier, notice=request.env._("Your message was saved."), tab=tab)
        try:
            with mute_logger("odoo.sql_db"), request.env.cr.savepoint():
                message = Message._post(
                    dossier,
                    message_type,
                    audience=post.get("audience") or "company",
                    parent=parent,
                    files=self._uploaded_files(dossier),
                    **self._prepare_post_values(post),
                )
        except (UserError, AccessError, ValidationError) as error:
            return self._answer(dossier, problem=str(error.args[0]), tab=tab, add=message_type)
        except UniqueViolation:
            # the same form arrived twice at once, the other one made the message
            return self._answer(dossier, notice=request.env._("Your message was saved."), tab=tab)
        if message_type == "service_request" and not parent:
            tab = "configurator"
            notice = request.env._("Your service request is registered. You can configure the parts now.")
        else:
            notice = request.env._("Your message was saved.")
        warranty = message.sudo().warranty_id.name
        return self._answer(dossier, notice=notice, tab=tab, warranty=warranty if tab == "configurator" else "")

    def _prepare_post_values(self, post):
        return {
            "subject": (post.get("subject") or "")[:1000],
            "body": plaintext2html(post["body"]) if (post.get("body") or "").strip() else "",
            "recipients": post.get("recipients") or "",
            "category_id": record_id(post.get("category_id") or ""),
            "warranty_id": self._own_warranty(post.get("warranty")).id,
            "post_key": (post.get("post_key") or "")[:64] or False,
        }

    def _uploaded_files(self, dossier):
        """Return names and contents of the uploaded files, reading one byte more than is allowed.

        A request that is repeated after a conflict reads them again; Odoo rewinds only the first file of a field.
        """
        limit = dossier.sudo().company_id.dossier_max_file_size * 2**20
        uploads = [upload for upload in request.httprequest.files.getlist("files") if upload.filename]
        for upload in uploads:
            upload.seek(0)
        return [(upload.filename, upload.read(limit + 1)) for upload in uploads[: MAX_FILES + 1]]

    def _answer(self, dossier, *, notice="", problem="", tab="communication", add="", warranty=""):
        url = f"/my/dossiers/{dossier.id}?tab={tab}"
        if warranty:
            url += f"&warranty={warranty}"
        if request.httprequest.headers.get("X-Requested-With") == "XMLHttpRequest":
            if problem:
                return request.make_json_response({"problem": problem})
            self._tell(notice=notice)
            return request.make_json_response({"url": url})
        self._tell(notice=notice, problem=problem)
        if problem and add in CUSTOMER_TYPES:
            url += f"&add={add}"
        return request.redirect(url)

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
        dossier = self._get_dossier(dossier_id)
        message = request.env["service.dossier.message"].search(
            [("id", "=", message_id), ("dossier_id", "=", dossier.id)]
        )
        if not message:
            raise request.not_found()
        try:
            with request.env.cr.savepoint():
                message._send_again(address, new_address)
        except (UserError, AccessError) as error:
            return self._answer(dossier, problem=str(error.args[0]))
        return self._answer(dossier, notice=request.env._("The message was sent again."))

    # Files

    def _get_file(self, file_id):
        file = request.env["service.dossier.file"].search([("id", "=", file_id)])
        if not file:
            raise request.not_found()
        return file

    @http.route("/my/dossiers/file/<int:file_id>", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_file(self, file_id, inline=None, **kw):
        """Send a file: pictures and PDFs into the page when asked for, everything else as a download."""
        file = self._get_file(file_id)
        attachment_sudo = file.sudo().attachment_id  # the file's own rules were just checked
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
        as_attachment = not (inline and file._may_show_inline())
        response = stream.get_response(as_attachment=as_attachment)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["Cache-Control"] = "private, no-store"
        return response

    @http.route("/my/dossiers/file/<int:file_id>/deactivate", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_deactivate_file(self, file_id, **kw):
        """Deactivate an own file."""
        file = self._get_file(file_id)
        dossier = file.dossier_id
        try:
            file._deactivate()
        except AccessError as error:
            return self._answer(dossier, problem=str(error.args[0]))
        return self._answer(dossier, notice=request.env._("The file was deactivated."))
