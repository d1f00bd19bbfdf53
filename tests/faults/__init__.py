"""Break things on purpose and prove from outside that nothing was lost or doubled: ``make faults SEED=1``."""
