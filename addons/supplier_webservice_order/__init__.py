"""Orders to suppliers over SOAP, with photos, prices and prepaid credits."""

from . import controllers, credit, models, photos, wizards
from .hooks import post_init_hook, uninstall_hook
