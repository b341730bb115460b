import humanize


def test_size():
    assert humanize.naturalsize(1000) == "1.0 kB"
