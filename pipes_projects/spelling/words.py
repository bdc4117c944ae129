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
own pad pan par pay pen per pet pid pie pim pin pit pln pol pot prd pre pro prt put pwd qty ram ran
rat raw ray red ref rep rev rid rim rms roi ron row run rus rut sap sat saw scm sea see sek sem seo
sep set sgd she shy sid sim sin sip sir sit six sku sla sms son sql src ssn ssp stg sub sum sun swe
tab tag tan tap tar tax tea ten thb thu tie tin tip tmp tms toe ton too top toy try tue tur two uae
uat uid uri url usa usd use utc van vat via vip war was way web wed wet who why win wit wms won xml
yes yet you zar

abject able accent access acre action active actor actual adapt adaption addiction addition adept
adopt adoption advice advise aerial affect airline airliner allusion alteration alternation altitude
ambiance ambience analyses analysis ancestor angel angle appeal appear aptitude arbor args argument
article ascent assent assert assess asset assure attach attack attitude attraction attribution
auction aural australia austria avenue aversion back bake bali ball ballet ballot band bank banking
bare barrier base basket bath batter beacon beam bean bear beat bell belt bend best better beverage
bidding bike bill billion bind binding bird bite bitter bloc block blow bluster boasting boat bolt
bond bone bonus book booking booster boot bore born boss both bracket brainstorm branch brand bread
break breath breathe brick bride bridge brunch building bulk bull bullion bump burn bush buster
butter button byte cable cage cake call calm came camp cannon canyon caption capture carbon card
care carriage carrier cart carton cartoon cartridge case cash casket cast casual causal cause
caution cave cell censor census cent cession chain chair change charge chart chat cheap cheat chest
child chile class clause clean clear click clock close closed cloth clothe cloud cluster coal coarse
coast coaster coasting coat code coded cohort coin cold collage collar collection college collision
collusion column command commando commence commend comment commerce commune commute compete
compilation complain complaint complement complete completion complexion compliant complication
compliment compute conceit concept concern concert concession conclusion concussion condemnation
condensation confession confide confine confirm conform connection consensus consignee consigner
constrain constraint constrict constriction construct construction consul consult contact contend
content contention contest context continent contingent contract contrast contribution convection
convent convention converge conversion convert conviction cook cooking cool core corn correction
cost costing council counsel count counted counter country county couple coupon courier course court
cover coverage covert crash creative creator crew crime crop cross cube culture curator cure curl
currant current curve cutter cycle daily dairy dare dark dart data date dated dawn deacon dead
deadline deal dean dear debate debit debitor debt debtor decade decease deception decide decision
deck decode decrease dedication deduce deduct deduction deed deep deer defect defendant deference
define deflect deflection deform delegate delete deliver delivery demotion denomination dental
depart department dependant dependent deplete deport deportment depose deposit deposition depression
deprivation derision derivation desc desert deserve design designation desk dessert destination
detail detain detect detection detention deviation device devise devolution devotion dial diet
dinner diploma diplomat direction dirt disc discount discreet discrete dish disk dismount dispense
disperse displace disposition distract distribution district dive diverse divide divine division
dock dollar dominate domination donor door dose down drag draw drawee drawer drew drive driven
driver drop drug drum dual duck dump dust duster each earn ease east easy eclectic effect effort
ejection elastic election elective elector electric electron elicit eligible else email emerge
emigrant emigrate emigration eminent emission empire employee employer encounter ensure envelop
envelope erection estate ethic ethnic evacuate evacuation evaluate evaluation even event ever
evolution except exception excerpt excess exchange exclude exclusion excursion exemption expand
expanse expansive expend expense expensive expert expiration expire exploration explosion export
expulsion extend extensive extent external extraction face facial fact faction factor factual fail
fair fall fame fare farm farming fast faster fatal fate father favor fear feather feed feel fees
feet fell felt fending fiction field fight file filing fill filling film finding fine fire firm fish
five fixture flag flat flavor fleet flight flow fold folding folk food foot fork form formal format
former forming formula fort forty foster foul found fountain four fraction frame free freight
friction fright from fuel full function fund funnel gain gambia game garage garbage gasket gate gave
gear gender gene generator germinate gift give glad glass gmail goal goat gold golf gone good
gradation grade graduation grain grand grant grape graph grass gravel gray great gross grow guess
guest guinea gutter guyana hail hair half hall hand hang harbor hard harm hash hate have head
headline heal health heap hear heart heat height held hell help herd here hermit hero hill hint hire
hold holding hole home hood hook hope horn horse host hostage hostel hosting hotel hour hourly house
human hunt hunter hurt iceland icon illegible illicit illusion imitation immigrant immigration
imminent impact impart import impost inactive inbound incident include increase indent india indie
induction infection inferior infirm inflection inform ingest initiation injection inland inner
insert inspection insure integral integration intent intention interaction interactive interior
interment internal internet interval introduction invent invention inventor inventory invert invest
investor invitation invoice involve iphone iran iraq ireland iron island issue item join joint
journalism journalist july jump junction juncture june just keep kept kick kill kind king kiss knee
knew know lack lake lamp land landing lane last late later lateral lath lathe latitude latter launch
layer lead leader leadership leaf lean lease least leather leave left legal legion lend lender
lending lens less lessee lessen lesson lessor letter level lever leverage liberal licence license
lick life lift light lighting lightning like likelihood lime limitation line lineage liner link
linkage list literal litter live livelihood load loan location lock locking logic login long look
loop loose lord lose loss lost loud love luck lump lunch made magnet mail main make male mali mall
manager manger marital mark marked market marriage mart martial mask mass massage massive mast
master mate math matter meal mean meat media median mediation medication meditation meet melt mental
mere merge merger message meta mice might migrate migration mile milk mill million mind mine miner
minor mint misplace miss mission mist mitigation mixture mode model moderator molding monaco monday
month mood moon moral morale more morocco mortal most motion motor mountain mounter mouse mouth move
much must muster mutter mutton myth name narrator natal nation national native near nearly neck need
nest neural neutral never news next nice night nine node noise nominate nomination none noon normal
north nose notation note noted notice notional novice object oman omission operator optical optimal
option oral oration organ origin outbound outer outlet outset over overnight oversight pace pack
packet page paid pain painted painter pair palm paper param parent parental park part particle
partridge party pass passive past paste patch patent path patient patrol patron patten pattern payee
payer peak peer pending pension permit persecution person persona personal personnel perspective
petrol phase phone phrase pick pile pilot pine pint pipe pitch place plain plan plane planet planned
plant planted plastic plate play player plot plug plus pocket podium point pointer pole police
polite poll pond pool poor pope port portal portion position post postage postal poster posting
potion pound pour power practice practise precede prediction preference prefund preload prenatal
preorder preparation prepay preposition presale prescribe presence present preservation preserve
preset president pretence prevent preview prevision price prime principal principle print printed
printer prize proactive proceed process procession processor prod produce producer product
production profess profession professor project projection projector proof propose proposition
proscribe prosecution prospective protect protection protector provision pull pump punch puncture
punter pure purpose purveyor push quantity quarterly quiet quit quite quota quote race racial rack
racket radio rage rail rain rainstorm raise ramp rank ranking rapture rare rate rated ratio ration
rational reach react reactive reactor read reader readership ready real rear reason rebate reception
recess recession recipe recite recover recovery rector reduce reduction reference refine reflect
reflection reform refund refutation regain regal regard region rejection relate relation relative
relegate religion reload remain remission remote remove rent rental reorder repaid repair reparation
repay report repose repression reputation resale reservation reserve reserved reset reside resident
residue resign resignation resolution resolve resort respect rest retail retain retention retire
retort retribution revenge revenue reverse reversed review revise revision revolution revolve reward
ride rider right ring ripe rise risk river road roasting rock rocket role roll roman roof room
rooster root rope rose roster rotation rotor rough round route routed router rule ruler rupture rush
sacred safe said sail sailor sake sale salt same sample sand save scale scan scar scared score
scored seal season seat secession secret secrete section sector sedate seduce seed seek seem seen
selection selective selector self sell seller senate send sender sending senior sensor sensory sent
separation sept serial series serve server session seven sever shade shaft shake shall shape share
shared sharp sheet shelf shell shift ship shipping shirt shock shoe shop shopping shore short shot
show shut sick side sight sign signal silk silver simple simulate simulation sing singe single sink
site size skill skin skip sleep slice slide slip sliver slot slovakia slovenia slow small smart
smile smoke snow socket sodium soft soil sold sole solid some song soon sort soul sound soup south
space spacial spare spatial speak special speed spell spend spent spin spoke sport spot spring
sprint stack staff stage stair stake stale stand star stare start state stated stationary stationery
statue stature status statute stay steal steam steel steep stem step stick still stimulate
stimulation stir stock stone stop store stored storm story stream strict string strip stripe strong
stuff style submit subset such suction suit summary summery summit sunday sunset sure surge surveyor
sweep sweet swing table tail tailor take taken tale talk tall tank tape task taste taster taxes taxi
team tear tell teller temper tempo tend tender tension tent term terminate test tester tests text
than that them then there they thick thin thing think this thread threat three threw throughout
throughput throw thus tick ticker ticket tide tile till time timer tire tired tissue title toaster
toasting token toll tone tool topical torn touch tough tour tower town trace tracing track tracking
traction tractor trade trader trading trail train trained trainee trainer training transit transmit
trap travel tray treat tree trend trial trick trip tropical truck trucking true trunk tube tune
tunnel turn twin type typical unbound unit unite united unity unload upload upstream used user
vacation value valve variation vary vast vector vending vent venue verb version very vice vision
visit visitor vocation voice volume vote voter vulture wage wait wake walk wall wallet wander want
ward warm warming warn wash waste watch water wave weak wealth wear weather week weight well went
were west what wheat when whether while white whole wide wife wild will wind winding wine wing
winner winter wire wise wish with woman wonder wood word work world worn worth write writer yard
year yearly yield your zambia zero zone
"""


@cache
def meant() -> frozenset[str]:
    """All of these words."""
    return frozenset(_WORDS.split())
