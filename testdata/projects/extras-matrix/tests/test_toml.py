import tomllib


def test_toml():
    assert tomllib.loads("") == {}
