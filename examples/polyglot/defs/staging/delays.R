# Makes staging/delays: the mean delay of each airline on each day.
source("_pipes.R")

flights <- read.csv("/srv/polyglot/flights.csv")
flown <- flights[!is.na(flights$dep_delay), ]
delays <- aggregate(dep_delay ~ year + month + day + carrier, flown, mean)
delays$flights <- aggregate(dep_delay ~ year + month + day + carrier, flown, length)$dep_delay
write.csv(delays, "/srv/polyglot/delays.csv", row.names = FALSE)

pipes_log(paste(nrow(flights) - nrow(flown), "flights were cancelled"))
pipes_report(list(rows = nrow(delays)))
