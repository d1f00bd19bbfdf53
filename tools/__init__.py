"""What ``make`` calls: provisioning, the embedded services, test and lint runners."""
