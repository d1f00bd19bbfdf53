"""Bounds of what is accepted and of what is spent on it."""

#: Longest side, in pixels, of the picture of a page that the viewer shows first (A4: 120 dpi).
PREVIEW_SIDE = 1403
#: Longest side and quality of the small picture beside it, and what its name has behind that of the big one.
SMALL_SIDE, SMALL_QUALITY, SMALL_SUFFIX = 240, 80, ".small"
#: Resolution of the zoom for PDF pages; pictures are zoomed to their own pixels.
ZOOM_DPI = 300
#: Longest side, in pixels, of a page at full zoom (A0 at 300 dpi).
ZOOM_SIDE = 14_100
#: Zoom regions are squares of this many pixels.
TILE = 1024
#: Resolution of the watermarked PDF and the longest side that it is rendered with.
WATERMARK_DPI = 120
WATERMARK_SIDE = 5_200

MAX_PAGES = 500
#: PDF's own limit is 200 inches; anything beyond is a mistake or an attack.
MAX_PAGE_MM = 5_100
MIN_PAGE_MM = 3
MAX_PIXELS = 100_000_000

#: A page that is not there after so many seconds is given up.
PAGE_SECONDS = 25
#: The first look at a file, a region, a comparison.
SHORT_SECONDS = 40
#: The inks of a document, or its barcodes, which its preflight can do without.
LOOK_SECONDS = 90
#: A whole document: preflight, watermark.
LONG_SECONDS = 180

#: Pages of one process: more save starts, fewer lose less where one is ended.
PAGES_PER_PROCESS = 100
PARALLEL_PROCESSES = 2
#: Seconds of processor time of a process that draws so many pages.
DRAWING_SECONDS = 240
#: Fewer pages, or what takes fewer seconds, are not divided among two processes.
WORTH_A_PROCESS, WORTH_SECONDS = 4, 1.0
JPEG_QUALITY = 82
MM_PER_POINT = 25.4 / 72
#: Letters of a customer's text on a template product.
MAX_TEXT = 500
