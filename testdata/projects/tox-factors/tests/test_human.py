import humanize


def test_human():
    assert humanize.ordinal(2) == "2nd"
