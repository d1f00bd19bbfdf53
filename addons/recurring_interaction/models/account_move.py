from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..const import PATTERNS_KEY


def names_records(domain, *names):
    """Return whether a domain asks for particular records: by their ids, or by one of the given fields."""
    for condition in domain.iter_conditions():
        if condition.field_expr in names and (condition.field_expr not in ("id", "move_id") or _is_ids(condition)):
            return True
    return False


def _is_ids(condition):
    value = condition.value
    if condition.operator not in ("=", "in") or isinstance(value, (str, Domain)):
        return False
    return isinstance(value, int) or (
        hasattr(value, "__iter__") and all(isinstance(item, (int, bool)) or hasattr(item, "origin") for item in value)
    )


def idle_values(record, values):
    """Return the names of copied values that a new record has anyway; each of them costs time to create."""
    idle = []
    for name, value in values.items():
        field = record._fields[name]
        if (not field.store and not field.inverse) or (
            (not value or value == [Command.set([])]) and not field.compute and not field.default
        ):
            idle.append(name)
    return idle


class AccountMove(models.Model):
    """An invoice may be a pattern: edited like any invoice, never part of the books."""

    _inherit = "account.move"

    is_recurring_pattern = fields.Boolean("Recurring Invoice", readonly=True, copy=False)

    _recurring_pattern_idx = models.Index("(id) WHERE is_recurring_pattern")

    @api.constrains("is_recurring_pattern", "state", "name", "auto_post", "move_type")
    def _check_recurring_pattern(self):
        for move in self.filtered("is_recurring_pattern"):
            if move.move_type != "out_invoice":
                raise ValidationError(self.env._("Only customer invoices can be recurring."))
            if move.state != "draft" or move.name not in (False, "/") or move.auto_post != "no":
                raise ValidationError(
                    self.env._("A recurring invoice is a pattern: it has no number and is never posted or cancelled.")
                )

    # Hiding: who does not ask for patterns does not get them

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Leave patterns out of all searches that do not ask for them."""
        domain = Domain(domain)
        if not self.env.context.get(PATTERNS_KEY) and not names_records(
            domain, "id", "is_recurring_pattern", "recurring_recurrence_id"
        ):
            domain &= Domain("is_recurring_pattern", "=", False)
        return super()._search(domain, *args, **kwargs)

    def _fetch_duplicate_reference(self, matching_states=("draft", "posted")):
        """A pattern is no duplicate of the invoices made from it."""
        found = super()._fetch_duplicate_reference(matching_states)
        result = {}
        for move, duplicates in found.items():
            others = duplicates.filtered(lambda item: not item.is_recurring_pattern)
            if others and not move.is_recurring_pattern:
                result[move] = others
        return result

    # Keeping a pattern a pattern

    def _compute_name(self):
        """Give patterns no number."""
        patterns = self.filtered("is_recurring_pattern")
        for move in patterns:
            move.name = False
        return super(AccountMove, self - patterns)._compute_name()

    def _compute_name_placeholder(self):
        """Announce no number for patterns."""
        patterns = self.filtered("is_recurring_pattern")
        patterns.name_placeholder = False
        return super(AccountMove, self - patterns)._compute_name_placeholder()

    def _compute_hide_post_button(self):
        """Offer no posting of patterns."""
        result = super()._compute_hide_post_button()
        self.filtered("is_recurring_pattern").hide_post_button = True
        return result

    @api.depends("is_recurring_pattern", "recurring_recurrence_id.name")
    def _compute_display_name(self):
        """Show patterns by their subject."""
        result = super()._compute_display_name()
        for move in self.filtered("is_recurring_pattern"):
            move.display_name = move.recurring_recurrence_id.name or self.env._("Recurring Invoice")
        return result

    def _post(self, soft=True):
        """Refuse to post a pattern, whichever way it is asked for."""
        if any(move.is_recurring_pattern for move in self):
            raise UserError(
                self.env._("A recurring invoice is a pattern and is never posted. Generate its interactions instead.")
            )
        return super()._post(soft)

    def button_cancel(self):
        """A cancelled invoice leaves its date unbilled: somebody decides about it."""
        result = super().button_cancel()
        self.env["recurring.issue"]._lose_invoices(self)
        return result

    def unlink(self):
        """Take the recurrences of patterns along; the date of a deleted invoice asks what becomes of it."""
        self.env["recurring.issue"]._lose_invoices(self)
        recurrences = self.filtered("is_recurring_pattern").recurring_recurrence_id
        if recurrences:
            recurrences.check_access("unlink")
            recurrences.sudo().move_id = False
        result = super().unlink()
        if recurrences:
            recurrences.unlink()
        return result

    def get_formview_id(self, access_uid=None):
        """Open patterns in their own variant of the invoice form."""
        if len(self) == 1 and self.is_recurring_pattern:
            return self.env.ref("recurring_interaction.account_move_view_form_recurring").id
        return super().get_formview_id(access_uid=access_uid)

    # Copying

    def _recurring_copy_values(self):
        """Return the values that the invoices made from these patterns start with."""
        skipped = {
            "line_ids": [],
            "date": fields.Date.context_today(self),
            "invoice_date": False,
            "invoice_date_due": False,
            "auto_post": "no",
        }
        result = self.with_context(**{PATTERNS_KEY: True}).copy_data(skipped)
        for move, values in zip(self, result, strict=True):
            for name in [*skipped, *idle_values(move, values)]:
                values.pop(name, None)
            # not copied by Odoo, but meant for every invoice of a pattern
            values.update(
                company_id=move.company_id.id,
                ref=move.ref,
                invoice_user_id=move.invoice_user_id.id,
                invoice_payment_term_id=move.invoice_payment_term_id.id,
            )
        return result
