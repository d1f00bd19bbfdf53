"""Pages that are put together from parts: what they paint, and what is wrong with them."""

import io
import re
import zlib

import pikepdf
import zxingcpp
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.t2CharStringPen import T2CharStringPen
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image, Jpeg2KImagePlugin  # noqa: F401 - loaded: Odoo keeps Pillow to a few formats

from .common import make_pdf

PLAIN = b"0 0 0 1 k 20 20 100 60 re f"
_TEXT = "BT /F {size} Tf {color} 30 100 Td (Words) Tj ET"


def text(size, color):
    """Return the operators of a text in an embedded font."""
    return _TEXT.format(size=size, color=color).encode()


def tint(pdf, names, kind=Name.Separation):
    """Return a color space of spot colors."""
    if kind == Name.Separation:
        function = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0, 0, 0, 0], C1=[0, 1, 0, 0], N=1)
        return Array([kind, Name(f"/{names}"), Name.DeviceCMYK, function])
    function = Stream(pdf, b"{ 0 0 }")
    function.update({"/FunctionType": 4, "/Domain": [0, 1] * len(names), "/Range": [0, 1] * 4})
    return Array([kind, Array([Name(f"/{name}") for name in names]), Name.DeviceCMYK, pdf.make_indirect(function)])


def axial(space):
    """Return a shading in a color space."""
    channels = 3 if space == Name.DeviceRGB else 4
    function = Dictionary(FunctionType=2, Domain=[0, 1], C0=[0] * channels, C1=[1] * channels, N=1)
    return Dictionary(ShadingType=2, ColorSpace=space, Coords=[0, 0, 100, 0], Function=function)


def form(pdf, content, **values):
    """Return a form that paints something."""
    stream = Stream(pdf, content)
    stream.update({"/Type": Name.XObject, "/Subtype": Name.Form, "/BBox": [0, 0, 100, 100]})
    stream.update({f"/{key}": value for key, value in values.items()})
    return pdf.make_indirect(stream)


class Sheet:
    """A page that is put together from parts."""

    def __init__(self, content=PLAIN, **resources):
        self.content, self.resources = content, resources

    def build(self, pdf):
        page = pdf.pages[0].obj
        parts = {
            key: value(pdf) if callable(value) else value for key, value in self.resources.items() if key[0].isupper()
        }
        fonts = page.Resources.get("/Font", {})
        embedded = next((font for font in fonts.values() if "/FontDescriptor" in font), None)
        page.Resources = Dictionary({f"/{key}": value for key, value in parts.items()})
        if embedded is not None:
            page.Resources.Font = Dictionary({**parts.get("Font", {}), "/F": embedded})
        page.Contents = Stream(pdf, self.content)
        change = self.resources.get("change")
        return change(pdf) if change else None

    def pdf(self):
        """Return the file."""
        return make_pdf(1, size=(60, 60), extra=self.build)


def annotation(flags, content=PLAIN):
    def change(pdf):
        note = Dictionary(Type=Name.Annot, Subtype=Name.Square, Rect=[60, 60, 160, 160], F=flags)
        note.AP = Dictionary(N=form(pdf, content))
        pdf.pages[0].obj.Annots = Array([pdf.make_indirect(note)])

    return change


def tile(content, kind=1):
    def patterns(pdf):
        stream = Stream(pdf, content)
        stream.update({"/PatternType": 1, "/PaintType": kind, "/TilingType": 1, "/BBox": [0, 0, 9, 9]})
        stream.update({"/XStep": 9, "/YStep": 9, "/Resources": Dictionary()})
        return Dictionary(P=pdf.make_indirect(stream))

    return patterns


def shading_pattern(space):
    return lambda pdf: Dictionary(P=pdf.make_indirect(Dictionary(PatternType=2, Shading=axial(space))))


def mask(content):
    def states(pdf):
        group = form(pdf, content, Group=Dictionary(S=Name.Transparency, CS=Name.DeviceCMYK))
        return Dictionary(M=Dictionary(SMask=Dictionary(S=Name.Luminosity, G=group)))

    return states


def state(**values):
    return Dictionary(O=Dictionary(values and {f"/{key}": value for key, value in values.items()}))


def spaces(*names):
    return lambda pdf: Dictionary({f"/S{number}": tint(pdf, name) for number, name in enumerate(names)})


def _intents(pdf, profile, kind="GTS_PDFX"):
    stream = Stream(pdf, profile)
    stream.N = 4
    values = Dictionary(Type=Name.OutputIntent, S=Name(f"/{kind}"), OutputConditionIdentifier="Custom")
    values.DestOutputProfile = pdf.make_indirect(stream)
    return Array([values])


def intent(profile, kind="GTS_PDFX"):
    def change(pdf):
        pdf.Root.OutputIntents = _intents(pdf, profile, kind)

    return change


