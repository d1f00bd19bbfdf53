import base64
import contextlib
from pathlib import Path

from odoo import fields, models

from ..engine import client
from ..engine.errors import FileRefusedError
from ..engine.press import DEFAULT, SHIPPED


class OnlineProofFile(models.Model):
    """What a file is printed with: fixed when it comes, so that all its pictures have the same colors."""

    _inherit = "online.proof.file"

    press = fields.Char(
        readonly=True, help="The company's press when the file came; empty for files of the first version."
    )
    press_profile = fields.Binary(attachment=True, readonly=True)

    def _prepare_press_values(self, company):
        """Return what a new file keeps of the company's press."""
        profile = company.proof_press_profile if company.proof_press == "own" else False
        return {"press": company.proof_press, "press_profile": profile}

    def _get_disagreements(self, path, press):
        """Return a finding for each page that a second, independent renderer draws otherwise."""
        pages = self.page_ids.filtered(lambda page: page.renderer == "ghostscript" and page.state == "ready")
        if not pages:
            return []
        with contextlib.ExitStack() as stack, client.work_folder() as folder:
            drawn = [
                {
                    "frame": pages.browse(picture.res_id).frame,
                    "picture": str(stack.enter_context(picture._proof_path())),
                }
                for picture in pages._get_picture()
            ]
            try:
                found = client.disagreements(path, drawn, folder, press)
            except FileRefusedError:
                # a check that fails is no reason to refuse a file; that there was none is said
                return [{"code": "no_second_opinion", "severity": "info", "page": 0, "values": {}}]
            return [
                {
                    "code": "renderers_disagree",
                    "severity": "warning",
                    "page": page["frame"] + 1,
                    "box": page["box"],
                    "values": {},
                    "other_picture": base64.b64encode(Path(page["picture"]).read_bytes()),
                }
                for page in found
            ]

    @contextlib.contextmanager
    def _press_path(self):
        """Yield the path of the press profile, empty for RGB."""
        if self.press != "own":
            yield shipped_path(self.press)
            return
        with profile_path(self, "press_profile") as path:
            yield path


def shipped_path(press):
    """Return the path of a profile that ships with the addon, empty for RGB; files of the first version have none."""
    return str(SHIPPED.get(press or DEFAULT) or "")


@contextlib.contextmanager
def profile_path(record, field):
    """Yield the path of the file in a binary field."""
    attachment_sudo = (
        record.env["ir.attachment"]
        .sudo()  # the file of a field: reading it is a matter of the record
        .search([("res_model", "=", record._name), ("res_id", "=", record.id), ("res_field", "=", field)])
    )
    with attachment_sudo._proof_path() as path:
        yield str(path)
