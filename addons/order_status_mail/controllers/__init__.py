from . import portal, report, status_links
