from selenium import webdriver


def test_browser():
    assert webdriver.Chrome
