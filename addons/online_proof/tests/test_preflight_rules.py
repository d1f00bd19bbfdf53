"""OP+9: one small file per rule that breaks it, and one beside it that does not."""

import ast
import base64
import json
import re
from pathlib import Path
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import file_path, mute_logger
from pikepdf import Array, Dictionary, Name
from PIL import Image
from psycopg2 import IntegrityError

from ..const import FINDINGS
from ..engine import client, content, ink, pdfium, preflight, press
from ..engine.errors import FileRefusedError
from .common import ProofCase, make_pdf
from .rule_pairs import PAIRS
from .seen_pairs import SEEN_PAIRS
from .sheets import Sheet, boxed

RULES = {"allowed_spots": "pantone 185 C, varnish", "minimum_dpi": 200, "needs_intent": True, "total_ink": 0}
RULES["minimum_bitmap_dpi"] = 550


@tagged("post_install", "-at_install")
class TestPreflightRules(BaseCase):
    """OP+9: no miss and no false alarm."""

    def setUp(self):
        super().setUp()
        self.folder = self.enterContext(client.work_folder())

    def findings(self, data, rules=RULES):
        path = self.folder / "file.pdf"
        path.write_bytes(data)
        # these files are our own: they need no process of their own, which saves half a minute
        found = preflight.preflight(str(path), {}, rules, str(press.SHIPPED["coated"]))
        return {one["code"]: one for one in found}

    def test_pairs(self):
        """OP+9: each rule finds the page that breaks it, and not the one beside it."""
        self.assertGreaterEqual(2 * len(PAIRS | SEEN_PAIRS), 160)
        for name, (wrong, right) in (PAIRS | SEEN_PAIRS).items():
            code = name.partition(" ")[0]
            if code == "total_ink" and not client.ghostscript():
                continue
            rules = RULES | {"total_ink": 300 if code == "total_ink" else 0}
            with self.subTest(name):
                self.assertIn(code, self.findings(wrong.pdf(), rules))
                self.assertNotIn(code, self.findings(right.pdf(), rules))

    def test_little_too_much_ink(self):
        """OP+9: a small spot that is barely over the limit is told, with its place."""
        page = Image.new("CMYK", (420, 300))
        page.paste((255, 255, 255, 6), (203, 101, 209, 107))
        [found] = ink._check_picture(page, 1, 300, None)
        self.assertEqual((found["code"], found["values"]["ink"]), ("total_ink", 302))
        self.assertEqual(
            found["box"], [round(203 / 420, 5), round(101 / 300, 5), round(209 / 420, 5), round(107 / 300, 5)]
        )
        page.paste((255, 255, 255, 4), (203, 101, 209, 107))
        self.assertEqual(ink._check_picture(page, 1, 300, None), [])

    def test_place(self):
        """OP+9: a finding lies where PDFium draws it, however the page is turned, cropped or measured."""
        for rotation in (0, 90, 180, 270):
            for unit in (1, 2):

                def change(pdf, rotation=rotation, unit=unit):
                    page = pdf.pages[0].obj
                    page.Rotate, page.UserUnit, page.CropBox = rotation, unit, Array([5, 8, 150, 165])

                found = self.findings(Sheet(b"1 0 0 rg 10 20 30 40 re f", change=change).pdf())["rgb"]
                drawn = pdfium.draw(pdfium.open_document(str(self.folder / "file.pdf"))[0], 2)
                left, top, right, bottom = drawn.getchannel("G").point(lambda level: 255 * (level < 128)).getbbox()
                wanted = (left / drawn.width, top / drawn.height, right / drawn.width, bottom / drawn.height)
                for value, other in zip(found["box"], wanted, strict=True):
                    self.assertAlmostEqual(value, other, 2, (rotation, unit, found["box"], wanted))

    def test_places(self):
        """OP+9: a fault in two corners is shown in two corners; what touches is one place."""
        found = self.findings(Sheet(b"1 0 0 rg 5 5 9 9 re f 14 5 9 9 re f 140 140 9 9 re f").pdf())["rgb"]
        self.assertEqual(len(found["values"]["places"]), 2)
        self.assertLess(found["box"][0], found["values"]["places"][1][0])

    def test_odd_numbers(self):
        """OP+9: numbers that nothing can be calculated with are a note; what is found goes into the database."""
        huge = b"900000000 0 0 900000000 0 0 cm " * 20
        contents = (
            b"1e999 0 0 1 0 0 cm 9 9 m",
            huge + b"1 0 0 rg 0 0 9 9 re f BT /F 900000000 Tf (x) Tj ET 0 0 m 9 9 l S",
            b"0 0 0 0 0 0 cm 1 0 0 rg 5 5 9 9 re f",
            b"BT /F -0 Tf (x) Tj ET nan w -- 5 l S 9" + b"9" * 400 + b" 0 m",
            b"q " * 2000 + b"1 0 0 rg 5 5 9 9 re f",
        )
        for operators in contents:
            with self.subTest(operators[:20]):
                json.dumps(list(self.findings(Sheet(operators).pdf()).values()), allow_nan=False)

    def test_damaged_parts(self):
        """OP+9: a part that is not what the standard says takes none of the other findings away."""

        def spoil(pdf):
            pdf.Root.Names, pdf.Root.OCProperties = 3, Dictionary(OCGs=4, D=Dictionary(OFF=Name.X))
            page = pdf.pages[0].obj
            page.Annots = Array([1, Dictionary(F="x"), Dictionary(F=4, AP=3)])

        found = self.findings(Sheet(b"1 0 0 rg 9 9 50 50 re f", change=spoil).pdf())
        self.assertTrue({"rgb", "damaged_page"} <= found.keys(), found.keys())

    def test_out_of_time(self):
        """OP+9: a document that takes too long is said not to have been read fully; its boxes are checked."""
        wrong = Sheet(b"1 0 0 rg 9 9 50 50 re f " * 400, change=boxed(TrimBox=[-20, -20, 190, 190])).pdf()
        with patch.object(content, "SECONDS", 0):
            found = self.findings(wrong)
        self.assertTrue({"boxes", "not_read_fully"} <= found.keys(), found.keys())
        calls = []

        def run_job(name, **values):
            calls.append(name)
            if name == "examine" and values.get("deep", True):
                raise FileRefusedError("too_heavy")
            if name != "examine":
                raise FileRefusedError("too_heavy")
            return _run_job(name, **values)

        _run_job = client.run_job
        path = self.folder / "file.pdf"
        with patch.object(client, "run_job", run_job):
            found = client.preflight(path, {}, {"total_ink": 300}, "")
        self.assertEqual(calls, ["examine", "examine", "measure_ink"])
        self.assertEqual({one["code"] for one in found}, {"boxes", "not_read_fully", "ink_not_measured"})


