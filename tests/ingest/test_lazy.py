"""Public names that are loaded when they are first used."""

import subprocess
import sys

import pytest

from littlegiants.ingest.lazy import loader

FIND = loader("littlegiants.ingest", {"errors": "ConfigError TableError", "tables.days": "NEVER"})


def test_a_name_is_found_in_its_module():
    from littlegiants.ingest.errors import TableError

    assert FIND("TableError") is TableError
    assert FIND("NEVER") == 2**31 - 1


def test_another_name_is_an_attribute_error_of_the_package():
    with pytest.raises(AttributeError, match=r"module 'littlegiants\.ingest' has no attribute 'TabelError'"):
        FIND("TabelError")


def test_importing_a_package_loads_none_of_its_modules():
    loaded = "print('pandas' in sys.modules)"
    program = f"import sys, littlegiants.ingest; {loaded}; littlegiants.ingest.Tables; {loaded}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
