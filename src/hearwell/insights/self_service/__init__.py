"""Do customers help themselves, and which articles leave them to ask all the same?"""
