"""What every face does when a run is over: functions of `@exit_hook` are called, and who is to hear of it does."""
