"""What a CSV holds: read, profiled, understood and encoded."""
