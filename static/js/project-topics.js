// Up to three ranked topics: the three lists become one field to type in, with what is chosen above it.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let number = 0;

function enhance(root) {
  if (root.dataset.enhanced) return;
  root.dataset.enhanced = "yes";
  number += 1;
  const selects = [...root.querySelectorAll("select")];
  const most = selects.length;
  // Names in other languages and keywords, each by itself, so that the one that was met can be shown.
  const words = new Map([...root.querySelectorAll("data")].map((entry) => [entry.value, entry.dataset.words.split("|")]));
  const topics = [];
  for (const group of selects[0].querySelectorAll("optgroup")) {
    for (const option of group.children) {
      topics.push({ value: option.value, name: option.text, group: group.label, others: words.get(option.value) || [] });
    }
  }
  root.querySelectorAll("[data-list]").forEach((list) => (list.hidden = true));

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const listId = `topics-options-${number}`;
  const chosenList = make("ol", { class: "topics-field__chosen" });
  const fieldset = root.closest("fieldset");
  const legend = fieldset?.querySelector(".field__label");
  if (legend) legend.id ||= `topics-label-${number}`;
  const input = make("input", {
    type: "text", role: "combobox", autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "done", dir: "auto",
    id: `topics-input-${number}`, "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list", placeholder: root.dataset.search,
    class: "topics-field__input", ...(legend ? { "aria-labelledby": legend.id } : { "aria-label": root.dataset.search }),
    ...(fieldset?.hasAttribute("aria-describedby") ? { "aria-describedby": fieldset.getAttribute("aria-describedby") } : {}),
  });
  const options = make("ul", { id: listId, role: "listbox", class: "topics-field__options", "aria-label": root.dataset.search });
  options.hidden = true;
  const status = make("span", { class: "visually-hidden", role: "status" });
  root.append(chosenList, make("div", { class: "topics-field__combo" }, input, options), status);

  let active = -1;
  let shown = [];
  const chosen = () => selects.map((select) => select.value).filter(Boolean);
  const nameOf = (value) => topics.find((topic) => topic.value === value)?.name || value;

  const write = (values) => {
    selects.forEach((select, rank) => (select.value = values[rank] || ""));
    selects[0].dispatchEvent(new Event("change", { bubbles: true }));
    draw();
  };
  const order = () => chosen().map((value, rank) => `${rank + 1}. ${nameOf(value)}`).join(", ");

  const draw = () => {
    const values = chosen();
    chosenList.replaceChildren(
      ...values.map((value, rank) => {
        const up = make("button", { type: "button", class: "topics-field__move", "aria-label": `${root.dataset.up}: ${nameOf(value)}` }, "↑");
        up.disabled = rank === 0;
        up.addEventListener("click", () => {
          const next = [...values];
          [next[rank - 1], next[rank]] = [next[rank], next[rank - 1]];
          write(next);
          status.textContent = order();
          chosenList.children[rank - 1]?.querySelector("button:not(:disabled)")?.focus();
        });
        const remove = make("button", { type: "button", class: "topics-field__move", "aria-label": `${root.dataset.remove}: ${nameOf(value)}` }, "×");
        remove.addEventListener("click", () => {
          write(values.filter((other) => other !== value));
          status.textContent = `${nameOf(value)} ${root.dataset.removed}`;
          input.focus();
        });
        return make("li", { class: "topics-field__one" }, make("span", {}, nameOf(value)), up, remove);
      }),
    );
    input.disabled = values.length >= most;
    input.placeholder = values.length >= most ? root.dataset.full : root.dataset.search;
  };

  const close = () => {
    options.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const point = (index) => {
    active = index;
    [...options.querySelectorAll("[role=option]")].forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === index));
      if (place === index) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  };

  /* How well a topic answers what is typed: 0 best, null not at all; and the word by which it was met, if not its name */
  const met = (topic, wanted) => {
    const name = plain(topic.name);
    const begins = (text, word) => text.startsWith(word) || text.split(/[\s’'()/,-]+/).some((part) => part.startsWith(word));
    if (wanted.every((word) => begins(name, word))) return { score: name.startsWith(wanted[0]) ? 0 : 1 };
    const other = topic.others.find((text) => wanted.every((word) => begins(plain(text), word)));
    if (other) return { score: 2, by: other };
    const all = plain([topic.name, topic.group, ...topic.others].join(" "));
    return wanted.every((word) => all.includes(word)) ? { score: 3 } : null;
  };

  const optionOf = ({ topic, by }, place, withGroup) => {
    const option = make("li", { role: "option", id: `${listId}-${place}`, class: "topics-field__option", "aria-selected": "false" }, make("span", {}, topic.name));
    if (by || withGroup) option.append(make("span", { class: "topics-field__why", dir: "auto" }, by || topic.group));
    option.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(place);
    });
    return option;
  };

  const tellCount = () => {
    const rule = new Intl.PluralRules(document.documentElement.lang).select(shown.length);
    status.textContent = shown.length ? root.dataset[rule === "one" ? "one" : "many"].replace("{number}", shown.length) : root.dataset.none;
  };

  const open = () => {
    const wanted = plain(input.value.trim()).split(/\s+/).filter(Boolean);
    const taken = new Set(chosen());
    const free = topics.filter((topic) => !taken.has(topic.value));
    // Without a word all of them by group; with one the best answer first.
    shown = wanted.length
      ? free.map((topic) => ({ topic, ...met(topic, wanted) })).filter(({ score }) => score !== undefined).sort((a, b) => a.score - b.score)
      : free.map((topic) => ({ topic }));
    let group = "";
    const rows = [];
    shown.forEach((found, place) => {
      if (!wanted.length && found.topic.group !== group) {
        group = found.topic.group;
        rows.push(make("li", { role: "presentation", class: "topics-field__group" }, group));
      }
      rows.push(optionOf(found, place, wanted.length));
    });
    if (!shown.length) rows.push(make("li", { role: "presentation", class: "topics-field__group" }, root.dataset.none));
    options.replaceChildren(...rows);
    options.hidden = false;
    input.setAttribute("aria-expanded", "true");
    point(wanted.length && shown.length ? 0 : -1);
    if (wanted.length) tellCount();
  };

  const choose = (place) => {
    const topic = shown[place]?.topic;
    if (!topic || chosen().includes(topic.value) || chosen().length >= most) return;
    input.value = "";
    write([...chosen(), topic.value]);
    status.textContent = `${topic.name} ${root.dataset.added}`;
    close();
    if (input.disabled) chosenList.lastElementChild?.querySelector("button:not(:disabled)")?.focus();
  };

  input.addEventListener("focus", open);
  input.addEventListener("click", () => options.hidden && open());
  input.addEventListener("input", (event) => {
    event.stopPropagation();
    open();
  });
  input.addEventListener("change", (event) => event.stopPropagation());
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (options.hidden) return open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (shown.length) point(active < 0 && step < 0 ? shown.length - 1 : (active + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && (input.value.trim() || (!options.hidden && active >= 0))) {
      // A word that is still being looked for never sends the form.
      event.preventDefault();
      if (!options.hidden && active >= 0) choose(active);
    } else if ((event.key === "Home" || event.key === "End") && !options.hidden && active >= 0) {
      event.preventDefault();
      point(event.key === "Home" ? 0 : shown.length - 1);
    } else if (event.key === "Escape" && !options.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Backspace" && !input.value && chosen().length) {
      write(chosen().slice(0, -1));
      status.textContent = order();
      open();
    }
  });
  document.addEventListener("topics:refresh", draw);
  draw();
}

const all = (root) => root.querySelectorAll?.("[data-topics]").forEach(enhance);
all(document);
document.addEventListener("htmx:load", (event) => all(event.target));
