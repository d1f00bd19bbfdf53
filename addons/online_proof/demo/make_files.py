"""Draws the demo files anew: ``python make_files.py``. The same script gives the same files."""

import io
from pathlib import Path

import pikepdf
import reportlab.rl_config
from odoo.tools import file_path
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from reportlab.lib.colors import CMYKColor
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FOLDER = Path(__file__).parent / "files"
FONTS = "web/static/fonts/google/Montserrat/Montserrat-"
BLEED = 3 * mm
INK = CMYKColor(0.85, 0.7, 0.35, 0.45)
ACCENT = CMYKColor(0, 0.62, 0.75, 0)
PAPER = CMYKColor(0.02, 0.03, 0.08, 0)
TITLES = [
    ("Spring", "The 2027 collection"),
    ("Welcome", "A house that breathes"),
    ("Oak", "Tables that grow with the family"),
    ("Linen", "Twelve colours of calm"),
    ("Light", "Lamps without glare"),
    ("Wool", "Rugs woven by hand"),
    ("Clay", "Tiles from the valley"),
    ("Glass", "Shelves that disappear"),
    ("Garden", "Rooms without walls"),
    ("Care", "How to keep it for life"),
    ("Prices", "Valid until September"),
    ("Visit us", "4557 De Silva Street, Fremont"),
]
TEXT = (
    "We draw every piece ourselves and have it made within a day's drive. Nothing is in stock for long: "
    "what you order is yours before it exists. Come and see, touch and sit on everything in our showroom."
)


def picture(number, size=(620, 420)):
    """Return a soft abstract landscape as JPEG bytes."""
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    hue = (number * 29) % 255
    for y in range(size[1]):
        share = y / size[1]
        draw.line(
            [(0, y), (size[0], y)], fill=(int(250 - 70 * share), int(190 + hue / 8 - 60 * share), int(150 + hue / 3))
        )
    for layer in range(4):
        top = size[1] * (0.45 + 0.13 * layer)
        points = [
            (x, top + 40 * ((x * (layer + 2) // 37 + number * 7) % 5 - 2) / 2) for x in range(0, size[0] + 60, 60)
        ]
        shade = 150 - 32 * layer
        draw.polygon([*points, (size[0], size[1]), (0, size[1])], fill=(shade, shade + 10, shade + 28))
    draw.ellipse((430, 60, 520, 150), fill=(255, 236, 190))
    stream = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(2.2)).save(stream, "JPEG", quality=62)
    return stream.getvalue()


def wrap(canvas, text, font, size, width):
    """Return a text in lines of a width."""
    line = ""
    for word in text.split():
        if canvas.stringWidth(f"{line} {word}", font, size) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}".strip()
    yield line


def brochure(target, *, price="from € 490", title="Spring"):
    """Write the A5 brochure with bleed and trim boxes."""
    width, height = 148 * mm + 2 * BLEED, 210 * mm + 2 * BLEED
    canvas = Canvas(str(target), pagesize=(width, height), invariant=True, pageCompression=1)
    for number, (head, sub) in enumerate(TITLES, 1):
        canvas.setTrimBox((BLEED, BLEED, width - BLEED, height - BLEED))
        canvas.setFillColor(INK if number in (1, 12) else PAPER)
        canvas.rect(0, 0, width, height, stroke=0, fill=1)
        canvas.drawImage(ImageReader(io.BytesIO(picture(number))), 0, height * 0.42, width, height * 0.58)
        canvas.setFillColor(ACCENT)
        canvas.rect(0, height * 0.42 - 2 * mm, width * 0.35, 2 * mm, stroke=0, fill=1)
        canvas.setFillColor(PAPER if number in (1, 12) else INK)
        canvas.setFont("Bold", 34)
        canvas.drawString(16 * mm, height * 0.42 - 20 * mm, title if number == 1 else head)
        canvas.setFont("Regular", 13)
        canvas.drawString(16 * mm, height * 0.42 - 29 * mm, sub)
        canvas.setFont("Regular", 8.5)
        for row, line in enumerate(wrap(canvas, TEXT, "Regular", 8.5, width - 32 * mm)):
            canvas.drawString(16 * mm, height * 0.42 - 40 * mm - row * 5 * mm, line)
        if number == 3:
            canvas.setFillColor(ACCENT)
            canvas.setFont("Bold", 16)
            canvas.drawRightString(width - 16 * mm, 14 * mm, price)
        if number not in (1, 12):
            canvas.setFillColor(INK)
            canvas.setFont("Regular", 8)
            canvas.drawString(16 * mm, 10 * mm, str(number))
        canvas.showPage()
    canvas.save()
    with pikepdf.open(target, allow_overwriting_input=True) as pdf:
        pdf.save(target, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def single_pages():
    """Write five single-page files whose names need natural ordering."""
    font = ImageFont.truetype(file_path(f"{FONTS}Bold.ttf"), 260)
    for name in ("page 1.jpg", "page 2.jpg", "Page 3.png", "page 9.jpg", "page 10.tif"):
        number = int(name.split()[1].split(".")[0])
        image = Image.open(io.BytesIO(picture(number, (620, 877)))).convert("RGB")
        draw = ImageDraw.Draw(image)
        draw.text((310, 620), str(number), font=font, fill=(255, 255, 255), anchor="mm")
        if name.endswith("png"):
            image = image.quantize(24)
        options = {"jpg": {"quality": 70}, "png": {"optimize": True}, "tif": {"compression": "jpeg", "quality": 70}}
        image.save(FOLDER / name, dpi=(75, 75), **options[name.rpartition(".")[2]])


def business_card(target):
    """Write the template of the personalised business card."""
    width, height = 85 * mm + 2 * BLEED, 55 * mm + 2 * BLEED
    canvas = Canvas(str(target), pagesize=(width, height), invariant=True)
    canvas.setTrimBox((BLEED, BLEED, width - BLEED, height - BLEED))
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, width, height, stroke=0, fill=1)
    canvas.setFillColor(INK)
    canvas.rect(0, 0, 26 * mm, height, stroke=0, fill=1)
    canvas.setFillColor(ACCENT)
    canvas.circle(26 * mm, height - 16 * mm, 8 * mm, stroke=0, fill=1)
    canvas.setFillColor(INK)
    canvas.setFont("Regular", 7)
    canvas.drawString(40 * mm, 10 * mm, "Azure Interior · Fremont · www.azure-interior.example.com")
    canvas.save()


def main():
    """Write the files of the demo data."""
    reportlab.rl_config.invariant = True
    FOLDER.mkdir(exist_ok=True)
    for style in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(style, file_path(f"{FONTS}{style}.ttf")))
    brochure(FOLDER / "brochure.pdf")
    brochure(FOLDER / "brochure corrected.pdf", price="from € 450", title="Summer")
    single_pages()
    business_card(FOLDER / "business card.pdf")


if __name__ == "__main__":
    main()
