from playwright.sync_api import Page


def test_title(page: Page):
    page.goto("http://localhost:8000")
    assert page.title() == "acme"
