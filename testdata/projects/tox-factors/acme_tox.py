import six

NAME = six.text_type("acme")
