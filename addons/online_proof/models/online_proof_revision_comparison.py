import contextlib
import hashlib
import json

from odoo import fields, models

from ..engine import client
from ..engine.errors import FileRefusedError


class ResCompany(models.Model):
    """From which difference on a shop calls a color another one."""

    _inherit = "res.company"

    proof_color_limit = fields.Float(
        string="Visible Difference (dE2000)",
        default=2.0,
        help="When two revisions are compared, a difference from here on is one of color; below, one of the inks only.",
    )


class OnlineProofPage(models.Model):
    """What changed on a page."""

    _inherit = "online.proof.page"

    def _get_differences(self, older):
        """Return the attachment with the differences to a page of an older revision, or None while busy.

        It is a transparent picture; its description says in JSON what differs, see ``engine.compare``.
        """
        self.ensure_one()

        def render(target):
            with self._comparable() as second, older._comparable() as first:
                limit = self.company_id.proof_color_limit
                return json.dumps(client.compare(first, second, target, limit))

        return self._get_derived(f"changes-{older.id}.png", render)

    @contextlib.contextmanager
    def _comparable(self):
        """Yield what the engine has to know of the page; its files are there as long as this lasts."""
        file = self.file_id
        # sudo: the original is readable through the file only
        with file.attachment_id.sudo()._proof_path() as path, file._press_path() as press:
            yield {
                "path": str(path),
                "kind": file.kind,
                "frame": self.frame,
                "press": press,
                "width_mm": self.width_mm,
                "height_mm": self.height_mm,
            }

    @contextlib.contextmanager
    def _recognizable(self):
        """Yield what pages are recognized by: the place in the file and the small picture of each of them."""
        with contextlib.ExitStack() as stack:
            files = {
                # sudo: as above
                file.id: str(stack.enter_context(file.attachment_id.sudo()._proof_path()))
                for file in self.file_id
            }
            pictures = {
                picture.res_id: str(stack.enter_context(picture._proof_path()))
                for picture in self._get_picture("thumbnail")
            }
            yield [
                {
                    "path": files[page.file_id.id],
                    "kind": page.file_id.kind,
                    "frame": page.frame,
                    "thumbnail": pictures.get(page.id, ""),
                    "width_mm": page.width_mm,
                    "height_mm": page.height_mm,
                }
                for page in self
            ]


class OnlineProofRevision(models.Model):
    """Which page is which page of an older revision."""

    _inherit = "online.proof.revision"

    def _get_page_pairs(self, older):
        """Return the pages of both revisions, in the order of this one.

        :returns: list of dicts with ``old``, ``new`` (pages, one of them may be empty) and ``state``, see
            ``engine.matching``
        """
        self.ensure_one()
        before, after = (revision.page_ids.sorted("number") for revision in (older, self))
        return [
            {
                "old": before[pair["old"]] if pair["old"] is not None else before.browse(),
                "new": after[pair["new"]] if pair["new"] is not None else after.browse(),
                "state": pair["state"],
            }
            for pair in self._match_pages(before, after)
        ]

    def _prepare_comparison(self):
        """Recognize the pages of the revision before, so that nobody has to wait for it."""
        earlier = self.proof_id.revision_ids.filtered(lambda other: other.number < self.number)
        previous = earlier.sorted("number")[-1:]
        if previous.is_ready:
            self._get_page_pairs(previous)

    def _match_pages(self, before, after):
        """Return the pairs of the engine, made once for the same pages."""
        pages = json.dumps([before.ids, after.ids, before.mapped("state"), after.mapped("state")])
        name = f"pages-{hashlib.sha256(pages.encode()).hexdigest()[:32]}.json"
        attachments_sudo = self.env["ir.attachment"].sudo()  # belongs to the revision, which the caller may see
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("name", "=", name)]
        found = attachments_sudo.search([*domain, ("res_field", "=", False)], limit=1)
        if found:
            return json.loads(found.raw)
        with before._recognizable() as first, after._recognizable() as second:
            pairs = client.match(first, second)
        attachments_sudo.create({"name": name, "raw": json.dumps(pairs), "res_model": self._name, "res_id": self.id})
        return pairs


class OnlineProofComment(models.Model):
    """A comment moves with its page."""

    _inherit = "online.proof.comment"

    def _get_page_numbers(self, revision):
        """Return, by comment's id, the number of its page in a revision; 0 where that page is gone."""
        numbers = {comment.id: comment.page_number for comment in self}
        for origin, comments in self.grouped("revision_id").items():
            if origin == revision or not origin.is_ready or not revision.is_ready:
                continue
            try:
                pairs = revision._get_page_pairs(origin)
            except FileRefusedError:
                # pages that cannot be recognized keep their numbers
                continue
            places = {pair["old"].number: pair["new"].number for pair in pairs if pair["old"]}
            numbers |= {comment.id: places.get(comment.page_number, 0) for comment in comments}
        return numbers
