"""The order of a request, and the HTTP server around it. Nobody else knows that order."""
