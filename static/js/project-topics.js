// Up to three ranked topics: the three lists become one field to type in, with what is chosen above it.

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let number = 0;

function enhance(root) {
  if (root.dataset.enhanced) return;
  root.dataset.enhanced = "yes";
  number += 1;
  const selects = [...root.querySelectorAll("select")];
  const most = selects.length;
  const words = new Map([...root.querySelectorAll("data")].map((entry) => [entry.value, plain(entry.dataset.words)]));
  const topics = [];
  for (const group of selects[0].querySelectorAll("optgroup")) {
    for (const option of group.children) {
      topics.push({ value: option.value, name: option.text, group: group.label, words: plain(`${option.text} ${group.label}`) });
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
  const input = make("input", {
    type: "text", role: "combobox", autocomplete: "off", "aria-expanded": "false", "aria-controls": listId,
    "aria-autocomplete": "list", placeholder: root.dataset.search, "aria-label": root.dataset.search, class: "topics-field__input",
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
          chosenList.children[rank - 1]?.querySelector("button:not(:disabled)")?.focus();
        });
        const remove = make("button", { type: "button", class: "topics-field__move", "aria-label": `${root.dataset.remove}: ${nameOf(value)}` }, "×");
        remove.addEventListener("click", () => {
          write(values.filter((other) => other !== value));
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

  const open = () => {
    const wanted = plain(input.value.trim()).split(/\s+/).filter(Boolean);
    const taken = new Set(chosen());
    shown = topics.filter(
      (topic) => !taken.has(topic.value) && wanted.every((word) => topic.words.includes(word) || words.get(topic.value)?.includes(word)),
    );
    let group = "";
    const rows = [];
    shown.forEach((topic, place) => {
      if (topic.group !== group) {
        group = topic.group;
        rows.push(make("li", { role: "presentation", class: "topics-field__group" }, group));
      }
      const option = make("li", { role: "option", id: `${listId}-${place}`, class: "topics-field__option", "aria-selected": "false" }, topic.name);
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        choose(place);
      });
      rows.push(option);
    });
    if (!shown.length) rows.push(make("li", { role: "presentation", class: "topics-field__group" }, root.dataset.none));
    options.replaceChildren(...rows);
    options.hidden = false;
    input.setAttribute("aria-expanded", "true");
    point(wanted.length && shown.length ? 0 : -1);
  };

  const choose = (place) => {
    const topic = shown[place];
    if (!topic) return;
    input.value = "";
    write([...chosen(), topic.value]);
    status.textContent = `${topic.name} ${root.dataset.added}`;
    close();
    if (input.disabled) chosenList.lastElementChild?.querySelector("button:not(:disabled)")?.focus();
  };

  input.addEventListener("focus", open);
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
      point((active + step + shown.length) % Math.max(shown.length, 1));
    } else if (event.key === "Enter" && !options.hidden && active >= 0) {
      event.preventDefault();
      choose(active);
    } else if (event.key === "Escape" && !options.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Backspace" && !input.value) {
      write(chosen().slice(0, -1));
    }
  });
  document.addEventListener("topics:refresh", draw);
  draw();
}

const all = (root) => root.querySelectorAll?.("[data-topics]").forEach(enhance);
all(document);
document.addEventListener("htmx:load", (event) => all(event.target));
