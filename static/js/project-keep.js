// A long form on a page of its own survives a closed window or a lost connection: kept on this device until it is saved.

const form = document.querySelector("form[data-keep]");

if (form) {
  const shelf = `innoteams-form ${form.dataset.keep}`;
  const skipped = new Set(["csrfmiddlewaretoken", "version"]);
  const version = form.elements.version?.value || "";
  const texts = () => [...form.querySelectorAll("textarea, input[type=text]")].filter((field) => field.name && !skipped.has(field.name));

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(shelf) || "null");
    } catch {
      return null;
    }
  };
  const forget = () => {
    try {
      localStorage.removeItem(shelf);
    } catch {
      // Nothing was kept.
    }
  };

  const kept = read();
  // Only over what the person started from; after somebody else's change the server's texts win.
  if (kept && kept.version === version && !form.querySelector("[aria-invalid], [role=alert]")) {
    for (const field of texts()) if (kept.fields[field.name] !== undefined) field.value = kept.fields[field.name];
    document.dispatchEvent(new CustomEvent("rich:refresh"));
  } else if (kept) {
    forget();
  }
  form.addEventListener("input", () => {
    try {
      localStorage.setItem(shelf, JSON.stringify({ version, fields: Object.fromEntries(texts().map((field) => [field.name, field.value])) }));
    } catch {
      // Storage refused: the form works without.
    }
  });
  form.addEventListener("submit", () => {
    if (navigator.onLine) forget();
  });
}
