"""When each task of a run ran: what is drawn is planned here as plain values, then shown as HTML, SVG and text. Pure."""
