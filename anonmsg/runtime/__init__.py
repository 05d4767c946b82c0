"""What a process needs to run use cases: context, pools, rate limits and topics."""
