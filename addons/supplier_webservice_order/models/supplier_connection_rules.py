from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from ..delivery import judge_pause
from ..utils import execute_contended, in_own_transaction


class SupplierConnection(models.Model):
    """What holds for one supplier: its units, its charges, and when it is left alone."""

    # apart from supplier_connection.py, which says how it is called
    _inherit = "supplier.connection"  # pylint: disable=consider-merging-classes-inherited

    def action_resume(self):
        """Call the supplier again now, instead of after the pause."""
        self._check_manager()
        # as the system: pauses are not written by hand
        self.sudo().write({"date_pause_end": False})
        self.env["supplier.exchange"]._wake_workers()
        return True

    def _describe_pause(self):
        """Return when a connection that rests is called again, and why it rests."""
        self.ensure_one()
        return self.env._(
            "The supplier is called again at %(time)s. %(reason)s",
            time=format_datetime(self.env, self.date_pause_end, dt_format="short"),
            reason=self.pause_reason or "",
        )

    def _find_unit_code(self, uom):
        """Return what the supplier calls a unit, or nothing."""
        return (self.unit_codes or {}).get(str(uom.id)) or self._get_standard_unit_code(uom.id) or ""

    def _get_unit_code(self, uom):
        """Return what the supplier calls a unit: its own code, or that of UN/ECE Recommendation 20.

        :raises UserError: for a unit that has neither: the supplier would deliver one piece for a box
        """
        code = self._find_unit_code(uom)
        if not code:
            raise UserError(
                self.env._(
                    "%(supplier)s does not know the unit %(unit)s. Enter its code for it in the connection.",
                    supplier=self.partner_id.name,
                    unit=uom.name,
                )
            )
        return code

    @api.model
    @tools.ormcache("uom_id")
    def _get_standard_unit_code(self, uom_id):
        code = self.env["uom.uom"].browse(uom_id)._get_unece_code()
        # for a unit without a code Odoo says "one piece", which is true of the piece only
        piece = self.env.ref("uom.product_uom_unit", raise_if_not_found=False)
        return code if code != "C62" or (piece and piece.id == uom_id) else ""

    def _get_charge_product(self, number, name):
        """Return the product that stands for what the supplier added to an order, or none."""
        label = f"{number} {name}".lower()
        rows = self.charge_product_ids.filtered(lambda row: not row.word or row.word.strip().lower() in label)
        return rows.sorted(lambda row: not row.word)[:1].product_id

    @api.model
    def _note_outcome(self, connection_id, error):
        """Let a connection that failed, or asks for patience, rest; and end that when it answers.

        In a transaction of its own: other calls to the same supplier end at the same moment.

        :param error: ``SoapError``, or none where there was an answer
        """

        def note(env):
            connection_sudo = env["supplier.connection"].sudo().browse(connection_id)
            failures = connection_sudo.failures
            seconds = judge_pause(error, failures) if error else None
            if seconds is None:
                if failures or connection_sudo.date_pause_end:
                    connection_sudo._write_pause(0, None, None)
                return
            if connection_sudo.is_paused and not error.retry_after:
                # the calls that were under way together fail together: that is one failure
                return
            until = fields.Datetime.add(fields.Datetime.now(), seconds=seconds)
            if not connection_sudo.date_pause_end or connection_sudo.date_pause_end < until:
                connection_sudo._write_pause(failures + 1, until, env["supplier.exchange"]._describe_error(error))

        in_own_transaction(self.env, note)

    def _write_pause(self, failures, until, reason):
        execute_contended(
            self.env,
            SQL(
                "UPDATE supplier_connection SET failures = %s, date_pause_end = %s, pause_reason = %s WHERE id = %s"
                " RETURNING id",
                failures,
                until,
                reason,
                self.id,
            ),
        )
        self.invalidate_recordset(["failures", "date_pause_end", "pause_reason"])
