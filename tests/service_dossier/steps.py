"""What people do again and again in the story of a dossier."""

import email.message
import smtplib

from tools.settings import HOST

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


def reply(mailbox, to_mail, *, sender, text, auto=False):
    """Answer a mail the way a mail program does, over SMTP."""
    answer = email.message.EmailMessage()
    answer["From"] = sender
    answer["To"] = to_mail["Reply-To"] or to_mail["From"]
    answer["Subject"] = f"Re: {to_mail['Subject']}"
    answer["Message-Id"] = f"<{abs(hash((sender, text)))}@mail.example>"
    answer["In-Reply-To"] = to_mail["Message-Id"]
    answer["References"] = to_mail["Message-Id"]
    if auto:
        answer["Auto-Submitted"] = "auto-replied"
    answer.set_content(text)
    with smtplib.SMTP(HOST, mailbox.port) as smtp:
        smtp.send_message(answer)


def text_of(mail):
    """Return the text of a mail."""
    return mail.get_body(("html", "plain")).get_content()


def open_dossier(visitor, facts, login="dealer"):
    """Log in and open the demo dossier through the overview."""
    page = visitor.login(login)
    page.goto("/my")
    page.click("text=Dossier overview")
    page.fill("#wrap input[name=search]", facts["name"])
    page.keyboard.press("Enter")
    page.click(f"a:has-text('{facts['name']}')")
    page.wait_for_selector(".o_dossier_timeline", state="attached")
    return page


def add_message(page, message_type, *, audience=None, files=(), **fields):
    """Use the Add form."""
    page.click(".o_dossier_composer > summary")
    page.select_option("#message_type", message_type)
    if audience:
        page.select_option("#audience", audience)
    for name, value in fields.items():
        page.fill(f"#{name}", value)
    if files:
        page.set_input_files("#files", list(files))
    with page.expect_navigation():
        page.click(".o_dossier_composer button[type=submit]")


def upload(name, content=PIXEL, mimetype="image/png"):
    """Return a file to choose in the browser."""
    return {"name": name, "mimeType": mimetype, "buffer": content}
