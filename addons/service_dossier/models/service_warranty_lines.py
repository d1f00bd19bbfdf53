"""Making warranties of the lines of a list, many at once."""

from datetime import date

from odoo import Command, api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, mute_logger
from psycopg2 import DataError, Error, IntegrityError

from .. import warranty_number

#: What a chatter of twenty thousand old warranties would say interests nobody.
QUIET = {"tracking_disable": True, "mail_create_nolog": True, "mail_create_nosubscribe": True, "mail_notrack": True}

#: what says that a line is wrong, and not that the machine is
LINE_ERRORS = (UserError, ValueError, IntegrityError, DataError)


class ServiceWarranty(models.Model):
    """Warranties made of the lines of a list."""

    _inherit = "service.warranty"

    @api.model
    def _import_lines(self, company, lines):
        """Make warranties of lines that were read, each line once however often its list is imported.

        :param lines: dicts of ``values`` (see ``warranty_list.read_line``), ``problem`` and ``key``
        :returns: how many were made, how many were there already, and pairs of a line and what is wrong with it
        """
        lookups = self._import_lookups(company, [line["values"] for line in lines if line["values"]])
        lookups["keys"] = self._known_keys(company, [line["key"] for line in lines if line["key"]])
        made, known, problems = [], 0, []
        for line in lines:
            values, problem = None, line["problem"]
            if not problem:
                values, problem = self._prepare_import_values(company, line, lookups)
            if problem:
                problems.append((line, problem))
            elif values:
                made.append((line, values))
            else:
                known += 1
        unnamed = [values for _line, values in made if not values.get("name")]
        for values, number in zip(unnamed, self._next_numbers(len(unnamed)), strict=True):
            values["name"] = number
        failed = self._create_each(made)
        return len(made) - len(failed), known, problems + failed

    @api.model
    def _create_each(self, pairs):
        """Make warranties of pairs of a line and values; where that fails, of each half, down to the lines at fault.

        :returns: pairs of a line that failed and why
        """
        if not pairs:
            return []
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                self.with_context(**QUIET).create([values for _line, values in pairs])
            return []
        except LINE_ERRORS as error:
            if len(pairs) == 1:
                problem = self._sql_error_to_message(error) if isinstance(error, Error) else str(error)
                return [(pairs[0][0], problem)]
        middle = len(pairs) // 2
        return self._create_each(pairs[:middle]) + self._create_each(pairs[middle:])

    @api.model
    def _known_keys(self, company, keys):
        Warranty = self.with_context(active_test=False)
        return set(Warranty.search([("company_id", "=", company.id), ("import_key", "in", keys)]).mapped("import_key"))

    @api.model
    def _import_lookups(self, company, values_list):
        """Return everything that the lines refer to, read at once; codes in any case."""
        codes = {values["product_code"] for values in values_list}
        codes |= {code for values in values_list for code in values["elements"]}
        numbers = {warranty_number.normalize(values["number"]) for values in values_list} - {""}
        named = self.with_context(active_test=False).search([("name", "in", list(numbers))])
        customers = {values["customer_number"] for values in values_list}
        return {
            "customers": self._by_code("res.partner", "ref", customers, company),
            "products": self._by_code("product.product", "default_code", codes, company),
            "named": {warranty.name: warranty for warranty in named},
        }

    @api.model
    def _by_code(self, model, field, codes, company):
        """Return records by their code: as it is written, and in capitals."""
        Model = self.env[model]
        query = Model._search(Domain("company_id", "in", [False, company.id]) & Domain(field, "!=", False))
        column = Model._field_to_sql(query.table, field, query)
        query.add_where(SQL("upper(%s) = ANY(%s)", column, [code.upper() for code in codes]))
        found = {}
        for record in Model.browse(query):
            for key in ((record[field], "as written"), (record[field].upper(), "in capitals")):
                found[key] = found.get(key, Model) | record
        return found

    @api.model
    def _prepare_import_values(self, company, line, lookups):
        """Return the values of a warranty and ``""``; nothing where it is there; nothing and what is wrong."""
        values, key = line["values"], line["key"]
        if key in lookups["keys"]:
            return None, ""  # whatever became of it since: renamed, transferred, archived
        customer, problem = self._find_customer(lookups["customers"], values["customer_number"])
        if problem:
            return None, problem
        products = [self._look_up(lookups["products"], code) for code in (values["product_code"], *values["elements"])]
        if problem := self._product_problem(products, values):
            return None, problem
        product, *elements = products
        number = warranty_number.normalize(values["number"])
        known, problem = self._check_import_number(company, number, customer, product, lookups["named"])
        if problem or known:
            return None, problem
        result = {
            "company_id": company.id,
            "partner_id": customer.id,
            "product_id": product.id,
            "element_ids": [Command.set([e.id for e in elements] or product.warranty_element_ids.ids)],
            "order_number": values["order_number"] or False,
            "width": values["width"],
            "height": values["height"],
            "depth": values["depth"],
            "color": values["color"] or False,
            "side": values["side"],
            "months": values["months"] or product.warranty_months or 24,
            "import_key": key,
        }
        if number:
            result["name"] = number
        if values["start"]:
            result["date_start"] = date.fromisoformat(values["start"])
        return result, ""

    @api.model
    def _look_up(self, found, code):
        """Return the records with a code, those that are written just so first."""
        return found.get((code, "as written")) or found.get((code.upper(), "in capitals")) or ()

    @api.model
    def _find_customer(self, found, code):
        """Return who has a customer number, and what is wrong with it; a company goes before its people."""
        customer = self._look_up(found, code)
        if len(customer) > 1 and len(customer.commercial_partner_id) == 1:
            customer = customer & customer.commercial_partner_id or customer[:1]
        if not customer:
            return customer, self.env._("There is no customer number “%(code)s”.", code=code[:40])
        if len(customer) > 1:
            names = ", ".join(customer.mapped("display_name"))
            return customer, self.env._(
                "Several customers have the number “%(code)s”: %(names)s.", code=code[:40], names=names[:200]
            )
        return customer, ""

    @api.model
    def _product_problem(self, products, values):
        """Return what is wrong with the codes of a line's product and elements, empty where nothing is."""
        for place, (code, found) in enumerate(
            zip((values["product_code"], *values["elements"]), products, strict=True)
        ):
            if len(found) > 1:
                return self.env._("Several products have the code “%(code)s”.", code=code[:40])
            if not found and place:
                return self.env._("There is no article code “%(code)s”.", code=code[:40])
            if not found:
                return self.env._("There is no product “%(code)s”.", code=code[:40])
        return ""

    @api.model
    def _check_import_number(self, company, number, customer, product, named):
        """Return whether this very warranty is there already, and what is wrong with its number."""
        if not number:
            return False, ""
        if not warranty_number.is_valid(number):
            return False, self.env._("The check digit of warranty number %(number)s is wrong.", number=number[:30])
        warranty = named.get(number)
        if not warranty:
            return False, ""
        if warranty.company_id != company:
            return False, self.env._("Warranty number %(number)s exists in another company.", number=number)
        if warranty.commercial_partner_id == customer.commercial_partner_id and warranty.product_id == product:
            return True, ""
        return False, self.env._("Warranty number %(number)s exists already.", number=number)
