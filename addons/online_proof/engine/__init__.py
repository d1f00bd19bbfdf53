"""Reads, checks and rasterises files from strangers, without Odoo.

Everything here that touches such a file runs in the sandbox of ``base_safeguard``, a process of its own
with limits on memory, time and output; ``client`` and ``rasteriser`` are the side that Odoo imports.
"""
