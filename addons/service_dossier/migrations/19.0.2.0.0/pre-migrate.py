def migrate(cr, version):
    """Imports of lists are kept from this version on; before, their table was a wizard's."""
    cr.execute("DROP TABLE IF EXISTS service_warranty_import CASCADE")
