from . import base_partner_merge, online_proof_keep, online_proof_mend, online_proof_record, online_proof_send
