attach 'archive.db' as archive;
create table marts.attached as select id from archive.raw.customers;
