"""The colours of figures and pages."""

import subprocess
import sys

from littlegiants.reports import palette


def test_each_colour_means_something_else():
    assert len({palette.ACCENT, palette.QUIET, palette.INK}) == 3


def test_a_process_that_answers_with_pages_does_not_load_what_draws_figures(tmp_path):
    # Matplotlib takes a second to import, in each process of a service.
    program = "import sys, littlegiants.serving.http.process.upload_work, littlegiants.serving.http.process.worker"
    program += "; print('littlegiants.reports.palette' in sys.modules, 'matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["True", "False"]
