"""Lists of warranties from office programs: uploaded, columns mapped on a screen, imported in the background."""

import base64
import json
import zlib
from collections import Counter

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from .. import warranty_list

BATCH = 1000
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

    @api.depends("column_ids.column", "date_format", "state")
    def _compute_preview(self):
        for record in self:
            rows = record._get_rows()[: SAMPLE_LINES + 1] if record.state == "mapping" else []
            texts = []
            for number, row in enumerate(rows[1:], start=2):
                values, problem = record._read_line(record._map(row))
                shown = problem or " · ".join(str(value) for value in values.values() if value)
                texts.append(self.env._("Line %(number)s: %(text)s", number=number, text=shown))
            record.preview = "\n".join(texts)

    # Reading

    def _get_rows(self):
        """Return the rows of the file as lists of text, the header first.

        :raises UserError: saying what is wrong with the file
        """
        self.ensure_one()
        content = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            rows, guessed = warranty_list.read_rows(content, self.encoding or "", self.separator or "")
        except warranty_list.ListError as error:
            raise UserError(self._file_problem(error.args[0])) from error
        self.encoding = self.encoding or guessed["encoding"]
        separators = dict(self._fields["separator"].selection)
        self.separator = self.separator or (guessed["separator"] if guessed["separator"] in separators else False)
        return rows

    @api.model
    def _file_problem(self, kind):
        return {
            "empty": self.env._("The file is empty."),
            "binary": self.env._("This is neither an Excel file nor a text file."),
            "encoding": self.env._("The text of this file cannot be read in this encoding."),
            "zip": self.env._("The Excel file is damaged or protected by a password."),
            "csv": self.env._("This is not a CSV file."),
            "many": self.env._("The file has more than %(limit)s lines.", limit=warranty_list.MAX_LINES),
        }[kind]

    def action_read(self):
        """Read the file and guess what its columns are."""
        self.ensure_one()
        self._check_state("draft", "mapping")
        rows = self._get_rows()
        guesses = warranty_list.guess_columns(rows[0])
        starts = (
            [row[guesses.index("start")] for row in rows[1:] if len(row) > guesses.index("start")]
            if "start" in guesses
            else []
        )
        self.write(
            {
                "state": "mapping",
                "line_count": len(rows) - 1,
                "date_format": warranty_list.guess_date_format(starts)[0],
                "column_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "position": position,
                                "header": header[:100],
                                "sample": " · ".join(row[position] for row in rows[1:4] if len(row) > position)[:200],
                                "column": guesses[position],
                            }
                        )
                        for position, header in enumerate(rows[0])
                    ),
                ],
            }
        )
        return True

    def _check_state(self, *states):
        if any(record.state not in states for record in self):
            raise UserError(self.env._("This list is being imported already."))

    def _map(self, row):
        """Return the cells of a row by our names for them."""
        return {
            column.column: row[column.position]
            for column in self.column_ids
            if column.column and len(row) > column.position
        }

    def _read_line(self, cells):
        """Return the values of a line as plain data and ``""``, or nothing and what is wrong."""
        try:
            return warranty_list.read_line(cells, self.date_format or "dmy"), ""
        except warranty_list.ListError as error:
            kind, column, text = error.args
            labels = dict(self.env["service.warranty.import.column"]._fields["column"]._description_selection(self.env))
            return {}, self._line_problem(kind, labels[column], text)

    @api.model
    def _line_problem(self, kind, column, text):
        values = {"column": column, "text": text}
        return {
            "missing": self.env._("%(column)s is empty.", **values),
            "number": self.env._("%(column)s: “%(text)s” is not a number that can be right.", **values),
            "side": self.env._("%(column)s: “%(text)s” is not a side.", **values),
            "date": self.env._("%(column)s: “%(text)s” is not a date like 31/01/2026 or 2026-01-31.", **values),
            "year": self.env._("%(column)s: the year of “%(text)s” cannot be right.", **values),
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
        seen, lines = Counter(), []
        for number, row in enumerate(self._get_rows()[1:], start=2):
            values, problem = self._read_line(self._map(row))
            key = ""
            if values:
                key = warranty_list.line_key(values)
                seen[key] += 1
                key = f"{key}-{seen[key]}"  # as many equal lines, as many pieces
            lines.append({"number": number, "values": values, "problem": problem, "key": key, "row": row})
        packed = zlib.compress(json.dumps(lines).encode())
        self_sudo = self.sudo()  # the field is for administrators; the reader of the list is its owner
        self_sudo.write({"state": "queued", "line_count": len(lines), "lines": base64.b64encode(packed)})
        self_sudo.env.ref("service_dossier.ir_cron_import_warranties")._trigger()
        return True

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
            record = record.with_env(env).with_context(lang=record.create_uid.lang)
            lines = json.loads(zlib.decompress(base64.b64decode(record.with_context(bin_size=False).lines)))
            batch = lines[record.position : record.position + BATCH]
            created, known, problems = env["service.warranty"]._import_lines(record.company_id, batch)
            record.problem_ids = [
                Command.create({"line": line["number"], "problem": problem, "content": " · ".join(line["row"])})
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
