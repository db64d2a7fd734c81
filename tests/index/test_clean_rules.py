"""What leaves the text as boilerplate, and what only looks like it: each rule with lines of both kinds."""

import pytest

from index.text.clean import clean

BEFORE, AFTER = "The council met on Monday.", "It will meet again in April."

NOISE = """
Related: Council to close the town baths
RELATED: What to know about the harbour bridge
Related:Town hall burns down
Related stories: Mayor quits over dam
Related article | Dam inspectors "never paid"
[READ MORE: Town hall burns down]
(Read more: Town hall burns down.)
READ MORE: The long history of the Senn ferry.
Read more on: Ferry fares to rise
Also read: Ferry fares to rise
See also: Who owns the dam?
Watch: New footage from the harbour
More: Ferry fares to rise
More:9 ways to cross the Senn
Photos: The town hall after the fire
Sign up for our newsletter
Sign up here for our free newsletter.
Sign up for the Morning Briefing and get the news in your inbox
Subscribe now
Subscribe to our channel for more videos.
Register for free to continue reading.
Get our daily newsletter
Get the news of the day delivered to your inbox.
Get 'Senn Today' in your inbox Sign up here.
Follow us on X
Follow us on Facebook and Instagram for more.
Like us on Facebook
Join us on WhatsApp
Follow Ann Lee on Twitter @annlee
Follow Courier reporter Ann Lee on X: @annlee. Reach her by mail.
Share
Share this article
Share on Facebook
Share this: Facebook Twitter WhatsApp
Copy link
Print
Advertisement
Advertisement - scroll to continue
Anzeige
Story continues below advertisement
Article continues after this ad
Unsubscribe: https://x.example/u
Click here
Click here to see the pictures.
Tap here to download the app
Download our free app today
STORY: Mayor quits over dam
TOP STORIES | Mayor quits over dam
OPINION:The dam was never needed
Contact Ann Lee at (515) 555-0101 or alee@courier.example. Follow her on Twitter @annlee.
Reach the reporter at alee@courier.example or 515-555-0101.
You can reach Ann Lee on 515-555-0101
Got a story for us? Email our newsdesk at news@courier.example.
Do you have information about this? Get in touch with our reporters.
The Courier is not responsible for the content of external sites.
All rights reserved.
All rights reserved. No part may be copied.
We use cookies to improve your experience on our website.
""".strip().splitlines()

CREDITS = """
Reporting by Ann Lee; Editing by Bo Ray
Reporting by Ann Lee in Tarn and Bo Ray in Ellery, writing by Cy Dunn
(Additional reporting by Ann Lee)
Compiled by Courier staff
With inputs from agencies
(With inputs from AP.)
Contributing: Ann Lee and Bo Ray, Ellery Courier
Photo: Ann Lee / Courier
Image credit: Getty Images
Source: Harbour Post
© 2025 Ellery Courier
Copyright 2025 Ellery Courier. All rights reserved. This material may not be published.
Associated Press writer Ann Lee in Tarn contributed to this report.
Reporting from Holm, Norland
A version of this article appears in print on April 3, 2025, Section A, Page 6 of the New York edition.
SOURCE Senn Paper plc
Ann Lee covers the harbour for the Courier. Reach her at alee@courier.example or 515-555-0101.
Ann Lee is a reporter for the Courier. Follow her on Twitter @annlee.
lee/dpa
Reuters
""".strip().splitlines()

STORY = """
Story: the mayor has none, her rival says.
STORY: the mayor has none.
Contact Ann Lee at the town hall to see the plan.
Contact the police at 515-555-0101 if you saw the fire, the sheriff said.
Reach the summit at 4,808 metres, or turn back.
Follow the river at 200 metres' distance.
Ann Lee covers the harbour for the Courier. She has worked there since 2018.
Ann Lee is the mayor of Tarn. Follow her example, the governor told the others.
The union is ready to talk. Reach them by noon, or the strike begins, the mediator said.
either/or
Got a story to tell? He did, and the jury believed it.
Do you have a question? Ask it, and send the minister your thanks, he said.
Reporting from the front has become harder.
A version of this story appears in the Bible, the scholar said.
A version of this article appears in the contract of each nurse.
SOURCE OF THE LEAK FOUND
The council is not responsible for the content of external sites that hackers put there, it said.
Related costs were not disclosed.
Related: the dam and the mill have one owner.
Related party deals must be named, the auditor said
More: the council wants 20 new buses and 40 drivers.
More than 40 people were hurt
More stories will be added to the tower, the owner said.
Read: she learned it at the age of three, her mother said.
Read more books: that is what the mayor wants of her children.
See also the ruling of 1998, the judge told the lawyers.
Watch: a gold one was stolen from the jeweller.
Watch out for ice, the ferry operator said.
Sign up for the scheme began on Monday, and 12,000 families had applied by the evening.
Sign up sheets for the newsletter club were stolen, she said.
Subscribe to the plan or lose the grant, ministers told the towns.
Subscribers to the ferry service will get a refund.
Subscriptions rose by a tenth.
Register of voters shows 4,000 names too many in Ellery, an audit has found.
Register offices in the county will close on Fridays.
Register today was the advice of the clerk to all who moved.
Get ready: newsletter publishers must pay the new tax from 1 July, the ministry says.
Get the vaccine to your parents, the doctor told the students.
Get out of the newsletter business, the judge told both owners.
Follow the money on social media, the prosecutor told jurors on Friday.
Follow the river on foot and you will see the damage.
Like many residents on Facebook, she said that she had known nothing.
Like many others who rely on X, the minister was surprised by the ban.
Like his rival, the candidate is tough on social spending and wants to cut 40 posts.
Join us on the march, the union told its members.
Share prices fell by 3 percent.
Share on this scale had never been sold before, the broker said.
Print runs of the Courier fell to 4,000.
Comments by the mayor angered the union.
Advertisement spending rose by 4 percent last year.
Sponsored bills passed both houses.
Promoted clubs must build new stands.
Story continues to be told in the villages, the historian said.
Click here was the only sign on the door that police broke open on Monday.
Tap here to pay, says the sign on the bus.
Download speeds doubled.
All rights reserved for miners under the 1958 law will lapse in May.
Our standards: every bridge is inspected each year.
We use cookies to lure the bears, said the ranger.
Reporting by the Herald has shown that 14 officers were paid twice.
Reporting by phone is no longer possible.
Editing by machine led to 300 dismissals at the publishing house, the union said.
Writing by hand is taught again in Tarn.
Compiled by the statistics office, the list names 52 bridges in poor condition.
With input from residents, the council drew up a plan.
With inputs from farms falling, the dairy will close.
Contributing: it is what the treasurer expects of every member.
Source: the pollution came from the paper mill in Tarn, the agency found.
Image: the mayor wants to change how Ellery is seen.
Photo: taken in 1931, it shows the dam.
Picture this: a bridge without a river.
Credit: banks will lend 30 percent less this year, the central bank warned.
Agency: nobody had it, the philosopher wrote.
Copyright 2024 rules changed how songs are paid for, the minister said.
Copyright law protects the design of the bridge.
Reuters reported the sale on Monday.
None of the councillors voted against it.
Tags: every sheep must wear two of them.
Topics: the budget of 92 million crowns and the baths.
""".strip().splitlines()


