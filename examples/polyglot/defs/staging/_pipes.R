# Dagster Pipes for R, without a library: source this file, and call
#
#   pipes_log("message")                           a line in the run's log
#   pipes_extra("name")                            an extra or a param
#   pipes_context$partition_key                    the context: partition_key, run_id, …
#   pipes_report(list(rows = 3), asset_key = "group/asset")        an asset is made
#   pipes_check("has_rows", TRUE, list(rows = 3), asset_key = …)   the result of an asset check
#
# The key may be left out by a script that makes one asset. A script that runs outside Dagster logs
# to standard error, and reports nothing. Needs jsonlite.

.pipes_param <- function(name) { # base64 of a zlib stream of JSON
  text <- Sys.getenv(name)
  if (text == "") return(NULL)
  jsonlite::fromJSON(memDecompress(jsonlite::base64_dec(text), "gzip", asChar = TRUE))
}

.pipes_messages <- .pipes_param("DAGSTER_PIPES_MESSAGES")$path
pipes_context <- {
  param <- .pipes_param("DAGSTER_PIPES_CONTEXT")
  if (is.null(param)) list() else jsonlite::read_json(param$path)
}

.pipes_say <- function(method, params) {
  if (is.null(.pipes_messages)) return(invisible())
  message <- list("__dagster_pipes_version" = "0.1", method = method, params = params)
  line <- jsonlite::toJSON(message, auto_unbox = TRUE, null = "null", digits = NA)
  cat(enc2utf8(line), "\n", file = .pipes_messages, sep = "", append = TRUE)
}

.pipes_metadata <- function(metadata) {
  named <- lapply(metadata, function(value) list(raw_value = value, type = "__infer__"))
  structure(named, names = names(named) %||% character())
}

`%||%` <- function(value, other) if (is.null(value)) other else value

pipes_extra <- function(name) pipes_context$extras[[name]]

pipes_log <- function(text, level = "INFO") {
  if (is.null(.pipes_messages)) message(text)
  .pipes_say("log", list(message = text, level = level))
}

pipes_report <- function(metadata = list(), asset_key = NULL, data_version = NULL) {
  .pipes_say("report_asset_materialization", list(
    asset_key = asset_key, data_version = data_version, metadata = .pipes_metadata(metadata)
  ))
}

pipes_check <- function(name, passed, metadata = list(), asset_key = NULL, severity = "ERROR") {
  .pipes_say("report_asset_check", list(
    asset_key = asset_key, check_name = name, passed = passed, severity = severity,
    metadata = .pipes_metadata(metadata)
  ))
}

.pipes_say("opened", list(extras = structure(list(), names = character())))
invisible(reg.finalizer(
  globalenv(), function(...) .pipes_say("closed", structure(list(), names = character())),
  onexit = TRUE
))
