"""Helpdesk agents without a role in dossiers."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import DossierCommon

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c626001000000ffff03000006000557bfabd40000000049454e44ae426082"
)


@tagged("post_install", "-at_install")
class TestAgents(DossierCommon, HttpCase):
    """SD+7: agents see the photos of the complaints that they work on, and nothing else of a dossier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = new_test_user(cls.env, "sd_agent", groups="helpdesk_mgmt.group_helpdesk_user")
        cls.personal = new_test_user(cls.env, "sd_personal", groups="helpdesk_mgmt.group_helpdesk_user_own")
        cls.member = new_test_user(cls.env, "sd_member", groups="helpdesk_mgmt.group_helpdesk_user_team")
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Screens", "user_ids": [Command.set(cls.member.ids)]}
        )
        cls.company.dossier_complaint_team_id = cls.team

    def complain(self):
        """Make a complaint with a photo, and an answer with another."""
        complaint = self.post(self.dealer, "complaint", files=[("scratch.png", PNG)])
        self.post(self.colleague, parent=complaint, files=[("closer.png", PNG)])
        return complaint.sudo().ticket_ids

    def test_agent_opens_the_photos(self):
        """SD+7: the ticket's form lists the photos of the whole conversation, and they open."""
        ticket = self.complain().with_user(self.agent)
        with Form(ticket) as form:
            self.assertEqual(len(form.dossier_file_ids), 2)
        self.assertEqual(ticket.dossier_file_ids.mapped("name"), ["scratch.png", "closer.png"])
        action = ticket.dossier_file_ids[0].action_download()
        self.authenticate("sd_agent", "sd_agent")
        self.assertEqual(self.url_open(action["url"]).content, PNG)

    def test_only_of_complaints(self):
        """SD+7, SD7: other files of the dossier, internal and deactivated ones are out of the agent's reach."""
        files = self.complain().dossier_file_ids
        self.post(self.dealer, "attachment", files=[("plan.png", PNG)])
        self.post(self.dealer, "attachment", audience="internal", files=[("secret.png", PNG)])
        File = self.env["service.dossier.file"].with_user(self.agent)
        self.assertEqual(File.search([]), files)
        hidden = self.env["service.dossier.file"].search([("name", "in", ("plan.png", "secret.png"))])
        self.assertEqual(len(hidden), 2)
        for file in hidden:
            with self.assertRaises(AccessError):
                file.with_user(self.agent).read(["name"])
            with self.assertRaises(AccessError):
                file.attachment_id.with_user(self.agent).read(["raw"])
        files[0].with_user(self.dealer)._deactivate()
        self.assertEqual(File.search([]), files[1])
        for model in ("service.dossier", "service.dossier.message"):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.agent).search([])

    def test_as_far_as_their_tickets_go(self):
        """SD+7: who sees the tickets of a team, or the own ones, sees their photos and no others."""
        ticket = self.complain()
        File = self.env["service.dossier.file"]
        self.assertEqual(len(File.with_user(self.member).search([])), 2)
        self.assertFalse(File.with_user(self.personal).search([]), "another team's")
        self.team.user_ids |= self.personal
        ticket.user_id = self.personal
        self.assertEqual(len(File.with_user(self.personal).search([])), 2)
        ticket.user_id = self.member
        self.assertFalse(File.with_user(self.personal).search([]))
        other = self.env["helpdesk.ticket.team"].create({"name": "Other"})
        ticket.write({"team_id": other.id, "user_id": False})
        self.assertFalse(File.with_user(self.member).search([]))

    def test_role_in_dossiers_keeps_everything(self):
        """SD+7: whoever has both roles sees all files, as before."""
        self.agent.group_ids |= self.env.ref("service_dossier.group_service_dossier_user")
        self.post(self.dealer, "attachment", files=[("plan.png", PNG)])
        self.assertIn("plan.png", self.env["service.dossier.file"].with_user(self.agent).search([]).mapped("name"))

    def test_who_is_looking(self):
        """SD+7: a form says which colleagues have the same complaint or dossier open, until they leave it."""
        ticket = self.complain()
        self.assertEqual(ticket.with_user(self.agent).look(), [])
        self.assertEqual(ticket.with_user(self.member).look(), [self.agent.name])
        self.assertEqual(ticket.with_user(self.agent).look(), [self.member.name])
        self.assertEqual(self.dossier.with_user(self.employee).look(), [], "another record")
        ticket.with_user(self.member).leave()
        self.assertEqual(ticket.with_user(self.agent).look(), [])
        ticket.with_user(self.member).look()
        self.env.cr.execute("UPDATE service_dossier_viewer SET date_seen = date_seen - interval '1 minute'")
        self.env.invalidate_all()
        self.assertEqual(ticket.with_user(self.agent).look(), [], "a closed browser is forgotten")

    def test_who_may_look(self):
        """SD+7: only employees who may read the record, and customers learn no names."""
        ticket = self.complain()
        for record, user in ((ticket, self.dealer), (ticket, self.personal), (self.dossier, self.agent)):
            with self.assertRaises(AccessError):
                record.with_user(user).look()
        with self.assertRaises(AccessError):
            self.env["service.dossier.viewer"].with_user(self.manager).search([])
