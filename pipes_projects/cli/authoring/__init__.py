"""Commands that write what authors edit: a project, an asset, another name for it."""
