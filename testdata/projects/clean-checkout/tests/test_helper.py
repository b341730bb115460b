from tests.helper import VALUE


def test_value():
    assert VALUE == 1
