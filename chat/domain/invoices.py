"""What providers billed, beside what the ledger says."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from chat.models import Invoice, Provider, User
from chat.models.audit_event import Verb

from . import audit
from .periods import Period
from .usage import in_all
from .usage_sums import Sums, Where, sums


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice beside the ledger's sums of its month; amounts are in the invoice's currency.

    `replaced`: it was entered again later.
    """

    invoice: Invoice
    ledger: Sums
    replaced: bool = False

    @property
    def cost(self) -> Decimal | None:
        """None: no call of the month has a price in this currency."""
        return self.ledger.costs.get(self.invoice.currency)

    @property
    def difference(self) -> Decimal | None:
        return None if self.cost is None else self.invoice.amount - self.cost

    @property
    def percent(self) -> Decimal | None:
        """Of what the ledger says; None: nothing to compare with."""
        return (
            100 * self.difference / self.cost if self.difference is not None and self.cost else None
        )

    @property
    def tokens_difference(self) -> int | None:
        if self.invoice.total_tokens is None or self.ledger.total is None:
            return None
        return self.invoice.total_tokens - self.ledger.total


@dataclass(frozen=True, slots=True)
class ModelBilled:
    """A model of the ledger or of the invoice; None: not stated, or not known."""

    name: str
    ledger: Sums
    cost: Decimal | None
    amount: Decimal | None
    tokens: int | None

    @property
    def differs(self) -> bool:
        """By more than a hundredth of the currency, or by any token."""
        amounts = self.amount is not None and abs(self.amount - (self.cost or 0)) >= Decimal("0.01")
        return amounts or (self.tokens is not None and self.tokens != (self.ledger.total or 0))


@transaction.atomic
def enter(actor: User, provider_name: str, month: date, **stated: Any) -> Invoice:
    """`stated` has the other columns of Invoice. Earlier entries of the month stay."""
    invoice = Invoice.objects.create(
        provider=Provider.objects.filter(name=provider_name).first(),
        provider_name=provider_name,
        month=month.replace(day=1),
        entered_by=actor,
        entered_by_name=actor.get_full_name() or actor.email,
        **stated,
    )
    details = {"amount": f"{invoice.amount:f}", "currency": invoice.currency}
    audit.record(Verb.INVOICE_ENTERED, actor, invoice, name=str(invoice), details=details)
    return invoice


def listed() -> list[Billed]:
    """The newest of each provider and month first, then those it replaced. Three queries."""
    invoices = list(Invoice.objects.all()[:1000])
    if not invoices:
        return []
    months = [invoice.month for invoice in invoices]
    period = Period(min(months), Period.month(max(months)).last)
    found = sums(period, Where(), ["provider", "month"])
    return list(_compared(invoices, found))


def _compared(invoices: Iterable[Invoice], found: dict[Any, Sums]) -> Iterable[Billed]:
    seen: set[tuple[str, date]] = set()
    for invoice in invoices:
        key = (invoice.provider_name, invoice.month)
        yield Billed(invoice, found.get(key, Sums()), replaced=key in seen)
        seen.add(key)


def by_model(invoice: Invoice) -> tuple[Billed, list[ModelBilled]]:
    """The invoice in all and model by model: those that differ first."""
    found = used(invoice.provider_name, invoice.month)
    names = {*found, *invoice.models_billed}
    models = [_model(invoice, name, found.get(name, Sums())) for name in names]
    ordered = sorted(models, key=lambda one: (not one.differs, -(one.ledger.total or 0), one.name))
    return Billed(invoice, in_all({(name,): one for name, one in found.items()})), ordered


def used(provider_name: str, month: date) -> dict[str, Sums]:
    """By the name of the model."""
    rows = sums(Period.month(month), Where(provider=provider_name), ["model"])
    return {key[0][1]: one for key, one in rows.items()}


def currency_of(models: Iterable[Sums]) -> str:
    """That of most of them; where none has a price, francs."""
    found = Counter(currency for one in models for currency in one.costs)
    return found.most_common(1)[0][0] if found else "CHF"


def _model(invoice: Invoice, name: str, ledger: Sums) -> ModelBilled:
    stated = invoice.models_billed.get(name, {})
    amount, tokens = stated.get("amount"), stated.get("tokens")
    return ModelBilled(
        name,
        ledger,
        ledger.costs.get(invoice.currency),
        None if amount is None else Decimal(amount),
        None if tokens is None else int(tokens),
    )
