"""The record rules know of logins with several customers, and of agents without a role in dossiers."""

from odoo import SUPERUSER_ID, api
from odoo.tools import convert_file


def migrate(cr, version):
    """Write the rules anew: their file is not read again by itself, so that people may adapt them."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    convert_file(env, "service_dossier", "security/service_dossier_rules.xml", {}, mode="init")
