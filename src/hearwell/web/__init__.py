"""The web application: pages by audience, each of which asks the engine and computes nothing."""
