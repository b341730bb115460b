import redis


def test_cache():
    assert redis.Redis
