"""Connectors of suppliers that do not exist; they import nothing of the tests, so that any process can load them."""
