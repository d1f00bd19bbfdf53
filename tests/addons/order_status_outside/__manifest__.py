{
    "name": "Two Status Rules from Outside",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "Shows how an addon adds rules to the status mails of web orders",
    "author": "Everyday Trade Addons Contributors",
    "license": "LGPL-3",
    "depends": ["order_status_mail"],
}
