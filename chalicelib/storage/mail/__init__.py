"""Outgoing mail: one protocol, handed to Amazon's mail service or written into a folder."""

from chalicelib.storage.mail.contract import Mail, MailRefused, MailUnanswered, Message
from chalicelib.storage.mail.folder import FolderMail
from chalicelib.storage.mail.service import MailClient, SesMail, mail_client, mail_client_on_first_use

__all__ = [
    "FolderMail",
    "Mail",
    "MailClient",
    "MailRefused",
    "MailUnanswered",
    "Message",
    "SesMail",
    "mail_client",
    "mail_client_on_first_use",
]
