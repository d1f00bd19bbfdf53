"""The dossier as one document: what the reader may see, and nothing else."""

from odoo import api, models


class ReportDossier(models.AbstractModel):
    _name = "report.service_dossier.report_dossier"
    _description = "Dossier as a Document"

    @api.model
    def _get_report_values(self, docids, data=None):
        """Collect the messages as the person who prints, whatever rights the report itself runs with."""
        as_reader = self.sudo(False)
        dossiers = as_reader.env["service.dossier"].browse(docids)
        dossiers.check_access("read")
        messages = as_reader.env["service.dossier.message"].search([("dossier_id", "in", docids)], order="id")
        files = as_reader.env["service.dossier.file"].search([("message_id", "in", messages.ids)])
        # found as the reader; the document shows names of products and people, which customers may not read
        return {
            "doc_ids": docids,
            "doc_model": "service.dossier",
            "docs": dossiers.sudo(),
            "messages": {dossier.id: group.sudo() for dossier, group in messages.grouped("dossier_id").items()},
            "files": {message.id: group.sudo() for message, group in files.grouped("message_id").items()},
            "warranties": {
                dossier.id: as_reader.env["service.warranty"].search([("dossier_id", "=", dossier.id)]).sudo()
                for dossier in dossiers
            },
        }
