"""One side of the story: what those say who answer, and what all would say.

Three numbers: the score *measured* of those who answered; the score *adjusted* to all who could
have answered, by what is known of them; and the score of *everyone*, for which some of those who
did not answer must have been asked again. Where they were not, it is told what they would have to
think to change the verdict.
"""
