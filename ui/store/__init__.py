"""What the server stores: users, sign-in sessions, conversations and feedback."""
