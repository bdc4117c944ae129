"""Kinds of services: real clients of theirs, whose requests a server of ours answers.

The server runs the script as a process, as the service would, with what the request says.
"""
