"""anonmsg: the anonymous inbox that people can trust and anyone can host."""
