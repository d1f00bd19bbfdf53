"""Damaged and odd PDFs and pictures: the test files of pypdf, pikepdf and Pillow, and broken copies of them.

The source packages come from the package index that pip is configured with; nothing of them
is built or run, and they stay under ``.state``.
"""

import hashlib
import random
import tarfile
from pathlib import PurePosixPath

from tools.settings import STATE_DIR, ToolError

PACKAGES = {
    "pypdf": ("6.1.0", "0cba440d024da5a2a9304f03cd645346052827b84c5a461c6123e24ed5a3b0b9"),
    "pikepdf": ("10.17.0", "de4ccaae83628e86c1fd473b384c09c6ff1dd35a583a8dacbf61d2aa4bea843b"),
    "pillow": ("13.0.0", "cdcd1ba258178f7356d74170c9a81ba4eab6a5d55748bc402a5a2a6fe6be3510"),
}
SUFFIXES = {".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".gif", ".bmp", ".webp", ".psd", ".jp2", ".mpo", ".apng"}
FOLDER = STATE_DIR / "corpus"
#: bigger ones only cost time
MAX_BYTES = 4 * 2**20


def _fetch(name, version, digest):
    """Return the path of a package's source archive, downloaded once through pip's own index client.

    :raises ToolError: when it cannot be had, or is not the one that was pinned
    """
    path = FOLDER / f"{name}-{version}.tar.gz"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_download(name, version))
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        path.unlink()
        raise ToolError(f"The source package of {name} {version} is not the one that was pinned.")
    return path


def _download(name, version):
    # ``pip download`` would prepare the package's metadata, which runs its build
    from pip._internal.commands import create_command
    from pip._vendor.packaging.specifiers import SpecifierSet

    command = create_command("download")
    options, _arguments = command.parse_args(["--no-binary", ":all:", "--no-deps"])
    with command.main_context():
        session = command.get_default_session(options)
        finder = command._build_package_finder(options=options, session=session)
        found = finder.find_best_candidate(name, SpecifierSet(f"=={version}")).best_candidate
        if not found:
            raise ToolError(f"The package index has no source package of {name} {version}; is pip set up?")
        answer = session.get(found.link.url_without_fragment)
        answer.raise_for_status()
        return answer.content


def _members():
    """Yield name and content of every test file."""
    for name, (version, digest) in sorted(PACKAGES.items()):
        with tarfile.open(_fetch(name, version, digest)) as archive:
            for member in sorted(archive.getmembers(), key=lambda entry: entry.name):
                path = PurePosixPath(member.name)
                odd = path.name.startswith(("crash-", "oom-", "timeout-"))
                if member.isfile() and 0 < member.size <= MAX_BYTES and (odd or path.suffix.lower() in SUFFIXES):
                    yield f"{name}-{path.name}", archive.extractfile(member).read()


def _broken(content, chance):
    """Return a copy that is cut, overwritten or turned around somewhere."""
    spoilt = bytearray(content)
    kind = chance.randrange(3)
    if kind == 0:
        return bytes(spoilt[: chance.randrange(1, len(spoilt) + 1)])
    if kind == 1:
        for _time in range(chance.randrange(1, 30)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        return bytes(spoilt)
    start = chance.randrange(len(spoilt))
    return bytes(spoilt[:start] + bytes(chance.randrange(1, 200)) + spoilt[start:])


def files(sample=None):
    """Return ``[(name, content)]``, each test file and a broken copy of it.

    :param sample: so many PDFs and so many pictures instead of all of them, always the same ones
    """
    chance = random.Random(19)
    found = []
    for name, content in _members():
        found += [(name, content), (f"broken-{name}", _broken(content, chance))]
    if sample is None:
        return found
    pdfs = [entry for entry in found if entry[0].lower().endswith(".pdf")]
    pictures = [entry for entry in found if not entry[0].lower().endswith(".pdf")]
    return chance.sample(pdfs, sample) + chance.sample(pictures, sample)
