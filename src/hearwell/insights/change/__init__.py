"""Why a number changed: because it changed in some groups, or because others came.

A change is taken apart by the groups of a dimension (Kitagawa 1955, centred), or by those of
several, each within the one before. What a group adds is its *rate*: how it was served there; and
its *mix*: how many of all came there. Several dimensions are held against each other by what
their mix explains (Oaxaca 1973, Blinder 1973), because the mixes of channel and topic overlap.
"""
