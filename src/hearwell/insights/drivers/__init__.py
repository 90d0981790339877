"""What has most to do with a number: survey items, what happened to customers, and groups.

How much of the differences between answers each factor explains is shared out by LMG up to ten
factors, and by Johnson's weights above. For each factor its penalty and reward are told: what a
bad experience takes away, and what a good one gives.
"""
