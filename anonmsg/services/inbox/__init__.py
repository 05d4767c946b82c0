"""The inbox: messages, suggestions to senders, and sharing its link."""
