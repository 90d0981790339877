"""What makes customers leave although they say that they are satisfied.

Something that is rarely bad and hardly moves the overall score, but makes customers leave when it
is, no list of drivers shows: they ask what goes with the score. Here it is asked what goes with
leaving, of customers who gave the same score.
"""
