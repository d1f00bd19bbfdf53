"""Values shared by models, wizards and controllers."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: credits are counted in whole units, never in floating point
UNITS_PER_CREDIT = 1000

#: decimal places of what is sent; more of them, and a supplier that validates refuses the whole message
QUANTITY_DIGITS, PRICE_DIGITS = 4, 6

#: seconds until a message that did not get through is tried again, by number of attempts
RETRY_SECONDS = (20, 60, 120, 300, 900, 3600)
#: seconds that a connection is left alone after it failed, by number of failures in a row
PAUSE_SECONDS = (15, 60, 300, 900, 1800)
#: calls that one worker has under way at once, over all connections
CALLS_PER_WORKER = 32
#: attempts to reach a supplier before an order that was never sent is given up
MAX_UNSENT_ATTEMPTS = 30
#: attempts after which a person is asked to find out what became of an order
ATTEMPTS_BEFORE_ACTIVITY = 4
#: seconds between questions about an order that the supplier has not approved yet, by number of questions
STATUS_SECONDS = (60, 60, 60, 60, 60, 60, 60, 60, 60, 60, 300, 300, 300, 300, 300, 300, 1800)
#: questions in a row without a usable answer after which a person is asked to find out
STATUS_FAILURES_BEFORE_ACTIVITY = 5
#: questions about one order (about two days) after which a person is asked why the supplier does not decide
STATUS_QUESTIONS_BEFORE_ACTIVITY = 100
#: seconds between questions about what of an approved order was shipped, and how many of them there are (a month)
FOLLOW_SECONDS, FOLLOW_QUESTIONS = 4 * 3600, 180
#: seconds between questions about a change or a cancellation that the supplier has and has not decided about
NEWS_SECONDS = 600
#: seconds after which a supplier is asked for no further part's price: a person waits in front of the window
PRICE_SECONDS = 60
#: seconds that a worker may need on top of the time-outs before others take its message over
LEASE_MARGIN = 30
#: seconds that credits stay reserved for an SMS whose sender died
SMS_RESERVATION_SECONDS = 3600

MAX_PHOTOS_PER_LINE = 12

#: ``webservice_state`` of an order that no supplier has and no message is waiting for; an index is the last guard
UNSENT_STATES = (False, "failed")
#: ``webservice_state`` of an order that the supplier has, or may have, and has not decided about
WITH_SUPPLIER_STATES = ("queued", "unknown", "AB")
#: ``webservice_state`` of an order that the supplier approved
APPROVED_STATES = ("AP", "CA")

#: what an order line knows of the supplier's answer
ANSWER_FIELDS = (
    "supplier_line_state",
    "supplier_qty",
    "supplier_date",
    "supplier_note",
    "substitute_number",
    "expected_price",
    "price_deviation",
    "price_flagged",
    "answer_flagged",
    "review_reason",
)

OPEN_ORDER_STATES = ("queued", "sending", "unknown", "done")
#: states of a change or a cancellation whose outcome is open; an index holds that there is one of them
OPEN_NEWS_STATES = ("queued", "sending", "unknown", "received")

FAILURE_REASONS = {
    "unreachable": _lt("The supplier's server cannot be reached."),
    "unknown_host": _lt("There is no server of this name. Is the address right?"),
    "private_address": _lt(
        "The address lies inside of the own network. Only an administrator can allow a connection to it."
    ),
    "tls": _lt("No encrypted connection to the supplier's server came about. Nothing was sent."),
    "certificate_expired": _lt("The certificate of the supplier's server has expired. Nothing was sent."),
    "certificate_name": _lt("The certificate of the supplier's server is for another address. Nothing was sent."),
    "certificate_untrusted": _lt(
        "The certificate of the supplier's server comes from an authority that is not trusted. Nothing was sent."
    ),
    "client_certificate": _lt(
        "The supplier's server does not accept your certificate, or wants one. Nothing was sent."
    ),
    "proxy": _lt("The proxy between this server and the supplier's refuses the connection."),
    "redirect": _lt("The web service has moved. Enter its new address in the connection:"),
    "busy": _lt("The supplier's server is busy."),
    "address": _lt("The address of the web service is not usable."),
    "unauthorized": _lt("The supplier refuses the user name or password."),
    "forbidden": _lt("The supplier's server, or a firewall in front of it, does not let this server in."),
    "not_found": _lt("There is no web service at this address of the supplier's server."),
    "fault": _lt("The supplier's server reports an error."),
    "http": _lt("The supplier's server answers with an error page."),
    "timeout": _lt("The supplier did not answer in time."),
    "broken": _lt("The connection broke before the answer was complete."),
    "too_large": _lt("The answer is too large."),
    "malformed": _lt("The answer is not valid XML."),
    "doctype": _lt("The answer carries a document type declaration, which is not accepted."),
    "html": _lt("The answer is a web page, not a SOAP message."),
    "not_soap": _lt("The answer is something else than a SOAP message."),
    "not_http": _lt("The answer is not one of a web server, or only half of one."),
    "header": _lt("The answer demands something that is not understood here."),
    "unreadable": _lt("The answer does not have the agreed form."),
    "duplicate": _lt("The supplier says that it has this message already, and does not know the order."),
    "rejected": _lt("The supplier rejects the order."),
    "inactive": _lt(
        "The supplier does not know the order. It is not sent again as long as the connection is not active."
    ),
    "unsupported": _lt("This supplier's web service cannot be asked about that."),
    "other_message": _lt("The answer is about another message."),
    "other_positions": _lt("The answer is about the lines of another order."),
    "contradiction": _lt("The answer rejects the order and confirms parts of it."),
    "unknown_order": _lt("The supplier says that it does not know this order."),
    "setup": _lt("The connection to this supplier cannot be used as it is set up. A manager has to look at it."),
    "internal": _lt("Odoo could not process what came back."),
    "message": _lt("The message cannot be written as the supplier's web service wants it."),
}
#: reasons with words of the supplier's, written for people; what the network says of the others is for managers
DETAILED_REASONS = frozenset({"fault", "rejected", "duplicate", "redirect"})
