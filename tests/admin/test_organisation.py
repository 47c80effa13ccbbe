"""What the organisation decides for everyone: one form, for who may change it."""

from django.contrib.auth.models import Group
from django.test import Client

from chat.models import AuditEvent, LanguageModel, Organisation, User
from chat.models.role import RoleKey

ADDRESS = "/admin/chat/organisation/"


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_an_administrator_chooses_the_model_for_titles(erin: User, model: LanguageModel) -> None:
    LanguageModel.objects.create(provider=model.provider, model_name="off", enabled=False)
    client = client_of(erin)
    html = client.get(ADDRESS).content.decode()
    assert ("House One" in html, ">off<" in html) == (True, False)
    form = {"title_model": model.id, "link_days": "30", "show_costs": "on"}
    assert client.post(ADDRESS, form).headers["Location"] == ADDRESS
    row = Organisation.current()
    assert (row.title_model, row.link_days, row.show_costs, row.temporary_conversations) == (
        model,
        30,
        True,
        False,
    )
    assert AuditEvent.objects.get(verb="setting_changed").actor == erin
    assert "was changed successfully" in client.get(ADDRESS).content.decode()


def test_there_is_one_row_and_it_stays(erin: User) -> None:
    client = client_of(erin)
    assert client.get(f"{ADDRESS}add/").status_code == 403
    assert client.post(f"{ADDRESS}1/delete/").status_code == 403


def test_provider_administrators_may_auditors_and_others_may_not(
    dana: User, charlie: User, alice: User
) -> None:
    charlie.is_staff = True
    charlie.save()
    charlie.groups.add(Group.objects.get(role__key=RoleKey.PROVIDERS))
    answers = [client_of(person).get(ADDRESS).status_code for person in (charlie, dana, alice)]
    assert answers == [200, 403, 403]
