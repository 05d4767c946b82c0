"""anonmsg: the anonymous inbox that people can trust and anyone can host."""

__version__ = "0.1.0"
