"""What one statement with two sources is, and what two statements are; what turns a quote round, and what does not."""

import pytest

from index import Article
from qa.facts.comparison import restates
from qa.facts.contradiction import contradicts, stands_by
from qa.write.context import Excerpt
from qa.write.ground import Grounds
from qa.write.parse import Draft

OTHER = [
    ("The council approved the plan for the tram.", "The council rejected the plan for the tram."),
    ("The council approved the plan for the tram.", "The council shredded the plan for the tram."),
    ("The ferry will sail in winter.", "The ferry will not sail in winter."),
    ("The ferry will sail in winter.", "The ferry won’t sail in winter."),
    ("The ferry will sail in winter.", "The ferry may sail in winter."),
    ("Nobody was hurt in the fire.", "Somebody was hurt in the fire."),
    ("Ida Marsh beat Tom Dale in the final.", "Tom Dale beat Ida Marsh in the final."),
    ("Ida Marsh beat Tom Dale in the final.", "Ida Marsh was beaten by Tom Dale in the final."),
    ("The mill closes on Monday.", "The mill closes on Thursday."),
    ("The fire began in the north of the town.", "The fire began in the south of the town."),
    ("Two people were hurt in the fire.", "Three people were hurt in the fire."),
    ("Two people were hurt in the fire.", "3 people were hurt in the fire."),
    ("Turnout was 54 percent, after 61 percent in May.", "Turnout was 61 percent, after 54 percent in May."),
    ("Turnout in Tarn was 61 percent.", "Turnout in Tarn was 54 percent, after 61 percent a year before."),
    ("The bridge opens on 4 September.", "The bridge opens on 4 October."),
    ("The bridge opened in March.", "The bridge opened in April."),
    ("The bridge opens in 2025.", "The bridge opens in 2026."),
    ("Prices rose by 5 percent.", "Prices fell by 5 percent."),
    ("Prices rose by 5 percent.", "Prices rose by 5 crowns."),
    ("The shop opened in spring.", "The shop closed in spring."),
    ("Rovers won the cup.", "Rovers lost the cup."),
    ("The jury found Brandt guilty.", "The jury found Brandt innocent."),
    ("The court convicted Ole Brandt.", "The court acquitted Ole Brandt."),
    ("The council voted for the tunnel.", "The council voted against the tunnel."),
    ("The council cut the budget for schools.", "The council increased the budget for schools."),
    ("The lift goes up at noon.", "The lift goes down at noon."),
    ("The talks failed before the vote.", "The talks failed after the vote."),
    ("All pupils passed the test.", "Some pupils passed the test."),
    ("The mayor resigned over the bridge.", "The deputy mayor resigned over the bridge."),
    ("The mayor resigned over the bridge.", "The former mayor resigned over the bridge."),
    ("The union denied that its members were paid.", "The union said that its members were paid."),
    ("The crew left without the captain.", "The crew left with the captain."),
    ("The pilot failed to land the plane.", "The pilot managed to land the plane."),
    ("The firm never paid the fine.", "The firm always paid the fine."),
    ("The water is safe to drink.", "The water is unsafe to drink."),
    ("The mine employs 1,200 people.", "The mine employs 12,000 people."),
    ("The mine employs half a million people.", "The mine employs a million people."),
    ("Ten deaths were counted in Tarn.", "Ten cases were counted in Tarn."),
    ("The train leaves at 9 am.", "The train leaves at 9 pm."),
    ("The road to Corrie is closed.", "The road to Wendle is closed."),
    ("Marsh said the mill will close.", "Dale said the mill will close."),
    ("The dog bit the postman.", "The postman bit the dog."),
    ("Police shot the gunman.", "The gunman shot police."),
    ("The team moved from Tarn to Wendle.", "The team moved from Wendle to Tarn."),
    ("It was the second fire at the port.", "It was the third fire at the port."),
    ("At least 40 were hurt in the crash.", "Nearly 40 were hurt in the crash."),
    ("Norway sold the ship to Chile.", "Chile sold the ship to Norway."),
    ("The bridge will open again.", "The bridge hopes to open again."),
    ("The bank lent the town money.", "The bank borrowed the town money."),
    ("Brandt is 34 years old.", "Brandt is 43 years old."),
    ("The mother of the boy was found.", "The father of the boy was found."),
    ("The storm hit the east coast.", "The storm hit the west coast."),
    ("The mine closed last year.", "The mine closed this year."),
    ("The ticket costs £5.20.", "The ticket costs €5.20."),
    ("The ticket costs £5.20.", "The ticket costs £5.80."),
    ("No homes were flooded in Tarn.", "Homes were flooded in Tarn."),
    ("The minister can stay in office.", "The minister cannot stay in office."),
    ("The mayor resigned on Monday.", "The mayor resigned."),
    ("Ole Brandt resigned.", "The owner resigned."),
    ("", "The mayor resigned."),
    ("Marlow signed the treaty on Tuesday.", "Marlow tore up the treaty on Tuesday."),
    ("The vaccine works in adults.", "The vaccine does not work in adults."),
    ("No trains ran on Sunday.", "All trains ran on Sunday."),
    ("Crews found the missing hiker alive.", "Crews found the missing hiker dead."),
    ("The strike ended at midnight.", "The strike began at midnight."),
    ("Hill House beat Port Rangers 3-1.", "Port Rangers beat Hill House 3-1."),
    ("Hill House beat Port Rangers 3-1.", "Hill House beat Port Rangers 2-1."),
    ("The judge granted bail to the driver.", "The judge denied bail to the driver."),
    ("Inflation slowed to 4.1 percent.", "Inflation quickened to 4.1 percent."),
    ("The festival takes place in June.", "The festival takes place in July."),
    ("She was born in 1961.", "She was born in 1967."),
    ("The company hired 300 workers.", "The company laid off 300 workers."),
    ("The bank raised its rate to 5 percent.", "The bank left its rate at 5 percent."),
    ("Five ships left the harbour.", "Five ships entered the harbour."),
    ("Only residents may park there.", "Residents may park there."),
    ("The minister has resigned.", "The minister has not resigned."),
    ("The minister will resign.", "The minister resigned."),
    ("Exports to Chile doubled.", "Imports from Chile doubled."),
    ("Nearly a dozen cars burned.", "Two dozen cars burned."),
    ("The school will keep its name.", "The school will lose its name."),
    ("France recalled its envoy from Peru.", "Peru recalled its envoy from France."),
    ("The river is above its normal level.", "The river is below its normal level."),
    ("Kate Lund succeeded Per Holm as chair.", "Per Holm succeeded Kate Lund as chair."),
    ("The senators who voted yes were re-elected.", "The senators who voted no were re-elected."),
    ("More than 50 houses burned.", "Fewer than 50 houses burned."),
    ("The suspect was seen before the robbery.", "The suspect was seen after the robbery."),
    ("Doctors say coffee is harmful.", "Doctors say coffee is harmless."),
    ("Most voters support the tax.", "Few voters support the tax."),
    ("The accused pleaded guilty.", "The accused pleaded not guilty."),
    ("The accused pleaded guilty.", "The accused pleaded innocent."),
    ("The ship was carrying 200 passengers.", "The ship was carrying 200 tonnes."),
    ("Police have identified the man.", "Police have yet to identify the man."),
    ("The match was played at home.", "The match was played away."),
    ("The treaty expires in ten days.", "The treaty expires in ten weeks."),
    ("The plane took off at 6:15.", "The plane landed at 6:15."),
    ("He is the eldest son of the king.", "He is the youngest son of the king."),
    ("The museum is free on Mondays.", "The museum is closed on Mondays."),
    ("The bank raised its rate by 5 percent.", "The bank raised its rate to 5 percent."),
    ("The shop is open from Monday.", "The shop is open until Monday."),
    ("The shop is open on Sunday.", "The shop is open until Sunday."),
    ("The road is closed since June.", "The road is closed until June."),
    ("The road is closed from noon.", "The road is closed until noon."),
    ("The mayor resigned.", "Reports that the mayor resigned were false."),
    ("The mayor resigned.", "Rumours that the mayor resigned are unfounded."),
    ("The mayor resigned.", "The mayor's brother resigned."),
    ("The king died.", "The son of the king died."),
    ("The mayor died.", "A man who shot the mayor died."),
    ("The firm closed the mill.", "The firm agreed to close the mill."),
    ("The firm closed the mill.", "The firm voted on closing the mill."),
    ("Police arrested the man.", "Police tried to arrest the man."),
    ("The plant makes cheese.", "The plant stopped making cheese."),
    ("The plant makes cheese.", "The plant used to make cheese."),
    ("The dam burst.", "The dam is about to burst."),
    ("Nobody survived.", "Nobody but the captain survived."),
    ("All homes were flooded.", "All homes except the mill were flooded."),
    ("The dam costs £3 million.", "The dam costs £3 million a year."),
    ("The ferry carries 40 people.", "The ferry carries 40 people a day."),
    ("The fire destroyed the church.", "The fire destroyed the church hall."),
    ("The school caught fire.", "The school bus caught fire."),
    ("The town approved the plan.", "The town council approved the plan."),
    ("The council approved the plan.", "The council approved the plan's rejection."),
    ("The council approved the plan.", "The council approved changes to the plan."),
    ("The minister backed the ban.", "The minister backed an end to the ban."),
    ("The bridge is safe.", "The bridge looks safe."),
    ("The mine is open.", "The mine was open."),
    ("Ida Marsh is the new head of the school.", "Ida Marsh is the old head of the school."),
    ("His lawyer said no.", "Her lawyer said no."),
    ("Police shot a man.", "Police shot at a man."),
    ("He left with his wife.", "He left his wife."),
    ("They voted for the wall.", "They voted on the wall."),
    ("The gang stole gold from the bank.", "The gang stole gold for the bank."),
    ("The letter was written by Marsh.", "The letter was written about Marsh."),
    ("Ida Marsh lives in Tarn.", "Ida Marsh lives near Tarn."),
]
"""A statement, and a sentence that is no second source of it: mostly its opposite."""
SAME = [
    ("The council approved the plan for the tram.", "The council approved the plan for the tram."),
    ("The council approved the plan.", "The council approved the plan on Monday."),
    ("The council approved the plan for the tram.", "The town council approved the plan for the tram."),
    ("Two people were hurt in the fire.", "2 people were hurt in the fire."),
    ("Two people were hurt in the fire.", "Two people were injured in the fire."),
    ("The mine employs 1,200 people.", "The mine employs 1200 people."),
    ("The mine employs 1,200 people.", "The mine employs twelve hundred people."),
    ("The mine employs half a million people.", "The mine employs 500,000 people."),
    ("The dam will cost 1.2 billion crowns.", "The dam will cost 1.2bn crowns."),
    ("Prices rose by 5 percent.", "Prices rose by 5 per cent."),
    ("Prices rose by 5 %.", "Prices rose by five percent, the bank said."),
    ("The bridge opens on 4 September.", "The bridge opens on September 4."),
    ("The bridge opens on 4 September.", "The bridge opens on 4 September 2025."),
    ("The ferry will not sail in winter.", "The ferry won't sail in winter."),
    ("The ferry will not sail in winter.", "The ferry will not sail in winter, its owner said."),
    ("The mill began work in March.", "The mill started work in March."),
    ("The mayor said: “We are tired.”", 'The mayor said: "We are tired."'),
    ("The boards of both hospitals voted to join.", "The boards of both hospitals have voted to join."),
    ("Ida Marsh beat Tom Dale in the final.", "Ida Marsh beat Tom Dale in the final on Sunday."),
    ("Tom Dale was beaten by Ida Marsh.", "Tom Dale was beaten by Ida Marsh in the final."),
    ("The council closes Mill Street to cars.", "The council closed Mill Street to cars."),
    ("Schools in Tarn stay shut until 3 May.", "Schools in Tarn stay closed until 3 May."),
    ("The council approved the plan.", "After a long debate, the Ardle Valley council approved the plan."),
    ("The mayor resigned.", "Ole Brandt, the mayor, resigned."),
    ("The mayor resigned.", "Officials said on Monday the mayor resigned."),
    ("The mayor resigned.", "The mayor formally resigned amid protests."),
    ("The mayor resigned on Friday.", "On Friday the mayor resigned."),
    ("Mayor Marsh opened the bridge.", "Mayor Ida Marsh opened the bridge."),
    ("People marched in Tarn.", "Thousands of people marched in Tarn."),
    ("The mill was destroyed by fire.", "The mill was destroyed by fire overnight."),
    ("The fund holds 2 million euros.", "The fund holds €2 million."),
    ("The bridge is 1.2 km long.", "The bridge is 1.2 kilometres long."),
    ("The train leaves at 9 am.", "The train leaves at 9:00 a.m."),
    ("The U.S. president visits Tarn.", "The United States president visits Tarn."),
    ("The centre opens in June.", "The center opens in June."),
    ("Prices rose by 5 percent.", "Prices rose 5 percent."),
    ("The union voted to strike.", "The union voted to strike in May."),
    ("The mayor's office closed.", "The mayor’s office closed."),
]
"""A statement, and a sentence that states as much."""


