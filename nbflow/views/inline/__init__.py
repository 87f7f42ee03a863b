"""Views that answer: HTML made here, shown under a cell, with controls that call back.

The same Python makes the picture that a saved notebook keeps and the page that a person clicks in: what is shown is
said once. `page.js` replaces the regions of a page that have changed, and sends back what was clicked.
"""
