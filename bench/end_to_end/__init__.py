"""From the file to the message, beside what somebody would write instead."""
