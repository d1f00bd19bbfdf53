"""Lists of warranties from office programs: uploaded, columns mapped on a screen, imported in the background."""

import base64
import json
import zlib
from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import list_file, warranty_list, warranty_number

BATCH = 1000
#: characters of a bad line that are shown
MAX_CONTENT = 1000
SAMPLE_LINES = 5


class ServiceWarrantyImport(models.Model):
    """One uploaded list, how it is read, how far its import is, and what could not be used."""

    _name = "service.warranty.import"
    _description = "Import of Warranties"
    _inherit = ["cron.batch.mixin"]
    _order = "id desc"
    _rec_name = "file_name"

    company_id = fields.Many2one("res.company", required=True, index=True, default=lambda self: self.env.company)
    file = fields.Binary(string="List", required=True, help="An Excel file (.xlsx, .xls) or a CSV file.")
    file_name = fields.Char()
    state = fields.Selection(
        [
            ("draft", "Uploaded"),
            ("mapping", "Check the columns"),
            ("queued", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    encoding = fields.Char(help="Of a text file; empty: it is guessed.")
    separator = fields.Selection(
        [(";", "Semicolon"), (",", "Comma"), ("\t", "Tabulator"), ("|", "Vertical bar")],
        help="Of a text file; empty: it is guessed.",
    )
    date_format = fields.Selection(
        [("dmy", "Day first (31/01/2026)"), ("mdy", "Month first (01/31/2026)")], string="Dates", default="dmy"
    )
    column_ids = fields.One2many("service.warranty.import.column", "import_id", string="Columns")
    problem_ids = fields.One2many("service.warranty.import.problem", "import_id", string="Not Imported", readonly=True)
    preview = fields.Text(string="As It Is Understood", compute="_compute_preview")
    line_count = fields.Integer(string="Lines", readonly=True, copy=False)
    position = fields.Integer(string="Lines Done", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    created_count = fields.Integer(string="Imported", readonly=True, copy=False)
    known_count = fields.Integer(
        string="There Already", readonly=True, copy=False, help="Lines that were imported before."
    )
    bad_count = fields.Integer(string="Bad Lines", readonly=True, copy=False)
    lines = fields.Binary(
        string="Lines as Read", readonly=True, copy=False, groups="base.group_system", help="What the import works on."
    )

    @api.depends("position", "line_count")
    def _compute_progress(self):
        for record in self:
            record.progress = 100 * record.position / record.line_count if record.line_count else 0

    @api.depends("column_ids.column", "date_format", "encoding", "separator", "state")
    def _compute_preview(self):
        for record in self:
            try:
                rows = record._read_file(SAMPLE_LINES + 1)[0] if record.state == "mapping" else []
            except UserError as error:
                record.preview = str(error)  # of what was chosen for the file; the form still opens
                continue
            texts = []
            for row in rows[1:]:
                values, problem = record._read_line(row, rows[0])
                shown = problem or " · ".join(str(value) for value in values.values() if value)
                texts.append(self.env._("Line %(number)s: %(text)s", number=row.number, text=shown))
            record.preview = "\n".join(texts)

    def write(self, vals):
        """Read another file anew: what was found out about the one before is not true of it."""
        if "file" in vals:
            self._check_state("draft", "mapping")
            vals = {
                "encoding": False,
                "separator": False,
                "state": "draft",
                "column_ids": [Command.clear()],
                **vals,
            }
        return super().write(vals)

    # Reading

    def _read_file(self, limit=0):
        """Return the rows of the file, the header first, and what was guessed: a dict of encoding and separator.

        :raises UserError: saying what is wrong with the file
        """
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            return list_file.read_rows(content, self.encoding or "", self.separator or "", limit)
        except list_file.ListError as error:
            raise UserError(self._file_problem(error.args[0])) from error

    @api.model
    def _file_problem(self, kind):
        return {
            "empty": self.env._("The file is empty."),
            "binary": self.env._("This is neither an Excel file nor a text file."),
            "encoding": self.env._("The text of this file cannot be read in this encoding."),
            "zip": self.env._("The Excel file is damaged or protected by a password."),
            "ods": self.env._("OpenDocument files are not read. Please save the list as an Excel file (.xlsx)."),
            "markup": self.env._(
                "This file is a web page. Please open it in your office program and save it as an Excel file (.xlsx)."
            ),
            "quote": self.env._("In the line that names the columns, a quotation mark is not closed."),
            "many": self.env._("The file has more than %(limit)s lines.", limit=list_file.MAX_LINES),
        }[kind]

    def action_read(self):
        """Read the file and guess how it is written and what its columns are."""
        self.ensure_one()
        self._check_state("draft", "mapping")
        rows, guessed = self._read_file()
        header, *lines = (row.cells for row in rows)
        separators = dict(self._fields["separator"].selection)
        guesses = warranty_list.guess_columns(header)
        place = guesses.index("start") if "start" in guesses else len(header)
        starts = [cells[place] for cells in lines if len(cells) > place]
        samples = [" · ".join(cells[n] for cells in lines[:3] if len(cells) > n)[:200] for n in range(len(header))]
        self.write(
            {
                "state": "mapping",
                "line_count": len(lines),
                "encoding": self.encoding or guessed["encoding"],
                "separator": self.separator or (guessed["separator"] if guessed["separator"] in separators else False),
                "date_format": warranty_list.guess_date_format(starts)[0],
                "column_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "position": position,
                                "header": name[:100],
                                "sample": samples[position],
                                "column": guesses[position],
                            }
                        )
                        for position, name in enumerate(header)
                    ),
                ],
            }
        )
        return True

    def _check_state(self, *states):
        if any(record.state not in states for record in self):
            raise UserError(self.env._("This list is being imported already."))

    def _map(self, cells):
        """Return the cells of a row by our names for them."""
        return {
            column.column: cells[column.position]
            for column in self.column_ids
            if column.column and len(cells) > column.position
        }

    def _read_line(self, row, header):
        """Return the values of a line as plain data and ``""``, or nothing and what is wrong."""
        if row.problem:
            return {}, self._line_problem(row.problem)
        if any(row.cells[len(header.cells) :]):
            return {}, self._line_problem("cells")
        try:
            return warranty_list.read_line(self._map(row.cells), self.date_format or "dmy"), ""
        except list_file.ListError as error:
            kind, column, text = error.args
            labels = dict(self.env["service.warranty.import.column"]._fields["column"]._description_selection(self.env))
            return {}, self._line_problem(kind, labels[column], text)

    @api.model
    def _line_problem(self, kind, column="", text=""):
        values = {"column": column, "text": text}
        return {
            "missing": self.env._("%(column)s is empty.", **values),
            "number": self.env._("%(column)s: “%(text)s” is not a number that can be right.", **values),
            "side": self.env._("%(column)s: “%(text)s” is not a side.", **values),
            "date": self.env._("%(column)s: “%(text)s” is not a date like 31/01/2026 or 2026-01-31.", **values),
            "year": self.env._("%(column)s: the year of “%(text)s” cannot be right.", **values),
            "quote": self.env._("A quotation mark is not closed."),
            "cells": self.env._("The line has more cells than the file has columns: a text holds the separator."),
        }[kind]

    # Importing

    def action_import(self):
        """Read all lines and let the background import them."""
        self.ensure_one()
        self._check_state("mapping")
        chosen = [column for column in self.column_ids.mapped("column") if column]
        if len(set(chosen)) < len(chosen):
            raise UserError(self.env._("Two columns of the file stand for the same."))
        labels = dict(self.env["service.warranty.import.column"]._fields["column"]._description_selection(self.env))
        if missing := [labels[name] for name in warranty_list.REQUIRED if name not in chosen]:
            raise UserError(self.env._("Say which column is: %(names)s.", names=", ".join(missing)))
        lines = self._read_lines()
        packed = zlib.compress(json.dumps(lines).encode())
        self_sudo = self.sudo()  # the field is for administrators; the reader of the list is its owner
        self_sudo.write({"state": "queued", "line_count": len(lines), "lines": base64.b64encode(packed)})
        self_sudo.env.ref("service_dossier.ir_cron_import_warranties")._trigger()
        return True

    def _read_lines(self):
        """Return the lines as the background imports them: dicts of number, values, problem, key and row."""
        header, *rows = self._read_file()[0]
        read = [self._read_line(row, header) for row in rows]
        twins = warranty_list.find_twins([warranty_number.normalize(values.get("number")) for values, _problem in read])
        seen, lines = Counter(), []
        for row, (values, problem), twin in zip(rows, read, twins, strict=True):
            if twin is not None:
                problem = self.env._(
                    "The same warranty number is in line %(number)s already.", number=rows[twin].number
                )
            key = ""
            if values and not problem:
                key = warranty_list.line_key(values)
                seen[key] += 1
                key = f"{key}-{seen[key]}"  # as many equal lines, as many pieces
            lines.append({"number": row.number, "values": values, "problem": problem, "key": key, "row": row.cells})
        return lines

    @api.model
    def _cron_import(self):
        """Import waiting lists, some lines a transaction."""
        domain = [("state", "in", ("queued", "running"))]
        while self._cron_each(domain, "_import_batch"):
            if not self.env["ir.cron"]._commit_progress():
                self.env.ref("service_dossier.ir_cron_import_warranties")._trigger()
                break

    def _import_batch(self):
        """Import the next lines."""
        for record in self:
            env = self.env(user=record.create_uid, su=True)  # made by whom it is; managers alone may import
            record = record.with_env(env).with_context(lang=record.create_uid.lang).with_company(record.company_id)
            lines = json.loads(zlib.decompress(base64.b64decode(record.with_context(bin_size=False).lines)))
            batch = lines[record.position : record.position + BATCH]
            created, known, problems = record.env["service.warranty"]._import_lines(record.company_id, batch)
            record.problem_ids = [
                Command.create(
                    {"line": line["number"], "problem": problem, "content": " · ".join(line["row"])[:MAX_CONTENT]}
                )
                for line, problem in problems
            ]
            record.created_count += created
            record.known_count += known
            record.bad_count += len(problems)
            record.position += len(batch)
            record.state = "running" if record.position < len(lines) else "done"
            if record.state == "done":
                record.lines = False
                record._tell_done()

    def _tell_done(self):
        self.create_uid._bus_send(
            "simple_notification",
            {
                "type": "warning" if self.bad_count else "success",
                "sticky": True,
                "title": self.file_name or self.env._("Import of warranties"),
                "message": self.env._(
                    "Imported: %(created)s, there already: %(known)s, bad lines: %(bad)s.",
                    created=self.created_count,
                    known=self.known_count,
                    bad=self.bad_count,
                ),
            },
        )


