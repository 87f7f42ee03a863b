"""What a person may do to a page, done to all of it."""

from __future__ import annotations

#: what a person may do to anything on a page, or to what a selector names, but follow a link to another machine
TOUCH = """which => {
    for (const each of document.querySelectorAll(which || "*")) {
        if (each.tagName === "DETAILS") each.open = true;
        for (const name of ["mouseover", "mouseenter", "focus", "toggle"]) each.dispatchEvent(new MouseEvent(name, { bubbles: true }));
        const away = ["http:", "https:"].includes(each.closest("a")?.protocol);
        if (!away && each.tagName !== "BODY") each.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, view: window }));
    }
}"""
