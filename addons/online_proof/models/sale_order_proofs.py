from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, float_repr

from ..const import DIFFERENCES
from ..life import order_facts
from ..utils import sentence


class SaleOrder(models.Model):
    """The proofs of an order: one for each product, or for products that are printed together."""

    _inherit = "sale.order"

    def _get_proofs(self):
        """Return the proofs in the order in which their products stand on the order."""
        self.ensure_one()
        places = {line.proof_id: place for place, line in reversed(list(enumerate(self.order_line)))}
        return self.proof_ids.sorted(lambda proof: (places.get(proof, len(places)), proof.id))

    def _get_needed_proofs(self):
        """Return the proofs that the order waits for: whose products are still there, or that were approved."""
        self.ensure_one()
        proofs = self._get_proofs()
        needed = proofs.filtered(lambda proof: proof.line_ids or proof.state == "approved")
        return needed or proofs

    def _get_lines_without_proof(self):
        """Return the lines of products that need a proof and have none."""
        return self.order_line.filtered(lambda line: not line.proof_id and line._needs_proof())

    def _get_or_create_proofs(self):
        """Return the order's proofs, with those that are missing made now; one where no product needs any."""
        self.ensure_one()
        lines = self._get_lines_without_proof()
        if self.proof_ids and not lines:
            return self._get_proofs()
        self.env["online.proof"].check_access("create")
        order_sudo = self.sudo()  # checked above; how they are made is no matter of rights
        # two at once would make each proof twice: who waited for this row is run again
        self.env.cr.execute(SQL("UPDATE sale_order SET id = id WHERE id = %s", self.id))
        spare = order_sudo.proof_ids.filtered(lambda proof: not proof.line_ids and proof.state == "draft")
        for line in lines or [lines]:
            proof, spare = spare[:1] or order_sudo._create_proof(), spare[1:]
            # sudo: see above
            line.sudo().proof_id = proof
        return self._get_proofs()

    def _create_proof(self):
        values = {"sale_order_id": self.id, "approval_rule": self.company_id.proof_approval_rule}
        return self.env["online.proof"].create(values)

    def _get_or_create_proof(self):
        """Return the proof of the order's first product."""
        return self._get_or_create_proofs()[:1]

    def action_view_proof(self):
        """Open the order's proofs, made now where there are none."""
        self.ensure_one()
        proofs = self._get_or_create_proofs()
        action = self.env["ir.actions.act_window"]._for_xml_id("online_proof.online_proof_action")
        if len(proofs) == 1:
            return {**action, "res_id": proofs.id, "views": [(False, "form")], "view_mode": "form"}
        return {
            **action,
            "domain": [("sale_order_id", "=", self.id)],
            "context": {},
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "view_mode": "list,kanban,form",
        }

    def _check_proof_files(self):
        """Refuse to send where nothing is ready; products whose files are missing follow later."""
        if self.proof_type == "none":
            raise UserError(self.env._("This order needs no proof. Choose another proof type first."))
        drafts = self._get_sendable_drafts()
        if not drafts:
            raise UserError(self.env._("Upload the files of %(name)s first.", name=self.name))
        for draft in drafts:
            draft._check_sendable()

    def _get_sendable_drafts(self):
        """Return the revisions in preparation that have files."""
        return self._get_proofs().draft_revision_id.filtered("file_ids")

    # What was approved

    def _get_proof_facts(self, proof=None):
        """Return what the order says of what is printed, for the record and to see later what changed.

        :param proof: of this proof's products only, and of what needs no proof; without: of all
        """
        self.ensure_one()
        printed = self.order_line.filtered(lambda line: line._is_proofed())
        if proof and proof in printed.proof_id:
            printed = printed.filtered(
                lambda line: line.proof_id == proof or not (line.proof_id or line._needs_proof())
            )
        customer = (proof or self.proof_ids).commercial_partner_id[:1] or self.partner_id.commercial_partner_id
        return {
            "customer": customer.id,
            "customer_name": customer.name or "",
            "lines": [line._get_proof_facts() for line in printed],
            "notes": "\n".join(self._get_notes().mapped("name")),
            "total": float(float_repr(self.amount_total, self.currency_id.decimal_places)),
            "currency": self.currency_id.name,
        }

    def _get_notes(self):
        """Return the lines that say how something is printed, say, and nothing else."""
        return self.order_line.filtered(lambda line: line.display_type == "line_note" and line.name)

    def _get_proof_differences(self):
        """Return sentences about what is not as it was approved; empty where everything is."""
        self.ensure_one()
        proofs_sudo = self._get_needed_proofs().sudo()  # salespeople without the role see what differs
        approved = proofs_sudo.filtered(lambda proof: proof.state == "approved")
        if not approved:
            return []
        found = [text for proof in approved for text in proof._get_difference_texts()]
        passed = {number for proof in approved for number in proof._get_approved_facts().get("passed", [])}
        for line in self._get_lines_without_proof().filtered(lambda line: line.id not in passed):
            values = {"product": line.product_id.display_name}
            found.append(sentence(self.env, DIFFERENCES["unproofed"], values))
        return list(dict.fromkeys(found))


class OnlineProof(models.Model):
    """What is proofed: the products, as the order says them."""

    _inherit = "online.proof"

    line_ids = fields.One2many("sale.order.line", "proof_id", string="Order Lines", readonly=True)

    def _get_proof_facts(self):
        """Return what the order says of this proof's products."""
        return self.sale_order_id._get_proof_facts(self)

    def _get_difference_texts(self):
        """Return sentences about what is not as this proof's approval says."""
        before, watched = self._get_approved_facts(), self.company_id._get_proof_watched()
        # approvals of the first version do not say what the order said
        found = order_facts.differences(before, self._get_proof_facts(), watched) if before else []
        if self.draft_revision_id.file_ids.filtered(lambda file: file.create_date > self.date_accepted):
            found.append(("files", {}))
        return [sentence(self.env, DIFFERENCES[code], values) for code, values in found]

    def _drop_if_unused(self):
        """Delete proofs that nothing is left to show of: no product, no files, never sent."""
        unused = self.exists().filtered(
            lambda proof: (
                not proof.line_ids
                and not proof.revision_ids.file_ids
                and all(revision.state == "draft" for revision in proof.revision_ids)
                and proof.sale_order_id.proof_ids != proof
            )
        )
        unused.unlink()
