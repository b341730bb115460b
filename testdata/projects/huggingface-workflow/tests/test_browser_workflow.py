"""Walks through the model page in a real browser."""

import sys

try:
    from playwright.async_api import Browser, Page, async_playwright

    PLAYWRIGHT_AVAILABLE = True
except ImportError:
    PLAYWRIGHT_AVAILABLE = False
    print("Playwright is not available: pip install playwright")
    sys.exit(1)

import pytest
import requests

BASE_URL = "http://localhost:8000"


async def open_page(browser: Browser, path: str) -> Page:
    page = await browser.new_page()
    await page.goto(BASE_URL + path)  # waits for the load event
    return page


class TestWorkflow:
    """The steps a user takes."""

    @pytest.mark.asyncio
    async def test_search(self):
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch()
            page = await open_page(browser, "/models")
            await self.check_results(page)

    async def check_results(self, page: Page):
        assert await page.locator(".result").count() > 0

    def test_api_answers(self):
        assert requests.get(BASE_URL + "/health", timeout=5).ok
