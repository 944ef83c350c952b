"""What people have on their desk: files are recognised, read with the place of every value, and put together as evidence."""
