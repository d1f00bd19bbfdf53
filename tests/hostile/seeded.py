"""Which record of customer A stands for each model."""

from tools.surfaces import merged

#: the seeded record of customer A by model; others are tried with a record that belongs to one of these, see below
SEEDED = {
    "sale.order": "order",
    "sale.order.line": "order_line",
    **merged("SEEDED"),
}
#: models of ours of which no record belongs to a customer, or of which there is none before somebody works
NOBODYS = {
    "cron.batch.failure": "notes of the scheduled actions, of whatever record",
    "credit.account": "one for each company",
    "credit.transaction": "what a company's account has booked",
    "mail.delivery": "what mail servers say, of whatever mail",
    "online.proof.finding": "nothing was found in the seeded files",
    "online.proof.terms": "published for everybody",
    "online.proof.terms.acceptance": "no terms are published",
    "online.proof.user.level": "settings of the shop",
    "recurring.index.value": "figures of a statistical office",
    "recurring.price.change": "no price was changed",
    "recurring.quantity": "nothing was counted",
    "service.warranty.import": "no list was uploaded",
    "supplier.connection.address": "an address of the supplier",
    "supplier.mapping.element": "how a supplier's messages look",
    "supplier.mapping.operation": "how a supplier's messages look",
}
