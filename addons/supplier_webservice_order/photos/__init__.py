"""Photos of parts: pictures at order lines, and the secret links of the workshop page (its routes: ``controllers``)."""

from . import purchase_line_photo, purchase_photo_link
