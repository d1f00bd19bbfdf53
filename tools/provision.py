"""Install everything the project needs: Odoo 19, the virtual environment, system tools.

Idempotent: each step looks first whether its result is already there. Only the standard
library is used, so that it runs on a bare ``python3``.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from ctypes.util import find_library
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import apt_source
from tools.settings import (
    ODOO_PREFIX,
    ROOT,
    SUPPORTED_PYTHONS,
    VENV_DIR,
    ToolError,
    odoo_home,
    progress,
    run_tool,
    venv_python,
)

#: Executable -> Debian package that has it.
SYSTEM_TOOLS = {
    "wkhtmltopdf": "wkhtmltopdf",
    "pdftoppm": "poppler-utils",
    "gs": "ghostscript",
    "chromium": "chromium",
    "spamassassin": "spamassassin",
}

#: What is no executable -> a way to see it, Debian package that has it.
SYSTEM_FILES = {
    "libmagic1": lambda: find_library("magic"),
    "fonts-dejavu-core": lambda: Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf").exists(),
    "fonts-wqy-microhei": lambda: Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc").exists(),
}

#: Odoo and the packages that its symbolic links point to -> suite ("" is the machine's own).
ODOO_PACKAGES = {
    "odoo-19": "sid",
    "libjs-jquery": "sid",
    "libjs-jquery-form": "sid",
    "libjs-underscore": "sid",
    "fonts-roboto-unhinted": "sid",
    "fonts-montserrat": "sid",
    "fonts-inconsolata": "sid",
    "fonts-ocr-b": "sid",
    # the 7.x in sid lacks the files of 4.7 that Odoo links to
    "fonts-font-awesome": "",
}

#: Asked for by every page of the web client but left out of the Debian package (not free).
MISSING_SCRIPT = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


def check_python():
    """:raises ToolError: if this interpreter is one that Odoo 19 does not run on"""
    low, high = SUPPORTED_PYTHONS
    if not low <= sys.version_info[:2] <= high:
        raise ToolError(
            f"Python {sys.version_info[0]}.{sys.version_info[1]} is not supported; run "
            f"`make PYTHON=python3.13 ...` with a Python from {low[0]}.{low[1]} to {high[0]}.{high[1]}."
        )


def _apt_install(packages):
    """Install Debian packages system-wide.

    :raises ToolError: without the right to do so, or if apt refuses
    """
    names = " ".join(packages)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ToolError(f"Missing on this machine: {names}. Install with: sudo apt-get install {names}")
    progress(f"installing {names} (Debian packages)")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run(["apt-get", *arguments], env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolError(f"apt-get {arguments[0]} failed: {done.stderr.strip()[-800:]}")


def ensure_system_tools():
    """Install the executables, libraries and fonts that Odoo and the tests use."""
    missing = [package for tool, package in SYSTEM_TOOLS.items() if not shutil.which(tool)]
    missing += [package for package, is_there in SYSTEM_FILES.items() if not is_there()]
    if missing:
        _apt_install(missing)


def ensure_odoo():
    """Extract Odoo 19 under ``.odoo/`` unless ``ODOO_HOME`` names another copy."""
    home = odoo_home()
    stamp = ODOO_PREFIX / "complete"
    if os.environ.get("ODOO_HOME") or stamp.exists():
        return
    progress("fetching Odoo 19 (about 250 MB, once)")
    shutil.rmtree(ODOO_PREFIX, ignore_errors=True)
    ODOO_PREFIX.mkdir(parents=True)
    apt_source.fetch(ODOO_PACKAGES, ODOO_PREFIX)
    script = home / "odoo/addons" / MISSING_SCRIPT
    script.parent.mkdir(parents=True, exist_ok=True)
    script.touch()
    stamp.touch()


def _requirements_fingerprint(home):
    digest = hashlib.sha256(f"{sys.version_info[:2]} {home}".encode())
    for name in ("requirements.txt", "requirements-dev.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def _create_venv():
    command = [sys.executable, "-m", "venv", "--clear", VENV_DIR]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and os.geteuid() == 0 and shutil.which("apt-get"):
        _apt_install(["python3-venv"])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(
            f"The virtual environment cannot be made (apt-get install python3-venv helps on Debian): "
            f"{(done.stderr or done.stdout).strip()[-500:]}"
        )


#: Installs what pip would, in a quarter of the time.
UV = "uv==0.13.9"

#: What a machine's pip is told (index, certificates ...) -> the variable that tells uv.
UV_SETTINGS = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "constraint": "UV_CONSTRAINT",
    "cert": "SSL_CERT_FILE",
}


def _pip(*arguments):
    command = [venv_python(), "-m", "pip", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _uv_environment():
    """Return the environment for uv, which does not read the settings of pip itself."""
    environment = {**os.environ, "UV_INDEX_STRATEGY": "unsafe-best-match"}  # as pip: the best of all indexes
    for line in _pip("config", "list").stdout.splitlines():
        key, _separator, value = line.partition("=")
        name = UV_SETTINGS.get(key.rpartition(".")[2])
        if name and key.partition(".")[0] in ("global", "install", ":env:"):
            environment.setdefault(name, value.strip().strip("'"))
    return environment


def _install_packages(*arguments):
    """Install Python packages with uv, or with pip where uv does not manage."""
    if not _pip("install", "--quiet", UV).returncode:
        command = [venv_python(), "-m", "uv", "pip", "install", "--quiet", "--python", venv_python(), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_uv_environment())
        if not done.returncode:
            return
        progress("uv does not manage, going on with pip")
    done = _pip("install", "--quiet", *arguments)
    if done.returncode:
        raise ToolError(f"pip install failed: {done.stderr.strip()[-1500:]}")


def ensure_venv():
    """Make the virtual environment with the pinned requirements, Odoo importable in it."""
    home = odoo_home()
    stamp = VENV_DIR / "provisioned"
    fingerprint = _requirements_fingerprint(home)
    if stamp.exists() and stamp.read_text() == fingerprint:
        return
    if not venv_python().exists():
        progress("making the virtual environment")
        _create_venv()
    progress("installing Python packages (requirements.txt, requirements-dev.txt)")
    # OCA addons depend on the distribution "odoo", which a plain checkout does not declare:
    # they are installed apart, without their dependencies
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    odoo_addons = [line.split("#")[0].strip() for line in lines if line.startswith("odoo-addon-")]
    plain = VENV_DIR / "requirements-plain.txt"
    plain.write_text("\n".join(line for line in lines if not line.startswith("odoo-addon-")))
    _install_packages("-r", plain, "-r", ROOT / "requirements-dev.txt")
    _install_packages("--no-deps", *odoo_addons)
    site_packages = next(VENV_DIR.glob("lib/python3.*/site-packages"))
    (site_packages / "odoo19.pth").write_text(f"{home}\n")
    stamp.write_text(fingerprint)


def main():
    """Run every step; each is a no-op when its result is already there."""
    check_python()
    ensure_system_tools()
    ensure_odoo()
    ensure_venv()


if __name__ == "__main__":
    run_tool(main)
