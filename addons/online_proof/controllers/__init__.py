from . import checkout, pictures, portal, upload, viewer
