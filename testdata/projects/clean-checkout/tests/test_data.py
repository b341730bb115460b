from tests.generated_data import VALUE


def test_value():
    assert VALUE == 2
