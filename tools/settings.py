"""Paths, ports and names shared by all tools.

Only the standard library is used here: this module is imported before the virtual
environment exists. Every value that a person may want to change is an environment
variable, listed in ``README.md``.
"""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDONS_DIR = ROOT / "addons"
STATE_DIR = ROOT / os.environ.get("STATE_DIR", ".state")
VENV_DIR = ROOT / os.environ.get("VENV_DIR", ".venv")
ODOO_PREFIX = ROOT / ".odoo"
LOG_DIR = STATE_DIR / "logs"
MAIL_DIR = STATE_DIR / "mail"
FILESTORE_DIR = STATE_DIR / "data"
SANDBOX_DIR = STATE_DIR / "sandbox"

HOST = "127.0.0.1"
HTTP_PORT = int(os.environ.get("HTTP_PORT", 8069))
SMTP_PORT = int(os.environ.get("SMTP_PORT", 8025))
SANDBOX_PORT = int(os.environ.get("SANDBOX_PORT", 8090))
START_PORT = int(os.environ.get("START_PORT", 8068))
DB_NAME = os.environ.get("DB_NAME", "odoo19_addons")
#: Mail to this domain is handed to Odoo's mail gateway by the mail sink.
ALIAS_DOMAIN = os.environ.get("ALIAS_DOMAIN", "mail.example.com")
#: Login (the password is the same) and who it is, in Odoo's own demo data.
DEMO_LOGINS = {
    "admin": "administrator",
    "demo": "employee",
    "portal": "customer",
}

SUPPORTED_PYTHONS = ((3, 11), (3, 13))


class ToolError(Exception):
    """A problem that the person at the terminal can solve; its text says how."""


def run_tool(main):
    """Call ``main`` and turn the expected ways of failing into one sentence.

    :param main: callable returning a process exit code (or None for 0)
    """
    try:
        sys.exit(main())
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        sys.exit(130)


def progress(text):
    """Print one line of progress at once, also when the output is a pipe."""
    print(f"» {text}", flush=True)


def odoo_home():
    """Return the folder that holds the ``odoo`` Python package.

    ``ODOO_HOME`` may be a source checkout or any folder with ``odoo/release.py`` in it;
    without it, the copy that ``tools.provision`` extracted is used.

    :raises ToolError: if ``ODOO_HOME`` is set and holds no Odoo
    """
    custom = os.environ.get("ODOO_HOME")
    if not custom:
        return ODOO_PREFIX.resolve() / "usr/lib/python3/dist-packages"
    home = Path(custom).expanduser().resolve()
    if not (home / "odoo/release.py").exists():
        raise ToolError(f"ODOO_HOME={custom} holds no odoo/release.py; point it at an Odoo 19 checkout.")
    return home


def venv_python():
    """Return the interpreter of the virtual environment."""
    return VENV_DIR / "bin/python"


def our_addons():
    """Return the names of the addons in this repository, sorted."""
    return sorted(path.parent.name for path in ADDONS_DIR.glob("*/__manifest__.py"))
