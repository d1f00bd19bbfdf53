from . import feed, preview
