import sys

import httpx

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def settings(text: str) -> dict:
    return tomllib.loads(text)


def client() -> httpx.Client:
    return httpx.Client()
