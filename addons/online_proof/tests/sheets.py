"""Pages that are put together from parts: what they paint, and what is wrong with them."""

import io
import re

import pikepdf
import zxingcpp
from pikepdf import Array, Dictionary, Name, Stream
from PIL import Image

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
            page.Resources.Font = Dictionary(F=embedded)
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


def tile(content):
    def patterns(pdf):
        stream = Stream(pdf, content)
        stream.update({"/PatternType": 1, "/PaintType": 1, "/TilingType": 1, "/BBox": [0, 0, 9, 9]})
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


def intent(profile, kind="GTS_PDFX"):
    def change(pdf):
        stream = Stream(pdf, profile)
        stream.N = 4
        values = Dictionary(Type=Name.OutputIntent, S=Name(f"/{kind}"), OutputConditionIdentifier="Custom")
        values.DestOutputProfile = pdf.make_indirect(stream)
        pdf.Root.OutputIntents = Array([values])

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