@tagged("post_install", "-at_install")
class TestPreflightProfiles(ProofCase):
    """OP+9, OP+7: what a shop asks for, and what it is told."""

    def test_profile_of_the_product(self):
        """OP+9: a product's profile goes before the company's; its rules are the ones that count."""
        newspaper = self.env.ref("online_proof.online_proof_profile_newspaper")
        self.company.proof_profile_id = self.env["online.proof.profile"].create(
            {"name": "Ours", "rgb": "ignore", "minimum_dpi": 50}
        )
        content = make_pdf(1, bleed=3, rgb=True)
        self.assertFalse(self.upload(("a.pdf", content)).file_ids.finding_ids)
        self.product.proof_profile_id = newspaper
        file = self.upload(("b.pdf", content)).file_ids.sorted("id")[-1]
        self.assertEqual(file.finding_ids.mapped("code"), ["rgb"])

    def test_profile_of_another_company(self):
        """OP+9: a shared product's profile that belongs to another company is passed over, not read."""
        other = self.env["res.company"].create({"name": "Other Shop"})
        foreign = self.env["online.proof.profile"].create({"name": "Theirs", "rgb": "ignore", "company_id": other.id})
        with self.assertRaises(UserError):
            self.product.product_tmpl_id.write({"company_id": self.company.id, "proof_profile_id": foreign.id})
        own = self.env.ref("online_proof.online_proof_profile_coated").copy({"name": "Ours"})
        self.product.proof_profile_id = own
        own.company_id = other
        self.company.proof_profile_id = self.env.ref("online_proof.online_proof_profile_digital")
        revision = self.upload(("a.pdf", make_pdf(1, bleed=3)))
        self.assertEqual(revision.file_ids.profile_name, "Digital")

    def test_profile_in_use(self):
        """OP+9: a profile that a product uses cannot be deleted; archived, its rules go on."""
        own = self.env["online.proof.profile"].create({"name": "Ours", "rgb": "error"})
        self.product.proof_profile_id = own
        self.env.flush_all()
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            own.unlink()
        own.active = False
        found = self.upload(("a.pdf", make_pdf(1, bleed=3, rgb=True))).finding_ids
        self.assertEqual(found.filtered(lambda one: one.code == "rgb").severity, "error")

    def test_profiles_by_role(self):
        """OP+9: profiles are imported and changed by managers, within sense; salespeople read them."""
        fields, model = ["name", "minimum_dpi", "rgb"], self.env["online.proof.profile"]
        manager = new_test_user(self.env, "head", groups="online_proof.group_online_proof_manager")
        done = model.with_user(manager).load(fields, [["Cards", "300", "error"]])
        profile = model.browse(done["ids"])
        self.assertEqual((profile.minimum_dpi, profile.rgb), (300, "error"))
        self.assertEqual(profile.with_user(self.clerk).name, "Cards")
        with self.assertRaises(AccessError):
            profile.with_user(self.clerk).minimum_dpi = 10
        with mute_logger("odoo.sql_db"):
            refused = model.with_user(manager).load(fields, [["Bad", "-5", "error"]])
        self.assertIn("out of range", str(refused["messages"]))

    def test_checked_again(self):
        """OP+9: after the rules were changed, files that were not sent are checked again at the press of a button."""
        own = self.env["online.proof.profile"].create({"name": "Ours", "rgb": "warning"})
        self.product.proof_profile_id = own
        revision = self.upload(("a.pdf", make_pdf(1, bleed=3, rgb=True)))
        self.assertEqual((revision.severity, revision.file_ids.profile_name), ("warning", "Ours"))
        own.rgb = "ignore"
        revision.with_user(self.clerk).action_check_again()
        revision.invalidate_recordset()
        self.assertEqual(revision.severity, "ok")
        revision.proof_id._send_revision(revision, self.buyer)
        with self.assertRaisesRegex(UserError, "was sent"):
            revision.with_user(self.clerk).action_check_again()

    def test_every_finding_has_words(self):
        """OP+9: each code that the engine can find has a sentence whose values the engine gives."""
        engine, codes = Path(file_path("online_proof/engine")), set()
        for node in (node for path in engine.glob("*.py") for node in ast.walk(ast.parse(path.read_text()))):
            if isinstance(node, ast.Call) and re.search(r"(finding|note|_look_at\w*)$", ast.unparse(node.func)):
                codes |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
            text = str(node.value) if isinstance(node, ast.Constant) else ""
            codes |= {text} if re.fullmatch(r"(pdfx|barcode|font|spot)_[a-z]+", text) else set()
        self.assertGreater(len(codes), 40)
        self.assertFalse(codes - FINDINGS.keys())

    def test_shown_on_the_page(self):
        """OP+9: a finding is shown on the picture of its page."""
        found = self.upload(("a.pdf", make_pdf(1, bleed=3, rgb=True))).finding_ids
        action = found.with_user(self.clerk).action_show()
        self.assertEqual((action["res_model"], action["res_id"]), ("online.proof.finding", found.id))
        self.assertIn(f"/page/{found.file_id.page_ids.id}/preview", found.place)
        self.assertRegex(found.place, r"left: \d+\.\d\d%; top: \d+\.\d\d%")

    def test_second_renderer(self):
        """OP+7: a page that another program draws otherwise is told before it is sent, with that picture."""
        if not client.ghostscript():
            self.skipTest("needs Ghostscript")

        revision = self.upload(("a.pdf", make_pdf(1, bleed=3, extra=Sheet(b"0 0 0 1 k 50 300 250 120 re f").build)))
        self.assertNotIn("renderers_disagree", revision.finding_ids.mapped("code"))
        # the picture of another page stands for a renderer that goes wrong
        other = self.upload(("a.pdf", make_pdf(1, bleed=3)), order=self.make_order())
        revision.page_ids.preview = other.page_ids.preview
        revision.file_ids._run_preflight()
        found = revision.finding_ids.filtered(lambda found: found.code == "renderers_disagree")
        self.assertEqual((found.severity, found.page), ("warning", 1))
        self.assertTrue(base64.b64decode(found.other_picture).startswith(b"\xff\xd8"))
        self.assertIn("may print differently", found.message)