class ServiceWarrantyImportColumn(models.Model):
    """What a column of a list stands for."""

    _name = "service.warranty.import.column"
    _description = "Column of a List of Warranties"
    _order = "position"
    _rec_name = "header"

    import_id = fields.Many2one("service.warranty.import", required=True, ondelete="cascade", index=True)
    position = fields.Integer(required=True, readonly=True)
    header = fields.Char(string="Column of the File", readonly=True)
    sample = fields.Char(string="Examples", readonly=True)
    column = fields.Selection(
        [
            ("number", "Warranty number"),
            ("customer_number", "Customer number"),
            ("order_number", "Order number"),
            ("product_code", "Product code"),
            ("width", "Width (mm)"),
            ("height", "Height (mm)"),
            ("depth", "Depth (mm)"),
            ("color", "Color"),
            ("side", "Side"),
            ("elements", "Article codes of the elements"),
            ("start", "Start of the warranty"),
            ("months", "Duration (months)"),
        ],
        string="Means",
    )


class ServiceWarrantyImportProblem(models.Model):
    """A line that could not be imported, and why."""

    _name = "service.warranty.import.problem"
    _description = "Line of a List that was not Imported"
    _order = "line, id"
    _rec_name = "problem"

    import_id = fields.Many2one("service.warranty.import", required=True, ondelete="cascade", index=True)
    line = fields.Integer(readonly=True)
    problem = fields.Char(readonly=True)
    content = fields.Char(readonly=True)
