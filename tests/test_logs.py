"""What the log says of requests that anybody can send."""

import logging

import pytest
from django.core.exceptions import DisallowedHost
from django.test import RequestFactory

from chatsite.logs import UnknownHost


def record_of(error: Exception) -> logging.LogRecord:
    """As Django logs it."""
    logger = logging.getLogger("django.security.DisallowedHost")
    info = (type(error), error, None)
    return logger.makeRecord(logger.name, logging.ERROR, __file__, 1, str(error), (), info)


def test_an_unknown_host_costs_one_line_that_names_our_setting(rf: RequestFactory) -> None:
    with pytest.raises(DisallowedHost) as refused:
        rf.get("/", HTTP_HOST="192.0.2.2:8000").get_host()
    record = record_of(refused.value)
    assert UnknownHost().filter(record)
    assert (record.levelname, record.exc_info, record.getMessage()) == (
        "WARNING",
        None,
        "Invalid HTTP_HOST header: '192.0.2.2:8000'. If people reach Chatsite so, set PUBLIC_URL.",
    )
