"""What our own collector takes from help pages and shops: events, kept on disk until they are rows.

An event tells how something is by now: how long an article has been read, what is in a cart. The
later of two events takes in the earlier, whichever arrives first, so that an event which comes
twice or late changes nothing that is known better already.
"""
