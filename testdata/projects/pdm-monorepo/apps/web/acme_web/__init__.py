from acme_core import slug
from werkzeug.wrappers import Response


def page(title: str) -> Response:
    return Response(slug(title))
