import base64
import hashlib
import io
import logging

from odoo import fields, models
from odoo.addons.base_safeguard.languages import installed_language
from odoo.exceptions import UserError
from odoo.tools.pdf import OdooPdfFileReader, OdooPdfFileWriter
from PyPDF2.errors import PdfReadError

from ..life import signature

_logger = logging.getLogger(__name__)


class OnlineProofRevision(models.Model):
    """What an approval rests on, and its certificate: a signed PDF/A with the record attached, which stays."""

    _inherit = "online.proof.revision"

    def _get_approval_basis(self):
        """Return rule and people that the revision was approved under, as ``life.verdict`` takes them."""
        if not self.approval_basis:
            return {}
        # sudo: the state follows from all of them, whoever looks
        people_sudo = self.env["online.proof.reviewer"].sudo().browse(self.approval_basis["asked"]).exists()
        asked = frozenset(person._get_person() for person in people_sudo)
        return {"former_rule": self.approval_basis["rule"], "former_asked": asked}

    def _get_certified_circle(self):
        """Return ``(label of the rule, names of who was asked)`` for the certificate; None of older approvals."""
        if not self.approval_basis:
            return None
        rules = dict(self.proof_id._fields["approval_rule"]._description_selection(self.env))
        people = self.env["online.proof.reviewer"].browse(self.approval_basis["asked"]).exists()
        names = dict.fromkeys(f"{person.name} <{person.email}>" for person in people)
        return rules[self.approval_basis["rule"]], ", ".join(names)

    def _approve_anew(self):
        """Rest the approval on those that are left, with a certificate that names no others."""
        self.write({"approval_basis": self.proof_id._prepare_approval_basis(), "certificate": False})
        self.certificate_digest = False
        self.env.ref("online_proof.ir_cron_prepare").sudo()._trigger()  # as whoever took a decision back

    def _get_certificate_lang(self):
        return installed_language(self.env, self.customer_id.lang, self.proof_id.partner_id.lang)

    def _get_certificate(self):
        """Return the attachment with the approval certificate, made now where that was not done yet."""
        self.ensure_one()
        if not self.date_approved:
            return self.env["ir.attachment"]
        if not self.certificate:
            # whoever may see the approval
            report = self.env["ir.actions.report"].sudo().with_context(lang=self._get_certificate_lang())
            content, _type = report._render_qweb_pdf("online_proof.online_proof_certificate_report", self.ids)
            signed = self._sign_certificate(content)
            # sudo: the certificate is made for whoever may see the approval first
            self.sudo().write(
                {"certificate": base64.b64encode(signed), "certificate_digest": hashlib.sha256(signed).hexdigest()}
            )
        return self._get_field_attachment("certificate")

    def _is_certificate_unaltered(self):
        """Return whether the certificate, where there is one, is the one that was made."""
        if not (self.certificate and self.certificate_digest):
            return True
        return hashlib.sha256(base64.b64decode(self.certificate)).hexdigest() == self.certificate_digest

    def _get_record_text(self):
        """Return the recorded decisions, one a line, as each of them was digested."""
        made = self.decision_ids.sorted("number")
        return "\n".join(f"{own.digest} {own.previous_digest} {own.record}" for own in made)

    def _sign_certificate(self, content):
        """Return the PDF with the record attached, as PDF/A, signed with the company's key."""
        try:
            document = self._attach_record(content)
        except PdfReadError as error:
            raise UserError(self.env._("The certificate cannot be made: wkhtmltopdf gave no PDF.")) from error
        except KeyError:
            # Odoo's conversion knows the fonts of wkhtmltopdf only; signature and record matter more
            _logger.warning("the certificate of revision %s is no PDF/A", self.id, exc_info=True)
            document = self._attach_record(content, archival=False)
        company = self.company_id
        key = self.env["online.proof.seal"]._get_key(company)
        reason = self.env._("Approval of %(name)s", name=self.display_name)
        try:
            return signature.sign(document, key, reason=reason, tsa_url=company.proof_tsa_url)
        except signature.StampError:
            # the authority is away: the certificate is worth much without its stamp, and is needed now
            _logger.warning("no time stamp from %s, signed without", company.proof_tsa_url, exc_info=True)
            return signature.sign(document, key, reason=reason)

    def _attach_record(self, content, *, archival=True):
        """Return a PDF with the recorded decisions as an attachment.

        :param archival: make it a PDF/A, too
        """
        writer = OdooPdfFileWriter()
        writer.cloneReaderDocumentRoot(OdooPdfFileReader(io.BytesIO(content), strict=False))
        writer.add_attachment("record.txt", self._get_record_text().encode(), subtype="text/plain")
        if archival:
            writer.convert_to_pdfa()
            date = f"{fields.Datetime.now().isoformat()}Z"
            writer.add_file_metadata(signature.metadata(self._get_certificate_name(), date))
        stream = io.BytesIO()
        writer.write(stream)
        return stream.getvalue()

    def _get_certified_acceptance(self):
        """Return the acceptance of the terms that held when the revision was approved."""
        return self.env["online.proof.terms.acceptance"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.customer_id.id),
                ("date", "<=", self.date_approved or fields.Datetime.now()),
                # of an agency, say, which accepts no terms in the customer's name
                ("terms_id", "in", self._get_certified_decisions().terms_id.ids),
            ],
            limit=1,
        )

    def _get_certified_decisions(self):
        """Return the approvals that stand."""
        return self.env["online.proof.decision"]._get_standing(self).filtered(lambda own: own.decision == "approved")

    def _get_certificate_name(self):
        title = self.env._("Certificate %(revision)s", revision=f"{self.proof_id.display_name}-{self.number}")
        return f"{title}.pdf".replace("/", "-")

    def action_certificate(self):
        """Download the certificate."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": f"/proof/staff/{self.proof_id.id}/certificate?revision={self.id}"}
