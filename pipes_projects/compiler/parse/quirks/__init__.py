"""Where YAML parsers differ from YAML 1.2, or report errors in words of their own."""
