"""Make the addon's plain-Python package importable without Odoo, as ``recurrence``."""

import sys

from tools.settings import ADDONS_DIR

sys.path.insert(0, str(ADDONS_DIR / "recurring_interaction"))
