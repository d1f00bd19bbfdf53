from . import communication, configurator, helpdesk, portal
