"""The storages there are: a folder, an SFTP server, and what fsspec opens."""
