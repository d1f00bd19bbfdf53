"""Orders of which the rest was cancelled in the warehouse waited for it for ever."""


def migrate(cr, version):
    """Have orders that are partly delivered looked at: where nothing more comes, their pages say so."""
    cr.execute(
        """
        INSERT INTO order_status_mark (order_id, is_mass)
        SELECT order_id, TRUE FROM order_status_snapshot WHERE status = 'partial'
        """
    )
