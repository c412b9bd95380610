"""A parsed request puts its results and its refused firms back in order."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from littlegiants.models.scoring.record_scorer import FirmError
from littlegiants.serving.http.protocol.parsed_request import ParsedRequest

AS_OF = date(2024, 12, 31)


@given(st.lists(st.booleans(), max_size=12))
def test_results_and_refused_firms_stand_in_the_order_of_the_request(accepted):
    names = [f"firm {index}" for index in range(len(accepted))]
    records = [name for name, taken in zip(names, accepted, strict=True) if taken]
    refused = {
        index: FirmError(names[index], "malformed", "it is not") for index, taken in enumerate(accepted) if not taken
    }
    found = ParsedRequest(records, refused, AS_OF, explain=False).in_order([f"score of {name}" for name in records])
    assert found == [refused.get(index, f"score of {name}") for index, name in enumerate(names)]
