"""What one dialled address shows, from its name to what the API key is worth there."""
