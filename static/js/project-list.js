// Finding projects: the address stays short, opened facets stay open, and on a phone the filters start closed.

const wide = matchMedia("(min-width: 62rem)");
const opened = new Map();

function prepare() {
  const filters = document.querySelector("[data-narrow]");
  if (!filters) return;
  filters.open = opened.get("filters") ?? wide.matches;
  filters.addEventListener("toggle", () => opened.set("filters", filters.open));
  for (const facet of filters.querySelectorAll("details.facet")) {
    if (opened.has(facet.id)) facet.open = opened.get(facet.id);
    facet.addEventListener("toggle", () => opened.set(facet.id, facet.open));
  }
}
prepare();
document.addEventListener("htmx:afterSwap", prepare);

const isIdle = (form, name, value) => value === "" || (name === "order" && value === form.querySelector("#explore-order")?.dataset.default);

// Empty fields and the usual order are left out of the address.
document.addEventListener("htmx:configRequest", (event) => {
  const form = event.target.closest?.("[data-explore]");
  if (!form || event.target !== form) return;
  for (const name of [...new Set([...event.detail.formData.keys()])]) {
    const kept = event.detail.formData.getAll(name).filter((value) => !isIdle(form, name, value));
    event.detail.formData.delete(name);
    kept.forEach((value) => event.detail.formData.append(name, value));
  }
});
