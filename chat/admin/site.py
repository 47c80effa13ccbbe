"""The site of the administration: who gets in, how, and what its sections are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext_lazy as _

from . import invoice_pages, usage_pages, usage_report
from .break_glass_page import read_page
from .health_page import health_page
from .sections import sections


class ChatAdminSite(admin.AdminSite):
    site_header = _("Chatsite administration")
    site_title = _("Chatsite administration")
    index_title = _("Administration")
    enable_nav_sidebar = False
    empty_value_display = "–"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Libraries register pages of their own, which do not keep the rules of this site."""
        if admin_class is not None and admin_class.__module__.startswith("chat."):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Who is signed in but not staff is told so, instead of being asked to sign in again."""
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.is_authenticated and not self.has_permission(request):
                return self.no_access(request)
            response: HttpResponse = inner(request, *args, **kwargs)
            return response

        return guarded

    def get_urls(self) -> list[URLResolver | URLPattern]:
        pages = [
            path(
                "conversation/<uuid:conversation_id>/read/",
                self.admin_view(read_page),
                name="break_glass",
            ),
            path("health/", self.admin_view(health_page), name="provider_health"),
            *self._usage_urls(),
        ]
        return [*pages, *super().get_urls()]

    def _usage_urls(self) -> list[URLResolver | URLPattern]:
        pages = (
            ("", usage_pages.overview, "usage"),
            ("export/<str:kind>/", usage_pages.export, "usage_export"),
            ("views/", usage_pages.save_view, "usage_view_save"),
            ("views/<int:view_id>/delete/", usage_pages.delete_view, "usage_view_delete"),
            ("report/", usage_report.report, "usage_report"),
            ("invoices/", invoice_pages.listing, "usage_invoices"),
            ("invoices/enter/", invoice_pages.enter, "usage_invoice_enter"),
            ("invoices/<int:invoice_id>/", invoice_pages.detail, "usage_invoice"),
        )
        return [
            path(f"usage/{route}", self.admin_view(view), name=name) for route, view, name in pages
        ]

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        return sections(request, super().get_app_list(request, app_label))

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one sign-in page, which keeps its limits and second factors."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
        return redirect("admin:index") if self.has_permission(request) else self.no_access(request)

    def logout(  # type: ignore[override]  # a redirect, not a page of its own
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST":
            logout(request)
            return redirect("account_login")
        return redirect("admin:index")

    def password_change(  # type: ignore[override]  # a redirect, not a page of its own
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def no_access(self, request: HttpRequest) -> HttpResponse:
        context = {**self.each_context(request), "title": _("No access")}
        return TemplateResponse(request, "admin/no_access.html", context, status=403)
