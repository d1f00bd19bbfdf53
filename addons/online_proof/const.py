"""Names shared by the models, the controllers and the views."""

from datetime import timedelta

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
#: Mails to colleagues that one link causes in an hour, and that one address gets from all proofs.
MAX_FORWARDS_PER_HOUR = 10
MAX_FORWARDS_TO_ADDRESS = 5
#: Pressed again within this time, a button that mails somebody mails nobody again.
PAUSE_BETWEEN_MAILS = timedelta(minutes=10)
#: Comments are gathered for so long before the other side is told.
COMMENTS_GATHERED = timedelta(minutes=5)
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
    "mend_failed": _lt("The file cannot be mended. Ask for a corrected one."),
    "mend_no_format": _lt("The format or the bleed of the product is not known. Set it at the product first."),
    "mend_no_press": _lt("The press of the settings prints RGB as it comes; there is nothing to convert."),
    "mend_too_small": _lt("Page %(page)s is smaller than the product."),
    "too_big": _lt("The file is too big; the limit is %(limit)s MB."),
}

#: What the preflight found, by code of ``engine.preflight``.
FINDINGS = {
    "page_count": _lt("Pages in the file: %(count)s; of the product: %(expected)s."),
    "page_size": _lt("The page is %(width)s x %(height)s mm, the product %(expected_width)s x %(expected_height)s mm."),
    "no_bleed": _lt("There are %(bleed)s mm of bleed, the product needs %(expected)s mm."),
    "mixed_sizes": _lt("The pages have %(count)s different sizes."),
    "picture_resolution": _lt(
        "A picture of %(width)s x %(height)s pixels (%(format)s) has only %(dpi)s dpi at its printed size; at least"
        " %(minimum)s are needed."
    ),
    "bitmap_resolution": _lt(
        "A picture in black and white of %(width)s x %(height)s pixels (%(format)s) has only %(dpi)s dpi at its printed"
        " size; its edges need at least %(minimum)s."
    ),
    "crop": _lt("The crop box hides a part of what is printed. The proof shows the page without that part."),
    "codes_not_read": _lt("Barcodes could not be looked for."),
    "ink_not_measured": _lt("The total ink could not be measured."),
    "low_resolution": _lt("A picture has only %(dpi)s dpi at its printed size (at least %(minimum)s are needed)."),
    "resolution_unknown": _lt("The picture does not say its resolution; 300 dpi are assumed."),
    "rgb": _lt("RGB colours will be converted for printing and may look different."),
    "spot_colours": _lt("Spot colours: %(colours)s."),
    "transparency": _lt("Transparency is used."),
    "overprint": _lt("Overprint is used; the proof shows it as it will be printed."),
    "font_not_embedded": _lt("The font %(font)s is not embedded."),
    "annotation": _lt("An annotation of the page will be printed."),
    "barcode_contrast": _lt(
        "The barcode %(text)s has a contrast of %(contrast)s %% in the light of scanners; %(limit)s %% are needed."
    ),
    "barcode_small": _lt(
        "The barcode %(text)s is only %(size)s %% of its full size; at least %(limit)s %% are needed."
    ),
    "barcode_unreadable": _lt(
        "A barcode cannot be read from the page. Scanners see by red light and expect dark bars on a light ground."
    ),
    "compressed": _lt("A picture is compressed so strongly that it may look blocky (quality %(quality)s of 100)."),
    "font_damaged": _lt("The font %(font)s is damaged; other programs may replace it."),
    "spot_refused": _lt("These spot colors are not allowed: %(colours)s."),
    "black_knockout": _lt(
        "Black text of %(size)s pt does not overprint; the slightest misregister leaves a white rim."
    ),
    "boxes": _lt("The boxes of the page contradict each other: the bleed or the trim is bigger than the sheet."),
    "empty_page": _lt("The page is empty."),
    "dynamic_form": _lt(
        "The PDF is a dynamic form (XFA): its pages are made by Acrobat alone, and elsewhere they only ask to wait."
        " Print it to another PDF and upload that one."
    ),
    "form": _lt("The PDF has form fields. What is filled in may not be printed."),
    "hairline": _lt("A line is only %(width)s pt wide; at least %(limit)s pt are needed."),
    "intent_broken": _lt("The profile in the file's output intent is damaged. The shop's press is shown instead."),
    "intent_other": _lt(
        "The file was made for another press than the shop's: %(intent)s. It is shown as that press prints it."
    ),
    "intent_missing": _lt("The file does not say for which press it was made: it has no output intent."),
    "layers": _lt("The PDF has layers (%(count)s). Printed is what is visible now."),
    "no_second_opinion": _lt("No second renderer could look at the file."),
    "pdfx_encrypted": _lt("The file says that it is %(claim)s, but it is protected."),
    "pdfx_intent": _lt("The file says that it is %(claim)s, but it has no output intent of PDF/X."),
    "pdfx_rgb": _lt("The file says that it is %(claim)s, but it paints with RGB or Lab."),
    "pdfx_transparency": _lt("The file says that it is %(claim)s, but it uses transparency."),
    "pdfx_trim": _lt("The file says that it is %(claim)s, but a page has no trim box."),
    "registration": _lt("Something is painted in the color of registration marks: it will be printed in every ink."),
    "renderers_disagree": _lt("The page may print differently from what is shown: another program draws it otherwise."),
    "rich_text": _lt("Black text of %(size)s pt is made of %(inks)s inks; small text should be in black alone."),
    "small_text": _lt("Text of %(size)s pt is made of %(inks)s inks; the slightest misregister makes it illegible."),
    "spot_names": _lt("These spot colors have nearly the same name; each makes a plate of its own: %(colours)s."),
    "tiny_text": _lt("Text is only %(size)s pt high; at least %(limit)s pt are needed."),
    "total_ink": _lt("Up to %(ink)s %% of ink lie on top of each other; at most %(limit)s %% dry."),
    "white_overprint": _lt("White is set to overprint: it will not be printed at all."),
    "damaged_page": _lt("The content of the page cannot be read fully. Check it by eye."),
    "shown_by_other": _lt("The first renderer could not draw the page; its colors and overprint may be shown wrong."),
    "page_not_shown": _lt("The page cannot be displayed."),
    "repaired": _lt("The file was damaged and has been repaired. Check every page."),
    "restricted": _lt("The PDF is protected against changes."),
    "javascript": _lt("The PDF contains a script. It is ignored."),
    "attachments": _lt("The PDF has other files attached. They are ignored."),
    "not_read_fully": _lt("The file is very complex; only its first part was checked."),
}

