"""What holds the applications together: settings, addresses, security of every answer."""
