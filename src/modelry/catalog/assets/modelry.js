// Two conveniences; every page says all that it says without them.
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

// The catalog's filter: words are looked for in what a card shows; the rest must be one of its values.
const form = document.querySelector("[data-filter]");
if (form) {
  const cards = [...document.querySelectorAll("[data-card]")];
  const texts = new Map(cards.map((card) => [card, card.textContent.toLowerCase()]));

  const fits = (card, wanted) => [...wanted].every(([name, value]) => {
    if (name === "q") return value.toLowerCase().split(/\s+/).every((word) => texts.get(card).includes(word));
    return !value || card.dataset[name].split(" ").includes(value);
  });

  const show = () => {
    const wanted = new FormData(form);
    let count = 0;
    for (const card of cards) {
      card.hidden = !fits(card, wanted);
      count += card.hidden ? 0 : 1;
    }
    form.querySelector("[data-count]").textContent = `${count} of ${cards.length} models`;
    const query = new URLSearchParams([...wanted].filter(([, value]) => value)).toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  };

  for (const [name, value] of new URLSearchParams(location.search)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  show();
}
