"""Measure dossiers: overview, dimension search, communication tab, posting; each beside its peer."""

import base64
import statistics
import time
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

FEW, MANY = 1_000, 100_000
WARRANTIES = 1_000_000
READERS = 50
MESSAGES, MARKS = 1_000_000, 500_000
LINES = 20_000


def run(context):
    """Measure everything; ``context`` is described in ``tools/bench.py``."""
    overview(context)
    dimension_search(context)
    communication(context)
    posting(context)
    unread(context)
    numbers_and_contacts(context)
    warranty_list(context)


def median_time(function, *, repeat=15, warm=3):
    """Return the median time of a call in seconds, after some calls to warm up."""
    for _number in range(warm):
        function()
    times = []
    for _number in range(repeat):
        started = time.perf_counter()
        function()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


# Overview


def overview(context):
    """The portal's overview with 1,000 and with 100,000 dossiers of the very customer who looks."""
    times, queries = {}, {}
    for count in (FEW, MANY):
        database = context.clone(f"sd_overview_{count}")
        with context.env(database) as env:
            fill_dossiers(env, count)
        server = context.start_odoo(database, name=f"bench-{database}", cron_threads=0)
        try:
            opener = portal_session(server.url, "dealer")
            address = f"{server.url}/my/dossiers"
            times[count] = median_time(lambda opener=opener, address=address: opener.open(address).read())
        finally:
            server.stop()
        queries[count] = queries_of(server.log, "/my/dossiers")
    context.row("Dossier overview, 1,000 dossiers", round(times[FEW] * 1000, 1), "ms")
    context.row(
        "Dossier overview, 100,000 dossiers",
        round(times[MANY] * 1000, 1),
        "ms",
        target=f"<= 1.5 x {times[FEW] * 1000:.0f} ms",
        peer=f"{times[MANY] / times[FEW]:.2f} x the time with 1,000",
    )
    context.row(
        "Queries of the overview, 100,000 dossiers", queries[MANY], target="<= 20", peer=f"{queries[FEW]} with 1,000"
    )


def fill_dossiers(env, count):
    """Give the demo dealer ``count`` dossiers with three messages each."""
    dealer = env.ref("service_dossier.user_dealer").partner_id
    stage = env["service.dossier"]._get_stage("finished")
    env.cr.execute(
        """
        INSERT INTO service_dossier
            (name, reference, active, company_id, partner_id, commercial_partner_id, stage_id, order_number,
             is_service, create_date, write_date, create_uid, write_uid)
        SELECT 'B-' || n, 'Reference ' || n, true, %s, %s, %s, %s, 'S' || n, false, now(), now(), 1, 1
          FROM generate_series(1, %s) AS n
        """,
        (env.company.id, dealer.id, dealer.commercial_partner_id.id, stage.id, count),
    )
    # a conversation in each: three messages, one of which waits for an answer
    env.cr.execute(
        """
        INSERT INTO service_dossier_message
            (dossier_id, company_id, commercial_partner_id, message_type, audience, origin, author_id, author_name,
             is_staff, date, body, create_date, write_date, create_uid, write_uid)
        SELECT d.id, d.company_id, d.commercial_partner_id, 'remark', 'company', 'office', %s, 'Marie', true,
               now() - n * interval '1 hour', '<p>Text ' || n || '</p>', now(), now(), 1, 1
          FROM service_dossier d, generate_series(1, 3) AS n
         WHERE d.name LIKE 'B-%%'
        """,
        (env.ref("service_dossier.user_marie").partner_id.id,),
    )
    env.cr.commit()
    analyse(env, "service_dossier", "service_dossier_message")


def analyse(env, *tables):
    """Let PostgreSQL know its tables, as autovacuum would a minute later."""
    for table in tables:
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()


def portal_session(url, login):
    """Log in and return an opener with the session's cookie."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    page = opener.open(f"{url}/web/login").read().decode()
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    data = urllib.parse.urlencode({"login": login, "password": login, "csrf_token": token}).encode()
    opener.open(f"{url}/web/login", data).read()
    return opener


def queries_of(log, path):
    """Return the number of queries that the server's log says the last request of ``path`` took."""
    lines = [line for line in log.read_text().splitlines() if f'"GET {path} HTTP' in line]
    return int(lines[-1].rsplit('" 200 - ', 1)[1].split()[0])


# Dimension search


