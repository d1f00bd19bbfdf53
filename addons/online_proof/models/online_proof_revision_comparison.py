import contextlib
import hashlib
import json
from pathlib import Path

from odoo import fields, models

from ..engine import client
from ..engine.errors import FileRefusedError

#: Pages that are compared by one process: their files are opened once.
COMPARED_TOGETHER = 10


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
        The pages after it are compared at once: who asks for one looks at the next ones, too.
        """
        self.ensure_one()
        found = self._find_derived(older._get_differences_name())
        if found:
            return found
        with self._render_slot() as free:
            return self._compare_from(older) if free else None

    def _compare_from(self, older):
        pairs = self._get_pairs_from(older)
        try:
            return self._compare_pages(pairs)[self]
        except FileRefusedError:
            if len(pairs) == 1:
                raise
            # too much at once, or a page among them that is: this one by itself
            return self._compare_pages(pairs[:1])[self]

    def _get_differences_name(self):
        return f"changes-{self.id}.png"

    def _get_pairs_from(self, older):
        """Return this page and the following ones that nobody has compared: list of (older page, page)."""
        try:
            pairs = self.revision_id._get_page_pairs(older.revision_id)
        except FileRefusedError:
            pairs = []  # pages that cannot be recognized can be compared one by one
        following = [
            (pair["old"], pair["new"])
            for pair in pairs
            if pair["old"].state == pair["new"].state == "ready" and pair["new"].number > self.number
        ]
        waiting = [
            (before, after)
            for before, after in following[: COMPARED_TOGETHER - 1]
            if not after._find_derived(before._get_differences_name())
        ]
        return [(older, self), *waiting]

    def _compare_pages(self, pairs):
        """Return, by page, the new attachment with its differences to the older page of its pair.

        :raises FileRefusedError: if the first of them cannot be drawn; of others nothing is returned
        """
        before, after = (self.browse().union(*(pair[index] for pair in pairs)) for index in (0, 1))
        limit = self.company_id.proof_color_limit
        with before._described() as first, after._described() as second, client.work_folder() as folder:
            places = [(first[before.ids.index(old.id)], second[after.ids.index(new.id)]) for old, new in pairs]
            results = client.compare(places, folder, limit)
            if "facts" not in results[0]:
                raise FileRefusedError("damaged", page=0)
            return {
                new: new._keep_derived(old._get_differences_name(), Path(result.pop("picture")), json.dumps(result))
                for (old, new), result in zip(pairs, results, strict=True)
                if "facts" in result
            }

    @contextlib.contextmanager
    def _described(self, *, thumbnails=False):
        """Yield what the engine has to know of each page; the files are there as long as this lasts.

        :param thumbnails: with the small pictures that pages are recognized by
        """
        with contextlib.ExitStack() as stack:
            files = {
                # sudo: the original is readable through the file only
                file: (
                    str(stack.enter_context(file.attachment_id.sudo()._proof_path())),
                    stack.enter_context(file._press_path()),
                )
                for file in self.file_id
            }
            pictures = {
                picture.res_id: str(stack.enter_context(picture._proof_path()))
                for picture in (self._get_picture("thumbnail") if thumbnails else ())
            }
            yield [
                {
                    "path": files[page.file_id][0],
                    "press": files[page.file_id][1],
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
        """Recognize pages and comments of the revisions before, so that nobody has to wait for it."""
        earlier = self.proof_id.revision_ids.filtered(lambda other: other.number < self.number)
        previous = earlier.sorted("number")[-1:]
        if previous.is_ready:
            self.env["online.proof.comment"]._get_for_revision(self)._get_places(self)
            self._get_page_pairs(previous)

    def _match_pages(self, before, after):
        """Return the pairs of the engine, made once for the same pages."""
        key = [before.ids, after.ids, before.mapped("state"), after.mapped("state")]

        def match():
            with before._described(thumbnails=True) as first, after._described(thumbnails=True) as second:
                return client.match(first, second)

        return self._remember("pages", key, match)

    def _follow_spots(self, origin, comments):
        """Return, by comment's id, where the spots of an older revision's comments are now, found once for the same.

        :returns: dicts with ``new`` (index of the page, None where it is gone), ``x``, ``y``, ``gone``
        """
        places = {pair["old"].number: pair["new"] for pair in self._get_page_pairs(origin) if pair["old"]}
        before, after = (revision.page_ids.sorted("number") for revision in (origin, self))

        def follow():
            with before._described() as first, after._described() as second:
                numbers = {page: number for number, page in enumerate(after)}
                spots = [
                    {
                        "old": first[comment.page_number - 1],
                        "new": numbers.get(places.get(comment.page_number)),
                        "x": comment.x,
                        "y": comment.y,
                    }
                    for comment in comments
                ]
                return client.follow(spots, second)

        key = [before.ids, after.ids, comments.ids]
        return dict(zip(comments.ids, self._remember("spots", key, follow), strict=True))

    def _remember(self, kind, key, make):
        """Return what ``make`` returns, which is made once for the same key."""
        name = f"{kind}-{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:32]}.json"
        attachments_sudo = self.env["ir.attachment"].sudo()  # belongs to the revision, which the caller may see
        domain = [("res_model", "=", self._name), ("res_id", "=", self.id), ("name", "=", name)]
        found = attachments_sudo.search([*domain, ("res_field", "=", False)], limit=1)
        if found:
            return json.loads(found.raw)
        made = make()
        attachments_sudo.create({"name": name, "raw": json.dumps(made), "res_model": self._name, "res_id": self.id})
        return made


class OnlineProofComment(models.Model):
    """A comment moves with its page, and with what it is about."""

    _inherit = "online.proof.comment"

    def _get_places(self, revision):
        """Return, by comment's id, its place in a revision: ``page`` (0 where it is gone), ``x``, ``y``, ``gone``."""
        places = {
            comment.id: {"page": comment.page_number, "x": comment.x, "y": comment.y, "gone": False} for comment in self
        }
        for origin, comments in self.grouped("revision_id").items():
            if origin != revision and origin.is_ready and revision.is_ready:
                places |= comments._follow_to(revision, origin)
        return places

    def _follow_to(self, revision, origin):
        # all of the older revision's: what is resolved or opened again changes nothing
        roots = origin.comment_ids.filtered(lambda comment: not comment.parent_id).sorted("id")
        try:
            found = revision._follow_spots(origin, roots)
        except FileRefusedError:
            return {}  # pages that cannot be read keep their numbers
        numbers = revision.page_ids.sorted("number").mapped("number")
        return {
            comment.id: {
                "page": numbers[found[comment.id]["new"]] if found[comment.id]["new"] is not None else 0,
                **{key: found[comment.id][key] for key in ("x", "y", "gone")},
            }
            for comment in self
        }
