import attrs
import markupsafe

from acme_report import render


@attrs.define
class Guest:
    name: str


def test_render():
    assert render(Guest("x").name) == "Hello x"
    assert markupsafe.escape("<") == "&lt;"
