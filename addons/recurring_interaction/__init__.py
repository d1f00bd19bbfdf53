from . import controllers, models, recurrence, wizards