def dimension_search(context):
    """One customer's search by dimensions among a million warranties, with and without its index."""
    database = context.clone("sd_warranties")
    with context.env(database) as env:
        customers = fill_warranties(env)
        Warranty = env["service.warranty"]
        customer = env["res.partner"].browse(customers[len(customers) // 2])

        some = Warranty.search([("commercial_partner_id", "=", customer.id)], limit=1)
        sizes = (some.width + 2, some.height - 1, some.depth)

        def search():
            return Warranty._find_by_dimensions(customer, sizes, tolerance=5)

        found = len(search())
        fast = median_time(search)
        env.cr.execute("DROP INDEX service_warranty_customer_size_index")
        env.cr.execute("DROP INDEX service_warranty_size_index")
        env.cr.execute("DROP INDEX service_warranty_customer_order_key_index")
        slow = median_time(search, repeat=7, warm=1)
        env.cr.rollback()
    context.row(
        "Dimension search, 1,000,000 warranties",
        round(fast * 1000, 2),
        "ms",
        target=f"<= 0.02 x {slow * 1000:.1f} ms, without an index",
        peer=f"{slow / fast:.0f} x faster, {found} found",
    )


def fill_warranties(env):
    """Make a million warranties of 200 customers with ordinary sizes; return the customers."""
    customers = env["res.partner"].create([{"name": f"Bench {n}", "is_company": True} for n in range(200)]).ids
    product = env.ref("service_dossier.product_screen")
    env.cr.execute(
        """
        INSERT INTO service_warranty
            (name, active, company_id, partner_id, commercial_partner_id, product_id, unit, order_number, order_key,
             width, height, depth, date_start, date_end, months, create_date, write_date, create_uid, write_uid)
        SELECT 'BENCH' || n, true, %s, p.id, p.id, %s, 1, 'S' || (n / 4), 'S' || (n / 4),
               400 + (n * 7919::bigint) %% 2600, 600 + (n * 104729::bigint) %% 2400,
               (ARRAY[75, 95, 105, 120])[1 + n %% 4],
               DATE '2025-01-01', DATE '2029-12-31', 60, now(), now(), 1, 1
          FROM generate_series(1, %s) AS n
          JOIN unnest(%s) WITH ORDINALITY AS p(id, place) ON p.place = 1 + n %% 200
        """,
        (env.company.id, product.id, WARRANTIES, customers),
    )
    env.cr.commit()
    analyse(env, "service_warranty")
    return customers


# Communication


def communication(context):
    """The tab Communication with 40 and with 2,000 messages."""
    results = {}
    for count in (40, 2000):
        database = context.clone(f"sd_messages_{count}")
        with context.env(database) as env:
            dossier_id = fill_messages(env, count)
        server = context.start_odoo(database, name=f"bench-{database}", cron_threads=0)
        try:
            opener = portal_session(server.url, "dealer")
            path = f"/my/dossiers/{dossier_id}"
            address = server.url + path
            seconds = median_time(lambda opener=opener, address=address: opener.open(address).read())
        finally:
            server.stop()
        results[count] = (seconds, queries_of(server.log, path))
    few = results[40][1]
    context.row("Communication tab, 40 messages", round(results[40][0] * 1000, 1), "ms", peer=f"{few} queries")
    context.row("Communication tab, 2,000 messages", round(results[2000][0] * 1000, 1), "ms")
    context.row("Queries of the tab, 2,000 messages", results[2000][1], target=f"= {few}, as with 40")


def fill_messages(env, count):
    """Write ``count`` messages into the demo dossier; return its id."""
    dossier = env.ref("service_dossier.dossier_finished")
    author = env.ref("service_dossier.user_marie").partner_id
    env.cr.execute(
        """
        INSERT INTO service_dossier_message
            (dossier_id, company_id, commercial_partner_id, message_type, audience, origin, author_id, author_name,
             is_staff, date, body, create_date, write_date, create_uid, write_uid)
        SELECT %s, %s, %s, 'remark', 'company', 'office', %s, 'Marie', true, now(), '<p>Text ' || n || '</p>',
               now(), now(), 1, 1
          FROM generate_series(1, %s) AS n
        """,
        (dossier.id, dossier.company_id.id, dossier.commercial_partner_id.id, author.id, count),
    )
    env.cr.commit()
    analyse(env, "service_dossier_message")
    return dossier.id


# Posting


def posting(context):
    """Telling 50 readers, beside Odoo's ``message_post`` to the same 50 on the same record."""
    database = context.clone("sd_posting")
    with context.env(database) as env:
        marie = env.ref("service_dossier.user_marie")
        dossier = env.ref("service_dossier.dossier_finished")
        partners = env["res.partner"].create(
            [
                {"name": f"Reader {n}", "email": f"reader{n}@x.example", "parent_id": dossier.commercial_partner_id.id}
                for n in range(READERS)
            ]
        )
        dossier.message_subscribe(partner_ids=partners.ids)
        env.cr.commit()
        as_marie = dossier.with_user(marie)
        body = "<p>The parts are on their way.</p>"

        def ours():
            as_marie.env["service.dossier.message"]._post(as_marie, "remark", audience="company", body=body)
            env.flush_all()

        def peer():
            as_marie.message_post(body=body, message_type="comment", subtype_xmlid="mail.mt_comment")
            env.flush_all()

        mine, theirs = median_time(ours), median_time(peer)
        env.cr.rollback()
    context.row(
        f"Posting a message to {READERS} readers",
        round(mine * 1000, 1),
        "ms",
        target=f"<= 1.2 x {theirs * 1000:.1f} ms, message_post",
        peer=f"{mine / theirs:.2f} x the time of message_post",
    )


# Unread


def unread(context):
    """Unread messages of a list of 20 dossiers, with a million messages and half a million of the reader's marks."""
    database = context.clone("sd_unread")
    with context.env(database) as env:
        fill_dossiers(env, MESSAGES // 10)
        marie = env.ref("service_dossier.user_marie")
        env.cr.execute(
            """
            INSERT INTO service_dossier_message
                (dossier_id, company_id, commercial_partner_id, message_type, audience, origin, author_name,
                 is_staff, date, body, create_date, write_date, create_uid, write_uid)
            SELECT d.id, d.company_id, d.commercial_partner_id, 'remark', 'company', 'portal', 'Dirk', false, now(),
                   '<p>Text</p>', now(), now(), 1, 1
              FROM (SELECT * FROM service_dossier ORDER BY id DESC LIMIT %s) AS d, generate_series(1, 10)
            """,
            (MESSAGES // 10,),
        )
        env.cr.execute(
            """
            INSERT INTO service_dossier_message_read (message_id, partner_id, date)
            SELECT id, %s, now() FROM service_dossier_message WHERE author_name = 'Dirk' LIMIT %s
            """,
            (marie.partner_id.id, MARKS),
        )
        env.cr.commit()
        analyse(env, "service_dossier", "service_dossier_message", "service_dossier_message_read")
        dossiers = env(user=marie)["service.dossier"].search([], limit=20)

        def count():
            dossiers.invalidate_recordset(["unread_count"])
            return dossiers.mapped("unread_count")

        seconds = median_time(count)
        context.row(
            "Unread messages of 20 dossiers, 1,000,000 messages, 500,000 marks",
            round(seconds * 1000, 2),
            "ms",
            target="<= 5 ms",
        )


# Numbers and contacts


def numbers_and_contacts(context):
    """Searching by a part of a number in 100,000 dossiers and 1,000,000 warranties; deleting a contact meanwhile."""
    database = context.clone("sd_numbers")
    with context.env(database) as env:
        # the embedded server cannot index parts of words: it reads the table
        target = "<= 50 ms" if env.registry.has_trigram else ""
        fill_dossiers(env, MANY)
        fill_warranties(env)
        as_marie = env(user=env.ref("service_dossier.user_marie"))
        for model, number in (("service.dossier", "B-54321"), ("service.warranty", "54321")):
            seconds = median_time(lambda model=model, number=number: as_marie[model].name_search(number, limit=8))
            name = as_marie[model]._description
            context.row(f"{name} found by a part of the number", round(seconds * 1000, 1), "ms", target=target)

        def leave():
            env["res.partner"].create({"name": "Somebody who leaves"}).unlink()

        seconds = median_time(leave, repeat=5)
        env.cr.rollback()
        # 2.3 s before our foreign keys had an index, 15 % of it Odoo's own
        context.row("Creating and deleting a contact", round(seconds * 1000, 1), "ms", target="<= 345 ms")


# Lists of warranties


def warranty_list(context):
    """Import a list of 20,000 old warranties, in batches as the scheduled action does."""
    database = context.clone("sd_list")
    with context.env(database) as env:
        env.ref("service_dossier.partner_dealer").ref = "BENCH-1"
        env.ref("service_dossier.product_screen").default_code = "BENCH-SCREEN"
        rows = ["Customer number;Product code;Order number;Width (mm);Height (mm);Start;Side"]
        rows += [
            f"bench-1;bench-screen;OLD-{n};{1000 + n % 900},0;{2000 + n % 7};31/01/2026;links" for n in range(LINES)
        ]
        record = env["service.warranty.import"].create({"file": base64.b64encode("\n".join(rows).encode("cp1252"))})
        started = time.perf_counter()
        record.action_read()
        record.action_import()
        while record.state != "done":
            record._import_batch()
            env.cr.commit()
            env.invalidate_all()
        seconds = time.perf_counter() - started
        context.row(f"Import of {record.created_count:,} warranties", round(seconds, 1), "s", target="<= 60 s")