@pytest.mark.parametrize(("statement", "text"), OTHER, ids=str)
def test_what_may_be_another_fact_is_another_statement(statement: str, text: str) -> None:
    assert not restates(text, statement)
    assert not restates(text, statement, near=True)


@pytest.mark.parametrize(("statement", "text"), SAME, ids=str)
def test_the_same_fact_is_one_statement(statement: str, text: str) -> None:
    assert restates(text, statement)


@pytest.mark.parametrize(
    ("statement", "text", "same"),
    [
        pytest.param(
            "The union ended its walkout at the port of Tarn.", "Dockers in Tarn are back at work.", True, id="words"
        ),
        pytest.param(
            "Ida Marsh was voted in as head of the party.", "Members chose Tom Dale to lead them.", False, id="name"
        ),
        pytest.param(
            "Villagers got their water back on Monday.", "Taps in the village run again since Friday.", False, id="day"
        ),
        pytest.param("The judge let the sailor go.", "The seaman was not set free by the court.", False, id="denial"),
        pytest.param("The plan was turned down.", "Councillors approved what the mayor wants.", False, id="opposite"),
    ],
)
def test_sentences_near_in_meaning_may_have_other_words_but_no_other_facts(
    statement: str, text: str, same: bool
) -> None:
    assert restates(text, statement, near=True) is same
    assert not restates(text, statement)


