import logging
from datetime import timedelta

from markupsafe import Markup, escape
from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import SQL, float_compare, float_round

from ..connectors.base import (
    ACCEPTED,
    ACKNOWLEDGED,
    BACKORDERED,
    CONDITIONAL,
    CONFIRMED,
    DISCONTINUED,
    LINE_REJECTED,
    PENDING,
    REJECTED,
    UNREADABLE,
)
from ..const import STATUS_SECONDS
from ..soap.errors import FateUnknownError, SoapError
from ..utils import execute_contended, in_own_transaction

_logger = logging.getLogger(__name__)

#: what is looked at again by a person where the supplier changes its mind
NEWS_FIELDS = (
    "supplier_line_state",
    "supplier_qty",
    "supplier_date",
    "substitute_number",
    "supplier_note",
    "price_unit",
)
#: what an order line knows of the supplier's answer
ANSWER_FIELDS = (
    "supplier_line_state",
    "supplier_qty",
    "supplier_date",
    "supplier_note",
    "substitute_number",
    "expected_price",
    "price_deviation",
    "price_flagged",
    "answer_flagged",
)


class PurchaseOrder(models.Model):
    """What the supplier answers, and what that does to the order."""

    # apart from purchase_order.py: sending and answering are two subjects
    _inherit = "purchase.order"  # pylint: disable=consider-merging-classes-inherited

    # Fetching

    @api.model
    def _cron_fetch_answers(self):
        """Ask about the orders that suppliers have not approved yet."""
        self.env["ir.cron"]._commit_progress(remaining=self._count_waiting())
        while True:
            order_id = in_own_transaction(self.env, lambda env: env["purchase.order"]._claim_status_question())
            if not order_id:
                break
            try:
                self.browse(order_id)._fetch_answer()
            except SoapError as error:
                _logger.warning("No answer about purchase order %s: %s", order_id, error)
            except Exception:
                # one order that cannot be read must not keep the others waiting; its next turn is set already
                self.env.cr.rollback()
                _logger.exception("The answer about purchase order %s could not be applied", order_id)
            if not self.env["ir.cron"]._commit_progress(1):
                break

    def _count_waiting(self):
        return self.search_count([("next_status_at", "<=", fields.Datetime.now())])

    @api.model
    def _claim_status_question(self):
        """Take the next order to ask about and set its next turn; return its id or None."""
        self.flush_model(["next_status_at", "status_questions"])
        rows = execute_contended(
            self.env,
            SQL(
                """SELECT id, status_questions FROM purchase_order WHERE next_status_at <= %s
                    ORDER BY next_status_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED""",
                fields.Datetime.now(),
            ),
        )
        if not rows:
            return None
        [(order_id, questions)] = rows
        delay = STATUS_SECONDS[min(questions or 0, len(STATUS_SECONDS) - 1)]
        self.browse(order_id).write(
            {
                "next_status_at": fields.Datetime.now() + timedelta(seconds=delay),
                "status_questions": (questions or 0) + 1,
            }
        )
        return order_id

    def _fetch_answer(self):
        """Ask the supplier and take its answer over.

        :raises SoapError: without a usable answer
        """
        self.ensure_one()
        # the message is found for whoever may see the order
        exchange_sudo = (
            self.env["supplier.exchange"]
            .sudo()
            .search([("purchase_id", "=", self.id), ("operation", "=", "order"), ("state", "=", "done")], limit=1)
        )
        if not exchange_sudo:
            in_own_transaction(
                self.env, lambda env: env["purchase.order"].browse(self.ids).write({"next_status_at": False})
            )
            return
        connection_sudo = exchange_sudo.connection_id
        value = connection_sudo._ask(
            "status",
            lambda connector, account: connector.status_message(account, exchange_sudo.message_id),
            purchase=self,
        )
        try:
            answer = connection_sudo._get_connector().status_answer(value)
        except UNREADABLE as error:
            raise FateUnknownError("unreadable", str(error)) from error
        if answer.known:
            in_own_transaction(
                self.env, lambda env: env["supplier.exchange"].sudo().browse(exchange_sudo.ids)._apply_status(answer)
            )

    # Applying

    def _apply_order_answer(self, answer, exchange, *, author=None):
        """Take over what the supplier said; the same answer twice changes nothing.

        :param answer: ``connectors.base.OrderAnswer``
        :param author: the partner who says it, where that is not the supplier
        """
        self.ensure_one()
        if answer.code == REJECTED and exchange.state == "done":
            exchange._reject(answer.note)
        before = self.webservice_state
        values = self._prepare_answer_values(answer)
        self.with_context(mail_notrack=True).write({key: value for key, value in values.items() if self[key] != value})
        changed = self._apply_line_answers(answer, exchange.connection_id)
        if before == answer.code and not changed:
            return
        # with author and company named, nothing has to be looked up about the user
        self.with_company(exchange.company_id)._message_log(
            body=self._describe_answer(answer, exchange), author_id=(author or exchange.partner_id).id
        )
        if answer.code in (ACCEPTED, CONDITIONAL, REJECTED):
            self._tell_buyer(exchange)
            self._confirm_if_clean(exchange)

    def _forget_answers(self):
        """Begin anew with orders that were rejected: what was said about the last message is not about the next."""
        self.order_line.write(dict.fromkeys(ANSWER_FIELDS, False))
        self.status_questions = 0

    def _prepare_answer_values(self, answer):
        waiting = answer.code == ACKNOWLEDGED
        values = {
            "webservice_state": answer.code,
            "webservice_error": False,
            "webservice_note": answer.note[:500] or False,
            "supplier_order_ref": answer.reference or self.supplier_order_ref,
        }
        if not self.partner_ref and answer.reference:
            values["partner_ref"] = answer.reference
        if not waiting:
            values["next_status_at"] = False
        elif not self.next_status_at:
            values["next_status_at"] = fields.Datetime.now() + timedelta(seconds=STATUS_SECONDS[0])
        return values

    def _apply_line_answers(self, answer, connection):
        """Write the answers into the lines; return the lines that changed."""
        changed = self.env["purchase.order.line"]
        if not answer.lines:
            return changed
        by_id = {line.id: line for line in self.order_line}
        currency = connection._get_currency(answer.currency, self.currency_id)
        for line_answer in answer.lines:
            line = by_id.get(line_answer.position)
            if not line:
                _logger.warning("%s: the answer names a line %s that is not there", self.name, line_answer.position)
                continue
            values = self._prepare_line_values(line, line_answer)
            if line_answer.price is not None and currency:
                values.update(self._prepare_price_values(line, line_answer.price, currency, connection.price_tolerance))
            elif line_answer.price is not None:
                values.update(self._prepare_unknown_price_values(line, line_answer, answer.currency))
            self._set_flags(line, values)
            values = {key: value for key, value in values.items() if line[key] != value}
            if values:
                line.write(values)
                changed |= line
        return changed

    def _prepare_line_values(self, line, answer):
        none_comes = answer.status in (DISCONTINUED, LINE_REJECTED)
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        values = {
            "supplier_line_state": answer.status,
            "supplier_date": answer.available_on or False,
            "substitute_number": answer.substitute or False,
            "supplier_note": answer.note[:500] or False,
        }
        if none_comes or answer.quantity is not None:
            quantity = 0.0 if none_comes else float(answer.quantity)
            values["supplier_qty"] = float_round(quantity, precision_digits=digits)
        elif answer.status == CONFIRMED:
            values["supplier_qty"] = line.product_qty
        if answer.available_on and answer.status == BACKORDERED:
            values["date_planned"] = fields.Datetime.to_datetime(answer.available_on)
        return values

    def _set_flags(self, line, values):
        """Mark what a person has to look at: what differs from the order, and was not accepted before."""
        status = values["supplier_line_state"]
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        other = status == CONFIRMED and float_compare(values["supplier_qty"], line.product_qty, precision_digits=digits)
        flagged = status not in (CONFIRMED, PENDING) or values.get("price_flagged") or other
        if any(values.get(name, line[name]) != line[name] for name in NEWS_FIELDS):
            # what a person has accepted stays accepted as long as the supplier says the same
            values["answer_flagged"] = bool(flagged)
        else:
            values.pop("price_flagged", None)

    def _prepare_unknown_price_values(self, line, answer, currency):
        """Keep our own price where the supplier's cannot be converted, and let a person look at it."""
        return {
            "expected_price": line.expected_price or line.price_unit_discounted,
            "price_deviation": 0.0,
            "price_flagged": True,
            "supplier_note": f"{answer.price} {currency} {answer.note}".strip()[:500],
        }

    def _prepare_price_values(self, line, price, currency, tolerance):
        """Return the supplier's price and how far it is from the expected one."""
        converted = currency._convert(float(price), self.currency_id, self.company_id, fields.Date.today(), round=False)
        converted = float_round(
            converted, precision_digits=self.env["decimal.precision"].precision_get("Product Price")
        )
        expected = line.expected_price or line.price_unit_discounted
        deviation = float_round((converted - expected) / expected * 100, precision_digits=1) if expected else 0.0
        values = {
            "expected_price": expected,
            "price_deviation": deviation,
            "price_flagged": abs(deviation) > tolerance,
        }
        if not line.qty_invoiced:
            # the answer is a net price; without the technical price Odoo would go back to the price list
            values.update(price_unit=converted, technical_price_unit=0.0, discount=0.0)
        return values

    def _describe_answer(self, answer, exchange):
        supplier = exchange.partner_id.name
        titles = {
            ACKNOWLEDGED: self.env._("%(supplier)s received the order.", supplier=supplier),
            ACCEPTED: self.env._("%(supplier)s approved the order.", supplier=supplier),
            CONDITIONAL: self.env._("%(supplier)s approved the order with changes.", supplier=supplier),
            REJECTED: self.env._("%(supplier)s rejected the order.", supplier=supplier),
        }
        items = [escape(titles.get(answer.code, answer.code))]
        if answer.reference:
            items.append(escape(self.env._("Its number: %(reference)s", reference=answer.reference)))
        if answer.note:
            items.append(escape(answer.note))
        if answer.lines:
            items += [escape(text) for text in self.order_line.filtered("answer_flagged").mapped(self._describe_line)]
        return Markup("<br/>").join(items)

    def _describe_line(self, line):
        state = dict(line._fields["supplier_line_state"]._description_selection(self.env)).get(
            line.supplier_line_state, ""
        )
        parts = [f"{line.part_number or line.name}: {state}"]
        if line.substitute_number:
            parts.append(f"→ {line.substitute_number}")
        if line.price_flagged and not line.price_deviation:
            parts.append(line.supplier_note)
        elif line.price_flagged:
            parts.append(
                self.env._(
                    "%(price).2f instead of %(expected).2f (%(deviation)+.1f %%)",
                    price=line.price_unit,
                    expected=line.expected_price,
                    deviation=line.price_deviation,
                )
            )
        return " ".join(parts)

    def _tell_buyer(self, exchange):
        """Show the answer in the browser of the person who sent the order."""
        user = exchange.user_id
        if not user or user.share:
            return
        labels = dict(self._fields["webservice_state"]._description_selection(self.with_context(lang=user.lang).env))
        user._bus_send(
            "simple_notification",
            {
                "type": "warning" if self.answer_flagged or self.webservice_state == REJECTED else "success",
                "title": self.name,
                "message": labels[self.webservice_state],
            },
        )

    def _confirm_if_clean(self, exchange):
        """Confirm an order that the supplier approved as it was sent."""
        clean = self.webservice_state == ACCEPTED and not self.answer_flagged and self.state in ("draft", "sent")
        if not (clean and exchange.connection_id.confirm_on_approval):
            return
        unsent = self._get_unsent_lines(exchange)
        if unsent:
            self._log_unconfirmed(
                self.env._("The supplier does not know of %(parts)s.", parts=", ".join(unsent.mapped("name")))
            )
            return
        # the limits are those of the person who sent the order, not of the scheduled action
        order = self.with_user(exchange.user_id or self.user_id).sudo().with_company(exchange.company_id)
        try:
            with self.env.cr.savepoint():
                order.with_context(validate_analytic=True).button_confirm()
        except (UserError, RedirectWarning) as error:
            # the supplier's answer stays true, whatever keeps the order from being confirmed
            self._log_unconfirmed(error.args[0])

    def _log_unconfirmed(self, reason):
        self._message_log(body=self.env._("The approved order was not confirmed by itself: %(reason)s", reason=reason))

    def _get_unsent_lines(self, exchange):
        """Return the parts that were added, by a sale or by a reordering rule, after the message was written."""
        return self.order_line.filtered(lambda line: not line.display_type and line.create_date > exchange.create_date)

    # What the outbox reports

    def _set_order_failed(self, error, exchange):
        self.write({"webservice_state": "failed", "webservice_error": error, "next_status_at": False})
        self._message_log(
            body=self.env._(
                "The order was not sent to %(supplier)s: %(error)s", supplier=exchange.partner_id.name, error=error
            )
        )

    def _set_order_waiting(self, exchange):
        state = "unknown" if exchange.state == "unknown" else "queued"
        if self.webservice_state != state or self.webservice_error != exchange.error:
            self.write({"webservice_state": state, "webservice_error": exchange.error})
