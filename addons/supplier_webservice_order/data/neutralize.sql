-- a copy of the database must never order anything: connections go to the sandbox, without credentials
UPDATE supplier_connection
   SET endpoint_url = 'http://127.0.0.1:8090/' || CASE connector WHEN 'nordteile' THEN 'nordteile' ELSE 'standard' END,
       username = CASE connector WHEN 'nordteile' THEN 'werkstatt' ELSE 'garage' END,
       password = CASE connector WHEN 'nordteile' THEN 'werkstatt-secret' ELSE 'garage-secret' END;
-- what was on its way belongs to the original database
UPDATE supplier_exchange
   SET state = 'cancelled', error = 'neutralized'
 WHERE operation = 'order' AND state IN ('queued', 'sending', 'unknown');
UPDATE purchase_order
   SET next_status_at = NULL,
       webservice_state = CASE WHEN webservice_state IN ('queued', 'unknown') THEN NULL ELSE webservice_state END
 WHERE next_status_at IS NOT NULL OR webservice_state IN ('queued', 'unknown');
UPDATE credit_account SET reserved_units = 0 WHERE reserved_units != 0;
DELETE FROM credit_reservation;
UPDATE res_company SET supplier_support_email = 'support@example.com' WHERE supplier_support_email IS NOT NULL;
