// What is kept on this device while it is typed, apart for each person and no longer than a month. shell.js clears it
// at sign-out, and drops what the server says it has saved.

const MONTH = 30 * 24 * 3600 * 1000;

globalThis.shelfOf = (person) => {
  const begin = `kept:${person}:`;
  const reach = (work) => {
    try {
      return work(localStorage);
    } catch {
      // Storage refused or full: the server's copy is what there is.
      return undefined;
    }
  };
  const read = (store, key) => {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null;
    }
  };
  const shelf = {
    keyOf: (name) => begin + name,
    put: (name, value) => reach((store) => store.setItem(begin + name, JSON.stringify({ at: Date.now(), ...value }))),
    get: (name) => reach((store) => read(store, begin + name)) || null,
    drop: (name) => reach((store) => store.removeItem(begin + name)),
    names: () => reach((store) => Object.keys(store).filter((key) => key.startsWith(begin)).map((key) => key.slice(begin.length))) || [],
  };
  for (const name of shelf.names()) if (!(Date.now() - (shelf.get(name)?.at || 0) < MONTH)) shelf.drop(name);
  return shelf;
};

const SKIPPED = new Set(["csrfmiddlewaretoken", "version"]);

/* Everything typed or chosen in a form, by name; files cannot be kept */
globalThis.typedIn = (form) => {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (SKIPPED.has(name) || typeof value !== "string") continue;
    (fields[name] ||= []).push(value);
  }
  return fields;
};

/* Puts it back; each field says that it changed, so that counters, editors and maps follow */
globalThis.putBack = (form, fields) => {
  for (const field of form.elements) {
    if (!field.name || SKIPPED.has(field.name) || ["file", "submit", "button"].includes(field.type)) continue;
    const values = fields[field.name];
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.type === "radio" && !values) continue;
      field.checked = Boolean(values?.includes(field.value));
    } else if (values !== undefined && field.value !== values[0]) {
      field.value = values[0];
      if (field.type !== "hidden") field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  document.dispatchEvent(new CustomEvent("topics:refresh"));
  document.dispatchEvent(new CustomEvent("rich:refresh"));
};
