{
    "name": "Moved Clock",
    "version": "19.0.1.0.0",
    "summary": "Tests: a server-wide module that takes the time of fields from a file",
    "author": "Everyday Trade Addons Contributors",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["base"],
    "installable": False,
}
