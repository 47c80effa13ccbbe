"""Pages for what went wrong."""

import logging
import re

import pytest
from django.test import Client
from django.urls import path

from chatsite import urls as site


def breaks(_request: object) -> None:
    raise ZeroDivisionError("secret detail")


handler500 = site.handler500
urlpatterns = [*site.urlpatterns, path("breaks/", breaks)]


def test_a_missing_page_says_so_plainly(client: Client, db: None) -> None:
    answer = client.get("/nowhere/")
    assert answer.status_code == 404
    assert "This page is not there" in answer.content.decode()


@pytest.mark.urls("tests.views.test_errors")
def test_a_fault_shows_a_reference_that_the_log_has_too(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        answer = client.get("/breaks/")
    page = answer.content.decode()
    found = re.search(r'class="reference">([0-9a-f]{8})<', page)
    assert found
    assert answer.status_code == 500
    assert "secret detail" not in page
    (noted,) = [record for record in caplog.records if record.name == "chat.views.errors"]
    assert noted.getMessage() == f"reference {found[1]}: GET /breaks/"
    assert noted.exc_info
    assert noted.exc_info[0] is ZeroDivisionError


@pytest.mark.urls("tests.views.test_errors")
def test_errors_have_the_headers_of_all_pages(client: Client, db: None) -> None:
    client.raise_request_exception = False
    for address in ("/breaks/", "/nowhere/"):
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
