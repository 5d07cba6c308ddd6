"""What OmniDSL costs: start-up of an installed wheel, and a run beside a loop that waits for one job after the other."""
