"""People and teams. Every change of rights raises `rights_version`, which open pages compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat.domain import leaving
from chat.models import ApiKey, Conversation, User

from .audited import Audited
from .choices import TickedChoices
from .people_forms import PasswordForm, TeamsForm, UserAddForm, UserForm
from .rights import ListedLookups, counted

if TYPE_CHECKING:
    UserPage = DjangoUserAdmin[Any]
else:
    # The class knows its type parameter only in the stubs.
    UserPage = DjangoUserAdmin

RIGHTS = {"is_active", "is_staff", "is_superuser", "groups", "roles", "user_permissions"}


def raise_rights(people: QuerySet[User]) -> None:
    people.update(rights_version=F("rights_version") + 1)


class UserAdmin(Audited, TickedChoices, ListedLookups, UserPage):
    form = UserForm
    add_form = UserAddForm
    change_password_form = PasswordForm
    list_display = ["email", "name", "is_active", "is_staff", "teams", "last_login"]
    list_filter = ["is_active", "is_staff", "groups"]
    search_fields = ["email", "name"]
    search_help_text = _("Name or email")
    ordering = ["email"]
    actions = None
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        (_("Access"), {"fields": ["is_active", "is_staff", "is_superuser"]}),
        (_("Teams"), {"fields": ["groups"]}),
        (_("Roles"), {"fields": ["roles"]}),
        (_("Retention"), {"fields": ["legal_hold"]}),
        (_("Single permissions"), {"classes": ["collapse"], "fields": ["user_permissions"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"classes": ["wide"], "fields": ["email", "name", "password1", "password2"]})
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups__role")

    @admin.display(description=_("teams"))
    def teams(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all() if not hasattr(group, "role"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nobody locks themselves out, and only administrators hand out rights."""
        fields = [*self.readonly_fields]
        if not _may_become(request, obj):
            fields.append("email")
        if obj is not None and obj.pk == request.user.pk:
            fields += ["is_active", "is_staff", "is_superuser"]
        if not request.user.is_superuser:
            fields += ["is_staff", "is_superuser", "user_permissions"]
        return list(dict.fromkeys(fields))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is not None and not request.user.is_superuser:
            kwargs.setdefault("form", TeamsForm)
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Roles are handed out by administrators alone."""
        fieldsets = super().get_fieldsets(request, obj)
        if not _may_become(request, obj):
            fieldsets = [(None, {"fields": ["email", "name"]}), *fieldsets[1:]]
        if request.user.is_superuser:
            return fieldsets
        return [one for one in fieldsets if "roles" not in one[1]["fields"]]

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 (the address hands it over by this name)
        form_url: str = "",
    ) -> Any:
        if not _may_become(request, self.get_object(request, unquote(id))):
            raise PermissionDenied
        return super().user_change_password(request, id, form_url)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and _may_touch(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not oneself: there is always an administrator left."""
        allowed = super().has_delete_permission(request, obj) and _may_touch(request, obj)
        allowed = allowed and _may_become(request, obj)
        return allowed and (obj is None or obj.pk != request.user.pk)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What is under a legal hold goes with nobody's account."""
        rows, numbers, rights, _protected = counted(
            objs,
            {
                _("conversations"): Conversation.objects.filter(owner__in=objs),
                _("API keys"): ApiKey.objects.filter(owner__in=objs),
            },
        )
        words = gettext("{name}: something is under a legal hold")
        kept = [words.format(name=person) for person in objs if leaving.is_kept(person)]
        return rows, numbers, rights, kept

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        person = User.objects.filter(pk=form.instance.pk)
        if change and RIGHTS & set(form.changed_data):
            raise_rights(person)
        if form.cleaned_data.get("roles"):
            # A role is of no use to somebody who does not get in.
            person.update(is_staff=True)


class GroupAdmin(Audited, TickedChoices, ListedLookups, DjangoGroupAdmin):
    """Teams: what Django calls groups. Roles are groups, too, but fixed."""

    list_display = ["name", "people"]
    actions = None
    filter_horizontal = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        rows = rows.filter(role=None).annotate(count=Count("user"))
        return rows.order_by("name")

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().changelist_view(request, {"title": _("Teams"), **(extra_context or {})})

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        context = {"title": _("Team"), "list_title": _("Teams"), **(extra_context or {})}
        return super().changeform_view(request, object_id, form_url, context)

    @admin.display(description=_("people"), ordering="count")
    def people(self, group: Any) -> int:
        return int(group.count)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [] if request.user.is_superuser else ["permissions"]

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if "permissions" in form.changed_data:
            raise_rights(User.objects.filter(groups=form.instance))

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        raise_rights(User.objects.filter(groups=obj))
        super().delete_model(request, obj)


def _may_touch(request: HttpRequest, person: User | None) -> bool:
    return request.user.is_superuser or person is None or not person.is_superuser


def _may_become(request: HttpRequest, person: User | None) -> bool:
    """Whoever sets somebody's password or address can be that person, and must gain no rights."""
    if request.user.is_superuser or person is None:
        return True
    return _rights(person) <= request.user.get_all_permissions()


def _rights(person: User) -> set[str]:
    """Also of somebody who is switched off, and could be switched on again."""
    given = Permission.objects.filter(Q(user=person) | Q(group__user=person))
    return {
        f"{app}.{code}" for app, code in given.values_list("content_type__app_label", "codename")
    }
