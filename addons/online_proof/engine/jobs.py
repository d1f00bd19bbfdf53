"""What runs in the sandbox of ``base_safeguard``: one function per job; parameters and answers are JSON."""

from . import documents, images


def inspect(path):
    """See ``documents.inspect``."""
    return documents.inspect(path)


def preflight(path, expected, profile, press):
    """See ``preflight.preflight``."""
    from .preflight import preflight as check

    return check(path, expected, profile, press)


def disagreements(path, pages, target, press):
    """See ``second.disagreements``."""
    from .second import disagreements as look

    return look(path, pages, target, press)


def _renderer(name):
    # imported here: each of them costs a start-up time that the others need not pay
    if name == "ghostscript":
        from . import ghostscript as renderer
    elif name == "pdfium":
        from . import pdfium as renderer
    else:
        renderer = images
    return renderer


def render(path, renderer, first, last, side, prefix, press=""):
    """Render pages (numbers from 0) one after another; each file appears when it is complete."""
    _renderer(renderer).render_pages(
        path, range(first, last + 1), side, lambda number: f"{prefix}-{number + 1:06d}.jpg", press
    )


def region(path, renderer, frame, zoom, box, target, press="", paper=False):
    """Render a part of a page at full zoom."""
    _renderer(renderer).render_region(path, frame, zoom, box, target, press, paper)


def compare(first, second, target, limit):
    """See ``compare.compare``."""
    from .compare import compare as run

    return run(first, second, target, limit)


def separate(path, number, side, target, press):
    """See ``plates.separate``."""
    from .plates import separate as run

    return run(path, number, side, target, press)


def match(old, new):
    """See ``matching.match``."""
    from .matching import match as run

    return run(old, new)


def watermark(pages, lines, target, font):
    """See ``watermark.build``."""
    from .watermark import build

    build(pages, lines, target, font)


def personalise(path, texts, target, fonts):
    """See ``personalise.personalise``."""
    from .personalise import personalise as run

    run(path, texts, target, fonts)


def check_profile(path):
    """See ``press.check``."""
    from . import press

    return press.check(path)
