"""Helpers without a model."""

import logging
import math
import random
import time
from decimal import Decimal

from odoo.addons.base_safeguard.defaults import without_proposals
from odoo.exceptions import AccessError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import float_round

from .const import UNITS_PER_CREDIT

_logger = logging.getLogger(__name__)


def in_own_transaction(env, function, *, attempts=10):
    """Call ``function(env)`` in a transaction of its own and commit it.

    What happened outside (an order was placed, an SMS left) must be written down even if
    somebody else touched the same rows: conflicts are tried again here, with the result in
    hand, instead of re-running the whole request.
    """
    for attempt in range(1, attempts + 1):
        try:
            with env.registry.cursor() as cr:
                return function(env(cr=cr))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if attempt == attempts:
                raise
            _logger.debug("conflict, attempt %s of %s", attempt, attempts)
            time.sleep(random.uniform(0.002, 0.02 * attempt))  # noqa: S311 - spreads retries, guards nothing
    return None


def execute_contended(env, query):
    """Like ``env.execute_query``, for rows that workers take from each other.

    Whoever loses tries again: to an administrator, a conflict is no error.
    """
    env.flush_query(query)
    env.cr.execute(query, log_exceptions=False)
    return env.cr.fetchall()


def to_decimal(value, digits):
    """Return a float as a supplier's schema can hold it: discounts and sums leave more digits than that."""
    return Decimal(str(float_round(value, precision_digits=digits)))


def to_units(credit):
    """Return a number of credits in whole units; what is no number is none."""
    return round((credit or 0.0) * UNITS_PER_CREDIT) if math.isfinite(credit or 0.0) else 0


def to_credits(units):
    """Return units as a number of credits, for display."""
    return (units or 0) / UNITS_PER_CREDIT


def pick_person(env, company, *users):
    """Return who is asked to look at something: the first of these who is still there, or else a manager.

    An activity of somebody who left, or of the system, is seen by nobody.
    """
    for user in users:
        if user.active and not user.share:
            return user
    # whoever is asked need not know who manages supplier orders
    group_sudo = env.ref("supplier_webservice_order.group_supplier_webservice_order_manager").sudo()
    managers_sudo = group_sudo.all_user_ids.filtered(lambda user: user.active and company in user.company_ids)
    return managers_sudo.sudo(env.su).sorted("id")[:1] or env.user


def check_guarded(model, vals_list, names):
    """Let only methods of ours, which work as the system, and administrators write what a method decides.

    :raises AccessError: naming the fields, whichever way they came: a form, RPC, an import
    """
    if model.env.su or model.env.user.has_group("base.group_system"):
        return
    found = {name for vals in vals_list for name in vals if name in names}
    if found:
        labels = [model._fields[name].get_description(model.env, ["string"])["string"] for name in sorted(found)]
        raise AccessError(model.env._("This is not written by hand: %(fields)s.", fields=", ".join(labels)))


def guarded_create(model, vals_list, names):
    """Return what ``create`` is to be called on, and with: nothing of what a method decides is the caller's.

    :raises AccessError: see :func:`check_guarded`
    """
    check_guarded(model, vals_list, names)
    if model.env.user.has_group("base.group_system"):
        return model, vals_list
    return without_proposals(model, names, vals_list)
