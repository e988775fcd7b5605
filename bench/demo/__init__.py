"""How long `dropforge demo` takes, from a new state directory and with the cloud up."""
