from odoo import api, models
from odoo.fields import Domain

#: Up to so many hits are put into order by themselves; more of them are soon met on a walk through the table.
FEW = 1_000
#: PostgreSQL's index of parts knows parts of three characters (trigrams).
SHORTEST = 3


class PartSearchMixin(models.AbstractModel):
    """A long table that people search by a part of a number or name (``index="trigram"``).

    Asked for the newest eight hits of some hundred, PostgreSQL takes them to lie evenly among all rows: it walks the
    table from the newest row on rather than ask the index of parts, and walks it whole where the hits are old or
    few. So the hits are asked for first, without an order, for which there is the index only; a few are then put
    into order, and of many the walk meets enough on its first steps.
    """

    _name = "part.search.mixin"
    _description = "Found by a Part of Its Number"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, *, active_test=True, bypass_access=False):
        """Ask for the hits of a part before they are put into order."""
        if limit and order and self._asks_for_a_part(domain):
            hits = super()._search(domain, limit=FEW + 1, active_test=active_test, bypass_access=bypass_access)
            ids = hits.get_result_ids()
            if len(ids) <= FEW:
                # the rights were asked for with the hits
                domain, active_test, bypass_access = Domain("id", "in", ids), False, True
        return super()._search(domain, offset, limit, order, active_test=active_test, bypass_access=bypass_access)

    @api.model
    def _asks_for_a_part(self, domain):
        return any(
            leaf.operator.endswith("like")
            and not leaf.operator.startswith("not")
            and len(str(leaf.value)) >= SHORTEST
            and (leaf.field_expr == "display_name" or self._has_index_of_parts(leaf.field_expr))
            for leaf in Domain(domain).iter_conditions()
        )

    @api.model
    def _has_index_of_parts(self, name):
        field = self._fields.get(name)
        return bool(field) and field.index == "trigram"
