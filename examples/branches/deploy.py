"""Where scripts are shipped to: a folder; S3 and SFTP where variables say which."""

import os

from pipes_projects.deploy import ship_to

folder = ship_to(os.environ.get("BRANCHES_FOLDER", "shipped"), ttl="14d")

if "BRANCHES_S3" in os.environ:  # credentials and the endpoint: variables that AWS has for them
    s3 = ship_to(os.environ["BRANCHES_S3"], ttl="14d")

if "BRANCHES_SFTP" in os.environ:
    sftp = ship_to(
        os.environ["BRANCHES_SFTP"],
        ttl="14d",
        options={
            "key_filename": os.environ["BRANCHES_SFTP_KEY"],
            "known_hosts": os.environ["BRANCHES_SFTP_HOSTS"],
        },
    )