#: Findings that a mend of the file takes away, and which.
MENDS = {
    "page_size": "trim",
    "boxes": "trim",
    "pdfx_trim": "trim",
    "no_bleed": "bleed",
    "rgb": "press",
    "pdfx_rgb": "press",
}

#: What differs from what was shown or approved, by code of ``life.order_facts``.
DIFFERENCES = {
    "customer": _lt("The customer is %(now)s now; it was %(before)s."),
    "added": _lt("%(product)s was added to the order."),
    "removed": _lt("%(product)s was taken out of the order."),
    "product": _lt("The product is %(now)s now; it was %(before)s."),
    "quantity": _lt("%(product)s: the quantity is %(now)s now; it was %(before)s."),
    "size": _lt("%(product)s: the size is %(now)s now; it was %(before)s."),
    "text": _lt("%(product)s: the description is “%(now)s” now; it was “%(before)s”."),
    "notes": _lt("The notes on the order say “%(now)s” now; they said “%(before)s”."),
    "total": _lt("The total is %(now)s now; it was %(before)s."),
    "unproofed": _lt("%(product)s has no proof of its own."),
    "files": _lt("Newer files were uploaded that the customer has not seen."),
    "terms": _lt("There are new terms of sale, version %(now)s. Please read and accept them."),
    "rate": _lt("Our rate for changes is %(now)s now; it was %(before)s."),
}
#: What is wrong with a chain of decisions, by code of ``life.chain``.
CHAIN_FAULTS = {
    "missing": _lt("Decision %(number)s is missing."),
    "unlinked": _lt("Decision %(number)s does not follow the one before it."),
    "digest": _lt("The record of decision %(number)s was altered."),
    "columns": _lt("Decision %(number)s does not say what was recorded."),
    "end": _lt("Decisions after number %(number)s are missing."),
    "terms": _lt("The text of the terms of sale, version %(number)s, was altered."),
}

