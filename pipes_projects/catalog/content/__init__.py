"""The data of the page: what a picture, a contract, files and the history say, as JSON."""
