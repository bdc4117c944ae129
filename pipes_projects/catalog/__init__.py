"""The catalog: a picture of a project, and what surrounds it, as one page that needs no server.

`content` gathers the data, `page` puts them into HTML with the bundle. The sources of the bundle
are in `web/`, in JavaScript; `make catalog` builds it.
"""
