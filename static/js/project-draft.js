// A draft is kept while it is typed: on the server as soon as it has a title, and on this device in any case.

const form = document.querySelector("form[data-draft]");

if (form) {
  const url = form.dataset.draft;
  const place = form.querySelector("[data-draft-state]");
  const key = form.elements.draft_key.value;
  const shelf = "innoteams-draft";
  let waiting;
  let underWay = false;
  let again = false;
  let leaving = false;

  const say = (text) => {
    place.textContent = text;
  };

  const typed = () => Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken"));

  const keepHere = () => {
    try {
      localStorage.setItem(shelf, JSON.stringify({ key, fields: typed() }));
    } catch {
      // Storage refused or full: the server's copy is what there is.
    }
  };

  const forget = () => {
    try {
      localStorage.removeItem(shelf);
    } catch {
      // Nothing was kept.
    }
  };

  async function send() {
    if (underWay) {
      again = true;
      return;
    }
    if (leaving || !form.elements.title.value.trim()) return;
    underWay = true;
    say(form.dataset.saving);
    try {
      const response = await fetch(url, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
      if (response.redirected || response.status === 403) {
        say(form.dataset.signedOut);
      } else {
        const answer = await response.json();
        if (answer.version) form.elements.version.value = answer.version;
        say(answer.text);
        if (response.ok && !again) forget();
      }
    } catch {
      say(form.dataset.offline);
    }
    underWay = false;
    if (again) {
      again = false;
      send();
    }
  }

  const changed = () => {
    keepHere();
    say(navigator.onLine ? form.dataset.typing : form.dataset.offline);
    clearTimeout(waiting);
    waiting = setTimeout(send, 900);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  addEventListener("online", send);
  form.addEventListener("submit", (event) => {
    // A version that is still on its way would make this look like an edit by somebody else.
    if (underWay) {
      event.preventDefault();
      delete form.dataset.sent;
      setTimeout(() => form.requestSubmit(), 150);
      return;
    }
    leaving = true;
    clearTimeout(waiting);
    // From here on the server answers with the form or with the project; without a connection the copy here stays.
    if (navigator.onLine) forget();
    else keepHere();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });

  // What a broken connection or a closed window left behind is offered again, in an empty form only.
  const restore = () => {
    let kept;
    try {
      kept = JSON.parse(localStorage.getItem(shelf) || "null");
    } catch {
      return;
    }
    if (!kept || form.elements.title.value || form.querySelector("[aria-invalid]") || !kept.fields.title) return;
    for (const [name, value] of Object.entries(kept.fields)) {
      const field = form.elements[name];
      if (field && name !== "team") field.value = value;
    }
    document.dispatchEvent(new CustomEvent("topics:refresh"));
    document.dispatchEvent(new CustomEvent("rich:refresh"));
    say(form.dataset.restored);
    changed();
  };
  restore();
}
