import tabulate
import yaml

from acme_web import page


def test_page():
    assert page("A b").get_data() == b"a-b"
    assert yaml.safe_load("1") == 1
    assert tabulate.tabulate([])  == ""
