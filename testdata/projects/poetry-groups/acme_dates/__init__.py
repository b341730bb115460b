from dateutil.parser import parse


def year(text: str) -> int:
    return parse(text).year
