def count(text):
    return len(text.split())


def test_count():
    assert count("a b c") == 3