@pytest.mark.parametrize("line", NOISE)
def test_boilerplate_leaves_the_text(line: str) -> None:
    cleaned = clean(f"{BEFORE}\n{line}\n{AFTER}")
    assert (cleaned.text, cleaned.credits) == (f"{BEFORE}\n{AFTER}", ())


@pytest.mark.parametrize("line", CREDITS)
def test_a_credit_is_kept_apart(line: str) -> None:
    cleaned = clean(f"{BEFORE}\n{line}\n{AFTER}")
    assert (cleaned.text, cleaned.credits) == (f"{BEFORE}\n{AFTER}", (line.strip("()"),))


@pytest.mark.parametrize("line", STORY)
def test_a_sentence_that_looks_like_boilerplate_is_story(line: str) -> None:
    cleaned = clean(f"{BEFORE}\n{line}\n{AFTER}")
    assert cleaned.text == f"{BEFORE}\n{line}\n{AFTER}"
    assert (cleaned.credits, cleaned.topics) == ((), ())


@pytest.mark.parametrize("heading", ["Related", "See also", "Recommended reading", "More from the hearing", "Topics"])
@pytest.mark.parametrize(
    "lines",
    [
        ["The mill's owner also runs the dam", "It was built in 1931"],
        ["Q: What did you read as a child?", "A: Mostly atlases", "Q: And now?", "A: Reports"],
        ["What happens next?", "The vote is on 3 May", "Who may vote?", "All residents over 16"],
    ],
    ids=["statements", "interview", "questions"],
)
def test_a_subhead_of_the_story_keeps_what_follows(heading: str, lines: list[str]) -> None:
    text = "\n".join([BEFORE, heading, *lines, AFTER])
    assert clean(text).text == text


@pytest.mark.parametrize("heading", ["Related", "See also:", "Recommended", "More from the Courier"])
def test_the_same_heading_at_the_end_begins_other_stories(heading: str) -> None:
    text = (
        f"{BEFORE}\n{AFTER}\n{heading}\nTown hall burns down\nWho owns the dam?\nAdvertisement\n© 2025 Ellery Courier"
    )
    assert clean(text).text == f"{BEFORE}\n{AFTER}"


@pytest.mark.parametrize("heading", ["ALSO READ", "Related stories", "You may also like", "Most read:", "Trending now"])
def test_a_heading_that_no_story_has_begins_other_stories_anywhere(heading: str) -> None:
    assert clean(f"{BEFORE}\n{heading}\nTown hall burns down\nWho owns the dam?\n{AFTER}").text == f"{BEFORE}\n{AFTER}"


def test_what_comes_up_next_is_story() -> None:
    text = f"{BEFORE}\n{AFTER}\nUp next\nMonday: Earnings from Senn Paper\nTuesday: a vote on the baths"
    assert clean(text).text == text


def test_tags_in_one_line_are_topics() -> None:
    cleaned = clean(f"{BEFORE}\nTags: Senn, harbour bridge, Ellery")
    assert (cleaned.text, cleaned.topics) == (BEFORE, ("Senn", "harbour bridge", "Ellery"))


@pytest.mark.parametrize(("title", "kept"), [("Bridge closes", False), ("The bridge closed on Monday.", True)])
def test_a_first_line_that_repeats_the_title_stays_only_when_it_is_a_sentence(title: str, kept: bool) -> None:
    assert clean(f"{title}\n{AFTER}", title=title).text == (f"{title}\n{AFTER}" if kept else AFTER)


def test_what_is_all_there_is_stays() -> None:
    assert clean("Bridge closes", title="Bridge closes").text == "Bridge closes"


def test_ligatures_are_letters() -> None:
    assert clean("A ﬁre broke out in the oﬃce of the ﬂeet.").text == "A fire broke out in the office of the fleet."
