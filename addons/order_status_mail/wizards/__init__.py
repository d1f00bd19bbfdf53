from . import base_partner_merge, order_status_preview
