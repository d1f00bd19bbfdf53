from . import order_status_preview
