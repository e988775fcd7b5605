"""What a run takes as files grow, what that costs on AWS, and which quota ends it."""
