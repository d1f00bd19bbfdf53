from . import communication, configurator, desk, helpdesk, portal
