from . import online_proof_record, online_proof_send
