"""Decide who is told what, render the mails and put them into Odoo's queue."""

from dataclasses import replace
from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models
from odoo.addons.base_safeguard.delivery import addresses_in
from odoo.addons.base_safeguard.languages import installed_language
from odoo.addons.base_safeguard.rows import insert_rows
from odoo.exceptions import UserError
from odoo.tools.mail import generate_tracking_message_id

from ..changes import Change
from ..const import OWED_REASONS
from ..rules import rule_of, rules_of

#: What a mail program posts when its unsubscribe button is pressed (RFC 8058).
_ONE_CLICK = "List-Unsubscribe=One-Click"


#: Changes that one mail lists at most, and how large it may be: Gmail cuts at 102 kB, headers and text part included.
MAX_ITEMS = 50
MAX_BYTES = 60_000


class MailPolicy:
    """Says for each change whether the customer is mailed about it, and if not, why.

    :param refused: set of ``(partner id, website id, rule)``
    """

    def __init__(self, refused, now):
        self._refused = refused
        self._now = now
        self._enabled = {}

    def too_old(self, order, snapshot=None):
        """Return whether the last news of the order, or else its date, is older than its website still mails about."""
        days = order.website_id.status_mail_max_age
        last = max(filter(None, (order.date_order, snapshot and snapshot.date_changed)), default=None)
        return bool(days and last and last < self._now - timedelta(days=days))

    def has_address(self, order):
        """Return whether the customer can be written to."""
        return not order.partner_id.is_public and bool(addresses_in(order.partner_id.email))

    def confirms(self, order):
        """Return whether the status mail would tell the customer that this order is confirmed."""
        [(_change, reason)] = self.decide(order, [Change("state", old="draft", new="sale", rule="status")])
        return reason is None

    def unconfirmed(self, decided):
        """Return whether an order's confirmation is among what is not told, for good."""
        return any(_is_confirmation(change) and reason and reason not in OWED_REASONS for change, reason in decided)

    def decide(self, order, changes, snapshot=None):
        """Return ``[(change, reason)]``; no reason means that the change is mailed."""
        common = None
        if self.too_old(order, snapshot):
            common = "too_old"
        elif not self.has_address(order):
            common = "no_address"
        changes = [_as_news(order, change) for change in changes]
        decided = [(change, change.reason or self._by_rule(order, change) or common) for change in changes]
        if any(reason is None for _change, reason in decided):
            # a first date is no reason to write, but belongs into a mail that goes out anyway
            decided = [
                (change, self._by_rule(order, replace(change, reason=None)) if reason == "first_date" else reason)
                for change, reason in decided
            ]
        return decided

    def _by_rule(self, order, change):
        rule, website = change.rule, order.website_id
        if _is_confirmation(change) and "odoo" in (website.status_mail_confirmation, order.status_confirmed_by):
            return "odoo_tells"
        if not self._is_enabled(website, rule):
            return "rule_off"
        refused = (order.partner_id.id, website.id, rule) in self._refused
        return "opted_out" if refused and not website._status_mail_mandatory(rule) else None

    def _is_enabled(self, website, rule):
        key = website.id, rule
        if key not in self._enabled:
            self._enabled[key] = website._status_mail_enabled(rule)
        return self._enabled[key]


def _is_confirmation(change):
    return change.topic == "state" and change.new == "sale"


def _as_news(order, change):
    """Return a change as it is for this order: whose confirmation was promised, or sent by Odoo, hears of its end."""
    is_end = change.topic == "state" and change.new == "cancel" and change.reason == "not_news"
    return replace(change, reason=None) if is_end and order.status_confirmed_by else change


