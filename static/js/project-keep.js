// A long form on a page of its own survives a closed window, a lost connection and a session that ended: kept on this
// device until the server says that it is saved.

const form = document.querySelector("form[data-keep]");

if (form && globalThis.shelfOf) {
  const shelf = globalThis.shelfOf(form.dataset.person);
  const name = `form:${form.dataset.keep}`;
  const version = form.elements.version?.value || "";
  const asOpened = JSON.stringify(globalThis.typedIn(form));
  // The version that the typed text started from: the one on the page, or the one it was restored with.
  let basis = version;

  const keep = (sent) => shelf.put(name, { version: basis, sent, fields: globalThis.typedIn(form) });

  const tell = () => {
    const note = document.createElement("div");
    note.className = "notice restored";
    note.setAttribute("role", "status");
    const text = document.createElement("p");
    text.textContent = form.dataset.restored;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--link";
    button.textContent = form.dataset.discard;
    button.addEventListener("click", () => {
      shelf.drop(name);
      location.reload();
    });
    note.append(text, button);
    form.prepend(note);
  };

  const kept = shelf.get(name);
  // A form that came back with errors holds what was typed already.
  const cameBack = form.querySelector("[aria-invalid=true], [role=alert]");
  // Sent, and the record moved on since: that was this text.
  const wasSaved = kept && kept.sent && version && kept.version !== version;
  if (cameBack) {
    keep(false);
  } else if (wasSaved) {
    shelf.drop(name);
  } else if (kept && JSON.stringify(kept.fields) !== asOpened) {
    globalThis.putBack(form, kept.fields);
    basis = kept.version;
    // With the version it started from, so that saving over somebody else's change shows both first.
    if (form.elements.version && basis) form.elements.version.value = basis;
    tell();
  }

  form.addEventListener("input", () => keep(false));
  form.addEventListener("change", () => keep(false));
  form.addEventListener("submit", () => {
    keep(true);
    try {
      sessionStorage.setItem("kept-sent", shelf.keyOf(name));
    } catch {
      // Without it the text is offered once more; nothing is lost.
    }
  });
}
