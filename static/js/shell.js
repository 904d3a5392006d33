// What every page shares. Each part is an improvement on a page that already works without it.

const each = (root, selector, work) => {
  if (root.matches?.(selector)) work(root);
  root.querySelectorAll?.(selector).forEach(work);
};

/* Light, dark, or as the system says */
function themeSwitch(form) {
  const root = document.documentElement;
  const buttons = form.querySelectorAll("button[data-theme-choice]");
  const show = () => {
    const now = root.dataset.theme || "system";
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.themeChoice === now)));
  };
  buttons.forEach((button) =>
    button.addEventListener("click", () => {
      const choice = button.dataset.themeChoice;
      if (choice === "system") delete root.dataset.theme;
      else root.dataset.theme = choice;
      try {
        if (choice === "system") localStorage.removeItem("theme");
        else localStorage.setItem("theme", choice);
      } catch {
        // Storage refused: the choice lasts for this page.
      }
      show();
      document.dispatchEvent(new CustomEvent("themechange"));
    }),
  );
  form.hidden = false;
  show();
}

/* Menus under a summary close on Escape and on a click elsewhere */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = event.target.closest?.("details[data-menu][open]") || document.querySelector("details[data-menu][open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary")?.focus();
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});

/* Characters left, told calmly: aloud only near the end */
function counter(note) {
  const input = document.getElementById(note.dataset.counterFor);
  const most = Number(note.dataset.counterMax || input?.maxLength);
  if (!input || !most) return;
  const live = document.createElement("span");
  live.className = "visually-hidden";
  live.setAttribute("role", "status");
  note.after(live);
  const tell = () => {
    // Of text with form the letters count, not its tags (rich-text.js).
    const left = most - (input.dataset.letters ?? [...input.value].length);
    note.textContent = note.dataset.counterText.replace("{left}", left.toLocaleString(document.documentElement.lang));
    note.dataset.state = left < 0 ? "over" : left <= most / 10 ? "close" : "";
    live.textContent = left <= 20 ? note.textContent : "";
    // On a single line the count is only worth its room near the end.
    note.hidden = input.tagName !== "TEXTAREA" && left > most * 0.4;
  };
  input.addEventListener("input", tell);
  tell();
}

/* Copy to the clipboard */
function copyButton(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    const before = button.textContent;
    await navigator.clipboard.writeText(button.dataset.copyText || source?.value || source?.textContent.trim() || "");
    button.textContent = button.dataset.copied || before;
    setTimeout(() => (button.textContent = before), 2000);
  });
}

/* The hour it is where somebody is; the server wrote it once, this keeps it true */
function localTime(place) {
  const zone = place.dataset.timezone;
  const face = place.querySelector("[data-clock]") || place;
  const now = new Date();
  try {
    const format = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", timeZone: zone });
    const hour = Number(new Intl.DateTimeFormat("en", { hour: "numeric", hourCycle: "h23", timeZone: zone }).format(now));
    face.textContent = format.format(now);
    place.dateTime = now.toISOString();
    place.dataset.day = hour >= 8 && hour < 19 ? "day" : "night";
  } catch {
    // A zone this browser does not know: the server's text stays.
  }
}
setInterval(() => document.querySelectorAll("time[data-timezone]").forEach(localTime), 30000);

/* Dialogs opened and closed by buttons that name them */
document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.opens);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  const closer = event.target.closest?.("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
  const dismisser = event.target.closest?.("[data-dismiss]");
  if (dismisser) dismisser.closest("[data-dismissable]")?.remove();
});

/* A form is sent once, however often its button is pressed */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || form.hasAttribute("data-repeatable")) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

/* Texts kept on this device (project-shelf.js): gone when somebody signs out here, and once the server has them */
document.addEventListener("submit", (event) => {
  if (event.target.action !== document.getElementById("sign-out")?.action) return;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith("kept:")) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
});
try {
  const sent = sessionStorage.getItem("kept-sent");
  sessionStorage.removeItem("kept-sent");
  const kept = sent && JSON.parse(localStorage.getItem(sent));
  // Every form that was accepted leads to a page that says so; on any other page the text is still needed.
  if (kept && document.querySelector("#messages .notice--success")) localStorage.removeItem(sent);
  else if (kept) localStorage.setItem(sent, JSON.stringify({ ...kept, sent: false }));
} catch {
  // Storage refused: nothing was kept.
}

/* A request under way shows on the bar at the top, after a moment */
const bar = document.querySelector(".request-bar");
let underWay = 0;
let soon;
document.addEventListener("htmx:beforeRequest", () => {
  underWay += 1;
  soon ??= setTimeout(() => bar?.classList.add("is-busy"), 150);
});
document.addEventListener("htmx:afterRequest", () => {
  underWay = Math.max(0, underWay - 1);
  if (underWay) return;
  clearTimeout(soon);
  soon = undefined;
  bar?.classList.remove("is-busy");
});

/* When a request fails the page says so instead of staying silent */
const toast = (text) => {
  const shelf = document.querySelector(".toasts");
  if (!shelf || !text) return;
  const note = document.createElement("p");
  note.className = "toast";
  note.textContent = text;
  shelf.append(note);
  setTimeout(() => note.remove(), 8000);
};
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, () => toast(document.querySelector(".toasts")?.dataset.failed));
}

/* A form that came back is read from its errors on, not from the top of the page */
function errorsFirst(box) {
  if (!box.closest("[data-specimen]")) box.focus();
}

function enhance(root) {
  each(root, ".form__errors", errorsFirst);
  each(root, "[data-theme-switch]", themeSwitch);
  each(root, "[data-counter-for]", counter);
  each(root, "button[data-copy], button[data-copy-text]", copyButton);
  each(root, "time[data-timezone]", localTime);
}
enhance(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) enhance(event.target);
});
