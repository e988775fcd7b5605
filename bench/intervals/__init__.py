"""How often intervals hold a metric's true value, and which challengers are promoted."""
