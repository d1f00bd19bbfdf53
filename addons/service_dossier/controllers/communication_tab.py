"""What the tab Communication shows."""

import json
import secrets

from odoo.addons.base_safeguard.http import read_id
from odoo.addons.portal.controllers.portal import pager as portal_pager
from odoo.fields import Domain
from odoo.http import request

from .. import message_types
from ..const import AUDIENCES, MAX_FILES
from .visitor import DossierVisitor

PAGE_SIZE = 20
REPLIES = 100


class CommunicationTab:
    """The conversations of a dossier, as one visitor sees them."""

    def __init__(self, visitor: DossierVisitor, page=1):
        self.visitor, self.dossier, self.page = visitor, visitor.dossier, page
        self.Message = request.env["service.dossier.message"]

    def values(self, thread="", add="", warranty="", find="", unread="", **kw):
        """Return what the page needs; what is shown counts as read from then on."""
        find = " ".join(find.split())[:100]
        thread = read_id(thread)
        domain = self._threads_domain(thread, find, unread)
        pager = portal_pager(
            url=f"/my/dossiers/{self.dossier.id}",
            url_args={"find": find, "unread": "1" if unread else ""},
            total=self.Message.search_count(domain),
            page=self.page,
            step=PAGE_SIZE,
        )
        order = "date_activity desc, id desc"
        roots = self.Message.search(domain, order=order, limit=PAGE_SIZE, offset=pager["offset"])
        return {
            **self._messages_values(roots, None if thread else REPLIES),
            "find": find,
            "only_unread": bool(unread),
            "post_key": secrets.token_urlsafe(12),
            "pager": pager,
            "thread": thread,
            "add": add if add in self.Message._allowed_types(self.visitor.user) else "",
            "composer": self._composer_values(warranty),
        }

    def _threads_domain(self, thread, find, unread):
        """Return which conversations are shown: one, those with a text or a file name, those with news, or all."""
        in_dossier = Domain("dossier_id", "=", self.dossier.id)
        domain = in_dossier & Domain("root_id", "=", False)
        if thread:
            return domain & Domain("id", "=", thread)
        if find:
            found = self.Message.search(in_dossier & self.Message._search_text_domain(find), limit=1000)
            domain &= Domain("id", "in", [message.root_id.id or message.id for message in found])
        if unread:
            Mark = request.env["service.dossier.message.read"]
            query = Mark._query_unread(self.visitor.user.partner_id, in_dossier)
            news = self.Message.browse(row[0] for row in request.env.execute_query(query.select()))
            domain &= Domain("id", "in", [message.root_id.id or message.id for message in news])
        return domain

    # Messages

    def _messages_values(self, roots, limit):
        replies = self.Message.search([("root_id", "in", roots.ids)], limit=limit)
        shown = roots | replies
        shown_sudo = shown.sudo()  # found as the user; the page shows names, files' names and complaints
        counts = dict(self.Message._read_group([("root_id", "in", roots.ids)], ["root_id"], ["__count"]))
        reads = self._read_names(shown_sudo)
        own_id = self.visitor.user.partner_id.id
        unread_ids = {message.id for message in shown if own_id not in reads[message.id]}
        shown._mark_read()
        replies_sudo = shown_sudo.filtered("root_id").sorted("id")
        return {
            "messages": shown_sudo.browse(roots.ids),
            "replies": {root.id: found for root, found in replies_sudo.grouped("root_id").items()},
            "reply_counts": {root.id: counts.get(root, 0) for root in roots},
            "counted": {root.id: request.env._("Answers: %(count)s", count=counts.get(root, 0)) for root in roots},
            # deactivated files are out of the user's reach, their names are not
            "files": {message.id: message.file_ids for message in shown_sudo},
            "readers": {
                message.id: [name for key, name in reads[message.id].items() if key != message.author_id.id]
                for message in shown_sudo
            },
            "unread": unread_ids,
            "fresh": self._count_fresh(roots, unread_ids),
            # what became of the e-mails of these messages; who else was told is not for every reader
            "deliveries": shown.filtered("recipients")._get_deliveries(kinds=("email",)),
            "type_icons": {message.id: message._type().icon for message in shown},
        }

    def _count_fresh(self, roots, unread_ids):
        """Return for each conversation a text that says how many of its messages are new to the user, if any."""
        counts = dict.fromkeys(roots.ids, 0)
        for message in self.Message.browse(unread_ids):
            counts[message.root_id.id or message.id] += 1
        return {key: request.env._("%(count)s new", count=count) if count else "" for key, count in counts.items()}

    def _read_names(self, messages_sudo):
        """Return for each message the names of the customer's own people who saw it, by partner id."""
        names = {message.id: {} for message in messages_sudo}
        for mark in messages_sudo.read_ids:
            if self.visitor.knows_reader(mark.partner_id):
                names[mark.message_id.id][mark.partner_id.id] = mark.partner_id.name
        return names

    # The form

    def _composer_values(self, warranty):
        """Return what the form needs: types, audiences by type, readers by audience, categories, limits."""
        Message, user, dossier = self.Message, self.visitor.user, self.dossier
        labels = Message._type_labels()
        audience_labels = dict(Message._fields["audience"]._description_selection(request.env))
        codes = Message._allowed_types(user)
        allowed = {code: Message._allowed_audiences(dossier, user, code) for code in codes}
        audiences = [key for key, _label in AUDIENCES if any(key in chosen for chosen in allowed.values())]
        company = dossier._settings()
        return {
            "types": [(code, labels[code], message_types.get(code)) for code in codes],
            "refused": {code: message_types.get(code).refusal(dossier) for code in codes},
            "audiences": [(key, audience_labels[key]) for key in audiences],
            "allowed": json.dumps(allowed),
            "readers": {key: dossier._readers_text(key) for key in audiences},
            "categories": request.env["helpdesk.ticket.category"]._dossier_choices(company),
            "max_size": company.dossier_max_file_size,
            "max_files": MAX_FILES,
            "warranty": self.visitor.find_warranty(warranty),
            "address_book": dossier._address_book(),
        }
