"""What may go wrong on the press: findings as codes with severity, page and numbers."""

import math

import pikepdf

from . import documents, images

ERROR, WARNING, INFO = "error", "warning", "info"
TOLERANCE_MM = 1.0
#: Points that a PDF's boxes may differ by.
_EPSILON = 0.6
#: A document with more drawing operators is not read to its end.
_OPERATOR_BUDGET = 300_000
_FORM_DEPTH = 4
_PAINT_COLOURS = {"rg": "RGB", "RG": "RGB", "k": "CMYK", "K": "CMYK", "g": "Gray", "G": "Gray"}
_SHOW_TEXT = {"Tj", "TJ", "'", '"'}
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def finding(code, severity, page=0, **values):
    """Return a finding; ``page`` 0 means the whole file."""
    return {"code": code, "severity": severity, "page": page, "values": values}


def preflight(path, expected, minimum_dpi):
    """Return the findings for a file.

    :param expected: ``width_mm``, ``height_mm``, ``bleed_mm`` and ``pages`` of the product, 0 where unknown
    :param minimum_dpi: effective resolution below which a picture is reported
    :raises FileRefusedError: if the file cannot be read at all
    """
    if documents.kind_of(path) == "image":
        return _check_image(path, expected, minimum_dpi)
    with documents.open_pdf(path) as pdf:
        found = _check_document(pdf, expected)
        budget = [_OPERATOR_BUDGET]
        fonts = {}
        for number, page in enumerate(pdf.pages, 1):
            found += _check_geometry(page, number, expected)
            found += _check_content(page, number, minimum_dpi, fonts, budget)
        if budget[0] <= 0:
            found.append(finding("not_read_fully", INFO))
        for name, first_page in sorted(fonts.items()):
            found.append(finding("font_not_embedded", ERROR, first_page, font=name))
    return found


# Pictures


def _check_image(path, expected, minimum_dpi):
    found = []
    with images.open_image(path) as image:
        described = [images.describe(image, frame) for frame in images.frames(image)]
    found += _check_page_count(len(described), expected)
    for number, page in enumerate(described, 1):
        found += _check_size((page["width_mm"], page["height_mm"]), None, number, expected)
        if not page["dpi"]:
            found.append(finding("resolution_unknown", INFO, number))
        elif page["dpi"] < minimum_dpi:
            found.append(finding("low_resolution", WARNING, number, dpi=page["dpi"], minimum=minimum_dpi))
        if page["mode"] in ("RGB", "RGBA", "P", "PA"):
            found.append(finding("rgb", WARNING, number))
    return found


# Documents


def _check_page_count(count, expected):
    if expected.get("pages") and count != expected["pages"]:
        return [finding("page_count", ERROR, 0, count=count, expected=expected["pages"])]
    return []


def _check_document(pdf, expected):
    found = _check_page_count(len(pdf.pages), expected)
    if pdf.is_encrypted:
        found.append(finding("restricted", WARNING))
    if pdf.get_warnings():
        found.append(finding("repaired", WARNING))
    root = pdf.Root
    names = root.get("/Names", {})
    action = root.get("/OpenAction")
    script = isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/JavaScript"
    if script or "/JavaScript" in names:
        found.append(finding("javascript", WARNING))
    if "/EmbeddedFiles" in names or len(pdf.attachments):
        found.append(finding("attachments", WARNING))
    sizes = {tuple(round(side) for side in _trim_size(page)) for page in pdf.pages}
    if len(sizes) > 1 and not expected.get("width_mm"):
        found.append(finding("mixed_sizes", INFO, 0, count=len(sizes)))
    return found


def _trim_size(page):
    box = documents.box_of(page.trimbox)
    unit = float(page.obj.get("/UserUnit", 1)) or 1.0
    size = ((box[2] - box[0]) * unit * 25.4 / 72, (box[3] - box[1]) * unit * 25.4 / 72)
    return size[::-1] if documents.rotation_of(page) in (90, 270) else size


def _check_geometry(page, number, expected):
    trim = documents.box_of(page.trimbox)
    outer = documents.box_of(page.bleedbox if "/BleedBox" in page.obj else page.mediabox)
    room = min(trim[0] - outer[0], trim[1] - outer[1], outer[2] - trim[2], outer[3] - trim[3])
    bleed = room * 25.4 / 72 if "/TrimBox" in page.obj else None
    return _check_size(_trim_size(page), bleed, number, expected)


def _check_size(size, bleed, number, expected):
    """Compare a page with the product's format; ``bleed`` is None where the file does not say."""
    wanted = (expected.get("width_mm") or 0, expected.get("height_mm") or 0)
    need = expected.get("bleed_mm") or 0
    if not all(wanted):
        return []
    values = {
        "width": round(size[0], 1),
        "height": round(size[1], 1),
        "expected_width": wanted[0],
        "expected_height": wanted[1],
    }
    with_bleed = tuple(side + 2 * need for side in wanted)
    if need and bleed is None and _same(size, with_bleed):
        return []
    if not _same(size, wanted):
        return [finding("page_size", ERROR, number, **values)]
    if need and (bleed or 0) + _EPSILON * 25.4 / 72 < need:
        return [finding("no_bleed", WARNING, number, bleed=round(bleed or 0, 1), expected=need)]
    return []


def _same(size, wanted):
    return any(
        all(abs(side - other) <= TOLERANCE_MM for side, other in zip(size, turned, strict=True))
        for turned in (wanted, wanted[::-1])
    )


# Content of a page