QUOTES = {
    "close": "The mill in Tarn will close on 1 May, Ole Brandt said.",
    "beat": "Ida Marsh beat Tom Dale in the vote.",
    "rose": "Prices rose by 5 percent in April.",
    "approved": "The council approved the plan for the tram.",
    "safe": "The water in Corrie is safe to drink, and nobody fell ill.",
    "never": "The firm has never paid the fine, its lawyer said.",
    "not": "The ferry did not sail on Sunday because its engine failed to start.",
    "guilty": "The jury found the captain guilty of fraud.",
    "denied": "The minister denied that she took money from the bank.",
    "flood": "The flood entered 412 homes in Wendle.",
    "lost": "Rovers lost to United in the final.",
    "passive": "The bill was blocked by the senate on Tuesday.",
    "possible": "It is not impossible that the mine opens again.",
    "north": "The road north of Tarn is open again after the storm.",
    "without": "The crew left Corrie without its captain.",
}
TURNED = [
    ("close", "The mill in Tarn will not close on 1 May."),
    ("close", "The mill in Tarn never closes."),
    ("close", "The mill in Tarn won't close."),
    ("close", "Ole Brandt denied that the mill in Tarn will close."),
    ("close", "The mill in Tarn will open on 1 May."),
    ("beat", "Tom Dale beat Ida Marsh in the vote."),
    ("beat", "Ida Marsh was beaten by Tom Dale in the vote."),
    ("beat", "Ida Marsh lost to Tom Dale in the vote."),
    ("rose", "Prices fell by 5 percent in April."),
    ("rose", "Prices did not rise in April."),
    ("approved", "The council rejected the plan for the tram."),
    ("approved", "The council failed to approve the plan for the tram."),
    ("approved", "The plan for the tram was turned down by the council."),
    ("safe", "The water in Corrie is unsafe to drink."),
    ("safe", "The water in Corrie is not safe to drink."),
    ("never", "The firm has paid the fine."),
    ("not", "The ferry sailed on Sunday."),
    ("guilty", "The jury found the captain innocent of fraud."),
    ("guilty", "The jury did not find the captain guilty."),
    ("denied", "The minister took money from the bank."),
    ("flood", "The flood did not enter 412 homes in Wendle."),
    ("lost", "United lost to Rovers in the final."),
    ("lost", "Rovers beat United in the final."),
    ("passive", "The senate was blocked by the bill."),
    ("north", "The road south of Tarn is open again."),
    ("north", "The road north of Tarn is closed after the storm."),
    ("north", "The road north of Tarn was open before the storm."),
    ("without", "The crew left Corrie with its captain."),
]
FAIR = [
    ("close", "The mill in Tarn will close on 1 May."),
    ("close", "Ole Brandt said that the mill in Tarn will close."),
    ("close", "On 1 May, the mill in Tarn will close."),
    ("close", "The mill closes in May."),
    ("beat", "Tom Dale was beaten by Ida Marsh in the vote."),
    ("beat", "In the vote, Ida Marsh beat Tom Dale."),
    ("beat", "Tom Dale lost to Ida Marsh in the vote."),
    ("rose", "In April prices rose by 5 percent."),
    ("rose", "Prices increased by 5 percent."),
    ("rose", "Prices climbed in April."),
    ("approved", "The plan for the tram was approved by the council."),
    ("approved", "The council backed the plan for the tram."),
    ("approved", "The council did not reject the plan for the tram."),
    ("safe", "The water in Corrie is safe to drink."),
    ("safe", "Nobody fell ill."),
    ("safe", "It is safe to drink the water in Corrie."),
    ("never", "The fine has never been paid by the firm."),
    ("never", "The firm has not paid the fine."),
    ("not", "The ferry did not sail on Sunday."),
    ("not", "The ferry's engine failed to start."),
    ("not", "The ferry failed to sail on Sunday."),
    ("guilty", "The captain was found guilty of fraud by the jury."),
    ("guilty", "The jury convicted the captain of fraud."),
    ("denied", "The minister denied that she took money from the bank."),
    ("denied", "The minister said she did not take money from the bank."),
    ("flood", "In Wendle, 412 homes were entered by the flood."),
    ("flood", "412 homes in Wendle were flooded."),
    ("lost", "United beat Rovers in the final."),
    ("passive", "The senate blocked the bill on Tuesday."),
    ("possible", "It is not impossible that the mine opens again."),
    ("possible", "It is possible that the mine opens again."),
    ("north", "The road north of Tarn is open again."),
    ("without", "The crew left Corrie without its captain."),
    ("without", "The crew left Corrie."),
]


