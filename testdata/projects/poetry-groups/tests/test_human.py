import pytest

humanize = pytest.importorskip("humanize")


def test_human():
    assert humanize.intcomma(1000) == "1,000"
