"""Amazon's services: the clients of `dagster_aws.pipes`."""
