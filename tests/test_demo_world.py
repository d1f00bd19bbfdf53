"""PR6: whoever logs in after ``make run`` finds something of every addon."""

from tests.hostile.people import ROLES
from tools.surfaces import logins

HAS_GROUP = """
    SELECT data.module || '.' || data.name
      FROM res_users login
      JOIN res_groups_users_rel held ON held.uid = login.id
      JOIN ir_model_data data ON data.model = 'res.groups' AND data.res_id = held.gid
     WHERE login.login = %s
"""


def test_every_login_is_there(sql):
    """PR6: the logins that the start page shows exist and are active."""
    there = {login for (login,) in sql("SELECT login FROM res_users WHERE active")}
    assert set(logins()) <= there


def test_the_employee_has_every_role(sql):
    """PR6: the employee ``demo`` works with all addons, not with two of them."""
    held = {name for (name,) in sql(HAS_GROUP, ("demo",))}
    # a team member of recurrences sees the own agenda; the user's role would show everybody's
    wanted = {f"{addon}.{group}" for addon, group in ROLES.items() if addon != "recurring_interaction"}
    assert wanted <= held, wanted - held
