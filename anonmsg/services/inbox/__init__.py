"""The inbox: messages, suggestions for senders, and sharing its link."""
