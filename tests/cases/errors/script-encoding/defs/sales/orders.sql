-- Jahresumsatz über alles
select
  "Straße" as street, 'caf�' as kind
