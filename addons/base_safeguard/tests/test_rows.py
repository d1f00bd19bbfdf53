from odoo.tests import TransactionCase

from ..rows import insert_rows, reserve_rows


class TestRows(TransactionCase):
    """Many rows in one statement."""

    def test_insert_rows(self):
        """OS+2: the rows are there, with who and when; records and what lists them show it at once."""
        mail = self.env["mail.mail"].create({"subject": "News", "email_to": "a@example.com"})
        self.assertFalse(mail.delivery_ids)
        rows = [{"mail_id": mail.id, "address": "a@example.com", "state": "waiting"}, {"state": "sent", "reason": "%s"}]
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        first, second = insert_rows(self.env["mail.delivery"], rows)
        self.assertEqual(self.env.cr.sql_log_count - before, 1)
        self.assertEqual((first.address, first.mail_id, second.address), ("a@example.com", mail, False))
        self.assertEqual(mail.delivery_ids, first)
        (first + second).invalidate_recordset()
        self.assertEqual((first.state, second.state, second.reason), ("waiting", "sent", "%s"))
        self.assertEqual(second.create_uid, self.env.user)
        self.assertTrue(second.create_date)
        self.assertFalse(insert_rows(self.env["mail.delivery"], []))

    def test_reserved_rows(self):
        """OS+2: what is made of rows before they are there reads them as if they were, without asking the database."""
        deliveries = self.env["mail.delivery"]
        rows = [{"address": "a@example.com", "state": "waiting"}, {"address": "b@example.com", "state": "sent"}]
        records = reserve_rows(deliveries, rows)
        with self.assertQueryCount(0):
            self.assertEqual(records.mapped("address"), ["a@example.com", "b@example.com"])
            self.assertFalse(records.mail_id)
            self.assertFalse(records[0].reason)
        self.assertFalse(deliveries.search([("id", "in", records.ids)]))
        self.assertEqual(insert_rows(deliveries, rows, records.ids), records)
        records.invalidate_recordset()
        self.assertEqual(records.mapped("state"), ["waiting", "sent"])
        self.assertFalse(reserve_rows(deliveries, []))
