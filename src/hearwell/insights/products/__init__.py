"""Products that do poorly: beyond chance, drawn to the mean of all, with the topics behind it."""
