import json

from odoo import models

from ..engine import client, const
from ..engine.errors import FileRefusedError


class OnlineProofPage(models.Model):
    """How a page looks on its paper, and the inks that it is printed with; made for pages that somebody asks about."""

    _inherit = "online.proof.page"

    def _get_paper(self):
        """Return the attachment with the page on the white of its paper, or None while the server is busy.

        Only Ghostscript knows the paper; what another renderer drew is shown as it is.
        """
        self.ensure_one()
        if self.renderer != "ghostscript":
            return self._get_picture()

        def render(target):
            scale = const.PREVIEW_SIDE / max(self.zoom_width, self.zoom_height)
            zoom = [max(1, round(side * scale)) for side in (self.zoom_width, self.zoom_height)]
            self._render_part(zoom, [0, 0, *zoom], target, paper=True)

        return self._get_derived("paper.jpg", render)

    def _get_plates(self):
        """Return the attachment with the plates of the page, or None while the server is busy.

        Its description says in JSON which inks they are, see ``engine.plates``.

        :raises FileRefusedError: if the page has no plates
        """
        self.ensure_one()
        if self.renderer != "ghostscript" or self.state != "ready":
            raise FileRefusedError("no_plates")

        def render(target):
            file = self.file_id
            # sudo: the original is readable through the file only
            with file.attachment_id.sudo()._proof_path() as path, file._press_path() as press:
                return json.dumps(client.separate(path, self.frame, const.PREVIEW_SIDE, target, press))

        return self._get_derived("plates.png", render)

    def _get_plate_tile(self, column, row):
        """Return the attachment with the plates of one square at full zoom, in the order of the whole page's.

        None while the server is busy.

        :raises IndexError: outside of the page
        :raises FileRefusedError: if the page has no plates
        """
        box, zoom = self._get_tile_box(column, row), [self.zoom_width, self.zoom_height]
        plates = self._get_plates()
        if not plates:
            return None
        names = [ink["name"] for ink in json.loads(plates.description)["inks"]]

        def render(target):
            # sudo: the original is readable through the file only
            with self.file_id.attachment_id.sudo()._proof_path() as path, self.file_id._press_path() as press:
                client.separate_region(path, self.frame, zoom, box, names=names, target=target, press=press)

        return self._get_derived(f"plates-{column}-{row}.png", render)
