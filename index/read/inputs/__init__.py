"""What is read without lying in a folder as it is: what is piped in, and what is packed."""
