"""What a node does for its running replies and open sockets."""
