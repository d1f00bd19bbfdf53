import base64
import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import config

from ..soap.client import Endpoint
from ..soap.sockets import is_listed, is_public_name
from ..soap.tls import CertificateError, get_context

MANAGER = "supplier_webservice_order.group_supplier_webservice_order_manager"
#: only variables that are meant for it can be named: others hold the server's own secrets
ENVIRONMENT_PREFIX = "ODOO_SUPPLIER_PASSWORD_"
SECRET_NAME = re.compile(r"[A-Za-z0-9_]{1,64}")
MAX_SECRET_BYTES = 4096
MAX_CERTIFICATE_BYTES = 256 * 1024
#: hosts and networks inside of the own network that managers may use, as an administrator listed them
PARAMETER = "supplier_webservice_order.inner_hosts"

ACCESS_FIELDS = (
    "endpoint_url",
    "address_urls",
    "auth",
    "connect_timeout",
    "read_timeout",
    "username",
    "password",
    "auth_source",
    "auth_name",
    "wsse_timestamp",
    "strict",
    "inner_network",
    "ca_certificate",
    "client_certificate",
    "client_certificate_password",
)


class SupplierConnection(models.Model):
    """Where a supplier's web service is, who we are there, and whom we trust on the way."""

    _inherit = "supplier.connection"

    address_ids = fields.One2many(
        "supplier.connection.address",
        "connection_id",
        string="Other Addresses",
        copy=True,
        help="Services of this supplier that do not stand at the address above.",
    )
    address_urls = fields.Json(
        "Addresses by Kind",
        compute="_compute_address_urls",
        store=True,
        help="The same by kind: every message needs them.",
    )
    inner_network = fields.Boolean(
        "Inside the Own Network",
        copy=False,
        groups="base.group_system",
        help="The web service may stand on this machine or in a private network. Only an administrator decides that.",
    )
    auth_source = fields.Selection(
        [("database", "Entered here"), ("environment", "Environment variable"), ("file", "File of secrets")],
        string="Password Kept In",
        default="database",
        required=True,
        groups=MANAGER,
        help="A password outside of the database is in no backup of it.",
    )
    auth_name = fields.Char(
        "Name of the Password",
        groups=MANAGER,
        help="What follows ODOO_SUPPLIER_PASSWORD_ in the name of the environment variable, or the name of the file "
        "in the folder that ODOO_SUPPLIER_SECRETS names.",
    )
    wsse_timestamp = fields.Boolean("With Timestamp", help="Say in the WS-Security header how long a message is good.")
    strict = fields.Boolean(
        "Strict Answers",
        default=True,
        help="An answer with elements that the WSDL does not know, or without such as it demands, is not used.",
    )
    ca_certificate = fields.Binary(
        "Certificate Authority",
        attachment=False,
        copy=False,
        groups=MANAGER,
        help="PEM file. Instead of the usual authorities, only this one is trusted.",
    )
    client_certificate = fields.Binary(
        attachment=False,
        copy=False,
        groups=MANAGER,
        help="Your own certificate with its key, as PEM or PKCS#12 file (.p12, .pfx).",
    )
    client_certificate_password = fields.Char("Password of the Certificate", copy=False, groups=MANAGER)

    @api.depends("address_ids.kind", "address_ids.url")
    def _compute_address_urls(self):
        for connection in self:
            connection.address_urls = {each.kind: (each.url or "").strip() for each in connection.address_ids}

    @api.constrains("endpoint_url", "address_ids", "inner_network")
    def _check_inner_network(self):
        for connection in self:
            allowed = connection._get_inner_hosts()
            inner = [host for host in map(_host, connection._get_urls()) if not is_public_name(host)]
            # only administrators see what they allowed; it is kept to for everybody
            if not connection.sudo().inner_network and not all(is_listed(host, allowed) for host in inner):
                raise ValidationError(
                    self.env._(
                        "%(host)s lies inside of the own network. Only an administrator can allow a connection to it.",
                        host=", ".join(inner),
                    )
                )

    @api.constrains("auth_source", "auth_name")
    def _check_auth_name(self):
        for connection_sudo in self.sudo():
            outside = connection_sudo.auth_source != "database"
            if outside and not SECRET_NAME.fullmatch(connection_sudo.auth_name or ""):
                raise ValidationError(
                    self.env._("The name of a password consists of letters, digits and underscores only.")
                )

    @api.constrains("ca_certificate", "client_certificate", "client_certificate_password")
    def _check_certificates(self):
        for connection_sudo in self.sudo():
            values = connection_sudo._prepare_tls_values()
            if any(len(values[name]) > MAX_CERTIFICATE_BYTES for name in ("authority", "certificate")):
                raise ValidationError(self.env._("This file is too large for a certificate."))
            try:
                get_context(**values)
            except CertificateError as error:
                raise ValidationError(
                    self.env._(
                        "The certificate cannot be used: %(error)s. Is the password right, and is the key in the file?",
                        error=error,
                    )
                ) from error

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._guard_address(vals) for vals in vals_list])

    def write(self, vals):
        # only administrators see what they allowed; it is taken back for everybody
        watched = self.sudo().filtered("inner_network") if not self.env.is_system() else self.browse()
        before = {connection.id: connection._get_urls() for connection in watched}
        result = super().write(self._guard_address(vals))
        # what an administrator allowed were the addresses that stood there
        watched.filtered(lambda connection: connection._get_urls() != before[connection.id]).inner_network = False
        return result

    def _guard_address(self, vals):
        """Return the values; an administrator who enters an inner address thereby allows it."""
        if "inner_network" in vals or not self.env.is_system():
            return vals
        commands = vals.get("address_ids") or ()
        urls = [vals.get("endpoint_url"), *(each[2].get("url") for each in commands if isinstance(each[-1], dict))]
        inner = any(url and not is_public_name(_host(url)) for url in urls)
        return {**vals, "inner_network": True} if inner else vals

    # Business

    def _get_urls(self):
        """Return every address of this supplier."""
        return [url for url in (self.endpoint_url, *self.address_ids.mapped("url")) if url]

    @api.model
    def _get_inner_hosts(self):
        """Return the hosts and networks of the own network that managers may use."""
        # a list that administrators keep
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER) or ""
        return tuple(value.replace(",", " ").split())

    def _get_endpoint(self):
        # senders use the credentials without being allowed to see them; a form asks for the size of files only
        connection_sudo = self.sudo().with_context(bin_size=False)
        connection_sudo.fetch(ACCESS_FIELDS)
        return Endpoint(
            url=(connection_sudo.endpoint_url or "").strip(),
            others=connection_sudo._get_other_addresses(),
            auth=connection_sudo.auth,
            username=connection_sudo.username or "",
            password=connection_sudo._get_password(),
            connect_timeout=connection_sudo.connect_timeout,
            read_timeout=connection_sudo.read_timeout,
            public_only=not connection_sudo.inner_network,
            inner_hosts=self._get_inner_hosts(),
            timestamp=connection_sudo.wsse_timestamp,
            strict=connection_sudo.strict,
            **connection_sudo._prepare_tls_values(),
        )

    def _get_other_addresses(self):
        """Return the addresses of single services by kind, and by the operations that are mapped for them."""
        by_kind = self.address_urls or {}
        if not by_kind:
            return ()
        by_purpose = {**by_kind, "offer": by_kind.get("stock") or by_kind.get("price")}
        operations = self.mapping_ids if self.connector == "mapped" else ()
        named = self._get_connector().operation_kinds if self.connector != "mapped" else {}
        kinds = (*named.items(), *((operation.operation, operation.kind) for operation in operations))
        mapped = ((name, by_purpose.get(kind)) for name, kind in kinds)
        return (*by_kind.items(), *((name, url) for name, url in mapped if url))

    def _prepare_tls_values(self):
        return {
            "authority": _content(self.ca_certificate),
            "certificate": _content(self.client_certificate),
            "key_password": self.client_certificate_password or "",
        }

    def _get_password(self):
        """Return the password from where it is kept; what is not there is an empty one, which the supplier refuses."""
        name = self.auth_name or ""
        if self.auth_source == "database":
            return self.password or ""
        if not SECRET_NAME.fullmatch(name):
            return ""
        if self.auth_source == "environment":
            return os.environ.get(f"{ENVIRONMENT_PREFIX}{name}", "")
        folder = os.environ.get("ODOO_SUPPLIER_SECRETS") or config.get("supplier_secrets")
        try:
            with (Path(folder or "/run/secrets") / name).open("rb") as file:
                return file.read(MAX_SECRET_BYTES).decode().strip("\r\n")
        except (OSError, UnicodeDecodeError):
            return ""

    def _check_password_found(self):
        """:raises UserError: where the password is kept outside of the database and is not there"""
        for connection_sudo in self.sudo():
            if connection_sudo.auth_source != "database" and not connection_sudo._get_password():
                raise UserError(
                    self.env._(
                        "%(connection)s: the server does not hold the password %(name)s.",
                        connection=connection_sudo.name,
                        name=connection_sudo.auth_name,
                    )
                )


def _host(url):
    try:
        return urlsplit((url or "").strip()).hostname or ""
    except ValueError:
        return ""


def _content(value):
    return base64.b64decode(value or b"")
