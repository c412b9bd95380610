"""From labelled cohorts to a judged model: labels, temporal splits, fitting and evaluation."""
