// Conveniences; every page says all that it says without them.
"use strict";

function copyButton(block) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "mr-copy";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy: " + block.textContent.split("\n")[0]);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return button;
}

for (const block of document.querySelectorAll("[data-copy], .mr-text pre")) {
  const frame = document.createElement("div");
  frame.className = block.tagName === "PRE" ? "mr-frame" : "mr-frame mr-frame--inline";
  block.replaceWith(frame);
  frame.append(block);
  if (navigator.clipboard) frame.append(copyButton(block));
}

// The catalog's search is fetched where it is needed.
if (document.querySelector("[data-browse]")) import("./catalog.js");

// `/` leads to the box of this page, or to the one on top of every page.
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = document.querySelector(".md-content [name=q]") ?? document.querySelector("[name=q]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
