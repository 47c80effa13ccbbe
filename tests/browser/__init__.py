"""What a person sees and does, in Debian's Chromium against the real server."""
