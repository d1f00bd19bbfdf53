"""Constants shared by the models, the portal and the mail gateway."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

#: Who can read a message, from many to few.
AUDIENCES = [
    ("everyone", "Everybody on this dossier"),
    ("company", "Own company and the manufacturer"),
    ("internal", "Internal: own company only"),
    ("staff", "Only the manufacturer's staff"),
]
CUSTOMER_AUDIENCES = ("everyone", "company", "internal")
STAFF_AUDIENCES = ("everyone", "company", "staff")
AUDIENCE_ICONS = {"everyone": "fa-globe", "company": "fa-building-o", "internal": "fa-lock", "staff": "fa-industry"}

#: What a stage means to the program; several stages may share a meaning.
STAGE_KINDS = [
    ("draft", "Draft"),
    ("ordered", "Ordered"),
    ("production", "In production"),
    ("delivered", "Delivered"),
    ("finished", "Finished"),
    ("service", "Service request"),
    ("closed", "Closed"),
]
#: Why a warranty ended before its time.
WARRANTY_ENDS = [("returned", "Returned"), ("cancelled", "Order cancelled"), ("replaced", "Replaced by another unit")]
SIDES = [("left", "Left"), ("right", "Right"), ("both", "Both sides")]

#: Served for download whatever the browser would like to do with them.
INLINE_MIMETYPES = ("image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf")
MAX_FILES = 20
MAX_BODY = 50_000
#: Characters of a mail that are shown; all of it is kept as a file.
MAX_SHOWN = 20 * MAX_BODY
MAX_SUBJECT = 200
#: Answers by mail from one sender in one dossier and hour; more is a loop.
MAX_REPLIES_PER_HOUR = 20
#: Addresses that a customer's user can write e-mails to in an hour: the manufacturer's mail server is no relay.
MAX_ADDRESSES_PER_HOUR = 200
ALIAS_NAME = "dossier"
COUNT_LIMIT = 1000

UNKNOWN_REPLY = _lt(
    "Your message arrived, but it could not be attached to a dossier by itself: it does not answer a message that was "
    "sent from one, or it comes from another address than the one that the message was sent to. "
    "An employee will look at it. "
    "Next time, please answer the original message from the address that received it."
)

#: The mail as it came, next to what could be read of it.
ORIGINAL_NAME = "original_mail.eml"
#: Why a mail waits in the queue.
UNPLACED_REASONS = [
    ("sender", "Answers a message, but comes from another address"),
    ("unknown", "Answers no message of a dossier"),
    ("list", "Came through a list or a group address"),
    ("rate", "Too many answers within an hour"),
    ("automatic", "Written by a machine"),
    ("bounce", "Seems to say that a mail did not arrive"),
    ("files", "Holds files that are not accepted"),
    ("unreadable", "Could not be read completely"),
]
#: Days within which mail servers say that a mail did not arrive.
BOUNCE_DAYS = 7
#: Days that machine mail is listed.
KEEP_AUTOMATIC_DAYS = 30
