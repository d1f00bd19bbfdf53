"""``make versions``: the tests with each Python, each PostgreSQL and the newest packages that can be had here.

Python 3.11 to 3.13 as commands of the machine, PostgreSQL 15 to 18 as Debian installs them (fsync on) and the
embedded one; what is not there is named. ``--newest`` installs what ``requirements*.txt`` names without its pins,
lists what moved, and says what the tests say about it. Each runs in folders of its own under ``.state/versions``.
"""

import argparse
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

from tools.debian_postgres import cluster, installed
from tools.odoo_server import free_port
from tools.settings import LOG_DIR, ROOT, STATE_DIR, SUPPORTED_PYTHONS, progress, run_tool, venv_python

POSTGRESES = (15, 16, 17, 18)
LAST = re.compile(r"^(\d+ passed, \d+ failed.*|error: .*)$", re.MULTILINE)
PIN = re.compile(r"^([\w.-]+)==([\w.!+]+)", re.MULTILINE)
#: Pinned for a reason that a newer version does not take away.
KEPT = {"PyPDF2", "odoo-addon-helpdesk_mgmt"}


@dataclass
class Verdict:
    """What the tests said about one version."""

    version: str
    text: str
    ok: bool | None


def run_tests(label, environment, options):
    """Run the tests with other versions, in folders of their own.

    :rtype: Verdict
    """
    progress(f"{label}: {'all addons' if not options.addon else options.addon}")
    log = LOG_DIR / f"versions-{re.sub(r'[^a-z0-9]+', '-', label.lower())}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    words = [f"{name}={value}" for name, value in environment.items()]
    command = ["make", "test", f"ADDON={options.addon}", f"ONLY={options.only}", *words]
    with log.open("w") as file:
        done = subprocess.run(
            command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, check=False, env={**os.environ, **environment}
        )
    found = LAST.findall(log.read_text(errors="replace"))
    return Verdict(label, found[-1] if found else f"nothing ran; see {log}", done.returncode == 0)


def _folders(name):
    """Return the variables of a run in folders of its own, which Odoo's code is shared with."""
    folder = STATE_DIR.relative_to(ROOT) / "versions" / name
    return {"STATE_DIR": str(folder), "VENV_DIR": str(folder / "venv")}


def pythons(options):
    """Yield a verdict for each supported Python."""
    (major, low), (_major, high) = SUPPORTED_PYTHONS
    for minor in range(low, high + 1):
        name = f"python{major}.{minor}"
        if shutil.which(name):
            yield run_tests(name, {"PYTHON": name, **_folders(name)}, options)
        else:
            yield Verdict(name, "is not installed here", None)


def postgreses(options):
    """Yield a verdict for each PostgreSQL of the machine, with fsync on."""
    there = installed()
    for version in POSTGRESES:
        label = f"PostgreSQL {version}"
        if version not in there:
            yield Verdict(label, f"is not installed here: apt-get install postgresql-{version}", None)
            continue
        port = free_port()
        with cluster(there[version], port) as socket:
            role = [there[version] / "psql", "-h", socket, "-p", port, "-U", "postgres", "-c"]
            subprocess.run([*map(str, role), "CREATE ROLE odoo LOGIN CREATEDB"], check=True)
            url = f"postgresql://odoo@:{port}/?host={socket}"
            environment = {"DATABASE_URL": url, "STATE_DIR": _folders(f"postgres{version}")["STATE_DIR"]}
            yield run_tests(f"{label}, fsync on", environment, options)


def pins():
    """Return ``{package: version}`` of what the requirements pin."""
    texts = [(ROOT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt")]
    return dict(pair for text in texts for pair in PIN.findall(text))


def newest(options):
    """Yield a verdict on all packages at their newest versions."""
    folders = _folders("newest")
    wanted = "\n".join(name if name not in KEPT else f"{name}=={version}" for name, version in pins().items())
    requirements = ROOT / folders["STATE_DIR"] / "requirements.txt"
    requirements.parent.mkdir(parents=True, exist_ok=True)
    requirements.write_text(wanted)
    subprocess.run(["make", "provision", *(f"{key}={value}" for key, value in folders.items())], cwd=ROOT, check=True,
                   env={**os.environ, **folders})  # fmt: skip
    python = ROOT / folders["VENV_DIR"] / "bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--upgrade", "-r", requirements], check=True)
    frozen = subprocess.run([python, "-m", "pip", "freeze"], capture_output=True, text=True, check=True).stdout
    now = {name.lower(): version for name, version in PIN.findall(frozen)}
    moved = [
        f"{name} {old} -> {now[name.lower()]}" for name, old in pins().items() if now.get(name.lower(), old) != old
    ]
    verdict = run_tests("newest packages", folders, options)
    verdict.text += f"; {len(moved)} moved: {', '.join(moved)}" if moved else "; nothing is newer"
    yield verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--addon", default="base_safeguard", help="the addon to test; empty for all")
    parser.add_argument("--only", default="odoo", choices=("odoo", "pytest", ""), help="one kind of tests")
    parser.add_argument("--newest", action="store_true", help="the newest packages, too")
    options = parser.parse_args()
    progress(f"tried with {venv_python()}")
    verdicts = [*pythons(options), *postgreses(options), *(newest(options) if options.newest else ())]
    for verdict in verdicts:
        mark = {True: "ok", False: "FAILED", None: "-"}[verdict.ok]
        print(f"{mark:7} {verdict.version:26} {verdict.text}")
    return 1 if any(verdict.ok is False for verdict in verdicts) else 0


if __name__ == "__main__":
    run_tool(main)
