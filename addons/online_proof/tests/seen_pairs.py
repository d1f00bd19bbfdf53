"""What is painted beside what is only listed, hidden, cut away or of no size: pairs as in ``rule_pairs``."""

from pikepdf import Array, Dictionary, Encryption, Name, String

from .rule_pairs import OVERPRINT
from .sheets import (
    PLAIN,
    Sheet,
    annotation,
    axial,
    barcode,
    bare_font,
    based,
    both,
    boxed,
    drawn_font,
    form,
    layered,
    mask,
    matrix_code,
    nested,
    off,
    packed,
    pixels,
    spaces,
    state,
    stencil,
    text,
    tile,
    tint,
    wavelet,
)

RED = b"1 0 0 rg 0 0 50 50 re f"
PICTURE = b"q 90 0 0 90 9 9 cm /X Do Q"
LETTER = b"0 1 0 0 k BT /T 20 Tf 30 100 Td (A) Tj ET"
MARKED = b"/OC /L BDC " + RED + b" EMC "


def indexed(base, *bytes_):
    return Array([Name.Indexed, base, 1, String(bytes(bytes_))])


def inline(space, channels):
    side = 40
    data = bytes(side * side * channels)
    head = f"q 10 0 0 10 9 9 cm BI /W {side} /H {side} /BPC 8 /CS /{space} ID ".encode()
    return head + data + b"\nEI Q"


def reds(pdf):
    return Dictionary(X=form(pdf, RED))


def members(policy):
    return lambda pdf, group: pdf.make_indirect(Dictionary(Type=Name.OCMD, OCGs=Array([group]), P=policy))


def units(pdf):
    pdf.pages[0].obj.UserUnit = 2


def turned(pdf):
    pdf.pages[0].obj.Rotate = 90


def protected(owner):
    return lambda _pdf: {"encryption": Encryption(owner=owner, user="")}


def unnamed_twin(pdf):
    """Use a second font of the same name, which is not embedded."""
    fonts = pdf.pages[0].obj.Resources.Font
    fonts.G = Dictionary(Type=Name.Font, Subtype=Name.TrueType, BaseFont=fonts.F.BaseFont)
    fonts.G.FontDescriptor = Dictionary(Type=Name.FontDescriptor, FontName=fonts.F.BaseFont, Flags=4)
    fonts.G = pdf.make_indirect(fonts.G)


def inherited(pdf):
    """Let the page get its resources from the node above it."""
    page = pdf.pages[0].obj
    page.Parent.Resources = page.Resources
    del page.Resources


def scaled_note(height):
    """Return an annotation whose look is drawn in a box of 100 by 100 and shown in one of that height."""

    def change(pdf):
        annotation(4, text(12, "0 1 0 0 k"))(pdf)
        page = pdf.pages[0].obj
        page.Annots[0].Rect = [20, 20, 20 + height, 20 + height]
        page.Annots[0].AP.N.Resources = Dictionary(Font=page.Resources.Font)

    return change


BLED = boxed(TrimBox=[30, 30, 160, 160], BleedBox=[20, 20, 170, 170])
LINE = b"0.05 w 9 9 m 99 99 l S"
TWO = text(14, "0 1 1 0 k")

