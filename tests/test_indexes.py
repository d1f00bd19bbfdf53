"""What PostgreSQL has to look for is indexed."""

from tools.settings import our_addons

#: Foreign keys of columns that our addons define, outside of wizards, which no index begins with. Odoo itself
#: does not index who created and changed a row: users are archived, not deleted.
UNINDEXED = """
    SELECT c.conrelid::regclass::text || '.' || a.attname
      FROM pg_constraint c
      JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
      JOIN ir_model_fields f ON f.name = a.attname AND replace(f.model, '.', '_') = c.conrelid::regclass::text
      JOIN ir_model m ON m.id = f.model_id AND NOT m.transient
     WHERE c.contype = 'f' AND a.attname NOT IN ('create_uid', 'write_uid')
       AND f.id IN (SELECT res_id FROM ir_model_data WHERE model = 'ir.model.fields' AND module = ANY(%s))
       AND NOT EXISTS (
           SELECT FROM pg_index i
            WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1]
              AND (i.indpred IS NULL
                   OR pg_get_expr(i.indpred, i.indrelid) = format('(%%s IS NOT NULL)', quote_ident(a.attname))))
     ORDER BY 1"""


def test_foreign_keys(sql):
    """Deleting or merging a contact, an order, a product reads no table of ours from end to end."""
    assert [name for (name,) in sql(UNINDEXED, (our_addons(),))] == []
