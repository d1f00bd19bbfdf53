from . import feed, portal, preview
