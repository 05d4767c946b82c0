"""What a process runs use cases with: the context, the pools, the limits and the topics."""
