"""Who and what there is: people, teams, models with prices and tools, keys, budgets."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

PEOPLE = 12


@dataclass(frozen=True)
class World:
    """Ids: `models` by name, `people` of whom the last has next to nothing left to spend."""

    people: list[int]
    models: dict[str, int]
    administrator: int


def build(port: int) -> World:
    """Needs a database with tables."""
    from chat.models import Organisation, User

    people = [User.objects.create_user(f"sim{n}@example.org", name=f"S{n}") for n in range(PEOPLE)]
    administrator = User.objects.create_superuser("sim@example.org", "for-tests-only")
    models = _models(port, owner=people[0])
    organisation = Organisation.current()
    organisation.title_model_id = models["plain"]
    organisation.save()
    _budgets(people)
    return World([one.id for one in people], models, administrator.id)


def _models(port: int, owner: Any) -> dict[str, int]:
    """`tools` has a tool, `private` anonymises, `own` takes people's own keys (one has one)."""
    kinds = {"plain": "openai_compatible", "tools": "grayswan", "private": "peakprivacy",
             "own": "openai_compatible", "dead": "openai_compatible"}  # fmt: skip
    rows = {name: _model(name, kind, 9 if name == "dead" else port) for name, kind in kinds.items()}
    _key(rows["plain"].provider, "spare-key")
    rows["own"].provider.own_keys = True
    rows["own"].provider.save()
    _key(rows["own"].provider, "persons-own-key", owner)
    _tool(rows["tools"])
    return {name: row.id for name, row in rows.items()}


def _model(name: str, kind: str, port: int) -> Any:
    from chat.models import LanguageModel, Price, Provider

    provider = Provider.objects.create(
        name=f"Simulated {name}", kind=kind, base_url=f"http://127.0.0.1:{port}"
    )
    _key(provider, "house-key")
    row = LanguageModel.objects.create(provider=provider, model_name=f"sim-{name}")
    if name != "private":
        Price.objects.create(
            language_model=row, valid_from="2020-01-01", currency="CHF",
            prompt=Decimal("1.37"), completion=Decimal("4.11"), cached=Decimal("0.3"),
        )  # fmt: skip
    return row


def _key(provider: Any, text: str, owner: Any = None) -> None:
    from chat.models import ApiKey
    from chat.providers import Secret

    key = ApiKey(provider=provider, owner=owner)
    key.seal(Secret(text))
    key.save()


def _tool(model: Any) -> None:
    from chat.models import Tool
    from chat.models.tool import SCHEMAS, Function, ToolKind

    tool = Tool.objects.create(
        name="calculator", description="Calculates.", kind=ToolKind.FUNCTION,
        function=Function.CALCULATOR, parameters=SCHEMAS[Function.CALCULATOR], writes=False,
    )  # fmt: skip
    tool.language_models.add(model)


def _budgets(people: list[Any]) -> None:
    """Hard and soft, in tokens and money, for each, for all together, for a team, for one."""
    from django.contrib.auth.models import Group

    from chat.models import Budget

    team = Group.objects.create(name="Simulated team")
    for person in people[: PEOPLE // 2]:
        person.groups.add(team)
    plenty = Decimal(10**9)
    for fields in (
        {"period": "day", "unit": "tokens", "limit": plenty},
        {"period": "month", "unit": "money", "currency": "CHF", "limit": plenty, "each": False},
        {"period": "month", "unit": "tokens", "limit": 100, "group": team, "each": False,
         "hard": False},
        {"period": "day", "unit": "tokens", "limit": 1, "user": people[-1]},
    ):  # fmt: skip
        Budget.objects.create(**fields)
