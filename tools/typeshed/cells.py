"""The cells of the tables: every Python version on every platform, one bit each.

Bit ``3 * (minor - 8) + platform`` stands for Python 3.<minor> on linux (0), macos (1) or windows (2).
The reader, `src/environment/stdlib/table.rs`, uses the same order.
"""

MINORS = range(8, 16)
PLATFORMS = ("linux", "darwin", "win32")
LINUX, MACOS, WINDOWS = range(3)


def bit(minor, platform):
    return 1 << (3 * (minor - MINORS[0]) + platform)


def versions(minors):
    """Every platform of these versions."""
    return sum(bit(minor, platform) for minor in minors for platform in range(3))


def on(platform):
    """Every version of this platform."""
    return sum(bit(minor, platform) for minor in MINORS)


ALL = versions(MINORS)


def minors_of(mask):
    return [minor for minor in MINORS if mask & versions([minor])]
