"""What can be spent is kept, not the balance: senders do not wait for each other on its row any more."""


def migrate(cr, version):
    if not version:
        return
    cr.execute("ALTER TABLE credit_account ADD COLUMN available_units int8")
    cr.execute("UPDATE credit_account SET available_units = balance_units - reserved_units")
    cr.execute("ALTER TABLE credit_account DROP COLUMN balance_units, DROP COLUMN reserved_units")
    # each row's balance is the sum of the rows up to it
    cr.execute("ALTER TABLE credit_transaction DROP COLUMN balance_units")
