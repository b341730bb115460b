import six
from freezegun import freeze_time

from acme_dates import year


@freeze_time("2020-01-01")
def test_year():
    assert six.text_type(year("1 May 2001")) == "2001"
