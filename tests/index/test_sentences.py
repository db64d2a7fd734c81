"""Sentences: each line is one, unless " || " marks where the next begins."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import sentences

LINES = """
The talks with Gov.-elect Ann Lee failed.
Vol. 3 of the report is out.
He was shot in the Sat. Oct. 5 attack.
The hearing is set for Mon. at 9 a.m. in Ellery.
The plant employs approx. 40 people.
He earned est. $4 million.
It is at 12 Mill Ave. in Tarn.
It is at 12 Mill Rd. near the port.
It weighs 4 lbs. and 3 oz. in all.
It rose 5 pct. || The dollar fell.
She has a B.A. from Ellery.
Dept. of Justice lawyers came.
The Dept. of Justice sued.
Asst. Chief Bo Ray spoke.
Atty. Gen. Ann Lee sued.
Spc. Bo Ray was hurt.
Pt. Tarn is closed.
Ste. Marie is closed.
Sault Ste. Marie is closed.
The Hon. Bo Ray ruled.
Gen. (ret.) Bo Ray spoke.
Fr. Bo Ray prayed.
Messrs. Lee and Ray came.
Amb. Ann Lee left.
U.S. District Judge Ann Lee ruled.
U.S. Steel shares fell.
The U.S. Army left.
In the U.K. Prime Minister Ann Lee spoke.
He met J.K. Rowling.
E. coli was found.
Tarn v. Ellery was heard.
Jack Jr. went home.
Bo Ray Jr. || He was 40.
He works at Tarn Inc. || He is 40.
It is owned by Tarn Corp. || The firm is old.
It opened Oct. 5. || The mayor came.
It opened in Oct. || The mayor came.
Born Aug. 3, 1990, in Ellery, Wis., he moved to Mass. in 2001.
Jan. 6 committee members met.
He arrived at 5 p.m. Monday.
He arrived at 5 p.m. EST.
He arrived at 5 p.m. || The door was shut.
“I left.” || She cried.
“I left,” she said. || “He stayed.”
"Why?" || He did not know.
He asked, “Why now?” || Then he left.
He won (2-1). || She lost.
He (Bo Ray) left.
What?! || No!
No. || He did not.
No. 5 seed lost.
Nos. 5 and 6 lost.
He was No. 1. || She was No. 2.
He left ... || Then he came back.
He left... then he came.
See p. 5, pp. 6-7 and ch. 3.
At 3:30 p.m. ET Mon. the vote begins.
a) The bridge. || b) The mill.
A. The bridge closes.
I. Introduction
The U.N. General Assembly met.
The E.U. Commission met.
The St. Louis Cardinals and St. Paul Saints won.
It is on Corrie St. || The mill is near.
Mt. Everest and Ft. Bragg are far.
It cost Rs. 500 crore.
Smith et al. 2019 is wrong.
The D.C. Circuit ruled.
Washington, D.C. Mayor Ann Lee spoke.
He has a Ph.D. || She has none.
i.e. the mill and e.g. the dam.
The Food and Drug Admin. (F.D.A.) Commissioner Ann Lee spoke.
Sen. Bo Ray (D-Mass.) voted no.
He said so (really!) || Then he left.
[The mill closed.] || He wept.
he left. || she stayed. || they met.
iPhone sales fell. || eBay rose.
The band Panic! at the Disco played.
The Who? band played.
Guess Who? won a prize.
Jeopardy! host Bo Ray left.
Visit tarn.example. || It is new.
The file a.txt is lost.
He scored 3. || She scored 4.
Ala. Gov. Ann Lee spoke.
Gov. Ann Lee, R-Ala., spoke.
He is from Ala. || She is not.
Est. 1921, the mill closed.
The max. 50 people came.
Mr. and Mrs. Lee came.
The No. 10 spokesman said so.
He saw the sun. || Nov. 5 came.
The cat sat. || It was Nov. 5.
The mast is 30 ft. || The hull is 90.
It was 5 min. || The door shut.
The answer is no. || The mayor left.
Ask the dr. || Then go.
1) The bridge. || 2) The mill.
(1) The bridge closes.
He lives in Mt. Pleasant.
Supt. Ann Lee and Det. Bo Ray came.
Wed. Sept. 4 and Thurs. Sept. 5 are free.
It costs about 3 pct. of sales.
The temperature fell to 3 deg. in Tarn.
She said: “It is over.” || He agreed.
The vote (on the dam) passed. || It was close.
He left.He came back.
He said (and meant it.) || Then he left.
The firm (Tarn Inc.) closed.
The sun set in the west. || On Monday it rained.
The paper is called The Sun. || Bo Ray owns it.
He got a no. || The vote was lost.
He paid 3 pct. || Then he left.
He was hurt on the 3rd fl. of the mill.
“It closed.” || “When?” || “On Monday.”
She asked: “Who owns it?” || Nobody knew.
Ann Lee (born in Ellery in 1971) is the mayor. || She won in 2021.
""".strip().splitlines()


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_split_at_the_marks(line: str) -> None:
    assert pieces(line.replace(" || ", " ")) == line.split(" || ")


def test_sentences_end_with_their_line() -> None:
    assert pieces("The bridge\ncloses Mon.\nNov. 5 is the day.") == ["The bridge", "closes Mon.", "Nov. 5 is the day."]


def test_offsets_are_of_the_whole_text() -> None:
    text = "One ends.\n  Two ends. Three (really.) Four ends."
    assert [text[a:b] for a, b in sentences(text, 10)] == ["Two ends.", "Three (really.)", "Four ends."]


@given(st.lists(st.sampled_from([*"aB1.?!()[]“” \n", "Mon.", "pct. ", "(x.) Y", "1.", "e.g."]), max_size=40))
def test_sentences_hold_every_letter_once(parts: list[str]) -> None:
    text = "".join(parts)
    spans = sentences(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
