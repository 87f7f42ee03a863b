"""Cell text → what it means by itself: header, names read and written, definitions. Pure; knows no other cell's steps."""
