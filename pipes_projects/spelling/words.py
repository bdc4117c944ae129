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
bat bay bed bel bet bid big bin bit bot bow box boy bra brl bud bug bus but buy cac cad can cap car
cat cdm cdp cet che chf chn cms cny cow cpa cpc cpm cpu crm cry csv ctr cup cut czk dad dag dam day
dbt ddl dec dep deu dev dew did die dim dkk dml dmp dnk doc dog dot dsp due ear eat end env erp esp
est etl eur eye fan far fat fax fct feb fee few fin fit fix fly for fra fri fun gap gas gbp gbr get
gid gmt gmv gps gpu guy hat hcm hcp her hex him his hit hkd hot how hrm hub huf ice ids ill ils ind
inr int ion ios iot irl iso ita jan jda jde jet job joy jpn jpy jul jun key kid kit kor kpi krw lab
lag lap law lay led leg let lid lip lms log lot low ltv man map mar max may mdm men met mex mid min
mix mon mrr mxn net new nld nok non nor not nov now nps nzd oct odd off oil old oms one opt ore our
out own pad pan par pay pen per pet pid pie pim pin pit pln pol pot prd pre pro prt put pwd qty ram
ran rat raw ray red ref rep rev rid rim rms rob roi ron row run rus rut sap sat saw scm sea see sek
sem seo sep set sgd she shy sid sim sin sip sir sit six sku sla sms son sql src ssn ssp stg sub sum
sun swe tab tag tan tap tar tax tea ten thb thu tie tin tip tmp tms toe ton too top toy try tue tur
two uae uat uid uri url usa usd use utc van vat via vip war was way web wed wet who why win wit wms
won xml yes yet you zar

