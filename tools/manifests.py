"""What the addons' manifests say: versions, dependencies, installation order."""

import ast
import hashlib

from tools.settings import ADDONS_DIR, our_addons


def read_manifest(addon):
    """Return the manifest of one of our addons as a dict."""
    return ast.literal_eval((ADDONS_DIR / addon / "__manifest__.py").read_text())


def foreign_dependencies(addons=None):
    """Return the addons that ours (all of them by default) need but that are not ours, sorted."""
    ours = our_addons()
    needed = {dependency for addon in (addons or ours) for dependency in read_manifest(addon)["depends"]}
    return sorted(needed.difference(ours)) or ["base"]


def with_own_dependencies(addons):
    """Return addons together with those of ours that they need, sorted."""
    found, left = set(), list(addons)
    while left:
        addon = left.pop()
        if addon not in found:
            found.add(addon)
            left.extend(set(read_manifest(addon)["depends"]).intersection(our_addons()))
    return sorted(found)


def code_fingerprint(addons):
    """Return a digest of everything in the addons that ends up in a database."""
    digest = hashlib.sha256()
    for addon in addons:
        for path in sorted((ADDONS_DIR / addon).rglob("*")):
            parts = path.relative_to(ADDONS_DIR / addon).parts
            if path.is_file() and parts[0] not in ("tests", "README.md") and "__pycache__" not in parts:
                digest.update(str(path.relative_to(ADDONS_DIR)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()
