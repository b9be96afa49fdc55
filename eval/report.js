// Filtering only: the page is whole without it.
(() => {
  const form = document.getElementById("filter"), text = document.getElementById("filter-text"), count = document.getElementById("filter-count");
  const cases = [...document.querySelectorAll(".case")];
  let words = null; // of each dialogue, read when they are first asked for
  function apply() {
    const asked = text.value.trim().toLowerCase(), failed = form.elements.shown.value === "failed";
    if (asked && !words) words = cases.map((one) => one.textContent.toLowerCase());
    let shown = 0;
    cases.forEach((one, place) => {
      one.hidden = (failed && !one.classList.contains("failed")) || (asked !== "" && !words[place].includes(asked));
      if (!one.hidden) shown += 1;
    });
    count.textContent = shown + " of " + cases.length + " dialogues";
  }
  function reveal() { // what a link leads to is opened, and shown whatever is filtered
    const target = document.getElementById(location.hash.slice(1));
    if (!target) return;
    const one = target.closest(".case");
    if (one) one.hidden = false;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    target.scrollIntoView();
  }
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const open = event.target.dataset.open;
    if (open) for (const one of document.querySelectorAll(".case:not([hidden]) .run")) one.open = open === "true";
  });
  addEventListener("hashchange", reveal);
  apply();
  reveal();
})();
