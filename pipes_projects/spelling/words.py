"""Words that look like a typo of another word, although they are meant.

Both of `contacts` and `contracts`, `trips` and `tips`, `uk` and `us` are likely names of assets,
and `tool` and `args` are keys of other tools. Each is listed once, in the singular.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_WORDS: Final = """
ad ae ai am ar at au be bi br ca cd ch ci cl cn co cz db de dk dt dw ee es et eu fi fk fr fx gb gr
hk hr hu id ie il in ip it jp kr la lu lv ml mx ne nl no nw ny nz ok on or os pc pk pl pm pr pt pv
qa ro ru sa se sf sg sk so sw to tr ts tv tw tx ua ui uk up us ux vs we za

abs act add ads age ago air all any app apr arg arr art ask aud aug aus aut avg bad bag bak ban bar
bat bay bed bel bet bid big bin bit bot bow box boy bra brl bug bus but buy cac cad can cap car cat
cdm cdp cet che chf chn cms cny cow cpa cpc cpm cpu crm cry csv ctr cup cut czk dad dag dam day dbt
ddl dec dep deu dev dew did die dim dkk dml dmp dnk doc dog dot dsp due ear eat end env erp esp est
etl eur eye fan far fat fax fct feb fee few fin fit fix fly for fra fri fun gap gas gbp gbr get gid
gmt gmv gps gpu guy hat hcm hcp her hex him his hit hkd hot how hrm hub huf ice ids ill ils ind inr
int ion ios iot irl iso ita jan jda jde jet job joy jpn jpy jul jun key kid kit kor kpi krw lab lag
lap law lay led leg let lid lip lms log lot low ltv man map mar max may mdm men met mex mid min mix
mon mrr mxn net new nld nok non nor not nov now nps nzd oct odd off oil old oms one opt ore our out
own pad pan par pay pen per pet pid pie pim pin pit pln pol pot prd pre pro prt put qty ram ran rat
raw ray red ref rep rev rid rim rms roi ron row run rus rut sap sat saw scm sea see sek sem seo sep
set sgd she shy sid sim sin sip sir sit six sku sla sms son sql src ssn ssp stg sub sum sun swe tab
tag tan tap tar tax tea ten thb thu tie tin tip tmp tms toe ton too top toy try tue tur two uae uat
uid uri url usa usd use utc van vat via vip war was way web wed wet who why win wit wms won xml yes
yet you zar

