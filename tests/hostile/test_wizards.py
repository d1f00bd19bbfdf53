"""Windows of ours keep what one person typed, and what is secret: nobody else reads their rows."""

from tools.settings import our_addons

WIZARDS = """
    SELECT DISTINCT model.model
      FROM ir_model model
      JOIN ir_model_data data ON data.model = 'ir.model' AND data.res_id = model.id
     WHERE model.transient AND data.module = ANY(%(addons)s)
       AND NOT EXISTS (SELECT FROM ir_model_data theirs WHERE theirs.model = 'ir.model' AND theirs.res_id = model.id
                          AND theirs.module <> ALL(%(addons)s))
       AND model.model <> 'res.config.settings'
"""
GUARDED = """
    SELECT model.model
      FROM ir_rule rule
      JOIN ir_model model ON model.id = rule.model_id
     WHERE rule.active AND rule.global AND rule.perm_read AND rule.perm_write AND rule.perm_create AND rule.perm_unlink
       AND replace(rule.domain_force, ' ', '') = '[(''create_uid'',''='',user.id)]'
"""


def test_every_wizard_has_a_rule_of_own_rows(target):
    """RI+4: a transient model has no record rule by itself: each of ours gets *own rows* (RI-P16)."""
    wizards = {name for (name,) in target.run_sql(WIZARDS, {"addons": our_addons()})}
    guarded = {name for (name,) in target.run_sql(GUARDED)}
    assert len(wizards) > 8, "the query finds our wizards"
    assert sorted(wizards - guarded) == []


POINTS = """
    SELECT DISTINCT model.model
      FROM ir_model model
      JOIN ir_model_fields field ON field.model_id = model.id
     WHERE model.model = ANY(%(wizards)s) AND field.ttype IN ('many2one', 'many2many', 'one2many')
       AND field.name NOT IN ('create_uid', 'write_uid')
"""
ASKS = """
    SELECT model.model
      FROM ir_model_inherit inherit
      JOIN ir_model model ON model.id = inherit.model_id
      JOIN ir_model parent ON parent.id = inherit.parent_id
     WHERE parent.model = 'record.window.mixin'
"""


def test_every_window_asks_for_what_it_points_at(target):
    """PR5: a window of ours that names records checks that its user may read them (``record.window.mixin``)."""
    wizards = [name for (name,) in target.run_sql(WIZARDS, {"addons": our_addons()})]
    pointing = {name for (name,) in target.run_sql(POINTS, {"wizards": wizards})}
    asking = {name for (name,) in target.run_sql(ASKS)}
    assert len(pointing) > 8, "the query finds our windows"
    assert sorted(pointing - asking) == []
