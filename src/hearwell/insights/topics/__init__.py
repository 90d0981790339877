"""What customers speak of, in any language, and what it has to do with the numbers.

Phrases that two sets of people differ by, topics by the organisation's own words, suggestions of
more, and what agents' tags would say. Texts are covered first: nothing personal comes out.
"""
