"""Questions to the sample documents, written before anything was measured. "Tuning" ones chose the gate of
writer/services/questions/extractive.py; "held out" ones were only ever counted.

A passage is right when one of the headings named here stands over it. No heading: the sources do not say.
"""

PIPE, HOUSE, FIGURES = "Before the pipe", "How the harbour heats the town", "The network in figures"
COST, FUNDING, SAVED = "What it cost and who paid", "Funding", "What households save"
FAULTS, WRONG, TRENCHES = "Reliability and faults", "WHAT GOES WRONG", "The year of the trenches"
LIVING, HILL, PLANS = "Living with it", "Those who are not on the map", "Plans to 2030"
DECISION, OBJECTIONS, PERMITS = "Decision to build", "Objections", "Permits and conditions"
SURVEY, SATISFIED, AIR = "How the survey was done", "Satisfaction and comfort", "Effects on the climate and the air"
LIMITS, PUMP, EFFICIENCY = "Limits of this study", "HOW A SEAWATER HEAT PUMP WORKS", "EFFICIENCY"
HARBOUR, OTHERS = "EFFECT ON THE HARBOUR", "WHAT OTHER TOWNS SHOULD KNOW"

Asked = tuple[tuple[str, tuple[str, ...]], ...]

TUNING: Asked = (
    ("How deep is the seawater drawn from?", (HOUSE,)),
    ("How many homes were on the network at the end of 2024?", (FIGURES,)),
    ("How much did the plant and the network cost?", (COST,)),
    ("What interest does the company pay on the town's loan?", (FUNDING,)),
    ("Why did the longest outage happen?", (FAULTS,)),
    ("How often do divers clean the intake screens?", (WRONG,)),
    ("What happened to Joan Abel's heating bill?", (LIVING,)),
    ("How many times was Lantern Street dug up?", (TRENCHES,)),
    ("Why can the homes on the hill not be connected?", (HILL, LIMITS)),
    ("When did the council vote for the plant?", (DECISION,)),
    ("Why did the fishermen object?", (OBJECTIONS,)),
    ("Can a customer leave the network again?", (PERMITS,)),
    ("How were the households of the survey chosen?", (SURVEY,)),
    ("Are people happy with the harbour heat?", (SATISFIED,)),
    ("By how much did soot in the air fall?", (AIR,)),
    ("Which refrigerant does the heat pump use, and why?", (PUMP,)),
    ("What is the director of Harbour Heat paid?", ()),
    ("How many people work at the plant?", ()),
    ("Who made the heat pumps?", ()),
    ("Does the network cool buildings in summer?", ()),
    ("What is the capital of France?", ()),
    ("How is sourdough bread baked?", ()),
    ("Which party does the mayor belong to?", ()),
    ("What did the swimming hall's ticket cost?", ()),
    ("How much did house prices rise after the connection?", ()),
    ("Is the plant insured against storms?", ()),
    ("Who is the chief executive of the company?", ()),
    ("What does a litre of petrol cost today?", ()),
)

HELD_OUT: Asked = (
    ("How warm is the water that leaves the heat pumps?", (HOUSE,)),
    ("What was the share of the town's homes on the network?", (FIGURES,)),
    ("What does it cost a household to be connected?", (COST,)),
    ("Which condition was tied to the state grant?", (FUNDING,)),
    ("What steps in when a heat pump is out of service?", (FAULTS,)),
    ("Is ammonia dangerous, and what protects against a leak?", (WRONG,)),
    ("How noisy is the heat exchanger?", (LIVING,)),
    ("Was the compensation for shopkeepers enough?", (TRENCHES,)),
    ("Who signed the petition that was given to the mayor?", (HILL,)),
    ("Why was the old fish hall chosen?", (DECISION,)),
    ("How many councillors were against the plant?", (OBJECTIONS, DECISION)),
    ("How much water may the plant take in?", (PERMITS, HARBOUR)),
    ("How many households answered the questionnaire?", (SURVEY,)),
    ("Did rooms become warmer?", (SATISFIED,)),
    ("How much money does a typical household save in a year?", (SAVED,)),
    ("Who pays more than before?", (SAVED,)),
    ("What are the weaknesses of the survey?", (LIMITS,)),
    ("How efficient is the plant in February?", (EFFICIENCY,)),
    ("How far from the outlet can colder water be measured?", (HARBOUR,)),
    ("What should another town measure before it orders a pump?", (OTHERS,)),
    ("When will the Northshore district be connected?", (PLANS,)),
    ("Why did the town look for another source of heat?", (PIPE,)),
    ("How many electric cars are there in Brindle Bay?", ()),
    ("What do tourists think of the harbour?", ()),
    ("Who designed the pump hall's new roof?", ()),
    ("How much tax does the company pay?", ()),
    ("Which bank lent the money for the fourth heat pump?", ()),
    ("How many pupils go to the two schools?", ()),
    ("What is the population of Brindle Bay?", ()),
    ("When was the ferry line closed?", ()),
    ("Who won the football world cup in 1998?", ()),
    ("How do I reset my password?", ()),
    ("What are the side effects of aspirin?", ()),
    ("Does harbour heat make people healthier?", ()),
    ("What wages do the divers get?", ()),
    ("Which wine goes with herring?", ()),
    ("How much does a solar panel cost in Brindle Bay?", ()),
    ("What did the bishop say about the plant?", ()),
)
