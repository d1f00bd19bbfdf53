from . import dossier_report, service_complaint_report