class _PageReader:
    """Walks through the drawing operators of a page and the forms it uses."""

    def __init__(self, budget):
        self.budget = budget
        self.colours = set()
        self.transparent = self.overprint = False
        self.lowest = math.inf
        self.fonts = set()

    def read_content(self, holder, matrix=_IDENTITY, depth=0):
        """Read a page or form object; ``matrix`` maps its units to points."""
        resources = holder.get("/Resources", {})
        self._read_states(resources.get("/ExtGState", {}))
        fonts = resources.get("/Font", {})
        font = None
        spaces = resources.get("/ColorSpace", {})
        objects = resources.get("/XObject", {})
        stack = []
        for operands, operator in pikepdf.parse_content_stream(holder):
            self.budget[0] -= 1
            if self.budget[0] <= 0:
                return
            name = str(operator)
            if name == "q":
                stack.append(matrix)
            elif name == "Q":
                matrix = stack.pop() if stack else matrix
            elif name == "cm" and len(operands) == 6:
                matrix = _multiply(tuple(map(float, operands)), matrix)
            elif name in _PAINT_COLOURS:
                self.colours.add(_PAINT_COLOURS[name])
            elif name in ("cs", "CS") and operands:
                self.colours.add(colour_family(spaces.get(str(operands[0]), operands[0])))
            elif name == "Tf" and operands:
                font = fonts.get(str(operands[0]))
            elif name in _SHOW_TEXT and font is not None:
                # only a font that something is set in counts: many programs list others
                self._use_font(font)
                font = None
            elif name == "Do" and operands:
                self._draw(objects.get(str(operands[0])), matrix, depth)
            elif name == "INLINE IMAGE":
                self._measure(operands[0].width, operands[0].height, matrix)

    def _draw(self, item, matrix, depth):
        if item is None:
            return
        if item.get("/Subtype") == "/Form":
            if depth < _FORM_DEPTH:
                own = tuple(map(float, item.get("/Matrix", _IDENTITY)))
                self.read_content(item, _multiply(own, matrix), depth + 1)
            return
        if item.get("/ImageMask", False):
            return
        self.transparent |= "/SMask" in item
        if "/ColorSpace" in item:
            self.colours.add(colour_family(item.ColorSpace))
        self._measure(int(item.get("/Width", 0)), int(item.get("/Height", 0)), matrix)

    def _measure(self, width, height, matrix):
        wide = math.hypot(matrix[0], matrix[1]) / 72
        high = math.hypot(matrix[2], matrix[3]) / 72
        if wide > 0 and high > 0 and width and height:
            self.lowest = min(self.lowest, width / wide, height / high)

    def _read_states(self, states):
        for state in states.values():
            self.overprint |= bool(state.get("/OP", False)) or bool(state.get("/op", False))
            faint = min(float(state.get("/ca", 1)), float(state.get("/CA", 1))) < 1
            masked = "/SMask" in state and state.SMask != "/None"
            blended = str(state.get("/BM", "/Normal")) not in ("/Normal", "/Compatible")
            self.transparent |= faint or masked or blended

    def _use_font(self, font):
        if font.get("/Subtype") == "/Type3":
            return
        holder = font.DescendantFonts[0] if font.get("/Subtype") == "/Type0" else font
        descriptor = holder.get("/FontDescriptor", {})
        if not any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")):
            self.fonts.add(str(font.get("/BaseFont", "/?"))[1:])


def _check_content(page, number, minimum_dpi, fonts, budget):
    if budget[0] <= 0:
        return []
    reader = _PageReader(budget)
    unit = float(page.obj.get("/UserUnit", 1)) or 1.0
    try:
        reader.read_content(page.obj, (unit, 0.0, 0.0, unit, 0.0, 0.0))
    except (pikepdf.PdfError, AttributeError, TypeError, ValueError, KeyError, IndexError):
        # the page draws something that cannot be read: the shop looks at the picture of the page
        return [finding("damaged_page", WARNING, number)]
    for name in reader.fonts:
        fonts.setdefault(name, number)
    found = []
    if reader.lowest + 1 < minimum_dpi:
        found.append(finding("low_resolution", WARNING, number, dpi=round(reader.lowest), minimum=minimum_dpi))
    if "RGB" in reader.colours:
        found.append(finding("rgb", WARNING, number))
    spot = sorted(colour[5:] for colour in reader.colours if colour.startswith("spot:"))
    if spot:
        found.append(finding("spot_colours", INFO, number, colours=", ".join(spot)))
    if reader.transparent:
        found.append(finding("transparency", INFO, number))
    if reader.overprint:
        found.append(finding("overprint", INFO, number))
    return found


def _multiply(first, second):
    a, b, c, d, e, f = first
    g, h, i, j, k, m = second
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def colour_family(space):
    """Return ``RGB``, ``CMYK``, ``Gray``, ``Lab``, ``spot:<names>`` or ``other``."""
    if isinstance(space, pikepdf.Name):
        return {"/DeviceRGB": "RGB", "/DeviceCMYK": "CMYK", "/DeviceGray": "Gray"}.get(str(space), "other")
    if not isinstance(space, pikepdf.Array) or not len(space):
        return "other"
    family = str(space[0])
    if family == "/ICCBased":
        return {1: "Gray", 3: "RGB", 4: "CMYK"}.get(int(space[1].get("/N", 0)), "other")
    if family == "/Separation":
        name = str(space[1])[1:]
        return "Gray" if name in ("All", "None", "Black") else f"spot:{name}"
    if family == "/DeviceN":
        process = {"Cyan", "Magenta", "Yellow", "Black", "None"}
        names = [str(name)[1:] for name in space[1] if str(name)[1:] not in process]
        return "spot:" + ", ".join(names) if names else "CMYK"
    if family == "/Indexed":
        return colour_family(space[1])
    return {"/CalRGB": "RGB", "/CalGray": "Gray", "/Lab": "Lab"}.get(family, "other")
