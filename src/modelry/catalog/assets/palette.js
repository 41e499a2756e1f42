// The colours that the reader chose, before anything is painted.
"use strict";

{
  const chosen = window.__md_get("__palette");
  if (chosen?.color) {
    if (chosen.color.media === "(prefers-color-scheme)") {
      const scheme = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
      const option = document.querySelector(`[data-md-color-media="(prefers-color-scheme: ${scheme})"]`);
      for (const part of ["media", "scheme", "primary", "accent"]) {
        chosen.color[part] = option.getAttribute(`data-md-color-${part}`);
      }
    }
    for (const [part, value] of Object.entries(chosen.color)) {
      document.body.setAttribute(`data-md-color-${part}`, value);
    }
  }
}
