"""Dossiers that a customer and the manufacturer share."""

from . import controllers, helpdesk_portal, models, report, wizards
from .hooks import uninstall_hook
