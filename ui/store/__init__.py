"""What the server keeps: users and conversations."""
