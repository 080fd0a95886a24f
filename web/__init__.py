"""The edge: HTTP and the command line. Parses, calls one service, renders."""