#: Why somebody who is asked cannot answer.
OBSTACLES = {
    "archived": _lt("%(name)s cannot answer: the contact is archived."),
    "moved": _lt("%(name)s cannot answer: the contact works for %(employer)s now."),
    "revoked": _lt("%(name)s cannot answer: the link was revoked."),
    "expired": _lt("%(name)s cannot answer: the link has expired."),
    "inviter": _lt("%(name)s cannot answer: the link of %(inviter)s, who sent it on, does not work any more."),
    "unsent": _lt("%(name)s cannot answer: this revision was not sent to this person."),
}
#: What the shop changed about a person, by field and new value.
RIGHT_NOTES = {
    "can_comment": {
        True: _lt("%(name)s may comment on the proof now."),
        False: _lt("%(name)s may not comment on the proof any more."),
    },
    "can_decide": {
        True: _lt("%(name)s may decide about the proof now."),
        False: _lt("%(name)s may not decide about the proof any more."),
    },
    "link_revoked": {
        True: _lt("The link of %(name)s was revoked."),
        False: _lt("The link of %(name)s works again."),
    },
}
#: What the shop changed about the rule, by the new one.
RULE_NOTES = {
    "any": _lt("The approval of any one of the approvers is enough now."),
    "all": _lt("All of the approvers have to approve now."),
}

#: How a proof stands, said to the people of the customer who read it.
READER_LABELS = {
    "draft": _lt("The shop prepares your proof"),
    "yours": _lt("Waits for your approval"),
    "administrator": _lt("Waits for %(names)s"),
    "others": _lt("Waits for the others"),
    "sent": _lt("Waits for approval"),
    "answer": _lt("Waits for your answer by mail or telephone"),
    "changes": _lt("The shop works on the changes"),
    "approved": _lt("Approved"),
    "expired": _lt("The deadline has passed"),
    "cancelled": _lt("Cancelled"),
}

#: Sentences of the proof page around values; in a template they would be translated in pieces.
SENTENCES = {
    "title": _lt("Proof of order %(order)s"),
    "title_of": _lt("%(product)s, proof of order %(order)s"),
    "order": _lt("Order %(order)s"),
    "order_product": _lt("Order %(order)s: %(product)s"),
    "proofs": _lt("Proofs of order %(order)s"),
    "waiting": _lt("%(count)s of %(total)s proofs wait for your answer."),
    "revision": _lt("Revision %(number)s"),
    "page": _lt("Page %(number)s"),
    "until": _lt("until %(date)s"),
    "ready": _lt("%(ready)s of %(total)s pages are ready"),
    "approve": _lt("Approve revision %(number)s"),
    "terms": _lt("Terms of sale, version %(number)s"),
    "rate": _lt("Changes may be billed at %(rate)s per hour."),
    "usual_rate": _lt("Changes may be billed at our usual rate of %(rate)s per hour."),
    "total": _lt("Total of the order: %(total)s"),
    "line": _lt("%(product)s, %(quantity)s"),
    "approved_by": _lt("%(name)s approved this revision on %(date)s."),
    "changes_by": _lt("%(name)s asked for changes on %(date)s."),
    "kept_file": _lt("%(name)s is kept with this form; choose another file to replace it."),
    "open_comments": _lt("There are open comments. An approval means that nothing is changed because of them."),
}

#: Says in the context that the proof was sent: an object, so no client can say it.
SENT = object()
