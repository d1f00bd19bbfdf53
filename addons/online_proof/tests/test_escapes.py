"""Files that try to get out of the renderers: nothing outside is read, written, removed or run."""

import contextlib

import pikepdf
from odoo.tests import BaseCase, tagged
from PIL import Image

from ..engine import client, ghostscript, press, rasteriser, rules
from ..engine.errors import FileRefusedError
from .common import make_pdf

SECRET = "Secret 4711 "
COATED = str(press.SHIPPED["coated"])

#: PostScript by the way that it tries; {trace} and {secret} are files outside.
PROGRAMS = {
    "write": "({trace}) (w) file dup (x) writestring closefile",
    "read": "({secret}) (r) file 100 string readline pop print",
    "run": "({secret}) run",
    "pipe": "(%pipe%touch {trace}) (w) file closefile",
    # CVE-2023-36664: the prefix that the check of the permissions did not know
    "pipe read": "(%pipe%touch {trace}|) (r) file 100 string readline",
    "page device": "<< /OutputFile ({trace}) >> setpagedevice showpage",
    "page device to a pipe": "<< /OutputFile (%pipe%touch {trace}) >> setpagedevice showpage",
    "another device": "<< /OutputDevice /pdfwrite /OutputFile ({trace}) >> setpagedevice showpage",
    "parameters of the device": "mark /OutputFile ({trace}) currentdevice putdeviceprops showpage",
    "parameters, without asking": "currentdevice null false mark /OutputFile ({trace}) .putdeviceparamsonly showpage",
    # CVE-2024-29510: a device with a format string
    "uniprint": "<< /OutputDevice /uniprint /upYMoveCommand (%x%n) /OutputFile ({trace}) >> setpagedevice showpage",
    # CVE-2023-43115: a device that starts a program
    "ijs": "<< /OutputDevice /ijs /IjsServer (touch {trace}) >> setpagedevice showpage",
    "temporary file": "({trace}) (w) .tempfile",
    "temporary file, renamed": "(x) (w+) .tempfile closefile ({trace}) renamefile",
    "renamed": "({secret}) ({trace}) renamefile",
    "removed": "({secret}) deletefile",
    "rights given back": "<< /PermitFileWriting [(*)] /LockSafetyParams false >> setuserparams ({trace}) (w) file",
    "safety put away": "systemdict /SAFER false put .locksafe ({trace}) (w) file closefile",
    "own path allowed": "/PermitFileWriting ({trace}) .addcontrolpath ({trace}) (w) file closefile",
    "restored": "save restore grestoreall ({trace}) (w) file closefile",
    "error passed over": "errordict /invalidfileaccess {{ pop }} put ({trace}) (w) file closefile",
    "log": "<< /LogFile ({trace}) >> setsystemparams",
    "found in the library": "({secret}) findlibfile {{ 100 string readline pop print }} if",
    "run as a PDF": "({secret}) (r) file runpdfbegin",
}


def _put(page, kind, name, value):
    page.obj.Resources[kind] = pikepdf.Dictionary({name: value})


def _program(values):
    return "\n".join(program.format(**values) for program in PROGRAMS.values()).encode()


def postscript_object(pdf, page, values):
    """A program as an object of the page, which printers ran once."""
    _put(page, "/XObject", "/X", pikepdf.Stream(pdf, _program(values), Type="/XObject", Subtype="/PS"))
    page.contents_add(b"/X Do")


def postscript_form(pdf, page, values):
    """The same, as a kind of form."""
    form = pikepdf.Stream(pdf, _program(values), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    form.Subtype2, form.PS, form.BBox = pikepdf.Name.PS, pikepdf.Stream(pdf, _program(values)), [0, 0, 200, 200]
    _put(page, "/XObject", "/X", form)
    page.contents_add(b"/X Do")


def font_program(pdf, page, values):
    """A font, which is a program in PostScript, with another one in it."""
    program = b"%!PS-AdobeFont-1.0: Evil\n" + _program(values) + b"\ncurrentfile eexec\n"
    file = pikepdf.Stream(pdf, program, Length1=len(program), Length2=0, Length3=0)
    descriptor = pikepdf.Dictionary(Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name.Evil, Flags=4)
    descriptor.FontFile = pdf.make_indirect(file)
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Evil)
    font.FontDescriptor, font.FirstChar, font.LastChar, font.Widths = pdf.make_indirect(descriptor), 65, 65, [500]
    _put(page, "/Font", "/F", font)
    page.contents_add(b"BT /F 20 Tf 20 20 Td (A) Tj ET")


def calculator(pdf, page, values):
    """A calculation of a spot color with operators that are none of a calculator."""
    code = b"{ pop " + _program(values) + b" 0 0 0 1 }"
    function = pikepdf.Stream(pdf, code, FunctionType=4, Domain=[0, 1], Range=[0, 1] * 4)
    space = pikepdf.Array([pikepdf.Name.Separation, pikepdf.Name.Spot, pikepdf.Name.DeviceCMYK, function])
    _put(page, "/ColorSpace", "/S", space)
    page.contents_add(b"/S cs 1 scn 0 0 90 90 re f")


