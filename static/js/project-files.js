// Photos and files of a form: several at once, each with a small picture and its own fields. Without this script there is
// one set of fields for one file, and that works too.

const DIMENSION = 160;
const PHOTOS = "image/jpeg,image/png,image/webp,image/gif";
const MEGABYTE = 1024 * 1024;
const MOST = { photo: 20 * MEGABYTE, file: 25 * MEGABYTE };

const size = (bytes) =>
  new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit",
    unit: bytes < MEGABYTE ? "kilobyte" : "megabyte",
    maximumFractionDigits: bytes < MEGABYTE ? 0 : 1,
  }).format(bytes / (bytes < MEGABYTE ? 1024 : MEGABYTE));

/* Drawn on a canvas: the content security policy knows no addresses of things in memory */
async function draw(file, place) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.max(DIMENSION / bitmap.width, DIMENSION / bitmap.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = DIMENSION;
    const [width, height] = [bitmap.width * scale, bitmap.height * scale];
    canvas.getContext("2d").drawImage(bitmap, (DIMENSION - width) / 2, (DIMENSION - height) / 2, width, height);
    bitmap.close();
    place.replaceChildren(canvas);
  } catch {
    // Not a picture this browser reads; the mark of a file stays.
  }
}

function newFiles(box) {
  const list = box.querySelector("[data-list]");
  const blank = box.querySelector("template[data-blank]");
  const total = box.querySelector("input[name$=TOTAL_FORMS]");
  const said = box.querySelector("[data-said]");
  const most = Number(box.dataset.most);

  const tell = (template, file, kind) =>
    template.replace("{name}", file.name).replace("{size}", size(file.size)).replace("{most}", size(MOST[kind]));

  function prepare(one) {
    const drop = one.querySelector("[data-drop]");
    one.querySelector("[data-head]").hidden = false;
    one.querySelector("[data-leave-out]").hidden = true;
    drop.hidden = false;
    drop.addEventListener("click", () => {
      const next = one.nextElementSibling || one.previousElementSibling;
      const leftOut = one.querySelector("[data-leave-out] input");
      // What waits on the server is let go when the form is sent; what was only chosen here just goes.
      if (one.querySelector("input[name$=kept]").value) {
        leftOut.checked = true;
        one.hidden = true;
      } else {
        one.remove();
      }
      (next?.querySelector("input, textarea") || box.querySelector("[data-pick]")).focus();
    });
  }

  function add(file) {
    const holder = document.createElement("div");
    holder.innerHTML = blank.innerHTML.replaceAll("__prefix__", total.value);
    const one = holder.firstElementChild;
    const chosen = new DataTransfer();
    chosen.items.add(file);
    one.querySelector("input[type=file]").files = chosen.files;
    one.querySelector("[data-choose]").hidden = true;
    one.querySelector("[data-name]").textContent = file.name;
    one.querySelector("[data-size]").textContent = size(file.size);
    prepare(one);
    list.append(one);
    total.value = Number(total.value) + 1;
    if (file.type.startsWith("image/")) draw(file, one.querySelector("[data-picture]"));
    else one.querySelector("[name$=alt]")?.closest(".field")?.setAttribute("hidden", "");
    return one;
  }

  function take(files) {
    const troubles = [];
    let first = null;
    for (const file of files) {
      const kind = file.type.startsWith("image/") ? "photo" : "file";
      if (list.querySelectorAll("[data-new-file]:not([hidden])").length >= most) {
        troubles.push(box.dataset.tooMany);
        break;
      }
      if (file.size > MOST[kind]) {
        troubles.push(tell(box.dataset.tooLarge, file, kind));
        continue;
      }
      const one = add(file);
      first ??= one;
    }
    said.textContent = troubles.join(" ");
    first?.querySelector("[name$=alt]")?.focus();
  }

  for (const button of box.querySelectorAll("[data-pick]")) {
    const input = document.createElement("input");
    input.type = "file";
    input.multiple = true;
    input.accept = button.dataset.pick === "photo" ? PHOTOS : blank.content.querySelector("input[type=file]").accept;
    input.addEventListener("change", () => {
      take([...input.files]);
      input.value = "";
    });
    button.addEventListener("click", () => input.click());
  }

  // The empty set of fields is for browsers without scripts; what was begun stays.
  for (const one of [...list.children]) {
    if (!one.hasAttribute("data-begun")) one.remove();
    else prepare(one);
  }
  box.querySelectorAll("[data-without-script]").forEach((note) => note.remove());
  box.querySelector("[data-pickers]").hidden = false;
}

/* How far a long sending is */
document.addEventListener("htmx:xhr:progress", (event) => {
  const place = event.target.querySelector?.("[data-sending]");
  if (!place || !event.detail.lengthComputable || event.detail.total < MEGABYTE) return;
  place.hidden = false;
  place.querySelector("progress").value = (100 * event.detail.loaded) / event.detail.total;
});

function enhance(root) {
  if (!("DataTransfer" in window)) return;
  if (root.matches?.("[data-new-files]")) newFiles(root);
  root.querySelectorAll?.("[data-new-files]").forEach(newFiles);
}
enhance(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) enhance(event.target);
});
