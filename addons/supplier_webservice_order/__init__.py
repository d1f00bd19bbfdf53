"""Orders to suppliers over SOAP, with photos, prices and prepaid credits."""

from . import controllers, models, wizards

from .connectors import nordteile, standard  # isort: skip  (they extend the models)
from .hooks import post_init_hook, uninstall_hook
