from vendor.lib.core import VALUE


def test_value():
    assert VALUE == 4
