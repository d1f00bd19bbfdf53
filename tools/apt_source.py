"""Read Debian packages of other suites without touching the system's own apt set-up.

The archive is the one that the machine already uses: its source entry is copied into a
private list with another suite name, and apt verifies the signature as always.
"""

import subprocess
from pathlib import Path

from tools.settings import STATE_DIR, ToolError, progress

APT_DIR = STATE_DIR / "apt"


def _deb822_stanzas(text):
    """Yield each stanza of a deb822 source file as a dict of its fields."""
    for block in text.split("\n\n"):
        fields = {}
        key = None
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if line[0].isspace() and key:
                fields[key] += " " + line.strip()
            elif ":" in line:
                key, value = line.split(":", 1)
                fields[key] = value.strip()
        if fields:
            yield fields


def _one_line_entry(line):
    """Return the fields of a classic ``deb [options] uri suite components`` line, or None."""
    words = line.split("#")[0].split()
    if len(words) < 4 or words[0] != "deb":
        return None
    signed_by = ""
    if words[1].startswith("["):
        options = []
        while words[1:]:
            option = words.pop(1)
            options.append(option.strip("[]"))
            if option.endswith("]"):
                break
        signed_by = next((o.split("=", 1)[1] for o in options if o.startswith("signed-by=")), "")
    fields = {"URIs": words[1], "Suites": words[2], "Components": " ".join(words[3:])}
    if signed_by:
        fields["Signed-By"] = signed_by
    return fields


def _machine_entries():
    """Yield every package source that the machine is configured with."""
    folder = Path("/etc/apt")
    for path in sorted(folder.glob("sources.list.d/*.sources")):
        yield from _deb822_stanzas(path.read_text())
    for path in [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.list"))]:
        if path.exists():
            yield from filter(None, map(_one_line_entry, path.read_text().splitlines()))


def _codename():
    """Return Debian's code name of this machine, e.g. ``bookworm``."""
    for line in Path("/etc/os-release").read_text().splitlines():
        if line.startswith("VERSION_CODENAME="):
            return line.split("=", 1)[1].strip('"')
    return ""


def _debian_entry():
    """Return the machine's entry for Debian's main archive.

    :raises ToolError: on a machine without one
    """
    codename = _codename()
    for entry in _machine_entries():
        suites = entry.get("Suites", "").split()
        if codename in suites and "main" in entry.get("Components", "").split():
            return entry
    raise ToolError("No Debian package source found on this machine; set ODOO_HOME to an Odoo 19 checkout instead.")


def _options():
    return [
        "-o", f"Dir::Etc::SourceList={APT_DIR}/none.list",
        "-o", f"Dir::Etc::SourceParts={APT_DIR}/sources",
        "-o", f"Dir::State::Lists={APT_DIR}/lists",
        "-o", f"Dir::Cache={APT_DIR}/cache",
        "-o", "APT::Sandbox::User=root",
    ]  # fmt: skip


def fetch(packages, target):
    """Download and extract Debian packages into ``target``, installing nothing.

    :param packages: mapping of package name to suite; ``""`` is the machine's own suite
    :param target: folder that becomes the root of the extracted trees
    :raises ToolError: if apt cannot read the archive or a package is missing from it
    """
    entry = _debian_entry()
    own_suite = _codename()
    suites = sorted({suite or own_suite for suite in packages.values()})
    downloads = APT_DIR / "downloads"
    for folder in (APT_DIR / "sources", APT_DIR / "lists/partial", APT_DIR / "cache/archives/partial", downloads):
        folder.mkdir(parents=True, exist_ok=True)
    fields = {"Types": "deb", **entry, "Suites": " ".join(suites), "Components": "main"}
    (APT_DIR / "sources/debian.sources").write_text(
        "".join(f"{key}: {value}\n" for key, value in fields.items() if key != "Enabled")
    )
    progress(f"reading Debian's package lists ({', '.join(suites)})")
    _apt(["update", "-q"], downloads)
    progress(f"downloading {', '.join(packages)}")
    _apt(["download", *(f"{name}/{suite or own_suite}" for name, suite in packages.items())], downloads)
    for name in packages:
        archives = sorted(downloads.glob(f"{name}_*.deb"), key=lambda path: path.stat().st_mtime)
        if not archives:
            raise ToolError(f"Debian package {name} could not be downloaded; check the network and try again.")
        subprocess.run(["dpkg", "-x", archives[-1], target], check=True)


def _apt(arguments, cwd):
    command = ["apt-get", *_options(), *arguments]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ToolError(f"apt-get {arguments[0]} failed: {done.stderr.strip() or done.stdout.strip()}")
