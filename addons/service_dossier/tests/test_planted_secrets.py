"""Secrets planted in messages: looked for by every role on every path of one transaction."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DossierCommon

#: What messages say, by who may read them: employees may read the third one.
SECRETS = {"internal": "quagga price 12345", "staff": "dodo margin 67890"}
TEXTS = ("body", "quote", "subject", "recipients", "author_name", "email_from")
#: Fields of other models that lead to a message and that somebody can set over RPC: each is tried below.
POINTERS = {
    "helpdesk.ticket.dossier_message_id",
    "service.dossier.compose.parent_id",
    "service.dossier.place.parent_id",
    "service.dossier.resend.message_id",
}
ROLES = {
    "user": "service_dossier.group_service_dossier_user",
    "manager": "service_dossier.group_service_dossier_manager",
    "agent": "helpdesk_mgmt.group_helpdesk_user",
    "agent_manager": "service_dossier.group_service_dossier_user,helpdesk_mgmt.group_helpdesk_manager",
    "salesman": "service_dossier.group_service_dossier_user,sales_team.group_sale_manager",
    "administrator": "base.group_system,service_dossier.group_service_dossier_manager",
}


@tagged("post_install", "-at_install")
class TestPlantedSecrets(DossierCommon):
    """SD7: what somebody may not see is out of reach, whatever the superuser loaded before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.staff = [
            new_test_user(cls.env, f"sd_role_{name}", groups=f"base.group_allow_export,{groups}")
            for name, groups in ROLES.items()
        ]
        cls.guest = cls._make_portal_user("sd_guest", "Gus", cls.other_customer)
        cls.dossier.message_subscribe(partner_ids=cls.guest.partner_id.ids)
        cls.internal = cls._plant(cls.dealer, "internal")
        cls.for_staff = cls._plant(cls.employee, "staff")
        cls.answer = cls._plant(cls.colleague, "internal", parent=cls.internal)
        cls.ticket = cls.env["helpdesk.ticket"].create({"name": "x", "description": "<p>x</p>"})
        cls.env.flush_all()

    @classmethod
    def _plant(cls, user, audience, **values):
        secret = SECRETS[audience]
        Message = cls.env["service.dossier.message"].with_user(user)
        message = Message._post(
            cls.dossier.with_user(user),
            "attachment",
            audience=audience,
            subject=secret,
            body=f"<p>{secret}</p>",
            files=[(f"{secret}.txt", secret.encode())],
            **values,
        ).sudo()
        message.write({"quote": f"<p>{secret}</p>", "author_name": secret, "email_from": secret, "recipients": secret})
        return message

    def cases(self):
        """Yield the environment of somebody and a message that this person may not see; the superuser knows it all."""
        for user, messages in [
            *((user, self.internal | self.answer) for user in self.staff),
            (self.dealer, self.for_staff),
            (self.stranger, self.internal | self.for_staff | self.answer),
            (self.guest, self.internal | self.for_staff | self.answer),
        ]:
            for message in messages:
                self.env.invalidate_all()
                message.read()
                message.file_ids.read()
                message.file_ids.attachment_id.read()
                self.dossier.sudo().communication_ids.read(TEXTS)
                yield self.env(user=user, context={}), message

    def try_all(self, secret, *attempts):
        """Make each attempt; it is refused, or what it returns tells nothing."""
        for attempt in attempts:
            try:
                with self.env.cr.savepoint(flush=False):
                    found = attempt()
            except (AccessError, UserError, ValueError) as error:
                found = error.args
            self.assertNotIn(secret, str(found))

    def test_record_itself(self):
        """SD7: no field of the message or of its file, by any way of reading, although both are in the cache."""
        for env, message in self.cases():
            with self.subTest(user=env.user.login, audience=message.audience):
                self._try_record_itself(env, message)

    def _try_record_itself(self, env, message):
        secret = SECRETS[message.audience]
        record = env["service.dossier.message"].browse(message.id)
        file = env["service.dossier.file"].browse(message.file_ids.id)
        for name in TEXTS:
            with self.assertRaises(AccessError):
                record[name]
        with self.assertRaises(AccessError):
            file.name  # noqa: B018 - reading is what is tried
        self.try_all(
            secret,
            lambda: record.read(list(TEXTS)),
            lambda: record.web_read({name: {} for name in TEXTS}),
            lambda: record.export_data(list(TEXTS)),
            lambda: record.mapped("body"),
            lambda: record.mapped("child_ids.body"),
            lambda: record.filtered(lambda m: secret in m.body),
            lambda: record.filtered_domain([("body", "ilike", secret)]) and secret,
            lambda: record.display_name,
            lambda: record.copy_data(),
            lambda: file.read(["name", "display_name"]),
            lambda: file.attachment_id.read(["name", "raw", "index_content"]),
            lambda: file.action_download(),
        )

    def test_search_and_group(self):
        """SD7: searching by content, name search, grouping and counting say neither yes nor what."""
        for env, message in self.cases():
            with self.subTest(user=env.user.login, audience=message.audience):
                self._try_search_and_group(env, message)

    def _try_search_and_group(self, env, message):
        secret = SECRETS[message.audience]
        Message, File = env["service.dossier.message"], env["service.dossier.file"]
        for name in TEXTS:
            domain = [(name, "ilike", secret), ("id", "=", message.id)]
            self.try_all(
                secret,
                lambda domain=domain: Message.search(domain) and secret,
                lambda domain=domain: Message.search_count(domain) and secret,
                lambda name=name: Message.formatted_read_group([("id", "=", message.id)], [name], ["__count"]),
                lambda name=name: Message._read_group([], [name], [f"{name}:array_agg"]),
            )
        inside = [("dossier_message_id.body", "ilike", secret)]
        self.ticket.dossier_message_id = message
        self.try_all(
            secret,
            lambda: Message.name_search(secret),
            lambda: File.name_search(secret),
            lambda: File.search([("name", "ilike", secret), ("id", "in", message.file_ids.ids)]) and secret,
            lambda: env["ir.attachment"].search([("index_content", "ilike", secret)]).ids and secret,
            lambda inside=inside: env["helpdesk.ticket"].search(inside) and secret,
            lambda: env["helpdesk.ticket"].search([("dossier_message_id", "ilike", secret)]) and secret,
            lambda: env["helpdesk.ticket"].formatted_read_group([], ["dossier_message_id"], ["__count"]),
            lambda: env["helpdesk.ticket"].formatted_read_group([], ["dossier_message_id.body"], ["__count"]),
            lambda: (
                env["service.dossier"].search([("communication_ids.body", "ilike", secret)]).ids
                and env["service.dossier"].search(
                    [("communication_ids", "any", [("body", "ilike", secret), ("id", "=", message.id)])]
                )
                and secret
            ),
        )

    def test_what_points_at_it(self):
        """SD7: neither making, changing nor filling in something that points at the message tells what it says."""
        for env, message in self.cases():
            with self.subTest(user=env.user.login, audience=message.audience):
                self._try_what_points_at_it(env, message)

    def _try_what_points_at_it(self, env, message):
        secret = SECRETS[message.audience]
        Compose, Ticket = env["service.dossier.compose"], env["helpdesk.ticket"]
        linked = {"dossier_id": self.dossier.id, "parent_id": message.id, "body": "x"}
        spec = {"parent_body": {}, "readers": {}, "parent_id": {"fields": {name: {} for name in TEXTS}}}
        ticket_spec = {
            "dossier_file_ids": {"fields": {"name": {}}},
            "dossier_message_id": {"fields": {"display_name": {}, **{name: {} for name in TEXTS}}},
        }
        own = {"name": "y", "description": "<p>y</p>", "dossier_message_id": message.id}
        dossier = env["service.dossier"].browse(self.dossier.id)
        form = {"communication_ids": {"fields": {name: {} for name in TEXTS}}}
        self.try_all(
            secret,
            lambda: Compose.web_save(linked, spec),
            lambda: Compose.with_context(default_parent_id=message.id).web_save(
                {"dossier_id": self.dossier.id, "body": "x"}, spec
            ),
            lambda: Compose.create({"dossier_id": self.dossier.id, "body": "x"}).web_save(
                {"parent_id": message.id}, spec
            ),
            lambda: Compose.onchange(linked, ["parent_id"], spec),
            lambda: Compose.new(linked).parent_body,
            lambda: Compose.create(linked).action_send(),
            lambda: Compose.web_save(
                {"dossier_id": self.dossier.id, "file_ids": [Command.link(message.file_ids.attachment_id.id)]},
                {"file_ids": {"fields": {"name": {}, "raw": {}}}},
            ),
            lambda: Ticket.web_save(own, ticket_spec),
            lambda: Ticket.browse(self.ticket.id).web_save({"dossier_message_id": message.id}, ticket_spec),
            lambda: Ticket.onchange(own, ["dossier_message_id"], ticket_spec),
            lambda: Ticket.create(own).dossier_message_id.body,
            lambda: dossier.web_save({"reference": "z"}, form),
            lambda: dossier.export_data(["communication_ids/body", "file_ids/name", "complaint_ids/id"]),
            lambda: dossier.web_read({"complaint_ids": {"fields": ticket_spec}, "warranty_ids": {"fields": {}}}),
        )

    def test_ids_of_files(self):
        """SD7: a ticket tells no agent how many files an internal message has, nor their ids."""
        self.ticket.sudo().dossier_message_id = self.internal
        for user in self.staff:
            ticket = self.ticket.with_user(user)
            if ticket.has_access("read"):
                self.assertFalse(ticket.web_read({"dossier_file_ids": {}})[0]["dossier_file_ids"])
        self.ticket.sudo().dossier_message_id = self.for_staff
        as_employee = self.ticket.with_user(self.staff[3])
        self.assertEqual(as_employee.dossier_file_ids, self.for_staff.file_ids)

    def test_links_are_refused(self):
        """SD7: what points at a message is made by those only who may read it."""
        agent = self.staff[3]
        with self.assertRaises(AccessError):
            self.ticket.with_user(agent).dossier_message_id = self.internal
        self.ticket.with_user(agent).dossier_message_id = self.for_staff
        Compose = self.env["service.dossier.compose"].with_user(agent)
        with self.assertRaises(AccessError):
            Compose.create({"dossier_id": self.dossier.id, "parent_id": self.internal.id, "body": "x"})
        self.assertTrue(Compose.create({"dossier_id": self.dossier.id, "parent_id": self.for_staff.id, "body": "x"}))

    def test_wizards_of_the_mail_queue(self):
        """SD7, SD+5: placing a mail and sending one again reach no internal message."""
        Unplaced = self.env["service.dossier.unplaced"]
        mail = Unplaced.create(
            {"company_id": self.company.id, "mail_header": "<p@x.example>", "reason": "unknown", "subject": "x"}
        )
        cases = (
            ("service.dossier.place", {"unplaced_id": mail.id, "dossier_id": self.dossier.id}, "parent_id"),
            ("service.dossier.resend", {"address": "a@x.example", "new_address": "b@x.example"}, "message_id"),
        )
        for model, values, field in cases:
            Wizard = self.env[model].with_user(self.employee)
            with self.assertRaises(AccessError):
                Wizard.create({**values, field: self.internal.id})
            wizard = Wizard.create({**values, field: self.for_staff.id})
            with self.assertRaises(AccessError):
                wizard.write({field: self.internal.id})
        mail.parent_id = self.internal
        wizard = self.env["service.dossier.place"].with_user(self.employee)
        wizard = wizard.create({"unplaced_id": mail.id, "dossier_id": self.dossier.id})
        self.assertFalse(wizard.parent_id, "what the window fills in by itself")
        with self.assertRaises(AccessError):
            mail.with_user(self.employee)._attach(self.dossier, self.internal.with_user(self.employee))

    def test_every_pointer_is_known(self):
        """SD7: a field that leads to messages and that somebody may set is in this suite."""
        found = set()
        for name, model_class in self.env.registry.items():
            if model_class._abstract or name.startswith("service.dossier.message") or name == "service.dossier":
                continue
            rights = self.env["ir.model.access"].sudo()
            writers = rights.search_count([("model_id.model", "=", name), ("perm_create", "=", True)])
            for field in model_class._fields.values():
                if field.comodel_name == "service.dossier.message" and field.store and writers:
                    found.add(f"{name}.{field.name}")
        self.assertEqual(found, POINTERS)

    def test_readers_see_it(self):
        """SD7: its readers find it where they look, also after it was changed by somebody else."""
        message = self.internal.with_user(self.colleague)
        self.assertIn(SECRETS["internal"], message.body)
        self.internal.body = "<p>new text</p>"
        self.assertIn("new text", message.body)
        self.assertIn("new text", message.read(["body"])[0]["body"])
        self.env.invalidate_all()
        self.assertIn("new text", self.internal.body)
