from . import photos, workshop
