-- a neutralized copy reaches nobody: it need not hold back by itself, and people may try things in it
DELETE FROM ir_config_parameter WHERE key = 'base_safeguard.database_home';
