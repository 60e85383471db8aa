"""When a skill is to be practised again before it fades, and with what.

`memory` is the seam to the algorithm that knows how memory fades; all else here is ours and pure.
"""
