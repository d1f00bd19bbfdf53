from . import dossier_report
