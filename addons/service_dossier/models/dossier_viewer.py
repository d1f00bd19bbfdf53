"""Which employees look at a record now, so that two of them do not answer the same customer."""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

#: Somebody whose page did not call within this time has left; pages call every 20 seconds.
SECONDS = 50


class ServiceDossierViewer(models.Model):
    """One row for each employee and record; read and written by the mixin alone."""

    _name = "service.dossier.viewer"
    _description = "Employee Who Looks at a Record"
    _log_access = False
    _rec_name = "user_id"

    res_model = fields.Char(required=True)
    res_id = fields.Many2oneReference(model_field="res_model", required=True)
    user_id = fields.Many2one("res.users", required=True, ondelete="cascade", index=True)
    date_seen = fields.Datetime(required=True)

    _record_user_unique = models.UniqueIndex("(res_model, res_id, user_id)")

    @api.autovacuum
    def _gc_viewers(self):
        self.search([("date_seen", "<", fields.Datetime.subtract(fields.Datetime.now(), hours=1))]).unlink()


class ServiceDossierViewedMixin(models.AbstractModel):
    """A record whose form says who else looks at it."""

    _name = "service.dossier.viewed.mixin"
    _description = "Record That Says Who Looks at It"

    def look(self):
        """Note that the current user looks at this record, and return the names of the others who do."""
        self.ensure_one()
        self.check_access("read")
        if self.env.user.share:
            raise AccessError(self.env._("Only employees see who works on something."))
        Viewer = self.env["service.dossier.viewer"]
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO service_dossier_viewer (res_model, res_id, user_id, date_seen)
                     VALUES (%s, %s, %s, clock_timestamp() AT TIME ZONE 'UTC')
                ON CONFLICT (res_model, res_id, user_id) DO UPDATE SET date_seen = EXCLUDED.date_seen
                """,
                self._name,
                self.id,
                self.env.uid,
            )
        )
        Viewer.invalidate_model()
        since = fields.Datetime.subtract(fields.Datetime.now(), seconds=SECONDS)
        viewers_sudo = Viewer.sudo().search(  # names of colleagues in front of a record that the user may read
            [*self._viewer_domain(), ("user_id", "!=", self.env.uid), ("date_seen", ">=", since)],
            order="date_seen desc",
        )
        return viewers_sudo.user_id.mapped("name")

    def leave(self):
        """Note that the current user has closed this record."""
        viewers_sudo = self.env["service.dossier.viewer"].sudo()  # the own row only
        viewers_sudo.search([*self._viewer_domain(), ("user_id", "=", self.env.uid)]).unlink()
        return True

    def _viewer_domain(self):
        return [("res_model", "=", self._name), ("res_id", "in", self.ids)]
