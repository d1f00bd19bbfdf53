"""Flat patches in every color space that a PDF has, and what an independent color engine says of them."""

import functools
import io

import pikepdf
from pikepdf import Array, Dictionary, Name
from PIL import Image, ImageCms

SIDE = 40
COLUMNS = 8
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION

CMYK = [
    (1, 0, 0, 0),
    (0, 1, 0, 0),
    (0, 0, 1, 0),
    (0, 0, 0, 1),
    (1, 1, 0, 0),
    (0, 1, 1, 0),
    (1, 0, 1, 0),
    (0, 0.9, 0, 0),
    (0, 0.8, 0, 0),
    (0.1, 0.1, 0.1, 0.1),
    (0.5, 0.4, 0.4, 0),
    (0.02, 0.03, 0.1, 0),
    (0.6, 0.5, 0.5, 0.9),
]
RGB = [
    (0, 0, 1),
    (1, 0, 0),
    (0, 1, 0),
    (0, 0, 0),
    (1, 1, 1),
    (251 / 255, 243 / 255, 230 / 255),
    (0.5, 0.5, 0.5),
    (0.8, 0.3, 0.1),
    (0.2, 0.4, 0.7),
]
GRAY = [0, 0.18, 0.5, 0.82]
LAB = [(60, 40, 20), (40, -30, 10), (75, 5, 50), (30, 20, -40)]
TINTS = [1, 0.6, 0.3]
LIGHT_TINTS = [1, 0.75, 0.5, 0.25, 0.1, 0.04]
PAIRS = [(1, 0), (0, 1), (0.5, 0.5)]


def _tint(end, exponent=1):
    return Dictionary(FunctionType=2, Domain=[0, 1], C0=[0] * len(end), C1=list(end), N=exponent)


def spot(name, end, exponent=1):
    """Return the color space of a spot color whose full tone is the CMYK color ``end``."""
    return Array([Name.Separation, Name(f"/{name}"), Name.DeviceCMYK, _tint(end, exponent)])


def _spaces(pdf, rgb_profile, cmyk_profile):
    lab = Array([Name.Lab, Dictionary(WhitePoint=[0.9642, 1, 0.8249], Range=[-128, 127, -128, 127])])

    def icc(path, channels):
        stream = pikepdf.Stream(pdf, open(path, "rb").read())  # noqa: PTH123, SIM115 - a test file, read once
        stream.N = channels
        return Array([Name.ICCBased, pdf.make_indirect(stream)])

    lab_tint = Dictionary(FunctionType=2, Domain=[0, 1], C0=[100, 0, 0], C1=[50, 60, 30], N=1)
    mix = pikepdf.Stream(pdf, b"{ 0.9 mul exch 0.2 mul exch 0 0.1 }")
    mix.update({"/FunctionType": 4, "/Domain": [0, 1, 0, 1], "/Range": [0, 1] * 4})
    return {
        "Lab": lab,
        "IccRgb": icc(rgb_profile, 3),
        "IccCmyk": icc(cmyk_profile, 4),
        "Spot": spot("PANTONE 021 C", [0, 0.6, 1, 0]),
        "SpotLab": Array([Name.Separation, Name("/Brand Red"), lab, lab_tint]),
        "SpotCurve": spot("Varnish Green", [0.8, 0, 0.6, 0], 2),
        "Process": spot("Magenta", [0, 1, 0, 0]),
        "Two": Array([Name.DeviceN, Array([Name.First, Name.Second]), Name.DeviceCMYK, pdf.make_indirect(mix)]),
    }


def colors(rgb_profile, cmyk_profile):
    """Return (name, operators, source) of every patch; source is the kind and its numbers, or CMYK of a spot."""
    found = [(f"CMYK {c}", f"{c[0]} {c[1]} {c[2]} {c[3]} k", ("cmyk", c)) for c in CMYK]
    found += [(f"RGB {c}", f"{c[0]} {c[1]} {c[2]} rg", ("rgb", c)) for c in RGB]
    found += [(f"Gray {g}", f"{g} g", ("cmyk", (0, 0, 0, 1 - g))) for g in GRAY]
    found += [(f"Lab {c}", f"/Lab cs {c[0]} {c[1]} {c[2]} sc", ("lab", c)) for c in LAB]
    found += [(f"ICC RGB {c}", f"/IccRgb cs {c[0]} {c[1]} {c[2]} sc", (rgb_profile, c)) for c in RGB[5:]]
    found += [(f"ICC CMYK {c}", f"/IccCmyk cs {c[0]} {c[1]} {c[2]} {c[3]} sc", (cmyk_profile, c)) for c in CMYK[4:8]]
    found += [(f"Spot {t}", f"/Spot cs {t} scn", ("cmyk", (0, 0.6 * t, t, 0))) for t in TINTS]
    found += [
        (f"Spot of Lab {t}", f"/SpotLab cs {t} scn", ("lab", (100 - 50 * t, 60 * t, 30 * t))) for t in LIGHT_TINTS
    ]
    found += [
        (f"Spot of a curve {t}", f"/SpotCurve cs {t} scn", ("cmyk", (0.8 * t**2, 0, 0.6 * t**2, 0)))
        for t in LIGHT_TINTS
    ]
    found += [(f"Separation Magenta {t}", f"/Process cs {t} scn", ("cmyk", (0, t, 0, 0))) for t in TINTS]
    found += [(f"DeviceN {a}, {b}", f"/Two cs {a} {b} scn", ("cmyk", (0.2 * a, 0.9 * b, 0, 0.1))) for a, b in PAIRS]
    return found


