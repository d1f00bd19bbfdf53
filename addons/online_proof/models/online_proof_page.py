import contextlib
import io
from collections import defaultdict
from pathlib import Path

from odoo import api, fields, models
from odoo.tools import SQL
from PIL import Image

from ..const import LOCK_RENDER, RENDER_SLOTS
from ..engine import client, const, rasteriser


def _small(path):
    """Return the thumbnail of a rendered page: the one that was written beside it, else one made of it."""
    written = Path(f"{path}{const.SMALL_SUFFIX}")
    if written.exists():
        return written.read_bytes()
    size = (const.SMALL_SIDE, const.SMALL_SIDE)
    with Image.open(path) as image:
        image.draft("RGB", size)
        image.thumbnail(size)
        small = io.BytesIO()
        image.save(small, "JPEG", quality=const.SMALL_QUALITY)
    return small.getvalue()


class OnlineProofPage(models.Model):
    """One page of a revision, as a picture; parts of it at full zoom are made when asked for."""

    _name = "online.proof.page"
    _description = "Proof Page"
    _inherit = ["online.proof.guarded"]
    _order = "revision_id, number, id"
    _rec_name = "number"

    file_id = fields.Many2one("online.proof.file", required=True, ondelete="cascade", index=True)
    revision_id = fields.Many2one(related="file_id.revision_id", store=True, index=True, precompute=True)
    company_id = fields.Many2one(related="file_id.company_id", store=True, precompute=True, index="btree_not_null")
    number = fields.Integer(required=True, help="Within the revision, from 1.")
    frame = fields.Integer(help="Within the file, from 0.")
    width_mm = fields.Float(string="Width (mm)")
    height_mm = fields.Float(string="Height (mm)")
    zoom_width = fields.Integer()
    zoom_height = fields.Integer()
    trim = fields.Json(help="Trim rectangle as fractions of the page.")
    state = fields.Selection(
        [("waiting", "Waiting"), ("ready", "Ready"), ("failed", "Cannot be displayed")],
        default="waiting",
        required=True,
    )
    renderer = fields.Char(readonly=True, help="What drew the picture; empty for pages of the first version.")
    preview = fields.Binary(attachment=True)
    thumbnail = fields.Binary(attachment=True)

    def _store_pictures(self, drawn):
        """Keep rendered pictures and small ones made of them.

        :param drawn: list of (page that has no picture yet, path; None: it could not be rendered)
        """
        values, pages_by_renderer = [], defaultdict(self.browse)
        for page, path in drawn:
            pages_by_renderer[path and rasteriser.renderer_of(Path(path))] += page
            if path:
                values += [page._prepare_picture_values("preview", Path(path).read_bytes())]
                values += [page._prepare_picture_values("thumbnail", _small(path))]
        for renderer, pages in pages_by_renderer.items():
            pages.write({"state": "ready", "renderer": renderer} if renderer else {"state": "failed"})
        # the files of the two fields, of all pages at once; sudo: they belong to the page
        self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True).create(values)
        self.invalidate_recordset(["preview", "thumbnail"])

    def _prepare_picture_values(self, field, content):
        owner = {"res_model": self._name, "res_id": self.id, "res_field": field}
        return {"name": field, "type": "binary", "mimetype": "image/jpeg", "raw": content, **owner}

    def _get_picture(self, field="preview"):
        """Return the attachment behind one of the picture fields."""
        return (
            self.env["ir.attachment"]
            .sudo()  # the caller has checked the right to see the page
            .search([("res_model", "=", self._name), ("res_id", "in", self.ids), ("res_field", "=", field)])
        )

    # Regions at full zoom

    def _get_tile(self, column, row, *, paper=False):
        """Return the attachment with one square of the page at full zoom, or None while the server is busy.

        :raises IndexError: outside of the page
        :raises FileRefusedError: if nothing can draw it
        """
        self.ensure_one()
        box, zoom = self._get_tile_box(column, row), [self.zoom_width, self.zoom_height]
        name = f"tile-{'paper-' if paper else ''}{column}-{row}.jpg"
        return self._get_derived(name, lambda target: self._render_part(zoom, box, target, paper=paper))

    def _get_tile_box(self, column, row):
        """Return left, top, right and bottom of a square, in pixels at full zoom.

        :raises IndexError: outside of the page
        """
        left, top = column * const.TILE, row * const.TILE
        if not (0 <= left < self.zoom_width and 0 <= top < self.zoom_height):
            raise IndexError
        return [left, top, min(left + const.TILE, self.zoom_width), min(top + const.TILE, self.zoom_height)]

    def _render_part(self, zoom, box, target, **options):
        # pages of the first version keep their pictures, and their parts look like them
        renderer = self.renderer or "poppler"
        file = self.file_id
        # sudo: the original is readable through the file only
        with file.attachment_id.sudo()._proof_path() as path, file._press_path() as press:
            options.update(renderer=renderer, press=press if self.renderer else "")
            client.render_region(path, file.kind, self.frame, zoom, box, target, **options)

    def _get_derived(self, name, render):
        """Return the attachment ``name`` of this page, made by ``render`` the first time it is asked for.

        None while the server is busy.

        :raises FileRefusedError: if it cannot be made
        """
        found = self._find_derived(name)
        if found:
            return found
        with self._render_slot() as free, client.work_folder() as folder:
            if not free:
                return None
            target = folder / name
            description = render(target)
            return self._keep_derived(name, target, description)

    def _find_derived(self, name):
        attachments_sudo = self.env["ir.attachment"].sudo()  # derived pictures belong to the page
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("name", "=", name)]
        return attachments_sudo.search([*domain, ("res_field", "=", False)], limit=1)

    def _keep_derived(self, name, path, description=None):
        # sudo: as above; nobody but the page's reader gets at it
        attachments_sudo = self.env["ir.attachment"].sudo().with_context(image_no_postprocess=True)
        return attachments_sudo.create(
            {
                "name": name,
                "raw": path.read_bytes(),
                "res_model": self._name,
                "res_id": self.id,
                "description": description or False,
            }
        )

    @contextlib.contextmanager
    def _render_slot(self):
        """Yield whether one of the few places for rendering on request is free; it is taken until the commit."""
        for slot in range(RENDER_SLOTS):
            if self.env.execute_query(SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_RENDER, slot))[0][0]:
                yield True
                return
        yield False

    @api.model
    def _fetch_for_viewer(self, revisions):
        """Return the pages of revisions with what the viewer needs, in one query."""
        names = ["revision_id", "number", "width_mm", "height_mm", "zoom_width", "zoom_height", "trim", "state"]
        return self.search_fetch([("revision_id", "in", revisions.ids)], names, order="number, id")

    def _prepare_viewer_values(self):
        """Return what the viewer has to know of each page."""
        return [
            {
                "id": page.id,
                "number": page.number,
                "width": round(page.width_mm, 1),
                "height": round(page.height_mm, 1),
                "zoomWidth": page.zoom_width,
                "zoomHeight": page.zoom_height,
                "trim": page.trim or None,
                "state": page.state,
            }
            for page in self
        ]
