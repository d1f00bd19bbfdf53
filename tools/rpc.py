"""A thin client for Odoo's XML-RPC interface."""

import xmlrpc.client


class Rpc:
    """A user's session: ``Rpc(url, db).call('res.partner', 'search_read', [], ['name'])``.

    :raises xmlrpc.client.Fault: what Odoo answers to a refused call
    """

    def __init__(self, url, database, login="admin", password="admin"):  # noqa: S107 - the demo database's own
        self.url, self.database, self.login, self.password = url, database, login, password
        self.uid = self._proxy("common").login(database, login, password)

    def _proxy(self, service):
        return xmlrpc.client.ServerProxy(f"{self.url}/xmlrpc/2/{service}", allow_none=True)

    def call(self, model, method, *args, **kwargs):
        """Call a public method of a model, with the ids first where it works on records."""
        return self._proxy("object").execute_kw(
            self.database, self.uid, self.password, model, method, list(args), kwargs
        )

    def ref(self, xmlid):
        """Return the database id behind an external id."""
        module, name = xmlid.split(".")
        rows = self.call("ir.model.data", "search_read", [("module", "=", module), ("name", "=", name)], ["res_id"])
        if not rows:
            raise LookupError(xmlid)
        return rows[0]["res_id"]

    def run_cron(self, xmlid):
        """Run a scheduled action now, in this request."""
        return self.call("ir.cron", "method_direct_trigger", [self.ref(xmlid)])


def configure_mail(rpc, alias_domain):
    """Give every company the alias domain whose mail the sink hands to Odoo."""
    domains = rpc.call("mail.alias.domain", "search", [("name", "=", alias_domain)])
    domain_id = domains[0] if domains else rpc.call("mail.alias.domain", "create", [{"name": alias_domain}])[0]
    companies = rpc.call("res.company", "search", [])
    rpc.call("res.company", "write", companies, {"alias_domain_id": domain_id})