class OrderStatusMailer(models.AbstractModel):
    """Mails are rendered from plain values by one template per language, see ``_mail_values``."""

    _name = "order.status.mailer"
    _description = "Status Mail Composer"

    @api.model
    def _get_policy(self, orders):
        """Return the ``MailPolicy`` for a batch of orders."""
        refused = self.env["order.status.preference"]._opted_out(orders.partner_id, orders.website_id)
        return MailPolicy(refused, fields.Datetime.now())

    @api.model
    def _queue(self, events, before=None, snapshots=None):
        """Queue one mail per order that tells ``events``.

        :param before: ``{order id: facts}``: how the customers know what is told now
        :param snapshots: ``{order id: snapshot}``, where the caller has them
        :returns: ``{order id: values}``: what the ledger says of the mails
        """
        if not events:
            return {}
        orders = events.order_id
        if obstacle := next(filter(None, (site._status_mail_obstacle() for site in orders.website_id)), ""):
            raise UserError(obstacle)
        snapshots = snapshots or self.env["order.status.run"]._snapshots(orders)
        events_of = events.grouped("order_id")
        drafts = []
        kinds = orders.grouped(lambda order: (order.website_id, order.company_id, self._lang(order)))
        for (website, company, lang), group in kinds.items():
            localized = self._localized(website, lang)
            letterhead = localized._letterhead(website.with_env(localized.env), company)
            for order in localized.env["sale.order"].browse(group.ids).with_prefetch(orders.ids):
                own_events = events_of[order].with_env(localized.env).with_prefetch(events.ids)
                drafts.append(localized._draft(order, own_events, snapshots[order.id], letterhead))
        return self._write_mails(drafts, before or {})

    def _lang(self, order):
        # by its id: to read the language itself would ask the database
        default = self.env["res.lang"]._get_data(id=order.website_id.default_lang_id.id).code
        return installed_language(self.env, order.partner_id.lang, default)

    def _localized(self, website, lang):
        """Return the model for the mails of a website in a language."""
        # a mail sets no cookies; where a website has a bar for them, Odoo would ask the visitor, and there is none
        return self.with_context(lang=lang, website_id=website.id, display_default_code=False, cookies_allowed=True)

    def _letterhead(self, website, company):
        """Return what all mails of a website and company in a language have in common."""
        base = website.get_base_url()
        return {
            "base": base,
            "pages": f"{base}{website._status_mail_lang_prefix(self.env.lang)}",
            "rows": website._status_mail_words(),
            "sender": website._status_mail_sender(),
            "values": {
                "shop": website.name,
                "shop_url": base,
                "logo": website._status_mail_logo(),
                "company_lines": self._company_lines(company),
                "color": website.company_id.email_secondary_color or "#875A7B",
                "lang": (self.env.lang or "en_US").replace("_", "-"),
                "direction": self.env["res.lang"]._get_data(code=self.env.lang or "en_US").direction or "ltr",
            },
        }

    def _draft(self, order, events, snapshot, letterhead):
        """Return everything that makes one mail, still as plain values."""
        values = self._mail_values(order, events, snapshot, letterhead=letterhead)
        return {
            "order": order,
            "events": events,
            "snapshot": snapshot,
            "subject": values["subject"],
            "html": self._render(values),
            "text": self.env["order.status.words"]._text(values),
            "note": self._note(values["items"]),
            "token": values["token"],
            "base": letterhead["base"],
            "sender": letterhead["sender"],
            "unsubscribe": values["one_click_url"],
            "message_id": generate_tracking_message_id(f"{order.id}-sale.order"),
        }

    def _note(self, items):
        """Return what staff see of a mail in the order's chatter."""
        lines = (f"{item['product']} · {item['text']}" if item["product"] else item["text"] for item in items)
        lines = Markup("").join(Markup("<li>%s</li>") % line for line in lines)
        return Markup("<p>%s</p><ul>%s</ul>") % (self.env._("Status mail:"), lines)

    @api.model
    def _render(self, values):
        """Return the mail's HTML for the values of ``_mail_values``; mail programs cut off what is larger."""
        while True:
            html = self.env["ir.qweb"]._render("order_status_mail.status_mail", values, minimal_qcontext=True)
            if len(html.encode()) <= MAX_BYTES or len(values["items"]) <= 1:
                return html
            values = self._shorten(values, len(values["items"]) // 2)

    def _shorten(self, values, count):
        """Return the values of a mail that tells only the first changes."""
        hidden = values["hidden"] + len(values["items"]) - count
        items = values["items"][:count]
        words = self.env["order.status.words"]
        return {
            **values,
            "items": items,
            "goods": [item for item in items if item["line_id"]],
            "others": [item for item in items if not item["line_id"]],
            "hidden": hidden,
            "words": {**values["words"], "more": words._more(hidden)},
        }

    def _mail_values(self, order, events, snapshot, drafts=None, letterhead=None):
        """Return what the template shows; plain values only, so that rendering reads no records.

        :param drafts: ``{code: words}`` of rules that are not saved yet, in place of those that are
        :param letterhead: that of the order's website, where the caller has it
        """
        letterhead = letterhead or self._letterhead(order.website_id, order.company_id)
        words = self.env["order.status.words"]
        token = snapshot._get_access_token() if snapshot.id else "preview"
        links = f"{letterhead['base']}/order-status/{order.id}/{token}"
        pages = f"{letterhead['pages']}/order-status/{order.id}/{token}"
        items = [{**event._describe(), "at": event.date_found} for event in events]
        for item in items:
            item["product"] = item["product"][:120]
            item["picture"] = f"{links}/picture/{item['line_id']}" if item["line_id"] else ""
        codes = {item["rule"] for item in items}
        rules = [rule for rule in rules_of(self.env) if rule.code in codes]
        event, headline = words._headline(order, events)
        rows = letterhead["rows"] | (drafts or {})
        shop_words = words._shop_words(order, event, [rule.code for rule in rules], rows)
        hidden = max(len(items) - MAX_ITEMS, 0)
        items = items[:MAX_ITEMS]
        return {
            **letterhead["values"],
            "token": token,
            "words": words._sentences(order, headline, [rule.label(self.env) for rule in rules], hidden),
            "subject": words._one_line(
                shop_words["subject"]
                or self.env._("%(headline)s (order %(order)s)", headline=headline, order=order.name)
            ),
            "shop_words": shop_words,
            "items": items,
            "goods": [item for item in items if item["line_id"]],
            "others": [item for item in items if not item["line_id"]],
            "hidden": hidden,
            "timeline_url": pages,
            "preferences_url": f"{pages}/preferences",
            "one_click_url": f"{links}/unsubscribe",
        }

    # Previews

    @api.model
    def _preview(self, order, code, lang=None, drafts=None):
        """Return the mail about the latest change that a rule found on ``order``, or else about an example.

        Nothing is sent or kept. :returns: dict with ``is_example``, ``enabled``, ``subject``, ``recipient``, ``body``
        """
        localized = self._localized(order.website_id, lang or self._lang(order))
        order = order.with_env(localized.env)
        events = localized.env["order.status.event"].search(
            [("order_id", "=", order.id), ("rule", "=", code), ("reason", "!=", "changed_back")], limit=1
        )
        is_example = not events
        for change in rule_of(self.env, code).example(order) if is_example else ():
            events |= events.new(self.env["order.status.run"]._event_values(order, change, None))
        # the key of the customer's links is nobody else's business
        values = localized._mail_values(order, events, self.env["order.status.snapshot"], drafts)
        return {
            "is_example": is_example,
            "enabled": order.website_id._status_mail_enabled(code),
            "subject": values["subject"],
            "recipient": order.partner_id.email_formatted or order.partner_id.name,
            "body": localized._render(values),
        }

    def _company_lines(self, company):
        return [line for line in (company.name, company.phone, company.email, company.website) if line]

    def _write_mails(self, drafts, before):
        """Create messages, mails and notifications, each model in one go; return what the ledger says of them."""
        note = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        messages = self.env["mail.message"].create([self._message_values(draft, note) for draft in drafts])
        mails = self.env["mail.mail"]._queue(
            [self._prepare_mail_values(draft, message) for draft, message in zip(drafts, messages, strict=True)]
        )
        self.env["mail.notification"].create(
            [
                {
                    "mail_message_id": message.id,
                    "mail_mail_id": mail.id,
                    "res_partner_id": draft["order"].partner_id.id,
                    "notification_type": "email",
                    "notification_status": "ready",
                    "is_read": True,
                    "author_id": message.author_id.id,
                }
                for draft, message, mail in zip(drafts, messages, mails, strict=True)
            ]
        )
        expiry = self.env["order.status.snapshot"]._link_expiry()
        kept = insert_rows(
            self.env["order.status.mail"],
            [self._prepare_kept_values(draft, before.get(draft["order"].id)) for draft in drafts],
        )
        for draft in drafts:
            snapshot = draft["snapshot"]
            snapshot.write(
                {
                    "root_message": snapshot.root_message or draft["message_id"],
                    "last_message": draft["message_id"],
                    "date_link_expiry": expiry,
                }
            )
        return {
            draft["order"].id: {"message_id": message.id, "mail_id": mail.id, "mail_state": "waiting"}
            for draft, message, mail in zip(drafts, messages, kept, strict=True)
        }

    def _get_kept_html(self, draft):
        """Return the mail as the service desk keeps it: without the customer's key, with pictures of its own."""
        html = draft["html"].replace(draft["token"], "preview")
        address = f"{draft['base']}/order-status/{draft['order'].id}/preview/picture"
        for line in draft["events"].line_id:
            html = html.replace(f'{address}/{line.id}"', f'/web/image/product.product/{line.product_id.id}/image_128"')
        return html

    def _prepare_kept_values(self, draft, before):
        order = draft["order"]
        return {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "website_id": order.website_id.id,
            "partner_id": order.partner_id.id,
            "message_header": draft["message_id"],
            "subject": draft["subject"],
            # the key of the customer's links is nobody else's business
            "body_html": self._get_kept_html(draft),
            "address": ", ".join(addresses_in(order.partner_id.email)),
            "facts_before": before,
            "date_queued": fields.Datetime.now(),
            "state": "waiting",
        }

    def _message_values(self, draft, subtype_id):
        order = draft["order"]
        company, sender = order.company_id, draft["sender"]
        return {
            "model": "sale.order",
            "res_id": order.id,
            "record_name": order.name,
            "record_company_id": company.id,
            "record_alias_domain_id": company.alias_domain_id.id,
            "message_type": "auto_comment",
            "subtype_id": subtype_id,
            "subject": draft["subject"],
            "body": draft["note"],
            "author_id": company.partner_id.id,
            "email_from": sender,
            "reply_to": company.catchall_formatted or sender,
            "message_id": draft["message_id"],
        }

    def _headers(self, unsubscribe):
        """Return the headers of a mail that is ended under an address."""
        return {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": _ONE_CLICK,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "OOF",
        }

    def _prepare_mail_values(self, draft, message):
        snapshot = draft["snapshot"]
        references = dict.fromkeys(filter(None, (snapshot.root_message, snapshot.last_message)))
        return {
            "mail_message_id": message.id,
            "body_html": draft["html"],
            "body_text": draft["text"],
            "headers": self._headers(draft["unsubscribe"]),
            "references": " ".join(references),
            "recipient_ids": [fields.Command.link(draft["order"].partner_id.id)],
            "auto_delete": True,
        }
