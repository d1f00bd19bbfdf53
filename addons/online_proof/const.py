"""Names shared by the models, the controllers and the views."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

PROOF_TYPES = [
    ("none", "No proof"),
    ("email", "PDF by e-mail"),
    ("online", "Online proof"),
    ("printed", "Printed proof"),
]
APPROVAL_RULES = [("any", "Any one of the approvers"), ("all", "All of the approvers")]

#: Guests that one proof can have; a bound against sending mail to half the world.
MAX_GUESTS = 20
#: Comments that one person can leave on one proof.
MAX_COMMENTS = 500
MAX_COMMENT_LENGTH = 4000
#: A file that comes with a change request.
MAX_REQUEST_FILE_BYTES = 25 * 2**20
#: Files of one upload and the size of the whole, unless the system parameter says otherwise.
MAX_UPLOAD_FILES = 300
MAX_UPLOAD_MB = 256
UPLOAD_PARAMETER = "online_proof.max_upload_mb"
#: Regions that are rendered at the same time by all server processes together.
RENDER_SLOTS = 4
#: Keys of PostgreSQL's advisory locks: first number of the pair.
LOCK_PREPARE = 0x0F1_0001
LOCK_RENDER = 0x0F1_0002

#: Why a file is refused, for the person who uploads it.
REFUSALS = {
    "empty": _lt("The file is empty."),
    "unsupported": _lt("This is no PDF, JPEG, PNG or TIFF file, whatever its name says."),
    "encrypted": _lt("The PDF is protected with a password. Save it without the password and upload it again."),
    "damaged": _lt("The file is damaged and cannot be read. Export it again and check that the upload was complete."),
    "no_pages": _lt("The file has no pages."),
    "too_many_pages": _lt("The file has %(count)s pages; a proof can have up to %(limit)s."),
    "page_too_large": _lt("Page %(page)s is %(metres)s m long; pages of up to %(limit)s m can be proofed."),
    "page_too_small": _lt("Page %(page)s has no printable size."),
    "too_many_pixels": _lt("Picture %(page)s has too many pixels (the limit is 100 megapixels)."),
    "too_heavy": _lt("The file is too complex: it could not be read within the time and memory allowed."),
    "too_big": _lt("The file is too big; the limit is %(limit)s MB."),
}

#: What the preflight found, by code of ``engine.preflight``.
FINDINGS = {
    "page_count": _lt("The file has %(count)s pages, the product %(expected)s."),
    "page_size": _lt("The page is %(width)s x %(height)s mm, the product %(expected_width)s x %(expected_height)s mm."),
    "no_bleed": _lt("There are %(bleed)s mm of bleed, the product needs %(expected)s mm."),
    "mixed_sizes": _lt("The pages have %(count)s different sizes."),
    "low_resolution": _lt("A picture has only %(dpi)s dpi at its printed size (at least %(minimum)s are needed)."),
    "resolution_unknown": _lt("The picture does not say its resolution; 300 dpi are assumed."),
    "rgb": _lt("RGB colours will be converted for printing and may look different."),
    "spot_colours": _lt("Spot colours: %(colours)s."),
    "transparency": _lt("Transparency is used."),
    "overprint": _lt("Overprint is used; the proof shows it as it will be printed."),
    "font_not_embedded": _lt("The font %(font)s is not embedded."),
    "damaged_page": _lt("The content of the page cannot be read fully. Check it by eye."),
    "page_not_shown": _lt("The page cannot be displayed."),
    "repaired": _lt("The file was damaged and has been repaired. Check every page."),
    "restricted": _lt("The PDF is protected against changes."),
    "javascript": _lt("The PDF contains a script. It is ignored."),
    "attachments": _lt("The PDF has other files attached. They are ignored."),
    "not_read_fully": _lt("The file is very complex; only its first part was checked."),
}
