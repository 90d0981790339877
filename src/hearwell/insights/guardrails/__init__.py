"""Was a number bought at another number's cost, or made to look good?"""
