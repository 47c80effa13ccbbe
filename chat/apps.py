"""Tells Django about the app and its administration."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "Chatsite"


class ChatAdminConfig(AdminConfig):
    default_site = "chat.admin.site.ChatAdminSite"

    def ready(self) -> None:
        super().ready()
        # Only now do the tables exist that its pages are about.
        import_module("chat.admin.registry")
