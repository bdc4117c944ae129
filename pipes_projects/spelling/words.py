"""Words that are easily one slip away from another: whoever writes one of them means it.

Both of `contacts` and `contracts`, `trips` and `tips`, `uk` and `us` are likely names of assets,
and `tool` and `args` are keys of other tools. Each is listed once, in the singular.
"""

from __future__ import annotations

from typing import Final

_WORDS: Final = """
ad ae ai am ar at au be bi br ca cd ch ci cl cn co cz db de dk dt dw ee es et eu fi fk fr fx gb
gr hk hr hu id ie il in ip it jp kr la lu lv ml mx ne nl no nw ny nz ok on or os pc pk pl pm pr
pt pv qa ro ru sa se sf sg sk so sw to tr ts tv tw tx ua ui uk up us ux vs we za

abs act add ads age ago air all any app apr arg arr art ask aud aug aus aut avg bad bag bak ban
bar bat bay bed bel bet bid big bin bit bot bow box boy bra brl bug bus but buy cac cad can cap
car cat cet che chf chn cny cow cpa cpc cpm cpu crm cry csv ctr cup cut czk dad dag dam day dbt
ddl dec dep deu dev dew did die dim dkk dml dnk doc dog dot due ear eat end env erp esp est etl
eur eye fan far fat fax fct feb fee few fin fit fix fly for fra fri fun gap gas gbp gbr get gid
gmt gmv gps gpu guy hat her hex him his hit hkd hot how hub huf ice ids ill ils ind inr int ion
iot irl iso ita jan jet job joy jpn jpy jul jun key kid kit kor kpi krw lab lag lap law lay led
leg let lid lip log lot low ltv man map mar max may men met mex mid min mix mon mrr mxn net new
nld nok non nor not nov now nps nzd oct odd off oil old one opt ore our out own pad pan par pay
pen per pet pid pie pin pit pln pol pot pre pro prt put qty ram ran rat raw ray red ref rep rev
rid rim roi ron row run rus rut sap sat saw sea see sek seo sep set sgd she shy sid sim sin sip
sir sit six sku sla sms son sql src ssn stg sub sum sun swe tab tag tan tap tar tax tea ten thb
thu tie tin tip tmp toe ton too top toy try tue tur two uae uid uri url usa usd use utc van vat
via vip war was way web wed wet who why win wit won xml yes yet you zar

able acre addition affect args argument article asset back bake ball band bank banking bare base
bath bean bear beat bell belt bend best bike bill bind bird bite bloc block blow boat bolt bond
bone book booking boot bore born boss both brand bread break brick bride bridge bulk bull burn
bush byte cable cage cake call calm came camp card care cart case cash cast cave cell cent chain
chair change charge chart chat cheap cheat chest class clean clear click clock close closed
cloud coal coast coat code coin cold contact content contest context contract contrast cook
cooking cool core corn cost count country county court cover crash crew crime crop cross cube
cure curl curve daily dairy dare dark dart data date dated dawn dead deal dean dear debit debt
deck decrease deed deep deer deposit desc desk detail device devise dial diet dirt disc dish
disk dive dock door dose down drag draw drew drive driver drop drug drum dual duck dump dust
each earn ease east easy effect else email employee employer even event ever exchange exclude
export external face fact fail fair fall fame fare farm fast fate fear feed feel fees feet fell
felt field fight file fill film fine fire firm fish five flag flat fleet flight flow fold folk
food foot fork form fort forty foul found four frame free from fuel full fund game gate gave
gear gene gift give glad glass goal goat gold golf gone good grade grain grand grant grape graph
grass gray great gross grow guess guest hail hair half hall hand hang hard harm hash hate have
head heal health heap hear heart heat height held hell help herd here hero hill hint hire hold
hole home hood hook hope horn horse host hour house hunt hurt icon import impost include
increase ingest inner internal invest iron item join joint jump june just keep kept kick kill
kind king kiss knee knew know lack lake lamp land lane last late later layer lead leader leaf
lean lease least leave left lend lender lens less level lever lick life lift light like lime
line liner link list live load loan lock logic login long look loop lord lose loss lost loud
love luck lump lunch made mail main make male mall mark marked market mart mass massage mast
mate math meal mean meat media median meet melt mere merge merger message meta mice might mile
milk mill mind mine mint miss mist mode model month mood moon more most mouse mouth move much
must myth name nation near neck need nest never news next nice night nine node noise none noon
north nose note noted outer over pace pack page paid pain pair palm paper param parent park part
particle party pass past paste patch patent path patient patten pattern payee payer peak peer
phase phrase pick pile pilot pine pint pipe pitch place plain plan plane planet plant plate play
player plot plug plus point pole poll pond pool poor pope port post pound pour power price prime
print prize produce producer product proof pull pump punch pure push quantity quarterly quiet
quit quite quota quote race rack radio rage rail rain raise rank ranking rare rate rated ratio
ration reach react read reader ready real rear recover recovery remain rent reset reside
resident residue rest retail retain revise ride rider right ring ripe rise risk river road rock
role roll roof room root rope rose rough round route routed router rule ruler rush safe said
sail sake sale salt same sample sand save scale scan scar score scored seal seat seed seek seem
seen self sell send sender sent sept series serve server seven shade shaft shake shall shape
share shared sharp sheet shelf shell shift ship shirt shock shoe shop shore short shot show shut
sick side sight sign silk simple sing sink site size skill skin skip sleep slice slide slip slot
slow small smart smile smoke snow soft soil sold sole solid some song soon sort soul sound soup
south space spare speak speed spell spend spent spin spoke sport spot spring staff stage stair
stake stale stand star stare start state stated status stay steal steam steel steep stem step
stick still stir stock stone stop store stored storm story stream string strip stripe strong
stuff style such suit sure surge sweep sweet swing table tail take tale talk tall tank tape task
taste team tear tell tend tender tent term test tests text than that them then there they thick
thin thing think this thread threat three threw throw thus tick tide tile till time timer tire
tired title toll tone tool torn touch tough tour tower town trace track trade trader trail train
trained trainee trainer trap tray treat tree trend trial trick trip truck true trunk tube tune
turn twin type unit unite united unity upstream used user value valve vary vast verb very vice
voice vote voter wage wait wake walk wall want ward warm warn wash waste watch water wave weak
wealth wear week weight well went were west what wheat when while white whole wide wife wild
will wind wine wing winner winter wire wise wish with wood word work world worn worth write
writer yard year yield your zero zone
"""
MEANT: Final = frozenset(_WORDS.split())
