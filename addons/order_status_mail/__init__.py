from . import controllers, models, wizards
from .hooks import take_baseline
