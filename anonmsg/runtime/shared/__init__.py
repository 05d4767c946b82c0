"""What several processes share by Redis: limits, places, topics and the day's secret.

Each has a twin in this process's memory, which stands in while Redis is away.
"""
