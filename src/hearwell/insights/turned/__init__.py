"""When did a number turn, and what happened then?"""