#: as ``rule_pairs.PAIRS``
SEEN_PAIRS = {
    "rgb nested forms": (Sheet(b"/X Do", XObject=nested(9, RED)), Sheet(PLAIN, XObject=nested(9, RED))),
    "rgb inherited resources": (
        Sheet(b"/X Do", XObject=reds, change=inherited),
        Sheet(PLAIN, XObject=reds, change=inherited),
    ),
    "rgb drawn letters": (
        Sheet(LETTER, Font=drawn_font(b"500 0 d0 1 0 0 rg 0 0 400 400 re f")),
        Sheet(LETTER, Font=drawn_font(b"500 0 0 0 500 700 d1 1 0 0 rg 0 0 400 400 re f")),
    ),
    "rgb drawn letters in the text's color": (
        Sheet(b"1 0 0 rg " + LETTER[10:], Font=drawn_font(b"500 0 d0 0 0 400 400 re f")),
        Sheet(b"1 0 0 rg " + LETTER[10:], Font=drawn_font(b"500 0 d0 0 1 0 0 k 0 0 400 400 re f")),
    ),
    "rgb inline picture": (Sheet(inline("RGB", 3)), Sheet(inline("CMYK", 4))),
    "rgb indexed picture": (
        Sheet(PICTURE, XObject=pixels(indexed(Name.DeviceRGB, 0, 0, 0, 255, 0, 0), 1)),
        Sheet(PICTURE, XObject=pixels(indexed(Name.DeviceCMYK, 0, 0, 0, 0, 0, 255, 0, 0), 1)),
    ),
    "rgb indexed color": (
        Sheet(b"/I cs 1 scn 9 9 50 50 re f", ColorSpace=Dictionary(I=indexed(Name.DeviceRGB, 0, 0, 0, 255, 0, 0))),
        Sheet(b"/I cs 1 scn 9 9 50 50 re f", ColorSpace=Dictionary(I=indexed(Name.DeviceGray, 0, 90))),
    ),
    "rgb with a profile": (
        Sheet(PICTURE, XObject=pixels(based(3), 3)),
        Sheet(PICTURE, XObject=pixels(based(4), 4)),
    ),
    "rgb calibrated": (
        Sheet(
            b"/C cs 1 0 0 scn 9 9 50 50 re f", ColorSpace=Dictionary(C=[Name.CalRGB, Dictionary(WhitePoint=[1, 1, 1])])
        ),
        Sheet(b"/C cs 0 scn 9 9 50 50 re f", ColorSpace=Dictionary(C=[Name.CalGray, Dictionary(WhitePoint=[1, 1, 1])])),
    ),
    "rgb in an uncolored tile": (
        Sheet(
            b"/C cs 1 0 0 /P scn 9 9 90 90 re f",
            Pattern=tile(b"0 0 5 5 re f", kind=2),
            ColorSpace=Dictionary(C=[Name.Pattern, Name.DeviceRGB]),
        ),
        Sheet(
            b"/C cs 0 1 0 0 /P scn 9 9 90 90 re f",
            Pattern=tile(b"0 0 5 5 re f", kind=2),
            ColorSpace=Dictionary(C=[Name.Pattern, Name.DeviceCMYK]),
        ),
    ),
    "rgb outside of the tile": (
        Sheet(b"/Pattern cs /P scn 9 9 90 90 re f", Pattern=tile(b"1 0 0 rg 0 0 5 5 re f")),
        Sheet(b"/Pattern cs /P scn 9 9 90 90 re f", Pattern=tile(b"1 0 0 rg 50 50 5 5 re f")),
    ),
    "rgb cut away": (
        Sheet(b"q 0 0 60 60 re W n " + RED + b" Q"),
        Sheet(PLAIN + b" q 90 90 60 60 re W n " + RED + b" Q"),
    ),
    "rgb cut away twice": (
        Sheet(b"q 0 0 90 90 re W* n 40 40 90 90 re W n " + RED + b" Q"),
        Sheet(PLAIN + b" q 0 0 90 90 re W* n 60 60 90 90 re W n " + RED + b" Q"),
    ),
    "rgb after a cut": (
        Sheet(b"q 90 90 60 60 re W n Q " + RED),
        Sheet(PLAIN + b" q 90 90 60 60 re W n q Q " + RED + b" Q"),
    ),
    "rgb beside the sheet": (Sheet(RED), Sheet(PLAIN + b" q 1 0 0 1 400 0 cm " + RED + b" Q")),
    "rgb in the slug": (
        Sheet(RED, change=BLED),
        Sheet(PLAIN + b" 1 0 0 rg 0 0 15 15 re f", change=BLED),
    ),
    "rgb of a shading cut away": (
        Sheet(b"q 9 9 90 90 re W n /H sh Q", Shading=Dictionary(H=axial(Name.DeviceRGB))),
        Sheet(PLAIN + b" q 500 9 90 90 re W n /H sh Q", Shading=Dictionary(H=axial(Name.DeviceRGB))),
    ),
    "rgb outside of a form": (
        Sheet(b"/X Do", XObject=reds),
        Sheet(PLAIN + b" /X Do", XObject=lambda pdf: Dictionary(X=form(pdf, b"1 0 0 rg 120 0 50 50 re f"))),
    ),
    "rgb on a layer": (
        Sheet(PLAIN + MARKED, change=layered(ON=off)),
        Sheet(PLAIN + MARKED, change=layered(OFF=off)),
    ),
    "rgb after a layer": (
        Sheet(b"/OC /L BDC EMC " + RED, change=layered(OFF=off)),
        Sheet(PLAIN + b" /OC /L BDC /Span BMC EMC " + RED + b" EMC", change=layered(OFF=off)),
    ),
    "rgb on a layer of a form": (
        Sheet(PLAIN + b" /X Do", XObject=reds, change=layered(ON=off)),
        Sheet(PLAIN + b" /X Do", XObject=reds, change=layered(OFF=off)),
    ),
    "rgb on a layer of an annotation": (
        Sheet(change=both(annotation(4, RED), layered(ON=off))),
        Sheet(change=both(annotation(4, RED), layered(OFF=off))),
    ),
    "rgb on several layers": (
        Sheet(PLAIN + MARKED, change=layered(OFF=off, member=members(Name.AllOff))),
        Sheet(PLAIN + MARKED, change=layered(OFF=off, member=members(Name.AllOn))),
    ),
    "rgb on a layer that is not printed": (
        Sheet(PLAIN + MARKED, change=layered(Usage=Dictionary(Print=Dictionary(PrintState=Name.OFF)))),
        Sheet(
            PLAIN + MARKED,
            change=layered(
                Usage=Dictionary(Print=Dictionary(PrintState=Name.OFF)),
                AS=lambda group: Array([Dictionary(Event=Name.Print, Category=[Name.Print], OCGs=[group])]),
            ),
        ),
    ),
    "rgb text that is not seen": (
        Sheet(PLAIN + b" " + text(14, "0 Tr 1 0 0 rg")),
        Sheet(PLAIN + b" " + text(14, "3 Tr 1 0 0 rg")),
    ),
    "rgb wavelet": (Sheet(PICTURE, XObject=wavelet("RGB")), Sheet(PICTURE, XObject=wavelet("L"))),
    "rgb faded away": (
        Sheet(PLAIN + b" /O gs " + RED, ExtGState=state(ca=0.1)),
        Sheet(PLAIN + b" /O gs " + RED, ExtGState=state(ca=0)),
    ),
    "rgb mask that is not used": (
        Sheet(b"/M gs " + PLAIN, ExtGState=mask(b"1 0 0 rg 0 0 50 50 re f")),
        Sheet(b"q /M gs Q " + PLAIN, ExtGState=mask(b"1 0 0 rg 0 0 50 50 re f")),
    ),
    "transparency of lines": (
        Sheet(b"/O gs 0 0 0 1 K 9 9 50 50 re S", ExtGState=state(CA=0.5)),
        Sheet(b"/O gs 0 0 0 1 k 9 9 50 50 re f", ExtGState=state(CA=0.5)),
    ),
    "transparency by mixing": (
        Sheet(b"/O gs " + PLAIN, ExtGState=state(BM=Name.Multiply)),
        Sheet(b"/O gs " + PLAIN, ExtGState=state(BM=Name.Compatible)),
    ),
    "transparency of a picture": (
        Sheet(PICTURE, XObject=pixels(Name.DeviceGray, 1, SMask=lambda pdf: pixels(Name.DeviceGray, 1)(pdf).X)),
        Sheet(PICTURE, XObject=pixels(Name.DeviceGray, 1)),
    ),
    "transparency taken back": (
        Sheet(b"/O gs q Q " + PLAIN, ExtGState=state(ca=0.5)),
        Sheet(b"q /O gs Q " + PLAIN, ExtGState=state(ca=0.5)),
    ),
    "overprint of lines": (
        Sheet(b"/O gs 0 1 0 0 K 9 9 50 50 re S", ExtGState=state(OP=True, op=False)),
        Sheet(b"/O gs 0 1 0 0 k 9 9 50 50 re f", ExtGState=state(OP=True, op=False)),
    ),
    "white_overprint of a spot color": (
        Sheet(b"/O gs /S0 cs 0 scn 9 9 50 50 re f", ColorSpace=spaces("PANTONE 185 C"), **OVERPRINT),
        Sheet(b"/O gs /S0 cs 1 scn 9 9 50 50 re f", ColorSpace=spaces("PANTONE 185 C"), **OVERPRINT),
    ),
    "white_overprint of an indexed color": (
        Sheet(
            b"/O gs /I cs 1 scn 9 9 50 50 re f",
            ColorSpace=Dictionary(I=indexed(Name.DeviceCMYK, 255, 0, 0, 0, 0, 0, 0, 0)),
            **OVERPRINT,
        ),
        Sheet(
            b"/O gs /I cs 0 scn 9 9 50 50 re f",
            ColorSpace=Dictionary(I=indexed(Name.DeviceCMYK, 255, 0, 0, 0, 0, 0, 0, 0)),
            **OVERPRINT,
        ),
    ),
    "registration of no strength": (
        Sheet(b"/S0 cs 0.5 scn 9 9 50 50 re f", ColorSpace=spaces("All")),
        Sheet(b"/S0 cs 0 scn 9 9 50 50 re f", ColorSpace=spaces("All")),
    ),
    "spot_colours of no ink": (
        Sheet(b"/S0 cs 1 scn 9 9 50 50 re f", ColorSpace=spaces("Gold")),
        Sheet(b"/S0 cs 1 scn 9 9 50 50 re f", ColorSpace=spaces("None")),
    ),
    "spot_colours together": (
        Sheet(
            b"/D cs 1 0 scn 9 9 50 50 re f",
            ColorSpace=lambda pdf: Dictionary(D=tint(pdf, ("Cyan", "Gold"), Name.DeviceN)),
        ),
        Sheet(
            b"/D cs 1 0 scn 9 9 50 50 re f",
            ColorSpace=lambda pdf: Dictionary(D=tint(pdf, ("Cyan", "Black"), Name.DeviceN)),
        ),
    ),
    "tiny_text by its matrix": (
        Sheet(b"BT /F 12 Tf 0 1 0 0 k 0.01 0 0 0.01 30 100 Tm (Words) Tj ET"),
        Sheet(b"BT /F 0.1 Tf 0 1 0 0 k 100 0 0 100 30 100 Tm (Words) Tj ET"),
    ),
    "tiny_text upside down": (Sheet(text(-3, "0 1 0 0 k")), Sheet(text(-12, "0 1 0 0 k"))),
    "tiny_text in another unit": (
        Sheet(text(3, "0 1 0 0 k")),
        Sheet(text(3, "0 1 0 0 k"), change=units),
    ),
    "tiny_text of drawn letters": (
        Sheet(
            LETTER.replace(b"20 Tf", b"1 Tf"),
            Font=drawn_font(b"3 0 0 0 3 3 d1 0 0 3 3 re f", unit=1, box=(0, 0, 3, 3)),
        ),
        Sheet(
            LETTER.replace(b"20 Tf", b"1 Tf"),
            Font=drawn_font(b"9 0 0 0 9 9 d1 0 0 9 9 re f", unit=1, box=(0, 0, 9, 9)),
        ),
    ),
    "tiny_text of an annotation": (Sheet(change=scaled_note(20)), Sheet(change=scaled_note(100))),
    "hairline by its matrix": (
        Sheet(b"q 0.05 0 0 0.05 0 0 cm 1 w 200 200 m 999 999 l S Q"),
        Sheet(b"q 20 0 0 20 0 0 cm 0.05 w 1 1 m 5 5 l S Q"),
    ),
    "hairline in one direction": (
        Sheet(b"q 10 0 0 0.01 0 0 cm 1 w 1 999 m 9 999 l S Q"),
        Sheet(b"q 10 0 0 1 0 0 cm 1 w 1 99 m 9 99 l S Q"),
    ),
    "hairline of no width": (Sheet(b"0 w 9 9 m 99 99 l S"), Sheet(b"0 w 1 w 9 9 m 99 99 l S")),
    "hairline of a state": (
        Sheet(b"/O gs 9 9 m 99 99 l S", ExtGState=state(LW=0.05)),
        Sheet(b"/O gs 9 9 m 99 99 l S", ExtGState=state(LW=0.5)),
    ),
    "hairline as an area": (Sheet(b"9 9 90 0.05 re f"), Sheet(b"9 9 90 0.5 re f 9 20 0.05 0.05 re f")),
    "hairline in white": (
        Sheet(b"0 0 0 1 K 0.05 w 9 9 m 99 99 l S"),
        Sheet(PLAIN + b" 0 0 0 0 K 0.05 w 9 9 m 99 99 l S"),
    ),
    "empty_page cut away": (
        Sheet(b"q 300 300 60 60 re W n " + PLAIN + b" Q"),
        Sheet(b"q 30 30 60 60 re W n " + PLAIN + b" Q"),
    ),
    "empty_page on a layer": (Sheet(MARKED, change=layered(OFF=off)), Sheet(MARKED, change=layered(ON=off))),
    "empty_page of text that is not seen": (
        Sheet(text(14, "3 Tr 0 1 0 0 k")),
        Sheet(text(14, "1 Tr 0 1 0 0 K")),
    ),
    "boxes of the bleed": (
        Sheet(change=boxed(TrimBox=[10, 10, 160, 160], BleedBox=[-9, -9, 199, 199])),
        Sheet(change=boxed(TrimBox=[160, 160, 10, 10], BleedBox=[169, 1, 1, 169])),
    ),
    "crop": (
        Sheet(change=boxed(TrimBox=[10, 10, 160, 160], CropBox=[40, 40, 160, 160])),
        Sheet(change=boxed(TrimBox=[10, 10, 160, 160], CropBox=[5, 5, 165, 165])),
    ),
    "picture_resolution": (
        Sheet(PICTURE, XObject=pixels(Name.DeviceGray, 1, side=100)),
        Sheet(PICTURE, XObject=pixels(Name.DeviceGray, 1, side=400)),
    ),
    "picture_resolution one of several": (
        Sheet(PICTURE + b" q 160 0 0 160 9 9 cm /X Do Q", XObject=pixels(Name.DeviceGray, 1, side=400)),
        Sheet(PICTURE + b" q 120 0 0 120 9 9 cm /X Do Q", XObject=pixels(Name.DeviceGray, 1, side=400)),
    ),
    "picture_resolution of a single color": (
        Sheet(PICTURE, XObject=pixels(Name.DeviceGray, 1, side=8)),
        Sheet(PICTURE, XObject=pixels(Name.DeviceGray, 1, side=1)),
    ),
    "picture_resolution cut away": (
        Sheet(b"q 9 9 20 20 re W n " + PICTURE + b" Q", XObject=pixels(Name.DeviceGray, 1, side=100)),
        Sheet(PLAIN + b" q 109 9 20 20 re W n " + PICTURE + b" Q", XObject=pixels(Name.DeviceGray, 1, side=100)),
    ),
    "bitmap_resolution": (
        Sheet(b"0 0 0 1 k " + PICTURE, XObject=stencil(300)),
        Sheet(b"0 0 0 1 k " + PICTURE, XObject=stencil(800)),
    ),
    "compressed twice": (Sheet(PICTURE, XObject=packed(10)), Sheet(PICTURE, XObject=packed(80))),
    "font_damaged bare": (
        Sheet(TWO, change=bare_font(lambda data: data[:-20])),
        Sheet(TWO, change=bare_font()),
    ),
    "font_not_embedded twin": (
        Sheet(TWO + b" " + TWO.replace(b"/F", b"/G"), change=unnamed_twin),
        Sheet(TWO, change=unnamed_twin),
    ),
    "total_ink of marks": (
        Sheet(b"1 1 1 1 k 40 40 20 20 re f", change=BLED),
        Sheet(PLAIN + b" 1 1 1 1 k 0 0 12 12 re f", change=BLED),
    ),
    "total_ink cut away": (
        Sheet(b"q 20 20 60 60 re W n 1 1 1 1 k 40 40 20 20 re f Q"),
        Sheet(PLAIN + b" q 20 20 10 10 re W n 1 1 1 1 k 40 40 20 20 re f Q"),
    ),
    "restricted": (Sheet(change=protected("secret")), Sheet()),
    "damaged_page without end": (
        Sheet(b"/X Do", XObject=lambda pdf: Dictionary(X=endless(pdf))),
        Sheet(b"/X Do /X Do", XObject=nested(20, PLAIN)),
    ),
    "barcode_unreadable on a turned page": (
        Sheet(barcode(bars="0 1 1 0 k"), change=turned),
        Sheet(barcode(), change=turned),
    ),
    "barcode_unreadable in another unit": (
        Sheet(barcode(bars="0 1 1 0 k"), change=units),
        Sheet(barcode(), change=units),
    ),
    "barcode_unreadable too close to the edge of dark": (
        Sheet(b"0 0 0 1 k 0 30 30 70 re 125 30 45 70 re f " + barcode()),
        Sheet(b"0 0 0 1 k 0 30 15 70 re 140 30 30 70 re f " + barcode()),
    ),
    "barcode_small turned": (
        Sheet(b"q 0 1 -1 0 160 0 cm " + barcode(module=0.5) + b" Q"),
        Sheet(b"q 0 1 -1 0 160 0 cm " + barcode(module=0.9) + b" Q"),
    ),
    "barcode_unreadable squares": (Sheet(matrix_code("0 0 0.5 0 k")), Sheet(matrix_code("0 0 0 1 k"))),
}


def endless(pdf):
    """Return a form that draws itself."""
    stream = form(pdf, b"/X Do")
    stream.Resources = Dictionary(XObject=Dictionary(X=stream))
    return stream