able access acre action active actor adapt adaption addition adept adopt adoption advice advise
affect allusion ancestor angel angle args argument article assess asset assure attraction
attribution auction aural australia austria back bake bali ball band bank banking bare barrier base
bath batter beam bean bear beat bell belt bend best better bidding bike bill bind binding bird bite
bitter bloc block blow bluster boasting boat bolt bond bone bonus book booking booster boot bore
born boss both brand bread break breath breathe brick bride bridge building bulk bull bump burn bush
buster butter byte cable cage cake call calm came camp card care carrier cart carton cartoon case
cash cast casual causal cave cell censor census cent cession chain chair change charge chart chat
cheap cheat chest child chile class clean clear click clock close closed cloth clothe cloud cluster
coal coast coaster coasting coat code coded cohort coin cold collection column complement compliment
connection consensus consignee consigner contact content contest context contract contrast
contribution cook cooking cool core corn correction cost costing council counsel count counted
counter country county couple coupon courier court cover crash creative creator crew crime crop
cross cube curator cure curl curve cutter cycle daily dairy dare dark dart data date dated dawn dead
deal dean dear debit debitor debt debtor deck decrease deduction deed deep deer deliver delivery
dental deposit deposition desc desert desk dessert detail detection device devise dial diet dinner
direction dirt disc discreet discrete dish disk disposition distribution district dive diverse
division dock donor door dose down drag draw drawee drawer drew drive driven driver drop drug drum
dual duck dump dust duster each earn ease east easy effect effort ejection election elicit eligible
else email emigrant emigration eminent employee employer encounter ensure envelop envelope even
event ever excerpt excess exchange exclude expert export external extraction face fact factor fail
fair fall fame fare farm farming fast faster fatal fate father fear feather feed feel fees feet fell
felt fending fiction field fight file filing fill filling film finding fine fire firm fish five flag
flat fleet flight flow fold folding folk food foot fork form formal former forming formula fort
forty foster foul found four fraction frame free friction from fuel full fund gain gambia game gate
gave gear gender gene generator gift give glad glass gmail goal goat gold golf gone good grade grain
grand grant grape graph grass gray great gross grow guess guest guinea gutter guyana hail hair half
hall hand hang hard harm hash hate have head heal health heap hear heart heat height held hell help
herd here hero hill hint hire hold holding hole home hood hook hope horn horse host hosting hour
hourly house human hunt hunter hurt iceland icon illegible illicit illusion immigrant immigration
imminent import impost inactive inbound incident include increase indent india indie induction
ingest injection inner inspection insure intent interactive internal introduction invent inventor
inventory invest investor invoice involve iphone iran iraq ireland iron item join joint july jump
june just keep kept kick kill kind king kiss knee knew know lack lake lamp land landing lane last
late later lath lathe latter layer lead leader leaf lean lease least leather leave left legal lend
lender lending lens less lessee lessen lesson lessor letter level lever licence license lick life
lift light lighting lightning like lime line liner link list litter live load loan lock locking
logic login long look loop loose lord lose loss lost loud love luck lump lunch made magnet mail main
make male mali mall manager manger marital mark marked market mart martial mask mass massage mast
master mate math matter meal mean meat media median meet melt mental mere merge merger message meta
mice might migration mile milk mill mind mine miner minor mint miss mist mitigation mode model
moderator molding monaco monday month mood moon moral morale more morocco mortal most motor mounter
mouse mouth move much must muster mutter myth name narrator natal nation native near nearly neck
need nest never news next nice night nine node noise none noon north nose note noted oman operator
oral organ origin outbound outer over pace pack packet page paid pain painted painter pair palm
paper param parent park part particle party pass past paste patch patent path patient patten pattern
payee payer peak peer pending person persona personal personnel perspective phase phone phrase pick
pile pilot pine pint pipe pitch place plain plan plane planet planned plant planted plate play
player plot plug plus pocket point pointer pole poll pond pool poor pope port portion position post
poster posting potion pound pour power practice practise precede prediction prefund preload preorder
prepay presale prescribe preset preview prevision price prime principal principle print printed
printer prize proactive proceed process prod produce producer product production projection proof
propose proscribe prospective protection provision pull pump punch punter pure purpose push pwd
quantity quarterly quiet quit quite quota quote race rack racket radio rage rail rain raise ramp
rank ranking rare rate rated ratio ration reach react reactive read reader ready real rear reason
recess recover recovery reduction refund regal region rejection relative religion reload remain rent
rental reorder repay resale reserved reset reside resident residue respect rest retail retain retire
retribution reverse reversed review revise revision ride rider right ring ripe rise risk river road
roasting rock rocket role roll roman roof room rooster root rope rose roster rotor rough round route
routed router rule ruler rush sacred safe said sail sake sale salt same sample sand save scale scan
scar scared score scored seal season seat section sector seed seek seem seen selection self sell
seller send sender sending sensor sensory sent sept series serve server session seven sever shade
shaft shake shall shape share shared sharp sheet shelf shell shift ship shipping shirt shock shoe
shop shopping shore short shot show shut sick side sight sign signal silk silver simple sing singe
single sink site size skill skin skip sleep slice slide slip sliver slot slovakia slovenia slow
small smart smile smoke snow socket soft soil sold sole solid some song soon sort soul sound soup
south space spare speak speed spell spend spent spin spoke sport spot spring sprint stack staff
stage stair stake stale stand star stare start state stated stationary stationery status stay steal
steam steel steep stem step stick still stir stock stone stop store stored storm story stream strict
string strip stripe strong stuff style such suit summary summery sunday sure surge sweep sweet swing
table tail take taken tale talk tall tank tape task taste taster taxes taxi team tear tell teller
temper tempo tend tender tent term test tester tests text than that them then there they thick thin
thing think this thread threat three threw throw thus tick ticker ticket tide tile till time timer
tire tired title toaster toasting token toll tone tool torn touch tough tour tower town trace
tracing track tracking traction tractor trade trader trading trail train trained trainee trainer
training transit transmit trap tray treat tree trend trial trick trip truck trucking true trunk tube
tune turn twin type unbound unit unite united unity unload upload upstream used user value valve
vary vast vector vending vent verb very vice vision visit visitor voice volume vote voter wage wait
wake walk wall wander want ward warm warming warn wash waste watch water wave weak wealth wear
weather week weight well went were west what wheat when whether while white whole wide wife wild
will wind winding wine wing winner winter wire wise wish with woman wonder wood word work world worn
worth write writer yard year yearly yield your zambia zero zone
"""


@cache
def meant() -> frozenset[str]:
    """All of these words."""
    return frozenset(_WORDS.split())
