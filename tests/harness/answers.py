"""Right answers to the demo's exercises, in other words than the authors' solutions."""

TIDY = """def tidy(text):
    words = text.split()
    return " ".join(word.lower() for word in words)
"""

TO_NUMBER = """def to_number(text):
    kept = "".join(letter for letter in text if letter not in " ")
    return float(".".join(kept.split(",")))
"""

TOTALS = """def total_by_region(orders):
    boxes = {}
    for name, value in orders:
        boxes.setdefault(name, 0)
        boxes[name] += value
    return boxes
"""

MIDDLE = """def middle(amounts):
    import statistics

    return statistics.median(amounts)
"""

MIDDLE_ODD_ONLY = """def middle(amounts):
    return sorted(amounts)[len(amounts) // 2]
"""

WINNER = """def winner(totals):
    pairs = sorted(((value, name) for name, value in totals.items()), reverse=True)
    return pairs[0][1], pairs[0][0] - pairs[1][0]
"""

REPLY = "North is first, two hundred euros ahead. One amount of South is missing and could turn it."

FIRST = "monday-report/01-one-line"
SECOND = "monday-report/02-totals"
THIRD = "monday-report/03-one-big-order"
LAST = "monday-report/04-answer-dana"

RIGHT: dict[str, dict[str, dict[str, str]]] = {
    FIRST: {"tidy": {"tidy": TIDY}, "to-number": {"to-number": TO_NUMBER}},
    SECOND: {"total-by-region": {"total-by-region": TOTALS}},
    THIRD: {"middle-answer": {"middle-answer": MIDDLE}},
}
"""Lesson → exercise → answer cell → source."""
