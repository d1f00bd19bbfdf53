"""Importing warranties from CSV."""

import base64

from odoo.addons.service_dossier import warranty_number
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DossierCommon

HEADER = "number;customer_number;order_number;product_code;width;height;depth;color;side;elements;start;months"


@tagged("post_install", "-at_install")
class TestWarrantyImport(DossierCommon):
    """SD9."""

    def run_import(self, *lines, header=HEADER, encoding="utf-8"):
        """Import lines as the manager and return the wizard."""
        content = "\n".join([header, *lines]).encode(encoding)
        wizard = self.env["service.warranty.import"].with_user(self.manager).create({"file": base64.b64encode(content)})
        wizard.action_import()
        return wizard

    def test_good_and_bad_lines(self):
        """SD9: good lines are imported, every bad one is reported with its number and reason."""
        good = warranty_number.with_check_digit("OLD00042")
        wizard = self.run_import(
            f"{good};C1;o-77;SCR;900;1400;;RAL 9010;right;EL-1;2020-05-01;60",
            ";C1;;SCR;;;;;;;;",
            f"{good};C1;;SCR;;;;;;;;",
            f"{self.warranty.name};C1;;SCR;;;;;;;;",
            "OLD000420;C1;;SCR;;;;;;;;",
            ";C999;;SCR;;;;;;;;",
            ";C1;;NOPE;;;;;;;;",
            ";C1;;SCR;-5;;;;;;;",
            ";C1;;SCR;12.5;;;;;;;",
            ";C1;;SCR;;;;;up;;;",
            ";C1;;SCR;;;;;;EL-9;;",
            ";C1;;SCR;;;;;;;31/01/2020;",
        )
        self.assertEqual((wizard.created_count, wizard.bad_count), (2, 10))
        imported = self.env["service.warranty"].search([("name", "=", good)])
        self.assertEqual(imported.commercial_partner_id, self.customer)
        self.assertEqual((imported.width, imported.height, imported.depth), (900, 1400, 0))
        self.assertEqual((imported.order_number, imported.months, imported.side), ("O-77", 60, "right"))
        self.assertEqual(imported.element_ids, self.element)
        expected = {
            4: "exists already",
            5: "exists already",
            6: "check digit",
            7: "customer number",
            8: "product",
            9: "width",
            10: "width",
            11: "side",
            12: "article code",
            13: "start",
        }
        report = dict(line.split(": ", 1) for line in wizard.report.split("\n"))
        for number, text in expected.items():
            self.assertIn(text, report[f"Line {number}"])

    def test_report_runs_no_formula(self):
        """SD9: what was typed into the file cannot run in a spreadsheet."""
        wizard = self.run_import(";=cmd();;SCR;;;;;;;;")
        self.assertIn(b"'=cmd()", base64.b64decode(wizard.report_file))

    def test_wrong_files(self):
        """SD9: other files are refused with a sentence."""
        with self.assertRaisesRegex(UserError, "customer_number"):
            self.run_import("1;2", header="a;b")
        with self.assertRaisesRegex(UserError, "UTF-8"):
            self.run_import(";C1;;SCR;;;;Grün;;;;", encoding="latin-1")
        with self.assertRaisesRegex(UserError, "UTF-8"):
            self.run_import(";C1;;SC\0R;;;;;;;;")
        wizard = self.run_import(";C1;;NOPE;;;;;;;;\r;C2;;NOPE;;;;;;;;")
        self.assertEqual(wizard.bad_count, 2, "a line may end as on old computers")
        wizard = self.run_import(f";C1;;SCR;{'9' * 5000};;;;;;;")
        self.assertEqual((wizard.created_count, wizard.bad_count), (0, 1))

    def test_role(self):
        """SD9: employees without the manager's role cannot import."""
        with self.assertRaises(AccessError):
            self.env["service.warranty.import"].with_user(self.employee).create({"file": b"eA=="})
