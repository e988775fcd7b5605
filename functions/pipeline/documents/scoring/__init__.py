"""What the steps of a scoring run hand on beside the documents that training has, too."""