def page_intent(profile, pages=1):
    """Give the first of so many pages an output intent of its own."""

    def change(pdf):
        pdf.pages[0].obj.OutputIntents = _intents(pdf, profile)
        for _page in range(pages - 1):
            pdf.pages.append(pdf.pages[0])
            del pdf.pages[-1].obj.OutputIntents

    return change


def claimed(claim, *changes, trim=True):
    """Say that a file is PDF/X."""

    def change(pdf):
        pdf.docinfo["/GTS_PDFXVersion"] = claim
        if trim:
            pdf.pages[0].obj.TrimBox = pdf.pages[0].obj.MediaBox
        for each in changes:
            each(pdf)

    return change


def boxed(**values):
    def change(pdf):
        for key, value in values.items():
            pdf.pages[0].obj[f"/{key}"] = Array(value)

    return change


def with_fields(pdf):
    field = pdf.make_indirect(Dictionary(FT=Name.Tx, T="name"))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def dynamic_form(rendered_later):
    """A form of Acrobat alone (XFA), whose pages are made when it is opened; or one that has its pages, too."""

    def change(pdf):
        with_fields(pdf)
        pdf.Root.AcroForm.XFA = Stream(pdf, b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
        pdf.Root.NeedsRendering = rendered_later

    return change


def with_layers(pdf):
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Die line"))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary())


def broken_font(change):
    def spoil(pdf):
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and "/FontFile2" in item:
                item.FontFile2.write(change(item.FontFile2.read_bytes()))

    return spoil


def photo(quality):
    """Return resources with a JPEG of that quality."""
    picture = Image.effect_mandelbrot((400, 400), (-2, -2, 2, 2), 60).convert("CMYK")
    return lambda pdf: _resource(pdf, picture, quality)


def _resource(pdf, picture, quality):
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    image = Stream(pdf, stream.getvalue())
    space = {"CMYK": Name.DeviceCMYK, "RGB": Name.DeviceRGB}[picture.mode]
    image.update({"/Type": Name.XObject, "/Subtype": Name.Image, "/Filter": Name.DCTDecode, "/ColorSpace": space})
    image.update({"/Width": picture.width, "/Height": picture.height, "/BitsPerComponent": 8})
    return Dictionary(X=pdf.make_indirect(image))


def _modules(text):
    """Return the modules of an EAN-13, dark where there is a 1 (GS1 General Specifications, 5.2.1)."""
    drawn = Image.fromarray(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.EAN13).to_image(scale=1))
    return "".join("01"[level == 0] for level in drawn.crop((0, 3, drawn.width, 4)).tobytes()).strip("0")


MODULES = _modules("4006381333931")


def _bars(modules):
    """Yield left edge and width of the bars of a code, in modules."""
    for match in re.finditer("1+", modules):
        yield match.start(), len(match[0])


def barcode(*, bars="0 0 0 1 k", module=1.0, stroked=False, spoilt=False):
    """Return the operators of an EAN-13.

    :param module: points of the thinnest bar
    :param spoilt: with another digit, so that its check digit is wrong
    """
    modules = MODULES[:-10] + "0" * 7 + MODULES[-3:] if spoilt else MODULES
    drawn = []
    for left, width in _bars(modules):
        left, width = 30 + left * module, width * module
        drawn.append(
            f"{width} w {left + width / 2} 40 m {left + width / 2} 90 l S" if stroked else f"{left} 40 {width} 50 re"
        )
    return f"{bars} {' '.join(drawn)} {'' if stroked else 'f'}".encode()


#: Lines of one width at one distance: a pattern, no code.
HATCHING = b"0 0 0 1 k " + b" ".join(b"%d 40 1 60 re" % (20 + 3 * number) for number in range(40)) + b" f"


def pictured(*color):
    """Return resources with a picture of a code in a color (RGB)."""
    picture = Image.new("RGB", (3 * 95 + 60, 180), "white")
    for left, width in _bars(MODULES):
        picture.paste(color, (30 + 3 * left, 10, 30 + 3 * (left + width), 170))
    return lambda pdf: _resource(pdf, picture, 95)


def nested(depth, content):
    """Return resources with a form in a form in a form, the innermost of which paints something."""

    def build(pdf):
        inner = form(pdf, content)
        for _level in range(depth):
            inner = form(pdf, b"/X Do", Resources=Dictionary(XObject=Dictionary(X=inner)))
        return Dictionary(X=inner)

    return build


