"""Who is answered by the local cloud at all."""
