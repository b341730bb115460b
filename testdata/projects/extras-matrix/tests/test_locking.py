import fcntl


def test_lock():
    assert fcntl.LOCK_EX
