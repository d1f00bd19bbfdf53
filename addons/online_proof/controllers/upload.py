from odoo import http
from odoo.addons.base_safeguard.file_content import FileContent
from odoo.addons.base_safeguard.http import uploaded_files
from odoo.exceptions import AccessError, UserError
from odoo.http import request
from werkzeug.exceptions import NotFound

from ..const import MAX_UPLOAD_MB, UPLOAD_PARAMETER


def _limit(_controller):
    """Return the size of a request's body that is read at all."""
    parameter = request.env["ir.config_parameter"].sudo().get_param(UPLOAD_PARAMETER) or ""
    return (int(parameter) if parameter.isdigit() else MAX_UPLOAD_MB) * 2**20 + 2**20


class ProofUpload(http.Controller):
    """Takes the shop's files; what the header announces beyond the limit is not even read."""

    @http.route(
        "/online_proof/upload/<int:proof_id>", type="http", auth="user", methods=["POST"], max_content_length=_limit
    )
    def upload(self, proof_id, **kwargs):
        """Put the posted files on the proof; answers per file whether it was taken."""
        proof = request.env["online.proof"].browse(proof_id).exists()
        if not proof:
            raise NotFound
        try:
            proof.check_access("write")
            files = [(upload.filename, FileContent(upload.stream)) for upload in uploaded_files("files")]
            with request.env.cr.savepoint():
                results = proof.sudo()._add_files(files)  # pages and findings are made by methods only
        except (AccessError, UserError) as error:
            return request.make_json_response({"error": str(error)})
        return request.make_json_response({"results": results})