def drawn_font(glyph, *, unit=0.001, box=(0, 0, 500, 700)):
    """Return resources with a Type 3 font whose letter A is drawn."""

    def build(pdf):
        procs = Dictionary(A=pdf.make_indirect(Stream(pdf, glyph)))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type3, FontBBox=list(box), CharProcs=procs)
        font.update({"/FontMatrix": [unit, 0, 0, unit, 0, 0], "/FirstChar": 65, "/LastChar": 65, "/Widths": [500]})
        font.Encoding = Dictionary(Type=Name.Encoding, Differences=[65, Name.A])
        return Dictionary(T=pdf.make_indirect(font))

    return build


def pixels(space, channels, *, side=400, **values):
    """Return resources with a picture in a color space."""

    def build(pdf):
        image = Stream(pdf, bytes(side * side * channels))
        image.update({"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": side, "/Height": side})
        image.update({"/BitsPerComponent": 8, "/ColorSpace": space(pdf) if callable(space) else space})
        image.update({f"/{key}": value(pdf) if callable(value) else value for key, value in values.items()})
        return Dictionary(X=pdf.make_indirect(image))

    return build


def stencil(side):
    """Return resources with a picture of black and white."""

    def build(pdf):
        image = Stream(pdf, bytes((side + 7) // 8 * side))
        image.update({"/Type": Name.XObject, "/Subtype": Name.Image, "/Width": side, "/Height": side})
        image.update({"/BitsPerComponent": 1, "/ImageMask": True})
        return Dictionary(X=pdf.make_indirect(image))

    return build


def packed(quality):
    """Return resources with a JPEG of that quality, packed once more."""

    def build(pdf):
        resources = photo(quality)(pdf)
        inner = resources.X.read_raw_bytes()
        resources.X.write(zlib.compress(inner), filter=Array([Name.FlateDecode, Name.DCTDecode]))
        return resources

    return build


def wavelet(mode):
    """Return resources with a JPEG 2000 that says itself what its colors are."""

    def build(pdf):
        stream = io.BytesIO()
        Image.new(mode, (400, 400)).save(stream, "JPEG2000")
        image = Stream(pdf, stream.getvalue())
        image.update({"/Type": Name.XObject, "/Subtype": Name.Image, "/Filter": Name.JPXDecode})
        image.update({"/Width": 400, "/Height": 400})
        return Dictionary(X=pdf.make_indirect(image))

    return build


def based(channels):
    """Return a color space with a profile."""

    def build(pdf):
        profile = Stream(pdf, b"")
        profile.N = channels
        return Array([Name.ICCBased, pdf.make_indirect(profile)])

    return build


def layered(*, member=None, **config):
    """Give a document a layer that is switched off, and a page something that belongs to it.

    :param member: how the page names it: a function of the layer
    """

    def change(pdf):
        group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="Draft"))
        group.update({f"/{key}": value for key, value in config.items() if key == "Usage"})
        shown = Dictionary({f"/{key}": value(group) for key, value in config.items() if key != "Usage"})
        pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=shown)
        page = pdf.pages[0].obj
        page.Resources.Properties = Dictionary(L=member(pdf, group) if member else group)
        for item in page.Resources.get("/XObject", {}).values():
            item.OC = group
        for note in page.get("/Annots", []):
            note.OC = group

    return change


def off(group):
    """Return a layer as one of those that are switched off."""
    return Array([group])


def both(*changes):
    """Do several changes."""

    def change(pdf):
        for each in changes:
            each(pdf)

    return change


def bare_font(spoil=bytes):
    """Turn the embedded font into a bare CFF, as PostScript fonts are embedded."""

    def change(pdf):
        builder = FontBuilder(1000, isTTF=False)
        builder.setupGlyphOrder([".notdef", "W"])
        pen = T2CharStringPen(500, None)
        pen.moveTo((0, 0))
        pen.lineTo((500, 0))
        pen.lineTo((250, 700))
        pen.closePath()
        letters = {".notdef": pen.getCharString(), "W": pen.getCharString()}
        builder.setupCFF("Bare", {"FullName": "Bare"}, letters, {})
        builder.setupHorizontalMetrics({".notdef": (500, 0), "W": (500, 0)})
        data = builder.font.getTableData("CFF ")
        for item in pdf.objects:
            if isinstance(item, Dictionary) and "/FontFile2" in item:
                program = Stream(pdf, spoil(data))
                program.Subtype = Name.Type1C
                del item.FontFile2
                item.FontFile3 = pdf.make_indirect(program)

    return change


def matrix_code(color, module=2.0):
    """Return the operators of a QR code."""
    drawn = Image.fromarray(zxingcpp.create_barcode("https://example.com/a", zxingcpp.BarcodeFormat.QRCode).to_image())
    parts = [
        f"{30 + x * module} {150 - y * module} {module} {module} re"
        for y in range(drawn.height)
        for x in range(drawn.width)
        if not drawn.getpixel((x, y))
    ]
    return f"{color} {' '.join(parts)} f".encode()
