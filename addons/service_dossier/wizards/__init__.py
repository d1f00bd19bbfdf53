from . import (
    base_partner_merge,
    service_dossier_compose,
    service_dossier_place,
    service_dossier_resend,
    service_dossier_transfer,
    service_warranty_transfer,
)
