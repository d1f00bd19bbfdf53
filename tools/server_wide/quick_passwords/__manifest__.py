{
    "name": "Quick Passwords",
    "version": "19.0.1.0.0",
    "summary": "Tests: passwords are hashed in no time",
    "author": "Everyday Trade Addons Contributors",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["base"],
    "installable": False,
}
