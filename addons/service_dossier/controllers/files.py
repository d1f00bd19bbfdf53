"""Files of messages."""

from odoo import http
from odoo.addons.base_safeguard.http import plain_texts, private_response
from odoo.exceptions import AccessError
from odoo.http import request

from .visitor import DossierVisitor


class ServiceDossierFiles(http.Controller):
    """Downloading and deactivating files."""

    @http.route("/my/dossiers/file/<int:file_id>", type="http", auth="user", website=True, methods=["GET"])
    @plain_texts
    def portal_file(self, file_id, inline=None, **kw):
        """Send a file: pictures and PDFs into the page when asked for, everything else as a download."""
        _visitor, file = DossierVisitor.of_file(file_id)
        attachment_sudo = file.sudo().attachment_id  # the file's own rules were just checked
        stream = request.env["ir.binary"]._get_stream_from(attachment_sudo)
        as_attachment = not (inline and file._may_show_inline())
        return private_response(stream.get_response(as_attachment=as_attachment), file=True)

    @http.route("/my/dossiers/file/<int:file_id>/deactivate", type="http", auth="user", website=True, methods=["POST"])
    @plain_texts
    def portal_deactivate_file(self, file_id, **kw):
        """Deactivate an own file."""
        visitor, file = DossierVisitor.of_file(file_id)
        try:
            file._deactivate()
        except AccessError as error:
            return visitor.lead_back(problem=str(error.args[0]), tab="communication")
        return visitor.lead_back(notice=request.env._("The file was deactivated."), tab="communication")
