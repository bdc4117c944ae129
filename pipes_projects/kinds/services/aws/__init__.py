"""Kinds whose scripts are jobs of Amazon's services.

Options have names of ours only for what most scripts need; `request` has everything else, under
Amazon's own names, which boto3 checks before anything is sent.
"""
