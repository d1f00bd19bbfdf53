"""Reads, checks and rasterises files from strangers, without Odoo.

Everything here that touches such a file runs in a process of its own with limits on memory,
time and output (``python -I <this folder>``); ``client`` is the side that Odoo imports.
"""
