"""The dossier as one document: what the reader may see, and nothing else."""

from odoo import api, models
from odoo.fields import Domain


class ReportDossier(models.AbstractModel):
    """The document of a dossier."""

    _name = "report.service_dossier.report_dossier"
    _description = "Dossier as a Document"

    @api.model
    def _messages_of(self, as_reader, docids):
        """Return what the reader may see; where a program prints, nobody knows who reads: what everybody may."""
        domain = Domain("dossier_id", "in", docids)
        if as_reader.env.su:
            domain &= Domain("audience", "=", "everyone")
        return as_reader.env["service.dossier.message"].search(domain, order="id")

    @api.model
    def _get_report_values(self, docids, data=None):
        """Collect the messages as the person who prints, whatever rights the report itself runs with."""
        as_reader = self.sudo(False)
        dossiers = as_reader.env["service.dossier"].browse(docids)
        dossiers.check_access("read")
        messages = self._messages_of(as_reader, docids)
        files = as_reader.env["service.dossier.file"].search([("message_id", "in", messages.ids)])
        warranties = as_reader.env["service.warranty"].search([("dossier_id", "in", docids)])
        # found as the reader; the document shows names of products and people, which customers may not read
        dossiers_sudo, messages_sudo, files_sudo, warranties_sudo = (
            records.sudo() for records in (dossiers, messages, files, warranties)
        )
        by_dossier = warranties_sudo.grouped("dossier_id")
        return {
            "doc_ids": docids,
            "doc_model": "service.dossier",
            "docs": dossiers_sudo,
            "messages": {dossier.id: found for dossier, found in messages_sudo.grouped("dossier_id").items()},
            "files": {message.id: found for message, found in files_sudo.grouped("message_id").items()},
            "warranties": {dossier.id: by_dossier.get(dossier, warranties_sudo.browse()) for dossier in dossiers_sudo},
        }
