// What Material's bundle looks for before it runs: the site's root, and what was kept on this machine below it.
// It is a file, since the content security policy allows no script within a page.
"use strict";

// Known from the first line on, so that what a script will show has its room already and nothing moves.
document.documentElement.classList.replace("no-js", "js");

window.__md_scope = new URL("..", document.currentScript.src);

window.__md_hash = (text) => {
  let sum = 0;
  for (const sign of text) sum = (Math.imul(sum, 31) + sign.charCodeAt(0)) | 0;
  return sum;
};

window.__md_get = (key, storage = localStorage, scope = window.__md_scope) => {
  try {
    return JSON.parse(storage.getItem(`${scope.pathname}.${key}`));
  } catch { // nothing may be kept here, or it is no longer what it was
    return null;
  }
};

window.__md_set = (key, value, storage = localStorage, scope = window.__md_scope) => {
  try {
    storage.setItem(`${scope.pathname}.${key}`, JSON.stringify(value));
  } catch { // the next page begins anew
  }
};
