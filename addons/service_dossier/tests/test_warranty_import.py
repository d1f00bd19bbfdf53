"""Importing lists of warranties in the background."""

import base64
from unittest.mock import patch

from odoo.addons.service_dossier import warranty_number
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DossierCommon

HEADER = "number;customer_number;order_number;product_code;width;height;depth;color;side;elements;start;months"


@tagged("post_install", "-at_install")
class TestWarrantyImport(DossierCommon):
    """SD9, SD+9."""

    def upload(self, *lines, header=HEADER, encoding="utf-8"):
        """Upload a list as the manager and read it."""
        content = "\n".join([header, *lines]).encode(encoding)
        record = self.env["service.warranty.import"].with_user(self.manager).create({"file": base64.b64encode(content)})
        record.action_read()
        return record

    def run_import(self, *lines, **values):
        """Import lines and return the import."""
        record = self.upload(*lines, **values)
        record.action_import()
        self.assertEqual(record.state, "queued")
        self.run_cron("ir_cron_import_warranties")
        self.assertEqual((record.state, record.progress), ("done", 100))
        return record

    def test_good_and_bad_lines(self):
        """SD9: good lines are imported, every bad one is named with its number and reason."""
        good = warranty_number.with_check_digit("OLD00042")
        record = self.run_import(
            f"{good};C1;o-77;SCR;900;1400;;RAL 9010;right;EL-1;2020-05-01;60",
            ";c1;;scr;1200,5;;;;links;el-1;31/01/2020;",
            f"{good};C2;;SCR;;;;;;;;",
            f"{self.warranty.name};C2;;SCR;;;;;;;;",
            "OLD000420;C1;;SCR;;;;;;;;",
            ";C999;;SCR;;;;;;;;",
            ";C1;;NOPE;;;;;;;;",
            ";C1;;SCR;-5;;;;;;;",
            ";C1;;SCR;;;;;up;;;",
            ";C1;;SCR;;;;;;EL-9;;",
            ";C1;;SCR;;;;;;;9999-12-31;24",
            ";C1;;SCR;;;;;;;2020-01-01;99999",
            ";;;SCR;;;;;;;;",
        )
        self.assertEqual((record.created_count, record.known_count, record.bad_count), (2, 0, 11))
        imported = self.env["service.warranty"].search([("name", "=", good)])
        self.assertEqual(imported.commercial_partner_id, self.customer)
        self.assertEqual((imported.width, imported.height, imported.depth), (900, 1400, 0))
        self.assertEqual((imported.order_number, imported.months, imported.side), ("O-77", 60, "right"))
        self.assertEqual(imported.element_ids, self.element)
        other = self.env["service.warranty"].search([("import_key", "!=", False)]) - imported
        self.assertEqual((other.width, other.side, str(other.date_start)), (1201, "left", "2020-01-31"))
        self.assertTrue(warranty_number.is_valid(other.name))
        expected = {
            4: "exists already",
            5: "exists already",
            6: "check digit",
            7: "customer number",
            8: "product",
            9: "Width",
            10: "side",
            11: "article code",
            12: "year",
            13: "Duration",
            14: "Customer number is empty",
        }
        problems = {problem.line: problem.problem for problem in record.problem_ids}
        self.assertEqual(problems.keys(), expected.keys())
        for number, text in expected.items():
            self.assertIn(text, problems[number])

    def test_repeatable(self):
        """SD+9: the same list again makes nothing twice; equal lines in one list are as many pieces."""
        lines = (";C1;A1;SCR;900;;;;;;2020-05-01;", ";C1;A1;SCR;900;;;;;;2020-05-01;", ";C1;A2;SCR;1000;;;;;;;")
        self.assertEqual(self.run_import(*lines).created_count, 3)
        again = self.run_import(*lines, ";C1;A3;SCR;1000;;;;;;;", encoding="utf-16")
        self.assertEqual((again.created_count, again.known_count, again.bad_count), (1, 3, 0))
        numbered = f"{self.warranty.name};C1;;SCR;;;;;;;;"
        self.warranty.partner_id = self.customer
        self.assertEqual(self.run_import(numbered).known_count, 1)

    def test_mapping(self):
        """SD+9: unknown column names are chosen on the screen, which shows what the lines then mean."""
        record = self.upload("C1;SCR;31/01/2020", header="Relatie;Art;Levering")
        with self.assertRaisesRegex(UserError, "Customer number, Product code"):
            record.action_import()
        for column, meaning in zip(record.column_ids, ("customer_number", "product_code", "start"), strict=True):
            column.column = meaning
        self.assertIn("2020-01-31", record.preview)
        record.column_ids[2].column = "product_code"
        with self.assertRaisesRegex(UserError, "stand for the same"):
            record.action_import()
        record.column_ids[2].column = "start"
        record.action_import()
        self.run_cron("ir_cron_import_warranties")
        self.assertEqual(record.created_count, 1)
        with self.assertRaisesRegex(UserError, "imported already"):
            record.action_read()

    def test_ambiguous_codes(self):
        """SD+9: a code in other letters counts only where it means one record; written exactly it counts always."""
        self.env["res.partner"].create({"name": "Twin", "ref": "c1"})
        record = self.run_import(";C1;;SCR;;;;;;;;", ";c1;;SCR;;;;;;;;")
        self.assertEqual(record.created_count, 2)
        self.env["res.partner"].create({"name": "Triplet", "ref": "Xy"})
        self.env["res.partner"].create({"name": "Triplet", "ref": "xY"})
        self.assertEqual(self.run_import(";XY;;SCR;;;;;;;;").bad_count, 1)

    def test_many_batches(self):
        """SD+9: a long list is imported some lines a transaction, to its end."""
        record = self.run_import(*(f";C1;B{number};SCR;{number};;;;;;;" for number in range(1, 2102)))
        self.assertEqual((record.created_count, record.position), (2101, 2101))

    def test_one_bad_list(self):
        """SD+9: a list whose import breaks down is noted and keeps no other from being imported."""
        lists = [self.upload(f";C1;L{number};SCR;;;;;;;;") for number in range(3)]
        for record in lists:
            record.action_import()
        work = type(lists[0])._import_batch

        def fail(record):
            if record == lists[1]:
                raise ValueError("broken")
            return work(record)

        logger = "odoo.addons.base_safeguard.models.cron_batch_mixin"
        with patch.object(type(lists[0]), "_import_batch", fail), self.assertLogs(logger, "WARNING"):
            self.run_cron("ir_cron_import_warranties")
        self.assertEqual([record.state for record in lists], ["done", "queued", "done"])
        self.env["cron.batch.failure"].search([("res_model", "=", lists[0]._name)]).unlink()  # its retry time came
        self.run_cron("ir_cron_import_warranties")
        self.assertEqual(lists[1].state, "done")

    def test_wrong_files(self):
        """SD9: other files are refused with a sentence."""
        with self.assertRaisesRegex(UserError, "neither an Excel file"):
            self.upload(";C1;;SC\0R;;;;;;;;")
        Import = self.env["service.warranty.import"].with_user(self.manager)
        with self.assertRaisesRegex(UserError, "damaged"):
            Import.create({"file": base64.b64encode(b"PK\x03\x04broken")}).action_read()

    def test_role(self):
        """SD9: employees without the manager's role cannot import."""
        with self.assertRaises(AccessError):
            self.env["service.warranty.import"].with_user(self.employee).create({"file": b"eA=="})
