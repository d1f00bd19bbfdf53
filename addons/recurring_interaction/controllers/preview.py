from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request
from werkzeug.exceptions import NotFound


class PreviewController(http.Controller):
    """The PDF that a recurring invoice will make next."""

    @http.route(
        "/recurring_interaction/preview/<int:recurrence_id>", type="http", auth="user", methods=["GET"], readonly=False
    )
    def preview(self, recurrence_id):
        """Answer with the PDF of the next invoice; nothing of it stays in the database."""
        recurrence = request.env["recurring.recurrence"].browse(recurrence_id)
        try:
            content = recurrence._preview_pdf()
        except (AccessError, MissingError) as error:
            raise NotFound from error
        except UserError as error:
            return request.make_response(
                str(error), headers=[("Content-Type", "text/plain; charset=utf-8")], status=422
            )
        return request.make_response(
            content,
            headers=[
                ("Content-Type", "application/pdf"),
                ("Content-Disposition", content_disposition(f"{recurrence.name}.pdf", "inline")),
                ("Cache-Control", "private, no-store"),
            ],
        )
