"""The life of a proof in plain Python: what stands, what was recorded, what the order said. No Odoo in here."""
