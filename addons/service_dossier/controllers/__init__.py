from . import communication, configurator, desk, files, portal
