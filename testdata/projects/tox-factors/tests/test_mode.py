import os

MODE = os.environ["ACME_MODE"]
HOME = os.environ["HOME"]


def test_mode():
    assert MODE == "test"
