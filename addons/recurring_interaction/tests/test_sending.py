from unittest.mock import patch

from odoo.addons.account.models.account_move_send import AccountMoveSend
from odoo.addons.base.models.ir_actions_report import _wkhtml
from odoo.fields import Command
from odoo.tests import tagged

from .common import InvoiceCase


@tagged("post_install", "-at_install")
class TestSending(InvoiceCase):
    """Odoo's sending queue with several recurring invoices in it."""

    def _batches(self, *, patched):
        """Return the sizes of the batches in which the PDFs of three invoices are asked for."""
        moves = self.env["account.move"].create(
            [{"move_type": "out_invoice", "partner_id": self.customer.id} for _number in range(3)]
        )
        info = _wkhtml()._replace(is_patched_qt=patched)
        sizes = []

        def prepare(_self, invoices_data):
            sizes.append(len(invoices_data))

        with (
            patch("odoo.addons.recurring_interaction.models.account_move_send._wkhtml", return_value=info),
            patch.object(AccountMoveSend, "_prepare_invoice_pdf_report", prepare),
        ):
            self.env["account.move.send"]._prepare_invoice_pdf_report({move: {} for move in moves})
        return sizes

    def test_a_recurring_invoice_is_sent_until_it_arrives(self):
        """OS+5: mails of recurring invoices are owed, those of other invoices are left to Odoo."""
        moves = self.env["account.move"].create(
            [{"move_type": "out_invoice", "partner_id": self.customer.id} for _number in range(2)]
        )
        recurring, other = moves
        owed = []

        def send(_self, move, _template, **_kwargs):
            owed.append((move, move.env.context.get("mail_owed", False)))

        _pattern, interaction = self._make_due()
        # as the action that issues invoices does
        issues_sudo = interaction.sudo().interaction_invoice_ids
        issue = issues_sudo or issues_sudo.create({"interaction_id": interaction.id, "partner_id": self.customer.id})
        issue.move_id = recurring
        with patch.object(AccountMoveSend, "_send_mail", send):
            for move in moves:
                self.env["account.move.send"]._send_mail(move, self.env["mail.template"])
        self.assertEqual(owed, [(recurring, True), (other, False)])

    def test_reset_before_its_mail_left(self):
        """OS+5, RI10: an invoice that is corrected while its mail waits is mailed when it is posted again."""
        for is_rendered in (False, True):
            with self.subTest(is_rendered=is_rendered):
                _pattern, interaction = self._make_due()
                interaction.action_issue()
                move = interaction.interaction_invoice_ids.move_id
                mail = self._render(move) if is_rendered else self.env["mail.mail"]
                move.button_draft()
                self.assertFalse(move.sending_data)
                self.assertEqual(mail.mapped("state"), ["cancel"] if is_rendered else [])
                move.action_post()
                self.assertEqual(move.sending_data["sending_methods"], ["email"])
                self.assertEqual(move.sending_data["author_user_id"], self.env.uid)
                move.sending_data = False
                move.button_draft()
                move.action_post()
                self.assertFalse(move.sending_data, "nothing waited: what was sent is sent again by hand, as in Odoo")

    def test_reset_after_its_mail_left(self):
        """OS+5: a mail that a server has taken is not sent again by itself, nor one that the recurrence gave up."""
        _pattern, interaction = self._make_due()
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        mail = self._render(move)
        mail.delivery_ids._settle("sent", False)
        move.button_draft()
        move.action_post()
        self.assertFalse(move.sending_data)
        pattern, interaction = self._make_due()
        interaction.action_issue()
        move = interaction.interaction_invoice_ids.move_id
        move.button_draft()
        pattern.recurrence_id.send_mail = False
        move.action_post()
        self.assertFalse(move.sending_data)

    def _render(self, move):
        """Do what Odoo's sending queue does: the mail waits for the mail server."""
        move.sending_data = False
        return self.env["mail.mail"]._queue(
            [{"model": "account.move", "res_id": move.id, "recipient_ids": [Command.link(move.partner_id.id)]}]
        )

    def test_one_by_one_where_wkhtmltopdf_has_to(self):
        """RI+5: with Debian's wkhtmltopdf several invoices of one day are sent, too."""
        self.assertEqual(self._batches(patched=False), [1, 1, 1])

    def test_together_where_wkhtmltopdf_can(self):
        """RI+5: elsewhere all PDFs are made in one go, as Odoo does it."""
        self.assertEqual(self._batches(patched=True), [3])
