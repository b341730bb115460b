import os

URL = os.environ["SERVICE_URL"]
HEADLESS = os.environ.get("HEADLESS")


def test_url():
    assert URL.startswith("http")
