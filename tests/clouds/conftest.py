"""The same as for services whose clients are installed with everything else."""

from tests.kinds.services.conftest import impatient, make

__all__ = ["impatient", "make"]
