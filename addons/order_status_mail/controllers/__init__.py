from . import portal, status_links
