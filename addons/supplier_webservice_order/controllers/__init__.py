from . import photos
from . import workshop