def names(pdf, page, values):
    """Fonts, encodings and character maps that are called like files and pipes."""
    for number, name in enumerate((values["secret"], "../../" + values["secret"], f"%pipe%touch {values['trace']}")):
        child = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType0)
        child.BaseFont = pikepdf.Name("/" + name)
        child.CIDSystemInfo = pikepdf.Dictionary(Registry=name, Ordering=name, Supplement=0)
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type0)
        font.BaseFont = font.Encoding = pikepdf.Name("/" + name)
        font.DescendantFonts = [child]
        page.obj.Resources.Font[f"/N{number}"] = font
        page.contents_add(f"BT /N{number} 20 Tf 20 20 Td <0041> Tj ET".encode())


def outside_streams(pdf, page, values):
    """A picture, a form and a profile whose content is said to be in a file."""
    outside = pikepdf.Dictionary(Type=pikepdf.Name.Filespec, F=values["secret"], UF=values["secret"])
    picture = pikepdf.Stream(pdf, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, F=outside)
    picture.Width, picture.Height, picture.BitsPerComponent = 12, 40, 8
    profile = pikepdf.Stream(pdf, b"", N=1, F=outside)
    picture.ColorSpace = pikepdf.Array([pikepdf.Name.ICCBased, profile])
    plain = pikepdf.Stream(pdf, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, F=outside)
    plain.Width, plain.Height, plain.BitsPerComponent, plain.ColorSpace = 12, 40, 8, pikepdf.Name.DeviceGray
    form = pikepdf.Stream(pdf, b"", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 9, 9])
    form.Ref = pikepdf.Dictionary(F=outside, Page=0)
    page.obj.Resources.XObject = pikepdf.Dictionary(A=picture, B=plain, C=form)
    whole = b"q 170 0 0 170 0 0 cm /A Do Q q 170 0 0 170 0 0 cm /B Do Q /C Do"
    page.obj.Contents = pikepdf.Stream(pdf, whole)


def actions(pdf, page, values):
    """What a viewer might do by itself."""
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=values["secret"], Unix=f"touch {values['trace']}")
    pdf.Root.OpenAction = launch
    page.obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.ImportData, F=values["secret"]))


ATTACKS = (postscript_object, postscript_form, font_program, calculator, names, outside_streams, actions)


@tagged("post_install", "-at_install")
class TestEscapes(BaseCase):
    """OP+8: strangers' files in programs with a history."""

    def setUp(self):
        super().setUp()
        outside, self.folder = (self.enterContext(client.work_folder()) for _folder in range(2))
        self.secret, self.trace = outside / "secret", outside / "trace"
        self.secret.write_text(SECRET * 40)

    def check_untouched(self):
        self.assertEqual(self.secret.read_text(), SECRET * 40)
        self.assertEqual([path.name for path in self.secret.parent.iterdir()], ["secret"])

    def test_programs(self):
        """OP+8: even a program that came as far as Ghostscript reaches nothing outside."""
        if not client.ghostscript():
            self.skipTest("needs Ghostscript")
        options = ["-sDEVICE=ppmraw", "-r20", "-sOutputFile=-"]
        for name, program in PROGRAMS.items():
            with self.subTest(name):
                path = self.folder / "program.ps"
                path.write_text("%!PS\n" + program.format(trace=self.trace, secret=self.secret))
                process = ghostscript.start(path, self.folder, options)
                said = process.communicate(timeout=60)[0]
                self.assertNotIn(b"4711", said)
                self.check_untouched()

    def test_files(self):
        """OP+8: the same from inside of a PDF, whatever the shop does with it and whatever draws it."""
        values = {"trace": str(self.trace), "secret": str(self.secret)}

        def spoil(pdf):
            for page, attack in zip(pdf.pages, ATTACKS, strict=True):
                attack(pdf, page, values)

        path = self.folder / "attack.pdf"
        path.write_bytes(make_pdf(len(ATTACKS), size=(60, 60), extra=spoil))
        for tool in client.renderers("pdf"):
            with self.subTest(tool):
                self.patch(client, "renderers", lambda _kind, tool=tool: [tool])
                drawn = dict(rasteriser.render_pages(path, "pdf", range(len(ATTACKS)), self.folder, 200, COATED))
                self.check_untouched()
                picture = drawn[ATTACKS.index(outside_streams)]
                if picture:
                    # the letters of the secret would be tones; without them the page is even
                    shown = Image.open(picture).convert("L").crop((20, 20, 180, 180))
                    darkest, lightest = shown.getextrema()
                    self.assertLess(lightest - darkest, 8)
        target = self.folder / "target"
        expected = {"width_mm": 60, "height_mm": 60, "bleed_mm": 0}
        for name, work in {
            "inspect": lambda: client.inspect(path),
            "preflight": lambda: client.preflight(path, expected, rules.DEFAULTS, COATED),
            "plates": lambda: client.separate(path, ATTACKS.index(calculator), 200, target, COATED),
            "mend": lambda: client.mend(path, "press", target, expected=expected, press=COATED),
        }.items():
            with self.subTest(name):
                with contextlib.suppress(FileRefusedError):
                    work()
                self.check_untouched()
