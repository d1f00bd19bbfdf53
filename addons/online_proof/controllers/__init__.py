from . import checkout, order_page, pictures, portal, upload, viewer
