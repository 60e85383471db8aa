"""What is offered is the nearest step down, and a person always."""

from __future__ import annotations

from support.courses import key

from trailbook.domain.helping import Candidate, Offer, Way, easier_exercise, offers

HOME = key("two")


def candidate(name: str, predicted: float, *, of: str = "two", is_variant: bool = False) -> Candidate:
    return Candidate(key(of), name, name.title(), predicted, is_variant)


def test_easier_is_the_smallest_step_down_that_is_one() -> None:
    found = [candidate("same", 0.42), candidate("much", 0.9), candidate("bit", 0.45)]
    assert easier_exercise(found, predicted=0.4, home=HOME) == found[2]
    assert easier_exercise(found[:1], predicted=0.4, home=HOME) is None
    assert easier_exercise([], predicted=0.4, home=HOME) is None


def test_easier_takes_a_variant_first_and_then_the_same_lesson() -> None:
    variant, near = candidate("variant", 0.8, is_variant=True), candidate("near", 0.7)
    far = candidate("far", 0.5, of="one")
    assert easier_exercise([far, near, variant], predicted=0.4, home=HOME) == variant
    assert easier_exercise([far, near], predicted=0.4, home=HOME) == near


def test_person_is_offered_where_nothing_else_is() -> None:
    found = offers(HOME, easier=None, gap=None, gap_title="", has_example=False, questions=[])
    assert [offer.way for offer in found] == [Way.PERSON]


def test_offers_name_their_places() -> None:
    easier = candidate("b", 0.9, of="one")
    found = offers(HOME, easier=easier, gap=None, gap_title="", has_example=True, questions=["Why?", "How?"])
    assert found[:3] == (
        Offer(Way.EXAMPLE, "Run the worked example once more, a line at a time, then come back.", HOME),
        Offer(Way.EASIER, "Try B first: a smaller step on the same skill.", key("one"), "b"),
        Offer(Way.PEER, "Somebody else asked here: “Why?”", HOME),
    )
