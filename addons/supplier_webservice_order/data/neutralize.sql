-- a copy of the database must reach no supplier: connections are out of service, without address and credentials
UPDATE supplier_connection
   SET state = 'inactive',
       endpoint_url = NULL,
       -- kept by kind besides the rows below: messages go there
       address_urls = NULL,
       inner_network = FALSE,
       username = NULL,
       password = NULL,
       auth_source = 'database',
       auth_name = NULL,
       client_certificate = NULL,
       client_certificate_password = NULL;
DELETE FROM supplier_connection_address;
-- what was on its way belongs to the original database
UPDATE supplier_exchange
   SET state = 'cancelled', error = 'neutralized', attempt_token = NULL, slot = NULL
 WHERE operation IN ('order', 'change', 'cancel') AND state IN ('queued', 'sending', 'unknown', 'received');
UPDATE purchase_order
   SET date_next_status = NULL,
       webservice_state = CASE WHEN webservice_state IN ('queued', 'unknown') THEN NULL ELSE webservice_state END
 WHERE date_next_status IS NOT NULL OR webservice_state IN ('queued', 'unknown');
UPDATE credit_account a SET available_units = available_units + held.units
  FROM (SELECT account_id, sum(units) AS units FROM credit_reservation GROUP BY account_id) held
 WHERE held.account_id = a.id;
DELETE FROM credit_reservation;
UPDATE res_company SET supplier_support_email = 'support@example.com' WHERE supplier_support_email IS NOT NULL;
