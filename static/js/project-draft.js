// A draft is kept while it is typed: on the server as soon as it has a title, and on this device until it is there.

const form = document.querySelector("form[data-draft]");

if (form && globalThis.shelfOf) {
  const words = form.dataset;
  const place = form.querySelector("[data-draft-state]");
  const signIn = form.querySelector("[data-draft-sign-in]");
  const restored = form.querySelector("[data-draft-restored]");
  const shelf = globalThis.shelfOf(words.person);
  const nameOf = (key) => `draft:${key}`;
  const keyNow = () => form.elements.draft_key.value;
  const cameBack = form.querySelector("[aria-invalid=true], [role=alert]");
  let waiting;
  let retry = 5000;
  let underWay = false;
  let again = false;
  let leaving = false;
  let touched = false;

  const say = (text, state = "") => {
    place.textContent = text;
    place.dataset.state = state;
    signIn.hidden = state !== "signed-out";
  };

  const keepHere = () => shelf.put(nameOf(keyNow()), { version: form.elements.version.value, fields: globalThis.typedIn(form) });

  const later = (wait) => {
    clearTimeout(waiting);
    waiting = setTimeout(send, wait);
  };

  /* After signing in again in another window the token of this page is an old one: a new one, for the same person */
  async function renewToken() {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    if (answer.redirected || !answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("form[data-draft]");
    if (fresh?.dataset.person !== words.person) return false;
    form.elements.csrfmiddlewaretoken.value = fresh.elements.csrfmiddlewaretoken.value;
    return true;
  }

  const post = () => fetch(words.draft, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });

  async function deliver() {
    let response = await post();
    if (response.status === 403 && (await renewToken())) response = await post();
    if (response.redirected || response.status === 403) {
      say(words.signedOut, "signed-out");
      return;
    }
    if (response.status >= 500) throw new Error(String(response.status));
    const answer = await response.json();
    if (answer.version) form.elements.version.value = answer.version;
    say(answer.text);
    retry = 5000;
    if (response.ok && !again) shelf.drop(nameOf(keyNow()));
  }

  async function send() {
    if (underWay) {
      again = true;
      return;
    }
    if (leaving || !form.elements.title.value.trim()) return;
    underWay = true;
    say(words.saving);
    try {
      await deliver();
    } catch {
      // Tried again by itself, less and less often.
      say(words.offline, "offline");
      later(retry);
      retry = Math.min(retry * 2, 60000);
    }
    underWay = false;
    if (again) {
      again = false;
      send();
    }
  }

  const changed = () => {
    touched = true;
    keepHere();
    say(navigator.onLine ? words.typing : words.offline);
    later(900);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  addEventListener("online", () => touched && send());
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
    // Stays here until a page of the server names this form among those it has.
    keepHere();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });

  /* One window holds a draft; another leaves it alone while it is open */
  const held = (key) => {
    let mine = false;
    try {
      mine = sessionStorage.getItem("draft-here") === key;
      sessionStorage.setItem("draft-here", keyNow());
    } catch {
      // Then only the lock tells.
    }
    if (!navigator.locks) return Promise.resolve(!mine);
    return new Promise((answer) => {
      // A window that reloads gives its lock back a moment later.
      const attempt = (left) =>
        navigator.locks.request(nameOf(key), { ifAvailable: true }, (lock) => {
          if (lock) {
            answer(false);
            return new Promise(() => {});
          }
          if (left && mine) setTimeout(() => attempt(left - 1), 200);
          else answer(true);
          return undefined;
        });
      attempt(10);
    });
  };

  const bringBack = (key, kept) => {
    form.elements.draft_key.value = key;
    if (kept.version) form.elements.version.value = kept.version;
    const { team, ...fields } = kept.fields;
    // Who writes for one team alone is not asked, and may have changed teams since.
    globalThis.putBack(form, form.elements.team.type === "hidden" ? fields : { team, ...fields });
    restored.hidden = false;
    changed();
  };

  // What a broken connection, an ended session or a closed window left behind comes back, into an untouched form only.
  async function restore() {
    const settled = new Set((words.settled || "").split(" "));
    const names = shelf.names().filter((name) => name.startsWith("draft:"));
    for (const name of names) if (settled.has(name.slice(6))) shelf.drop(name);
    if (cameBack) return;
    const own = shelf.get(nameOf(keyNow()));
    const left = own ? [nameOf(keyNow())] : names.filter((name) => !settled.has(name.slice(6)));
    const kept = left.map((name) => [name.slice(6), shelf.get(name)]).filter(([, value]) => value && Object.values(value.fields).flat().join("").trim());
    kept.sort(([, a], [, b]) => b.at - a.at);
    if (!own && form.elements.title.value) return;
    for (const [key, value] of kept) {
      if (!value.fields.title?.[0] && !value.fields.problem?.[0]) continue;
      if (key !== keyNow() && (await held(key))) continue;
      if (touched) return;
      bringBack(key, value);
      return;
    }
  }
  restored.querySelector("button").addEventListener("click", () => {
    // An emptied form with a key of its own; what the server has of the other stays a draft there.
    leaving = true;
    shelf.drop(nameOf(keyNow()));
    location.assign(location.pathname);
  });
  restore().finally(() => held(keyNow()));
}
