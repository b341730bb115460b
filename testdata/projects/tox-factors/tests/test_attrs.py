import attrs
import yaml

from acme_tox import NAME


@attrs.define
class Thing:
    name: str


def test_thing():
    assert Thing(NAME).name == yaml.safe_load(NAME)
