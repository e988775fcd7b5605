"""What training and transform jobs do, each in a process of its own."""
