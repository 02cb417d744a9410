"""Every way in: pages, REST and the command line. The front door is `create_app`."""

from api.app import create_app

__all__ = ["create_app"]
