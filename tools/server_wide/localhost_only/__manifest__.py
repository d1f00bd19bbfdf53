{
    "name": "Localhost Only",
    "version": "19.0.1.0.0",
    "summary": "make run: requests under another name than localhost are refused",
    "author": "Everyday Trade Addons Contributors",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["web"],
    "installable": False,
}
