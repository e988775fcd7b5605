"""What README and docs quote: measurements, the fault matrix, and kills of the local cloud."""
