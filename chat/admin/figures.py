"""Figures in lists and forms as people read and write them, and facts in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext

from chat.domain.figures import figure


def trimmed(number: Decimal) -> str:
    """All of its digits but the zeros at the end; two decimals at least: "1.50", "0.0123"."""
    return _signed(number, max(2, -int(cast("int", number.normalize().as_tuple().exponent))))


def _signed(number: Decimal, decimals: int) -> str:
    sign = "\u2212" if number < 0 else ""
    return f"{sign}{figure(abs(number), decimals)}"


def count_column(model: type[Model], name: str) -> Any:
    """A column of whole numbers, grouped in thousands; a dash for what is not known."""

    @admin.display(description=_label(model, name), ordering=name)
    def shown(_page: Any, row: Any) -> str:
        count = getattr(row, name)
        return "–" if count is None else _signed(Decimal(count), 0)

    return shown


def decimal_column(model: type[Model], name: str) -> Any:
    @admin.display(description=_label(model, name), ordering=name)
    def shown(_page: Any, row: Any) -> str:
        number = getattr(row, name)
        return "–" if number is None else trimmed(number)

    return shown


def fact_column(model: type[Model], name: str) -> Any:
    """Yes or no in words: Django's red cross would say that something is wrong."""

    @admin.display(description=_label(model, name), ordering=name)
    def shown(_page: Any, row: Any) -> str:
        return {True: gettext("Yes"), False: gettext("No")}.get(getattr(row, name), "–")

    return shown


def _label(model: type[Model], name: str) -> Any:
    return cast("Any", model._meta.get_field(name)).verbose_name


class TrimmedDecimalField(forms.DecimalField):
    """Shows 1.5 and not the 1.50000000 that the database keeps."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value
