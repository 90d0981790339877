"""Do we keep our promises? How many were kept, and which will be missed next."""
