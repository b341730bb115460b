import os

TOKEN = os.environ["ACME_TOKEN"]


def test_token():
    assert TOKEN