@pytest.mark.parametrize(("quote", "statement"), TURNED, ids=str)
def test_a_statement_that_turns_its_quote_round_contradicts_it(quote: str, statement: str) -> None:
    assert contradicts(statement, QUOTES[quote])


@pytest.mark.parametrize(("quote", "statement"), FAIR, ids=str)
def test_a_fair_paraphrase_does_not_contradict(quote: str, statement: str) -> None:
    assert not contradicts(statement, QUOTES[quote])


INVERTED = [
    ("The vaccine works in adults.", "The vaccine does not work in adults, the agency said."),
    ("The vaccine does not work in adults.", "The vaccine works in adults, the agency said."),
    ("Crews found the hiker dead.", "On Friday crews found the missing hiker alive after two nights in the open."),
    ("The strike began at midnight.", "The strike by bus drivers ended at midnight, union leaders said."),
    ("The judge denied bail to the driver.", "The judge granted bail to the driver."),
    ("Inflation quickened to 4.1 percent.", "Inflation slowed to 4.1 percent."),
    ("The company laid off 300 workers.", "The company hired 300 workers this year."),
    ("Peru recalled its envoy from France.", "France recalled its envoy from Peru on Monday."),
    ("Per Holm succeeded Kate Lund as chair.", "Kate Lund succeeded Per Holm as chair of the party."),
    ("The accused pleaded not guilty.", "The accused pleaded guilty to all charges."),
    ("Police have identified the man.", "Police have yet to identify the man."),
    ("The minister resigned.", "The minister refused to resign."),
    ("The minister will not resign.", "The minister said he would resign."),
    ("Nobody was injured.", "Three people were injured when the bus hit a tree."),
    ("The river is below its normal level.", "The river is far above its normal level."),
    ("Doctors say coffee is harmless.", "Doctors say coffee is harmful."),
    ("Voters rejected the tax.", "Voters backed the tax by a wide margin."),
    ("The plane landed at 6:15.", "The plane took off at 6:15."),
    ("The flood killed 412 people.", "The flood entered 412 homes."),
    ("The firm won the case.", "The firm lost the case in the high court."),
    ("The town was not warned.", "The town was warned two days before the storm."),
    ("The drug is approved.", "The regulator has not yet approved the drug."),
    ("The tax will be cut.", "The government has no plans to cut the tax."),
    ("The council will build the road.", "The council will no longer build the road."),
    ("Smith will stay as coach.", "Smith will leave as coach in June."),
    ("The deal was signed.", "The deal was never signed, both sides said."),
    ("The mayor supports the plan.", "The mayor opposes the plan for a car park."),
    ("The school will open.", "Without a new roof the school will not open."),
]
FOLLOWING = [
    (
        "Crews found the hiker alive on Friday.",
        "On Friday crews found the missing hiker alive after two nights in the open.",
    ),
    ("Bus drivers ended their strike at midnight.", "The strike by bus drivers ended at midnight, union leaders said."),
    ("The driver was granted bail.", "The judge granted bail to the driver."),
    ("Inflation fell to 4.1 percent.", "Inflation slowed to 4.1 percent."),
    ("The firm recruited 300 people.", "The company hired 300 workers this year."),
    ("France called back its ambassador to Peru.", "France recalled its envoy from Peru on Monday."),
    ("Police do not know who the man is.", "Police have yet to identify the man."),
    ("The minister did not resign.", "The minister refused to resign."),
    ("The minister would not step down.", "The minister refused to resign."),
    ("Three people were hurt when a bus hit a tree.", "Three people were injured when the bus hit a tree."),
    ("The tax was approved by voters.", "Voters backed the tax by a wide margin."),
    ("Flood water got into 412 homes.", "The flood entered 412 homes."),
    ("The high court ruled against the firm.", "The firm lost the case in the high court."),
    ("Townspeople had two days' warning of the storm.", "The town was warned two days before the storm."),
    ("The drug still awaits approval.", "The regulator has not yet approved the drug."),
    ("The government does not plan to cut the tax.", "The government has no plans to cut the tax."),
    ("The road will not be built.", "The council will no longer build the road."),
    ("Smith leaves as coach in June.", "Smith will leave as coach in June."),
    ("Neither side signed the deal.", "The deal was never signed, both sides said."),
    ("The mayor is against the plan for a car park.", "The mayor opposes the plan for a car park."),
    ("The school needs a new roof to open.", "Without a new roof the school will not open."),
    ("Prices rose, but wages did not.", "Prices rose by 4 percent while wages stayed flat."),
    ("The bridge is not only old but unsafe.", "The bridge is not only old but unsafe, engineers said."),
    ("Talks failed to end the strike.", "Talks did not end the strike."),
    ("The United States will send aid.", "The United States said on Monday it will send aid to Chad, but no troops."),
    ("The company unveiled a car.", "The company unveiled an electric car that costs less than its older models."),
    ("Marsh said she was not afraid.", "“I am not afraid of them,” said Marsh, who lost her seat."),
    (
        "The bridge will close for repairs in May.",
        "The bridge will close for repairs in May and will not open again until August.",
    ),
    ("Rain delayed the match.", "The match was delayed by rain."),
    ("Jane Roe, 34, was not hurt.", "Jane Roe, 34, escaped unhurt."),
    ("The factory stays open.", "The factory will not close."),
    ("Turnout was higher than in 2019.", "Turnout was up from 2019, when it was at its lowest."),
    ("Rents went down in the north and up in the south.", "Rents fell in the north and rose in the south."),
    ("The dog that bit a child was put down.", "A dog was put down after it bit a child."),
    ("Dale said Marsh had won.", "“She won,” Dale said of Marsh."),
    ("The law bans phones in class.", "Phones are banned in class under the law."),
]
"""A statement, and the sentence that it quotes."""


