"""Building blocks that pages share: functions that return components."""
