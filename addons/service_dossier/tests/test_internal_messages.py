"""Internal messages: everywhere that an employee might look."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import DossierCommon

SECRET = "purple elephants"


@tagged("post_install", "-at_install")
class TestInternalMessages(DossierCommon, HttpCase):
    """SD7 as an ordinary employee, a helpdesk manager and a settings administrator."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.employee.group_ids |= cls.env.ref("base.group_allow_export")
        groups = "base.group_allow_export,service_dossier.group_service_dossier_user"
        settings = "base.group_allow_export,base.group_system,service_dossier.group_service_dossier_manager"
        cls.watchers = (
            cls.employee
            | new_test_user(cls.env, "sd_helpdesk", groups=f"{groups},helpdesk_mgmt.group_helpdesk_manager")
            | new_test_user(cls.env, "sd_settings", groups=settings, email="settings@maker.example.com")
        )
        cls.employee.password = "sd_employee"
        cls.dossier.message_subscribe(partner_ids=cls.watchers.partner_id.ids)
        cls.known_mails = cls.env["mail.mail"].search([])
        Message = cls.env["service.dossier.message"].with_user(cls.dealer)
        cls.message = Message._post(
            cls.dossier.with_user(cls.dealer),
            "attachment",
            audience="internal",
            subject=SECRET,
            body=f"<p>{SECRET}</p>",
            files=[(f"{SECRET}.txt", SECRET.encode())],
        )
        cls.file = cls.message.sudo().file_ids
        cls.attachment = cls.file.attachment_id
        cls.env.flush_all()

    def each(self):
        """Return an environment for each watcher."""
        self.env.invalidate_all()
        return [self.env(user=user, context={}) for user in self.watchers]

    def test_colleague_reads_it(self):
        """SD7: every user of the customer number reads it and gets the file."""
        message = self.message.with_user(self.colleague)
        self.assertIn(SECRET, message.body)
        self.assertEqual(message.file_ids.mapped("name"), [f"{SECRET}.txt"])

    def test_search_and_read(self):
        """SD7: not by search, count, grouping, reading, browsing or name."""
        for env in self.each():
            Message = env["service.dossier.message"]
            self.assertFalse(Message.search([("dossier_id", "=", self.dossier.id)]))
            self.assertFalse(Message.search_count([("audience", "=", "internal")]))
            self.assertFalse(Message.search_read([("body", "ilike", SECRET)], ["body"]))
            self.assertFalse(Message.name_search(SECRET))
            self.assertFalse(Message._read_group([], ["audience"], ["__count"]))
            self.assertFalse(Message.formatted_read_group([], ["message_type"], ["__count"]))
            record = Message.browse(self.message.id)
            for method, arguments in (("read", [["body"]]), ("web_read", [{"body": {}}]), ("export_data", [["body"]])):
                with self.assertRaises(AccessError):
                    getattr(record, method)(*arguments)

    def test_through_the_dossier(self):
        """SD7: not through the dossier's form, its export, its counters or a search on its messages."""
        for env in self.each():
            dossier = env["service.dossier"].browse(self.dossier.id)
            self.assertFalse(dossier.communication_ids)
            self.assertFalse(dossier.file_ids)
            self.assertEqual(dossier.unread_count, 0)
            form = dossier.web_read(
                {"communication_ids": {"fields": {"body": {}}}, "file_ids": {"fields": {"name": {}}}}
            )
            self.assertNotIn(SECRET, str(form))
            exported = dossier.export_data(["name", "communication_ids/body", "file_ids/name"])
            self.assertNotIn(SECRET, str(exported))
            Dossier = env["service.dossier"]
            self.assertFalse(Dossier.search([("communication_ids.body", "ilike", SECRET)]))
            self.assertFalse(Dossier.search([("communication_ids", "any", [("subject", "ilike", SECRET)])]))
            self.assertFalse(Dossier.search([("file_ids.name", "ilike", SECRET)]))
            self.assertFalse(Dossier.search([("communication_ids.file_ids", "any", [("name", "ilike", SECRET)])]))

    def test_files_and_attachments(self):
        """SD7: neither the file nor its attachment, by search, read, name or index."""
        for env in self.each():
            self.assertFalse(env["service.dossier.file"].search([("id", "=", self.file.id)]))
            with self.assertRaises(AccessError):
                env["service.dossier.file"].browse(self.file.id).read(["name"])
            Attachment = env["ir.attachment"]
            domains = (
                [("id", "=", self.attachment.id)],
                [("name", "ilike", SECRET)],
                [("res_model", "=", "service.dossier.file")],
                [("index_content", "ilike", SECRET)],
            )
            for domain in domains:
                self.assertFalse(Attachment.search(domain), domain)
            with self.assertRaises(AccessError):
                Attachment.browse(self.attachment.id).read(["raw"])
            with self.assertRaises(AccessError):
                Attachment.browse(self.attachment.id).copy({"res_model": False, "res_id": False})
            with self.assertRaises(AccessError):
                Attachment.browse(self.attachment.id).write({"public": True})

    def test_attachment_by_url(self):
        """SD7: no URL serves the file to them, and one does to a colleague."""
        urls = (
            f"/web/content/{self.attachment.id}",
            f"/web/content/{self.attachment.id}?download=true",
            f"/web/content/service.dossier.file/{self.file.id}/attachment_id",
            f"/web/image/{self.attachment.id}",
            f"/my/dossiers/file/{self.file.id}",
            f"/web/content/{self.attachment.id}?access_token=wrong",
        )
        for user in self.watchers:
            user.sudo().password = user.login
            self.authenticate(user.login, user.login)
            for url in urls:
                with self.subTest(user=user.login, url=url):
                    response = self.url_open(url)
                    self.assertNotIn(SECRET, response.text)
        self.colleague.sudo().password = "sd_colleague"
        self.authenticate("sd_colleague", "sd_colleague")
        self.assertEqual(self.url_open(f"/my/dossiers/file/{self.file.id}").text, SECRET)

    def test_rpc(self):
        """SD7: not over RPC either."""
        for user in self.watchers:
            user.sudo().password = user.login
            self.authenticate(user.login, user.login)
            found = self.make_jsonrpc_request(
                "/web/dataset/call_kw",
                {
                    "model": "service.dossier.message",
                    "method": "web_search_read",
                    "args": [],
                    "kwargs": {"domain": [["dossier_id", "=", self.dossier.id]], "specification": {"body": {}}},
                },
            )
            self.assertEqual(found["length"], 0)

    def test_chatter_notifications_and_mail_log(self):
        """SD7: nothing in chatters, notifications, activities or outgoing mails, whose log administrators read."""
        mails = self.env["mail.mail"].search([]) - self.known_mails
        self.assertEqual(mails.recipient_ids, self.colleague.partner_id, "one notice, to the colleague only")
        for mail in mails:
            dump = str([value for key, value in mail.read()[0].items() if key != "is_internal"])
            for word in (SECRET, "Dirk", "internal", "Internal"):
                self.assertNotIn(word, dump)
        for model, field in (
            ("mail.message", "body"),
            ("mail.message", "subject"),
            ("mail.tracking.value", "new_value_char"),
        ):
            found = self.env[model].sudo().search_count([(field, "ilike", SECRET)])
            self.assertFalse(found, f"{model}.{field}")
        notified = self.env["mail.notification"].sudo().search([("res_partner_id", "in", self.watchers.partner_id.ids)])
        self.assertNotIn(SECRET, str(notified.mail_message_id.mapped("body")))

    def test_read_marks_and_mailings(self):
        """SD7: not even that somebody read it, or that it was mailed."""
        self.message.with_user(self.colleague)._mark_read()
        for env in self.each():
            self.assertFalse(env["service.dossier.message.read"].search([("message_id", "=", self.message.id)]))
        self.assertFalse(self.message.sudo().mailing_ids)

    def test_global_search(self):
        """SD7: the name search that the command palette and many2one fields use finds nothing."""
        for env in self.each():
            for model in ("service.dossier.message", "service.dossier", "service.dossier.file", "helpdesk.ticket"):
                self.assertFalse(env[model].name_search(SECRET), model)

    def test_nobody_smuggles(self):
        """SD7: an administrator cannot change the audience, make a message or answer one to see it."""
        for env in self.each():
            record = env["service.dossier.message"].browse(self.message.id)
            with self.assertRaises(AccessError):
                record.write({"audience": "everyone"})
            with self.assertRaises(AccessError):
                record.action_reply()
            with self.assertRaises(AccessError):
                env["service.dossier.message"].create({"dossier_id": self.dossier.id})
            with self.assertRaises(AccessError):
                env["service.dossier.compose"].onchange(
                    {"dossier_id": self.dossier.id, "parent_id": self.message.id}, ["parent_id"], {"parent_body": {}}
                )
            with self.assertRaises(AccessError):
                env["service.dossier.compose"].create(
                    {"dossier_id": self.dossier.id, "parent_id": self.message.id, "body": "<p>x</p>"}
                ).action_send()

    def test_other_customer(self):
        """SD7: another customer, even a guest of the dossier, reads nothing of it."""
        self.dossier.message_subscribe(partner_ids=self.stranger.partner_id.ids)
        with self.assertRaises(AccessError):
            self.message.with_user(self.stranger).read(["body"])
        self.assertFalse(self.env["ir.attachment"].with_user(self.stranger).search([("id", "=", self.attachment.id)]))

    def test_dossier_changes_hands(self):
        """SD7: the next customer of a dossier does not inherit what was internal to the old one."""
        self.dossier.partner_id = self.stranger.partner_id
        with self.assertRaises(AccessError):
            self.message.with_user(self.stranger).read(["body"])
        self.assertIn(SECRET, base64.b64decode(self.attachment.sudo().datas).decode())

    def test_names_of_links(self):
        """SD7: a ticket or a window that is linked to an internal message names neither its subject nor its author."""
        ticket = self.env["helpdesk.ticket"].create({"name": "x", "description": "<p>x</p>"})
        for env in self.each():
            shown = []
            with self.assertRaises(AccessError):
                env["service.dossier.compose"].onchange(
                    {"dossier_id": self.dossier.id, "parent_id": self.message.id},
                    ["parent_id"],
                    {"parent_id": {"fields": {"display_name": {}}}},
                )
            if env.user.has_group("helpdesk_mgmt.group_helpdesk_user"):
                linked = ticket.with_env(env)
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    linked.dossier_message_id = self.message.id
                ticket.dossier_message_id = self.message
                shown.append(linked.web_read({"dossier_message_id": {"fields": {"display_name": {}}}}))
                with self.assertRaises(AccessError):
                    linked.export_data(["dossier_message_id"])
            for word in (SECRET, self.dealer.name):
                self.assertNotIn(word, str(shown))
        self.assertIn(SECRET, self.message.with_user(self.colleague).display_name)
