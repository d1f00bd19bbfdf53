"""Per rule of the preflight, a page that breaks it and a page beside it that does not."""

from pikepdf import Dictionary, Name

from ..engine import press
from .sheets import (
    HATCHING,
    PLAIN,
    Sheet,
    annotation,
    axial,
    barcode,
    boxed,
    broken_font,
    claimed,
    dynamic_form,
    form,
    intent,
    mask,
    page_intent,
    photo,
    pictured,
    shading_pattern,
    spaces,
    state,
    text,
    tile,
    with_fields,
    with_layers,
)

COATED, UNCOATED = (press.SHIPPED[name].read_bytes() for name in ("coated", "uncoated"))
OVERPRINT = {"ExtGState": state(OP=True, op=True, OPM=1)}
SEVERAL = "0.8 0.6 0.5 0 k"
X4, X1A = "PDF/X-4", "PDF/X-1a:2003"
INTENT = intent(COATED)

#: code of a rule -> a page that breaks it, a page beside it that does not
PAIRS = {
    "rgb fill": (Sheet(b"1 0 0 rg 9 9 50 50 re f"), Sheet(b"1 0 0 rg 0 0 0 1 k 9 9 50 50 re f")),
    "rgb stroke": (Sheet(b"1 0 0 RG 9 9 50 50 re S"), Sheet(b"1 0 0 RG 0 0 0 1 k 9 9 50 50 re f")),
    "rgb text": (Sheet(text(14, "1 0 0 rg")), Sheet(text(14, "0 1 1 0 k"))),
    "rgb sh": (
        Sheet(b"q 9 9 90 90 re W n /H sh Q", Shading=Dictionary(H=axial(Name.DeviceRGB))),
        Sheet(PLAIN, Shading=Dictionary(H=axial(Name.DeviceRGB))),
    ),
    "rgb shading pattern": (
        Sheet(b"/Pattern cs /P scn 9 9 90 90 re f", Pattern=shading_pattern(Name.DeviceRGB)),
        Sheet(b"/Pattern cs /P scn 9 9 90 90 re f", Pattern=shading_pattern(Name.DeviceCMYK)),
    ),
    "rgb tiling pattern": (
        Sheet(b"/Pattern cs /P scn 9 9 90 90 re f", Pattern=tile(b"1 0 0 rg 0 0 5 5 re f")),
        Sheet(b"/Pattern cs /P scn 9 9 90 90 re f", Pattern=tile(b"0 1 0 0 k 0 0 5 5 re f")),
    ),
    "rgb annotation": (
        Sheet(change=annotation(4, b"1 0 0 rg 0 0 50 50 re f")),
        Sheet(change=annotation(0, b"1 0 0 rg 0 0 50 50 re f")),
    ),
    "rgb soft mask": (
        Sheet(b"/M gs 0 0 0 1 k 9 9 90 90 re f", ExtGState=mask(b"1 0 0 rg 0 0 50 50 re f")),
        Sheet(b"/M gs 0 0 0 1 k 9 9 90 90 re f", ExtGState=mask(b"0.5 g 0 0 50 50 re f")),
    ),
    "rgb form": (
        Sheet(b"/X Do", XObject=lambda pdf: Dictionary(X=form(pdf, b"1 0 0 rg 0 0 50 50 re f"))),
        Sheet(PLAIN, XObject=lambda pdf: Dictionary(X=form(pdf, b"1 0 0 rg 0 0 50 50 re f"))),
    ),
    "transparency": (
        Sheet(b"/O gs 0 0 0 1 k 9 9 50 50 re f", ExtGState=state(ca=0.5)),
        Sheet(PLAIN, ExtGState=state(ca=0.5)),
    ),
    "overprint": (Sheet(b"/O gs 0 1 0 0 k 9 9 50 50 re f", **OVERPRINT), Sheet(PLAIN, **OVERPRINT)),
    "white_overprint": (
        Sheet(b"/O gs 0 0 0 0 k 9 9 50 50 re f", **OVERPRINT),
        Sheet(b"0 0 0 0 k 9 9 50 50 re f /O gs 0 1 0 0 k 9 9 50 50 re f", **OVERPRINT),
    ),
    "black_knockout": (
        Sheet(text(8, "0 0 0 1 k")),
        Sheet(b"/O gs " + text(8, "0 0 0 1 k"), **OVERPRINT),
    ),
    "rich_text": (Sheet(text(8, "0.5 0.4 0.4 1 k")), Sheet(text(20, "0.5 0.4 0.4 1 k"))),
    "small_text": (Sheet(text(7, SEVERAL)), Sheet(text(14, SEVERAL))),
    "tiny_text": (Sheet(text(3, "0 1 0 0 k")), Sheet(text(5, "0 1 0 0 k"))),
    "tiny_text scaled": (
        Sheet(b"q 0.2 0 0 0.2 0 0 cm " + text(12, "0 1 0 0 k") + b" Q"),
        Sheet(b"q 5 0 0 5 0 0 cm " + text(1, "0 1 0 0 k") + b" Q"),
    ),
    "hairline": (
        Sheet(b"0 0 0 1 K 0.05 w 9 9 m 99 99 l S"),
        Sheet(b"0 0 0 1 K 0.05 w 0 0 0 1 k 9 9 50 50 re f 0.25 w 9 9 m 99 99 l S"),
    ),
    "registration": (
        Sheet(b"/S0 cs 1 scn 9 9 50 50 re f", ColorSpace=spaces("All"), change=boxed(TrimBox=[5, 5, 160, 160])),
        Sheet(b"/S0 cs 1 scn 0 0 4 50 re f", ColorSpace=spaces("All"), change=boxed(TrimBox=[5, 5, 160, 160])),
    ),
    "spot_colours": (
        Sheet(b"/S0 cs 1 scn 9 9 50 50 re f", ColorSpace=spaces("PANTONE 185 C")),
        Sheet(PLAIN, ColorSpace=spaces("PANTONE 185 C")),
    ),
    "spot_names": (
        Sheet(
            b"/S0 cs 1 scn 9 9 50 50 re f /S1 cs 1 scn 70 9 50 50 re f",
            ColorSpace=spaces("PANTONE 185 C", "Pantone 185 CV"),
        ),
        Sheet(
            b"/S0 cs 1 scn 9 9 50 50 re f /S1 cs 1 scn 70 9 50 50 re f",
            ColorSpace=spaces("PANTONE 185 C", "PANTONE 186 C"),
        ),
    ),
    "empty_page": (Sheet(b"1 1 1 rg 0 0 170 170 re f"), Sheet(PLAIN)),
    "annotation": (Sheet(change=annotation(4)), Sheet(change=annotation(0))),
    "boxes": (
        Sheet(change=boxed(TrimBox=[-20, -20, 190, 190])),
        Sheet(change=boxed(TrimBox=[10, 10, 160, 160], BleedBox=[2, 2, 168, 168])),
    ),
    "form": (Sheet(change=with_fields), Sheet()),
    "dynamic_form": (Sheet(change=dynamic_form(True)), Sheet(change=dynamic_form(False))),
    "layers": (Sheet(change=with_layers), Sheet()),
    "intent_missing": (Sheet(), Sheet(change=INTENT)),
    "intent_broken": (Sheet(change=intent(b"no profile")), Sheet(change=INTENT)),
    "intent_missing page": (Sheet(change=page_intent(COATED, 2)), Sheet(change=page_intent(COATED))),
    "intent_other": (Sheet(change=intent(UNCOATED)), Sheet(change=INTENT)),
    "intent_other page": (Sheet(change=page_intent(UNCOATED)), Sheet(change=page_intent(COATED))),
    "pdfx_intent": (Sheet(change=claimed(X4)), Sheet(change=claimed(X4, INTENT))),
    "pdfx_trim": (Sheet(change=claimed(X4, INTENT, trim=False)), Sheet(change=claimed(X4, INTENT))),
    "pdfx_rgb": (
        Sheet(b"1 0 0 rg 9 9 50 50 re f", change=claimed(X1A, INTENT)),
        Sheet(PLAIN, change=claimed(X1A, INTENT)),
    ),
    "pdfx_transparency": (
        Sheet(b"/O gs 0 0 0 1 k 9 9 50 50 re f", ExtGState=state(ca=0.5), change=claimed("PDF/X-3:2002", INTENT)),
        Sheet(b"/O gs 0 0 0 1 k 9 9 50 50 re f", ExtGState=state(ca=0.5), change=claimed(X4, INTENT)),
    ),
    "spot_refused": (
        Sheet(b"/S0 cs 1 scn 9 9 50 50 re f", ColorSpace=spaces("PANTONE 186 C")),
        Sheet(b"/S0 cs 1 scn 9 9 50 50 re f", ColorSpace=spaces("Pantone 185 CVC")),
    ),
    "font_damaged": (
        Sheet(text(14, "0 1 1 0 k"), change=broken_font(lambda data: data[: len(data) // 2])),
        Sheet(text(14, "0 1 1 0 k"), change=broken_font(bytes)),
    ),
    "font_damaged garbage": (
        Sheet(text(14, "0 1 1 0 k"), change=broken_font(lambda data: b"no font" * 99)),
        Sheet(text(14, "0 1 1 0 k")),
    ),
    "compressed": (
        Sheet(b"q 90 0 0 90 9 9 cm /X Do Q", XObject=photo(10)),
        Sheet(b"q 90 0 0 90 9 9 cm /X Do Q", XObject=photo(75)),
    ),
    "barcode_unreadable red": (Sheet(barcode(bars="0 1 1 0 k")), Sheet(barcode(bars="1 0 1 0 k"))),
    "barcode_unreadable light on dark": (
        Sheet(b"0 0 0 1 k 0 0 170 170 re f " + barcode(bars="0 0 0 0 k")),
        Sheet(b"0 0 1 0 k 0 0 170 170 re f " + barcode()),
    ),
    "barcode_unreadable lines": (
        Sheet(barcode(bars="0 1 1 0 K", stroked=True)),
        Sheet(barcode(bars="0 0 0 1 K", stroked=True)),
    ),
    "barcode_unreadable check digit": (Sheet(barcode(spoilt=True)), Sheet(barcode())),
    "barcode_unreadable no code": (Sheet(barcode(spoilt=True)), Sheet(HATCHING)),
    "barcode_unreadable picture": (
        Sheet(b"q 100 0 0 60 30 50 cm /X Do Q", XObject=pictured(255, 90, 90)),
        Sheet(b"q 100 0 0 60 30 50 cm /X Do Q", XObject=pictured(20, 90, 20)),
    ),
    "barcode_contrast": (Sheet(barcode(bars="0.15 0 0 0 k")), Sheet(barcode(bars="0.9 0 0 0 k"))),
    "barcode_small": (Sheet(barcode(module=0.5)), Sheet(barcode(module=0.8))),
    "total_ink": (Sheet(b"1 1 1 0.5 k 20 20 100 60 re f"), Sheet(b"1 1 0.7 0 k 20 20 100 60 re f")),
}
