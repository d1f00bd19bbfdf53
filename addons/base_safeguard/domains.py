"""What searching for computed fields has in common."""

from collections.abc import Collection

from odoo.fields import Domain


def either(domain: Domain, values: Collection[bool]) -> Domain:
    """Return where a computed Boolean has one of some values, as Odoo asks its search method: operator ``in``.

    :param domain: where it is true
    """
    return Domain.OR(part for wanted, part in ((True, domain), (False, ~domain)) if wanted in values)
