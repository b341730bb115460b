from setuptools import setup

TEST = ["pyyaml"]

setup(
    name="acme-tox",
    version="1.0",
    py_modules=["acme_tox"],
    install_requires=["six"],
    extras_require={"test": TEST, "docs": TEST + ["sphinx"]},
)
