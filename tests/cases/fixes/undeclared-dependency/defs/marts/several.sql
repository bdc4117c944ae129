create table marts.one as from raw.orders;
create table marts.two as from marts.one;
