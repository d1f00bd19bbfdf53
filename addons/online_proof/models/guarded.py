from odoo import api, models
from odoo.addons.base_safeguard.defaults import without_proposals
from odoo.exceptions import AccessError

#: Fields of the chatter and the activities, which Odoo writes in people's names.
CHATTER = ("message_", "activity_", "my_activity_", "website_message_", "rating_")


class OnlineProofGuarded(models.AbstractModel):
    """Records that methods change; people change what is named in ``_by_hand``, whichever way they come.

    Forms, imports and calls from outside end in ``create`` and ``write`` with the rights of a person.
    Methods that have checked the rights go on as superuser, which nobody can do from outside.
    """

    _name = "online.proof.guarded"
    _description = "Record Changed by Methods"

    #: fields that people change
    _by_hand = frozenset()
    #: fields that people choose when they make a record, besides
    _by_hand_when_new = frozenset()

    def _is_by_hand(self, name, allowed):
        return name in allowed or name.startswith(CHATTER)

    def _check_by_hand(self, names, allowed):
        if self.env.su:
            return
        refused = sorted(name for name in names if name in self._fields and not self._is_by_hand(name, allowed))
        if refused:
            raise AccessError(
                self.env._(
                    "%(model)s: %(fields)s cannot be set by hand.",
                    model=self._description,
                    fields=", ".join(self._fields[name].string for name in refused),
                )
            )

    @api.model_create_multi
    def create(self, vals_list):
        allowed = self._by_hand | self._by_hand_when_new
        for vals in vals_list:
            self._check_by_hand(vals, allowed)
        guarded = [name for name in self._fields if not self._is_by_hand(name, allowed)]
        model, vals_list = without_proposals(self, guarded, vals_list)
        return super(OnlineProofGuarded, model).create(vals_list)

    def write(self, vals):
        self._check_by_hand(vals, self._by_hand)
        return super().write(vals)
