"""Import warranties from a CSV file, with a report of the lines that cannot be used."""

import base64
import csv
import io
import re
from datetime import date

from odoo import fields, models
from odoo.exceptions import UserError

from .. import warranty_number
from ..const import SIDES

COLUMNS = (
    *("number", "customer_number", "order_number", "product_code", "width", "height", "depth"),
    *("color", "side", "elements", "start", "months"),
)
REQUIRED = ("customer_number", "product_code")
MAX_LINES = 100_000
CHUNK = 1000


class ServiceWarrantyImport(models.TransientModel):
    """Upload a file, read the report."""

    _name = "service.warranty.import"
    _description = "Import Warranties"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    file = fields.Binary(string="CSV file", required=True, attachment=False)
    file_name = fields.Char()
    state = fields.Selection([("draft", "Draft"), ("done", "Done")], default="draft")
    created_count = fields.Integer(string="Imported", readonly=True)
    bad_count = fields.Integer(string="Not imported", readonly=True)
    report = fields.Text(string="Lines that were not imported", readonly=True)
    report_file = fields.Binary(string="Report", readonly=True, attachment=False)
    report_name = fields.Char(default="not_imported.csv")

    def action_import(self):
        """Import the good lines, list the bad ones."""
        self.ensure_one()
        rows = self._read_rows()
        lookups = self._prepare_lookups(rows)
        values, bad = [], []
        for number, row in enumerate(rows, start=2):
            line_values, problem = self._prepare_warranty_values(row, lookups)
            if problem:
                bad.append((number, problem, row))
            else:
                values.append(line_values)
        for start in range(0, len(values), CHUNK):
            self.env["service.warranty"].create(values[start : start + CHUNK])
        self._write_report(len(values), bad)
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _read_rows(self):
        try:
            text = base64.b64decode(self.file).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(self.env._("The file is not a text file in UTF-8.")) from error
        if "\0" in text:
            raise UserError(self.env._("The file is not a text file in UTF-8."))
        # lines end as on any computer, old ones too; the column names say which separator the file has
        text = re.sub(r"\r\n?", "\n", text)
        delimiter = max(";,\t", key=text.partition("\n")[0].count)
        try:
            rows = self._read_lines(csv.DictReader(io.StringIO(text), delimiter=delimiter))
        except csv.Error as error:
            raise UserError(self.env._("The file is not a CSV file: %(error)s", error=error)) from error
        if len(rows) > MAX_LINES:
            raise UserError(self.env._("The file has more than %(limit)s lines.", limit=MAX_LINES))
        return rows

    def _read_lines(self, reader):
        columns = [(name or "").strip().lower() for name in reader.fieldnames or []]
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise UserError(self.env._("The file has no column %(names)s.", names=", ".join(missing)))
        reader.fieldnames = columns
        return [{key: (row.get(key) or "").strip() for key in COLUMNS} for row in reader if any(row.values())]

    def _prepare_lookups(self, rows):
        """Return everything that the lines refer to, read at once."""
        company = self.company_id
        customers = self.env["res.partner"].search(
            [("ref", "in", [row["customer_number"] for row in rows]), ("company_id", "in", [False, company.id])]
        )
        codes = {row["product_code"] for row in rows}
        codes |= {code.strip() for row in rows for code in row["elements"].split("|")}
        products = self.env["product.product"].search(
            [("default_code", "in", list(codes)), ("company_id", "in", [False, company.id])]
        )
        numbers = [warranty_number.normalise(row["number"]) for row in rows if row["number"]]
        existing = self.env["service.warranty"].sudo().with_context(active_test=False).search([("name", "in", numbers)])
        return {
            "customers": {partner.ref: partner for partner in customers},
            "products": {product.default_code: product for product in products},
            "numbers": set(existing.mapped("name")),
        }

    def _prepare_warranty_values(self, row, lookups):
        """Return the values of one line, or None and what is wrong with it."""
        values = {"company_id": self.company_id.id}
        for check in (self._read_number, self._read_links, self._read_sizes, self._read_period):
            problem = check(row, lookups, values)
            if problem:
                return None, problem
        if values.get("name"):
            lookups["numbers"].add(values["name"])
        return values, ""

    def _read_number(self, row, lookups, values):
        number = warranty_number.normalise(row["number"])
        if not number:
            return ""
        if not warranty_number.is_valid(number):
            return self.env._("wrong check digit in warranty number %(number)s", number=number)
        if number in lookups["numbers"]:
            return self.env._("warranty number %(number)s exists already", number=number)
        values["name"] = number
        return ""

    def _read_links(self, row, lookups, values):
        customer = lookups["customers"].get(row["customer_number"])
        product = lookups["products"].get(row["product_code"])
        if not customer:
            return self.env._("unknown customer number “%(number)s”", number=row["customer_number"])
        if not product:
            return self.env._("unknown product “%(code)s”", code=row["product_code"])
        codes = [code.strip() for code in row["elements"].split("|") if code.strip()]
        unknown = [code for code in codes if code not in lookups["products"]]
        if unknown:
            return self.env._("unknown article code “%(code)s”", code=unknown[0])
        elements = [lookups["products"][code].id for code in codes] or product.warranty_element_ids.ids
        values |= {
            "partner_id": customer.id,
            "product_id": product.id,
            "element_ids": [(6, 0, elements)],
            "order_number": row["order_number"].upper() or False,
            "color": row["color"] or False,
            "months": product.warranty_months or 24,
        }
        return ""

    def _read_sizes(self, row, _lookups, values):
        for name in ("width", "height", "depth", "months"):
            if not row[name]:
                continue
            if not row[name].isdecimal() or len(row[name]) > 9 or int(row[name]) > 100_000:
                return self.env._("%(column)s is not a whole number: “%(value)s”", column=name, value=row[name][:20])
            values[name] = int(row[name])
        side = row["side"].lower()
        if side and side not in dict(SIDES):
            return self.env._("unknown side “%(side)s”", side=row["side"][:20])
        values["side"] = side or False
        return ""

    def _read_period(self, row, _lookups, values):
        if not row["start"]:
            return ""
        try:
            values["date_start"] = date.fromisoformat(row["start"])
        except ValueError:
            return self.env._("start is not a date like 2026-01-31: “%(value)s”", value=row["start"][:20])
        return ""

    def _write_report(self, created, bad):
        output = io.StringIO()
        writer = csv.writer(output)
        writer.writerow(["line", "problem", *COLUMNS])
        for number, problem, row in bad:
            writer.writerow([number, problem, *(self._harmless(row[name]) for name in COLUMNS)])
        lines = [self.env._("Line %(number)s: %(problem)s", number=n, problem=p) for n, p, _row in bad[:200]]
        self.write(
            {
                "state": "done",
                "created_count": created,
                "bad_count": len(bad),
                "report": "\n".join(lines),
                "report_file": base64.b64encode(output.getvalue().encode("utf-8-sig")) if bad else False,
            }
        )

    def _harmless(self, text):
        """Return text that a spreadsheet will not run as a formula."""
        return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
