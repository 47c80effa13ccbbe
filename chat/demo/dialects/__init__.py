"""The wire formats: each module speaks one, exactly as its provider documents it."""
