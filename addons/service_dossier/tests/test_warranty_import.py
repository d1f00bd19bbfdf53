"""Importing lists of warranties in the background."""

import base64
from unittest.mock import patch

from odoo.addons.service_dossier import warranty_number
from odoo.addons.service_dossier.models import service_warranty_import
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
            4: "in line 2 already",
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

    def test_number_of_two_customers(self):
        """SD+9: a customer number that two companies have, a code of two products: named, nothing is guessed."""
        self.customer.child_ids[:1].ref = "C1"
        self.assertEqual(self.run_import(";C1;;SCR;;;;;;;;").created_count, 1)
        made = self.env["service.warranty"].search([("import_key", "!=", False)])
        self.assertEqual(made.partner_id, self.customer, "the company, not its person of the same number")
        self.other_customer.ref = "C1"
        self.env["res.partner"].create({"name": "Third", "ref": "C3"})
        self.env["product.product"].create([{"name": name, "default_code": "TWO"} for name in ("One", "Other")])
        record = self.run_import(
            ";C1;X;SCR;;;;;;;;", ";C3;;TWO;;;;;;;;", ";c1;Y;SCR;;;;;;EL-1;;", ";C3;;SCR;;;;;;TWO;;"
        )
        self.assertEqual((record.created_count, record.bad_count), (0, 4))
        first, second, third, fourth = record.problem_ids.sorted("line").mapped("problem")
        self.assertIn("Other shop", first)
        self.assertIn("Several products", second)
        self.assertIn("Several customers", third)
        self.assertIn("Several products", fourth)

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

    def problems(self, record):
        """Return what is wrong with which lines of a list."""
        return {problem.line: problem.problem for problem in record.problem_ids}

    def test_names_of_lines(self):
        """SD+9: a bad line is named by the row that the office program shows, also after blank ones."""
        record = self.run_import("", ";C9;;SCR;;;;;;;;", "", "", ";;;;;;;;;;;", ";C1;;SCR;;;;;;;;", ";C1;;NOPE;;;;;;;;")
        self.assertEqual(list(self.problems(record)), [3, 8])
        record = self.upload("", "", ";C1;;SCR;x;;;;;;;")
        self.assertTrue(record.preview.startswith("Line 4:"), record.preview)

    def test_open_quote(self):
        """SD+9: a quotation mark that is not closed, or a cell too many, spoils one line and not those that follow."""
        lines = (';C1;Q1;SCR;;;;"RAL;;;;', ";C1;Q2;SCR;;;;RAL; matt;;;2020-01-01;24", ';C1;Q3;SCR;;;;"RAL; matt";;;;')
        record = self.run_import(*lines)
        self.assertEqual(record.created_count, 1)
        self.assertIn("quotation mark", self.problems(record)[2])
        self.assertIn("more cells", self.problems(record)[3])

    def test_number_of_another_company(self):
        """SD+9: a number that exists in another company is named; it is not taken for this company's."""
        other = self.env["res.company"].create({"name": "Other Works"})
        there = self.make_warranty(company_id=other.id)
        line = f"{there.name};C1;;SCR;;;;;;;;"
        record = self.run_import(line, ";C1;N1;SCR;;;;;;;;")
        self.assertEqual((record.created_count, record.known_count), (1, 0))
        self.assertIn("another company", self.problems(record)[2])

    def test_same_number_twice(self):
        """SD+9: of two lines with the same number the second is named, wherever in the list it stands."""
        number = warranty_number.with_check_digit("OLD00043")
        lines = [
            f"{number};C1;;SCR;900;;;;;;;",
            *(f";C1;T{n};SCR;;;;;;;;" for n in range(3)),
            f"{number.lower()};C1;;SCR;;;;;;;;",
        ]
        with patch.object(service_warranty_import, "BATCH", 2):
            record = self.run_import(*lines)
        self.assertEqual((record.created_count, record.known_count), (4, 0))
        self.assertEqual(self.problems(record), {6: "The same warranty number is in line 2 already."})

    def test_one_failing_line(self):
        """SD+9: where the database refuses one line of a batch, it is named once and the others are imported once."""
        create = type(self.env["service.warranty"]).create

        def refuse(model, vals_list):
            if any(values.get("order_number") == "F2" for values in vals_list):
                raise ValueError("No such order.")
            warranties = create(model, vals_list)
            if bad := warranties.filtered(lambda warranty: warranty.order_number == "F4"):
                self.env.cr.execute("UPDATE service_warranty SET months = -1 WHERE id = %s", bad.ids)
            return warranties

        lines = [f";C1;F{n};SCR;;;;;;;;" for n in range(7)]
        with patch.object(type(self.env["service.warranty"]), "create", refuse):
            record = self.run_import(*lines)
        self.assertEqual((record.created_count, record.bad_count, len(record.problem_ids)), (5, 2, 2))
        self.assertEqual(self.problems(record), {4: "No such order.", 6: "Dimensions and duration cannot be negative."})
        imported = self.env["service.warranty"].search([("order_number", "in", [f"F{n}" for n in range(7)])])
        self.assertEqual(sorted(imported.mapped("order_number")), ["F0", "F1", "F3", "F5", "F6"])
        again = self.run_import(*lines)
        self.assertEqual((again.created_count, again.known_count, again.bad_count), (2, 5, 0))

    def test_known_whatever_became_of_it(self):
        """SD+9: a line that was imported stays known when its warranty was handed over, renumbered or archived."""
        number = warranty_number.with_check_digit("OLD00044")
        lines = (f"{number};C1;K1;SCR;;;;;;;;", ";C1;K2;SCR;;;;;;;;", ";C1;K3;SCR;;;;;;;;")
        self.run_import(*lines)
        first, second, third = self.env["service.warranty"].search(
            [("order_number", "in", ("K1", "K2", "K3"))], order="order_number"
        )
        first.with_user(self.manager)._transfer(self.other_customer)
        second.name = warranty_number.with_check_digit("OLD00045")
        third.active = False
        self.assertEqual(self.run_import(*lines).known_count, 3)

    def test_number_of_a_delivered_unit(self):
        """SD+9: the number of a unit that this customer's contact ordered is there already; of another's, it is not."""
        self.assertNotEqual(self.warranty.partner_id, self.customer)
        self.assertEqual(self.run_import(f"{self.warranty.name};C1;;SCR;;;;;;;;").known_count, 1)
        self.assertEqual(self.run_import(f"{self.warranty.name};C1;;EL-1;;;;;;;;").bad_count, 1)

    def test_numbers_of_the_company(self):
        """SD+9: a list of another company gets numbers by that company's sequence and its day."""
        other = self.env["res.company"].create({"name": "Other Works"})
        self.manager.company_ids += other
        self.env["ir.sequence"].create(
            {"name": "W", "code": "service.warranty", "prefix": "ZZ", "padding": 6, "company_id": other.id}
        )
        content = base64.b64encode(b"customer_number;product_code\nC1;SCR")
        record = (
            self.env["service.warranty.import"]
            .with_user(self.manager)
            .with_context(allowed_company_ids=(self.company | other).ids)
            .create({"file": content, "company_id": other.id})
        )
        record.action_read()
        record.action_import()
        self.run_cron("ir_cron_import_warranties")
        warranty = self.env["service.warranty"].search([("company_id", "=", other.id)])
        self.assertEqual(warranty.name[:2], "ZZ")

    def test_another_file(self):
        """SD+9: another file is read anew; nothing that was found out about the first is taken for true."""
        record = self.upload(";C1;;SCR;;;;;;;;")
        self.assertEqual(record.separator, ";")
        record.file = base64.b64encode("Artikelcode,Klantnummer,Kleur\nSCR,C1,Grün".encode("cp1252"))
        self.assertEqual(
            (record.state, record.column_ids, record.separator), ("draft", record.column_ids.browse(), False)
        )
        with self.assertRaises(UserError):
            record.action_import()
        record.action_read()
        record.action_import()
        with self.assertRaisesRegex(UserError, "imported already"):
            record.file = base64.b64encode(b"x")
        self.run_cron("ir_cron_import_warranties")
        warranty = self.env["service.warranty"].search([("color", "=", "Grün")])
        self.assertEqual(warranty.product_id, self.product)

    def test_wrong_encoding(self):
        """SD+9: a wrong choice is said on the form, which goes on opening."""
        record = self.upload(";C1;;SCR;;;;;;;;")
        record.encoding = "nonsense"
        self.assertIn("encoding", record.preview)
        with self.assertRaisesRegex(UserError, "encoding"):
            record.action_import()
        record.encoding = "utf-8"
        self.assertIn("SCR", record.preview)

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
