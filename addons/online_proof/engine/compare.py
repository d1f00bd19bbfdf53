"""Where two pictures of a page differ."""

from PIL import Image, ImageChops, ImageFilter

#: Differences of less than this (of 255) are noise of the JPEG compression.
THRESHOLD = 40
#: Differences are collected in squares of this many pixels.
CELL = 12
MARK = (214, 32, 90)


def compare(first, second, target):
    """Write a transparent PNG with the differences marked and return the changed regions.

    :param first: picture of the older page; it is scaled to the size of ``second``
    :returns: list of rectangles (left, top, right, bottom) as fractions of the page
    """
    new = Image.open(second).convert("RGB")
    old = Image.open(first).convert("RGB")
    if old.size != new.size:
        old = old.resize(new.size, Image.Resampling.LANCZOS)
    # neighbours are averaged: a shift of half a pixel between two renderings is no difference
    blur = ImageFilter.BoxBlur(1)
    difference = ImageChops.difference(old.filter(blur), new.filter(blur))
    red, green, blue = difference.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    mask = strongest.point(lambda value: 255 if value > THRESHOLD else 0)
    spread = mask.filter(ImageFilter.MaxFilter(7))
    layer = Image.new("RGBA", new.size, (*MARK, 0))
    layer.putalpha(spread.point(lambda value: 140 if value else 0))
    layer.save(target, "PNG", optimize=False, compress_level=3)
    return _regions(spread)


def _regions(mask):
    """Return the bounding rectangles of connected groups of changed cells, biggest first."""
    columns, rows = -(-mask.width // CELL), -(-mask.height // CELL)
    padded = Image.new("L", (columns * CELL, rows * CELL))
    padded.paste(mask)
    small = padded.reduce(CELL)
    left_over = {(i % columns, i // columns) for i, value in enumerate(small.getdata()) if value}
    found = []
    while left_over:
        found.append(_flood(left_over))
    found.sort(key=lambda box: (box[2] - box[0]) * (box[3] - box[1]), reverse=True)
    width, height = mask.size
    return [
        [
            round(left * CELL / width, 4),
            round(top * CELL / height, 4),
            round(min(right * CELL / width, 1.0), 4),
            round(min(bottom * CELL / height, 1.0), 4),
        ]
        for left, top, right, bottom in found[:50]
    ]


def _flood(left_over):
    """Take one connected group (gaps of one cell count as connected) out of ``left_over``."""
    queue = [left_over.pop()]
    left, top = right, bottom = queue[0]
    while queue:
        x, y = queue.pop()
        left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
        near = {(x + dx, y + dy) for dx in range(-2, 3) for dy in range(-2, 3)} & left_over
        left_over -= near
        queue.extend(near)
    return left, top, right + 1, bottom + 1
