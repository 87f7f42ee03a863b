"""Cards and the HTML they and the views are built from: pure, no script, no outside address."""
