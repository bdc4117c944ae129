select 1 as "über"