def make_patches(found, rgb_profile, cmyk_profile, *, intent=None, overprint=False):
    """Return a PDF with the patches; it lists the color spaces that they need.

    :param overprint: overprint is set; the patches stand on bare paper, so that nothing changes
    """
    pdf = pikepdf.new()
    rows = -(-len(found) // COLUMNS)
    page = pdf.add_blank_page(page_size=(COLUMNS * SIDE, rows * SIDE))
    used = {operators.split()[0] for _name, operators, _source in found}
    spaces = {f"/{name}": space for name, space in _spaces(pdf, rgb_profile, cmyk_profile).items()}
    spaces = {name: space for name, space in spaces.items() if name in used}
    states = Dictionary(O=Dictionary(OP=True, op=True, OPM=1))
    page.obj.Resources = Dictionary(ColorSpace=Dictionary(spaces))
    if overprint:
        page.obj.Resources.ExtGState = states
    drawing = ["/O gs"] if overprint else []
    for index, (_name, operators, _source) in enumerate(found):
        x, y = index % COLUMNS * SIDE, (rows - 1 - index // COLUMNS) * SIDE
        drawing.append(f"{operators} {x} {y} {SIDE} {SIDE} re f")
    page.obj.Contents = pikepdf.Stream(pdf, "\n".join(drawing).encode())
    if intent:
        profile = pikepdf.Stream(pdf, open(intent, "rb").read())  # noqa: PTH123, SIM115
        profile.N = 4
        values = Dictionary(Type=Name.OutputIntent, S=Name.GTS_PDFX, OutputConditionIdentifier="Custom")
        values.DestOutputProfile = pdf.make_indirect(profile)
        pdf.Root.OutputIntents = Array([values])
    stream = io.BytesIO()
    pdf.save(stream)
    return stream.getvalue()


@functools.cache
def _transform(source, mode, target, target_mode):
    profiles = {"sRGB": ImageCms.createProfile("sRGB"), "LAB": ImageCms.createProfile("LAB")}
    source, target = profiles.get(source, source), profiles.get(target, target)
    return ImageCms.buildTransform(source, target, mode, target_mode, _INTENT, _FLAGS)


def _convert(pixel, mode, source, press):
    """Return the sRGB numbers of a pixel that is printed: from its space to the press, from there to the screen."""
    image = Image.new(mode, (1, 1), pixel)
    if source != press:
        image = ImageCms.applyTransform(image, _transform(source, mode, press, "CMYK"))
    return ImageCms.applyTransform(image, _transform(press, "CMYK", "sRGB", "RGB")).getpixel((0, 0))


def expected(source, press):
    """Return the sRGB numbers that LittleCMS gives for a patch on a press."""
    kind, values = source
    if kind == "lab":
        # LittleCMS' Lab of 8 bits: L from 0 to 255, a and b with 128 added
        pixel = (round(values[0] * 255 / 100), *(round(value) + 128 for value in values[1:]))
        return _convert(pixel, "LAB", "LAB", press)
    numbers = tuple(round(value * 255) for value in values)
    if kind == "cmyk":
        return _convert(numbers, "CMYK", press, press)
    if kind == "rgb":
        return _convert(numbers, "RGB", "sRGB", press)
    return _convert(numbers, "RGB" if len(numbers) == 3 else "CMYK", kind, press)


def shown(picture, index):
    """Return the middle color of a patch in a picture of the page."""
    cell = picture.width / COLUMNS
    return picture.getpixel((int((index % COLUMNS + 0.5) * cell), int((index // COLUMNS + 0.5) * cell)))
