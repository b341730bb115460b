from acme_client import settings


def test_settings():
    assert settings("a = 1") == {"a": 1}
