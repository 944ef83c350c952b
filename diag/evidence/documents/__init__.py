"""What files on somebody's desk hold: settings, trust files, payloads, each value with the place where it stands."""
