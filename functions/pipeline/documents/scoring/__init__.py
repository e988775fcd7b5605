"""What scoring goes by and hands on, beside the documents that training has, too."""
