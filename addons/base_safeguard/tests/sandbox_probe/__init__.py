"""Jobs of the tests, run in the sandbox's worker only."""