@pytest.mark.parametrize(("statement", "quote"), INVERTED, ids=str)
def test_a_statement_does_not_stand_on_what_it_turns_round(statement: str, quote: str) -> None:
    assert not stands_by(statement, quote)


@pytest.mark.parametrize(("statement", "quote"), FOLLOWING, ids=str)
def test_a_fair_statement_stands_on_its_quote(statement: str, quote: str) -> None:
    assert stands_by(statement, quote)


SHOWN = Article(
    id="a",
    title="Ferry to stop",
    text="The ferry to Corrie will not sail on Sunday, Ida Marsh said. The storm entered 90 cellars in Wendle.",
)


@pytest.mark.parametrize(
    ("statement", "quote", "support"),
    [
        pytest.param("The ferry to Corrie will not sail on Sunday.", "will not sail on Sunday", "quoted", id="said"),
        pytest.param("The ferry to Corrie will sail on Sunday.", "sail on Sunday, Ida Marsh", "unsupported", id="cut"),
        pytest.param("The ferry to Corrie will sail on Sunday.", "not in the text", "unsupported", id="no quote"),
        pytest.param("The storm entered 90 cellars.", "The storm entered 90 cellars", "quoted", id="same count"),
        pytest.param("The storm killed 90 people.", "The storm entered 90 cellars", "unsupported", id="predicate"),
    ],
)
def test_a_model_is_held_against_the_whole_sentence_that_it_quotes(statement: str, quote: str, support: str) -> None:
    checked = Grounds([Excerpt(SHOWN, 0, len(SHOWN.text))]).check(Draft(1, quote, statement))
    assert checked.support == support
