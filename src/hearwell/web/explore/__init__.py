"""Put any question to the engine, keep it on a board, and have it sent."""
