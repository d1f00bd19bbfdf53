"""``make screenshots``: take the pictures of the documentation from the stories in ``tests/``.

Runs the story tests and puts a chosen few of their screenshots, made small, into ``docs/images/<addon>/``
and, for the Apps page, into the addon's ``static/description/``.
"""

import argparse
import io
import os
import subprocess

from PIL import Image

from tools.settings import ADDONS_DIR, ROOT, STATE_DIR, ToolError, progress, run_tool, venv_python
from tools.surfaces import by_addon

FOLDER = STATE_DIR / "screenshots"
LARGEST = 120_000  # bytes
WIDTH, PHONE_WIDTH = 1000, 390
TALLEST = 1100  # whole pages are cut below this
# pages of the web site, without the footer
SHORTER = {("service_dossier", "communication"): 760, ("service_dossier", "configurator"): 760}

# per addon: the name of the picture in the documentation: the name of the story's screenshot
PICTURES = {
    **by_addon("PICTURES"),
}
# those that the Apps page shows, too
APPS_PAGE = {
    **by_addon("APPS_PAGE"),
}


def shrink(path, tallest=TALLEST):
    """Return a screenshot as a small PNG: as wide as a page of text, cut where it is too long, 256 colours or fewer."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    width = PHONE_WIDTH if image.width <= PHONE_WIDTH else WIDTH
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    image = image.crop((0, 0, image.width, min(image.height, tallest)))
    for colours in (256, 128, 64, 32):
        target = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
        if target.tell() <= LARGEST:
            break
    return target.getvalue()


def missing():
    """Return the chosen screenshots that no story has taken."""
    return [
        f"{addon}/{source}.png"
        for addon, pictures in PICTURES.items()
        for source in pictures.values()
        if not (FOLDER / addon / f"{source}.png").exists()
    ]


def publish(addon):
    """Write the pictures of an addon."""
    for name, source in PICTURES[addon].items():
        content = shrink(FOLDER / addon / f"{source}.png", SHORTER.get((addon, name), TALLEST))
        folders = [ROOT / "docs/images" / addon]
        if name in APPS_PAGE[addon]:
            folders.append(ADDONS_DIR / addon / "static/description")
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.png").write_bytes(content)
        progress(f"{addon}: {name}.png, {len(content) // 1000} kB")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="use the screenshots that are there; run no story")
    options = parser.parse_args()
    if not options.keep:
        stories = [ROOT / "tests" / addon / "test_story.py" for addon in PICTURES]
        command = [venv_python(), "-m", "pytest", *stories]
        if subprocess.run(command, cwd=ROOT, env={**os.environ, "ADDON": ""}, check=False).returncode:
            raise ToolError("A story failed: its pictures would show what is broken.")
    if absent := missing():
        raise ToolError(f"No story took {', '.join(absent)}.")
    for addon in PICTURES:
        publish(addon)


if __name__ == "__main__":
    run_tool(main)
