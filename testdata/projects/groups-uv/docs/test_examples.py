import humanize


def test_example():
    assert humanize.ordinal(1) == "1st"
