"""When did customers turn, what came before it, and which ways do they take?"""