abject able accent access account acre action active actor actual adapt adaption addiction addition
adept adopt adoption adverse advice advise advisor advisory aerial affect airline airliner allusion
alteration alternation altitude ambiance ambience analyses analysis ancestor angel angle appeal
appear aptitude arbor args argument article ascent assent assert assess asset assure attach attack
attitude attraction attribution auction aural australia austria avenue aversion award back bake bali
ball ballet ballot band bank banking bare barrier base basket batch bath batter beach beacon beam
bean bear beat bell belt bench bend best better beverage biannual bidding biennial bike bill billion
bind binding bird bite bitter bloc block blow bluster boasting boat bolt bond bone bonus book
booking booster boot border bore born boss both bracket brainstorm branch brand bread break breath
breathe brick bride bridge bring broom brunch budget building bulk bull bullion bump burn bush
buster butter button byte cable cage cake call calm came camp campaign cannon canyon caption capture
carbon card care carriage carrier cart carton cartoon cartridge case cash casket cast casual catch
category cater causal cause caution cave cell censor census cent cession chain chair change channel
charge chart chase chat cheap cheat chest child chile class clause clean clear click client clock
clone close closed cloth clothe cloud cluster coach coal coarse coast coaster coasting coat code
coded cohort coil coin cold collage collar collection college collision collusion column command
commando commence commend comment commerce commune commute compete compilation complain complaint
complement complete completion complexion compliant complication compliment compute conceit concept
concern concert concession conclusion concussion condemnation condensation confession confidant
confide confine confirm conform connection consensus conservation consignee consigner constrain
constraint constrict constriction construct construction consul consult contact contend content
contention contest context continent contingent contract contrast contribution convection convent
convention converge conversation conversion convert conviction cook cooking cool cope core corn
correction cost costing couch council counsel count counted counter country county couple coupon
courier course court cover coverage covert crash crater creative creator crew crime crop cross cube
culture curator cure curl currant current curve customer cutter cycle daily dairy dare dark dart
data date dated dawn deacon dead deadline deal dean dear debate debit debitor debt debtor debut
decade decease decent deception decide decision deck decode decrease dedication deduce deduct
deduction deed deep deer defect defendant deference define deflect deflection deform delegate delete
deliver delivery demotion denomination dental depart department dependant dependent deplete deport
deportment depose deposit deposition depression deprivation derision derivation desc descent desert
deserve design designation desk dessert destination detail detain detect detection detention
deviation device devise devolution devotion dial diary diet dine dining dinner diploma diplomat
direction director directory dirt disc discount discreet discrete dish disk dismount dispense
disperse displace disposition distract distribution district ditch dive diver diverse divide divine
division dock dollar dominate domination donor door dose down drag drain draw drawee drawer drew
drive driven driver drop drug drum dual duck dump dust duster each earn ease east easy eclectic
effect effort ejection elastic election elective elector electric electron elicit eligible else
email emerge emigrant emigrate emigration eminent emission empire employee employer encounter ensure
envelop envelope erection estate ethic ethnic evacuate evacuation evaluate evaluation even event
ever evolution except exception excerpt excess exchange exclude exclusion excursion exemption expand
expanse expansive expend expense expensive expert expiration expire exploration explosion export
expulsion extend extensive extent external extraction face facial fact faction factor factual fail
fair fall fame fare farm farming fast faster fatal fate father favor fear feather feed feel fees
feet fell felt fending fiction field fight file filing fill filling film finding fine fire
firing firm fish five fixture flag flat flavor fleet flight flow foam focal fold folding folk food
foot forecast fork form formal format former formerly forming formula fort forty foster foul found
fountain four fraction frame free freight friction fright from fuel full function fund funnel gain
gallery galley gambia game garage garbage gasket gate gave gear gender gene generator genus
germinate gift give glad glass gmail goal goat gold golf gone good gown gradation grade graduation
grain grand grant grape graph grass gravel gray great grocer grocery gross group grow guess guest
guinea gutter guyana hail hair half hall hand hang harbor hard harm hash hatch hate have head
heading headline heal health heap hear heart heat height held hell help herbal herd here hermit hero
hill hint hire hoard hold holding hole home hood hook hope horn horse host hostage hostel hosting
hotel hour hourly house human humane hunt hunter hurt iceland icon illegible illicit illusion imager
imitation immigrant immigration imminent impact impart import impost inactive inbound incident
include increase indent india indie induction infection inferior infirm inflection inform ingest
initiation injection inland inner insert inspection insure integral integration intend intent
intention interaction interactive interior interment internal internet interval intranet
introduction invent invention inventor inventory invert invest investor invitation invoice involve
iphone iran iraq ireland iron island issue item join joint journalism journalist july jump junction
juncture june just keep kept kick kill kind king kiss knee knew know lack lake lamp land landing
lane last latch late later lateral lath lathe latitude latter launch layer lead leader leadership
leaf lean learn lease least leather leave left legal legion lend lender lending lens less lessee
lessen lesson lessor letter level lever leverage liberal licence license lick life lift light
lightening lighting lightning like likelihood lime limitation line lineage liner link linkage list
literal litter live livelihood load loan local location lock locking logic login long look loop
loose lord lose loss lost loud love luck lump lunch macro made magnet mail mailing main make male
mali mall manager manger marital mark marked market marriage mart martial mask mass massage massive
mast master match mate math matter meal mean meat media medial median mediation medical medication
meditation meet melt member mental mere merge merger message meta metric mice micro might migrate
migration mile milk mill million mind mine miner mining minor mint misplace miss mission mist
mitigation mixture mode model moderator molding monaco monday month mood moon moral morale more
morocco mortal most motel motion motor mountain mounter mouse mouth move much must muster mutter
mutton myth name narrator natal nation national native near nearly neck need nest neural neutral
never news next nice night nine node noise nominate nomination none noon normal north nose notation
note noted notice noting notional novice object oman omission operator optical optimal option oral
orange oration order organ origin outbound outer outlet outset over overnight oversight pace pack
packet page paid pain painted painter pair palm paper param parent parental park part particle
partridge party pass passive past paste patch patent path patient patrol patron patten pattern payee
payer payment peach peak peer pending pension permit persecution person persona personal personnel
perspective petrol phase phone phrase pick pile pilot pine pint pipe pitch place plain plan plane
planet planned plant planted plastic plate play player plot plug plus poach pocket podium point
pointer pole police polite poll pond pool poor pope port portal portion position post postage postal
poster posting potion pound pour power practice practise precede prediction preference prefund
preload prenatal preorder prepaid preparation prepay preposition presale prescribe presence present
preservation preserve preset president pretence prevent preview prevision price prick primacy
primary prime principal principle print printed printer prion prize proactive proceed process
procession processor prod produce producer product production profess profession professor project
projection projector proof propose proposition proscribe prosecution prospective protect protection
protector provision pull pump punch puncture punter pure purpose purveyor push quantity quarterly
quiet quit quite quota quote race racial rack racket radial radical radio rage rail rain rainstorm
raise ramp ranch rank ranking rant ranting rapture rare rate rated ratio ration rational reach react
reactive reactor read reader readership ready real rear reason rebate recent reception recess
recession recipe recite recourse recover recovery rector reduce reduction reference refine reflect
reflection reform refund refutation regain regal regard region rejection relate relation relative
relegate religion reload remain remand remission remote remove rent rental reorder repaid repair
reparation repay report repose repression reputation resale reservation reserve reserved reset
reside resident residue resign resignation resolution resolve resort respect rest retail retain
retention retire retort retribution revenge revenue reverse reversed review revise revision
revolution revolve reward ride rider right ring ripe rise risk river roach road roam roasting rock
rocket role roll roman roof room rooster root rope rose roster rotation rotor rough round route
routed router rule ruler rupture rush sacred safe said sail sailing sailor sake sale salt same
sample sand save scale scan scar scared score scored seal season seat secession secret secrete
section sector sedate seduce seed seek seem seen segment selection selective selector self sell
seller senate send sender sending senior sensor sensory sent separation sept serial series serve
server session seven sever shade shaft shake shall shape share shared sharp sheet shelf shell shift
ship shipment shipping shirt shock shoe shop shopping shore short shot show shut sick side sight
sign signal silk silver simple simulate simulation sing singe single sink site size sketch skill
skin skip skirt sleep slice slide slip sliver slot slovakia slovenia slow small smart smile smoke
snow sock socket sodium soft soil sold sole solid some song soon sort soul sound soup source south
space spacial spare spatial speak special speed spell spend spent spin spoke sport spot spring
sprint stack stacking staff stage stair stake stale stand star stare start state stated stationary
stationery statue stature status statute stay steal steam steel steep stem step stick still
stimulate stimulation stir stitch stock stone stop store stored stork storm story stream stretch
strict string strip stripe strong student stuff style submit subset such suction suit suite summary
summery summit sunday sunset supplier sure surge surrey surveyor sweep sweet swing switch table tail
tailor take taken tale talk tall tank tape target task taste taster taxes taxi teach team tear tell
teller temper tempo tend tender tension tensor tent term terminate test tester tests text than that
them then there they thick thin thing think this thread threat three threw throughout throughput
throw thus tick ticker ticket tide tile till time timer tire tired tissue title toaster toasting
token toll tonal tone tool topical torn total touch tough tour tower town trace tracing track
tracking tract traction tractor trade trader trading trail train trained trainee trainer training
transit transmit trap travel tray treat tree trend trial trick trip tropic tropical truck trucking
true trunk tube tune tunnel turn twin type typical unbound unit unite united unity unload untie
upload upstream used user vacation value valve variation vary vast vector vending vent venue venus
verb verbal version very vice victor vision visit visitor vocal vocation voice volume vote voter
vulture wage wait waive wake walk wall wallet wander want ward warm warming warn wash waste watch
water wave weak wealth wear weather week weight well went were west what wheat when whether while
white whole wicket wide wife wild will wind winding wine wing winner winter wire wise wish witch
with woman wonder wood word work world worn worth write writer yard year yearly yield your zambia
zero zone
"""


@cache
def meant() -> frozenset[str]:
    """All of these words."""
    return frozenset(_WORDS.split())
