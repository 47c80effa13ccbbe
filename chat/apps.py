"""Tells Django about the app and its administration."""

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate


class ChatConfig(AppConfig):
    name = "chat"
    verbose_name = "Chatsite"

    def ready(self) -> None:
        search_index = import_module("chat.models.search_index")
        pre_migrate.connect(search_index.take_triggers, sender=self)
        post_migrate.connect(search_index.put_triggers, sender=self)
        append_only = import_module("chat.models.append_only")
        post_migrate.connect(append_only.put_back, sender=self)
        import_module("chat.views.sign_ins")


class ChatAdminConfig(AdminConfig):
    default_site = "chat.admin.site.ChatAdminSite"

    def ready(self) -> None:
        super().ready()
        # Only now do the tables exist that its pages are about.
        import_module("chat.admin.registry")
