// Text with form: an editor over every textarea[data-rich], in the page or loaded into it later. The textarea stays what
// the form sends; without this script it takes plain text. The editor itself is fetched when the first one is needed.

const tools = document.getElementById("rich-text-tools");
const editors = new Map();
let kit;

// The same rule as in innoteams/lib/rich_text.py: what begins otherwise is text that somebody typed.
const BEGINS_RICH = /^<(?:p|h[1-6]|ul|ol|blockquote)(?:\s[^>]*)?>/i;
const escaped = (text) => text.replace(/[&<>]/g, (char) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[char]);

function asHtml(value) {
  const text = value.trim();
  if (!text || BEGINS_RICH.test(text)) return text;
  const parts = text.replace(/\r\n?/g, "\n").split(/\n[ \t]*\n\s*/);
  return parts.map((part) => `<p>${escaped(part.trim()).replaceAll("\n", "<br>")}</p>`).join("");
}

/* "" for what is no address of a page or a person */
function asAddress(typed) {
  const text = typed.trim();
  if (/^(https?:\/\/[^\s/]|mailto:[^\s@]+@)\S*$/i.test(text)) return text;
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return `mailto:${text}`;
  if (/^[^\s@/:.]+(\.[^\s@/:.]+)+(:\d+)?([/?#]\S*)?$/.test(text)) return `https:\/\/${text}`;
  return "";
}

/* What word processors put on the clipboard, before it is parsed: our policy forbids inline style and script also there */
function cleanPaste(html) {
  const tag = (text) => text.replace(/\sstyle\s*=/gi, " data-style=").replace(/\son[a-z]+\s*=/gi, " data-on=");
  return html
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<(style|script|xml)\b[\s\S]*?<\/\1\s*>/gi, "")
    .replace(/<(\/?)h[12](?=[\s>])/gi, "<$1h3")
    .replace(/<(\/?)h[56](?=[\s>])/gi, "<$1h4")
    .replace(/<[a-z](?:"[^"]*"|'[^']*'|[^"'>])*>/gi, tag);
}

/* Bold and italic are often said by style alone; set through a script that is allowed, and read by the schema */
function clipboardParser(from, editor) {
  const parser = from.pm.model.DOMParser.fromSchema(editor.schema);
  return {
    parseSlice(dom, options) {
      for (const place of dom.querySelectorAll("[data-style]")) place.style.cssText = place.dataset.style;
      return parser.parseSlice(dom, options);
    },
  };
}

function extensions(from, openLink) {
  const { Document, Paragraph, Text, HardBreak, Bold, Italic, Heading, BulletList, Blockquote, UndoRedo } = from;
  const OrderedList = from.OrderedList.extend({
    addAttributes: () => ({}),
    addNodeView: null,
    addInputRules() {
      return [from.wrappingInputRule({ find: /^1[.)]\s$/, type: this.type })];
    },
  });
  // The Tab key stays the way out of the field; what is nested is nested with Ctrl and a bracket.
  const ListItem = from.ListItem.extend({
    addKeyboardShortcuts() {
      return {
        Enter: () => this.editor.commands.splitListItem(this.name),
        "Mod-]": () => this.editor.commands.sinkListItem(this.name),
        "Mod-[": () => this.editor.commands.liftListItem(this.name),
      };
    },
  });
  const Link = from.Link.extend({
    addKeyboardShortcuts: () => ({ "Mod-k": openLink }),
  }).configure({ openOnClick: false, defaultProtocol: "https", isAllowedUri: (address) => Boolean(asAddress(address || "")) });
  return [
    Document, Paragraph, Text, HardBreak, Bold, Italic, Heading.configure({ levels: [3, 4] }), BulletList, OrderedList, ListItem,
    Blockquote, Link, UndoRedo,
  ];
}

/* What each button does, and when it is pressed */
const DEEDS = {
  bold: [(chain) => chain.toggleBold(), (editor) => editor.isActive("bold")],
  italic: [(chain) => chain.toggleItalic(), (editor) => editor.isActive("italic")],
  heading3: [(chain) => chain.toggleHeading({ level: 3 }), (editor) => editor.isActive("heading", { level: 3 })],
  heading4: [(chain) => chain.toggleHeading({ level: 4 }), (editor) => editor.isActive("heading", { level: 4 })],
  bulletList: [(chain) => chain.toggleBulletList(), (editor) => editor.isActive("bulletList")],
  orderedList: [(chain) => chain.toggleOrderedList(), (editor) => editor.isActive("orderedList")],
  blockquote: [(chain) => chain.toggleBlockquote(), (editor) => editor.isActive("blockquote")],
  undo: [(chain) => chain.undo()],
  redo: [(chain) => chain.redo()],
};

/* One stop for the Tab key, arrows from button to button */
function toolbar(bar, act) {
  const buttons = [...bar.querySelectorAll("button")];
  const reach = (button) => buttons.forEach((other) => (other.tabIndex = other === button ? 0 : -1));
  reach(buttons[0]);
  // The text keeps its selection while a button is pressed.
  bar.addEventListener("mousedown", (event) => event.preventDefault());
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    reach(button);
    act(button.dataset.do);
  });
  bar.addEventListener("keydown", (event) => {
    const here = buttons.indexOf(document.activeElement);
    const forth = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const steps = { ArrowLeft: -1, ArrowRight: -1, [forth]: 1 };
    const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? (steps[event.key] && here + steps[event.key]);
    if (here < 0 || to === undefined) return;
    event.preventDefault();
    const next = buttons.at(to % buttons.length);
    reach(next);
    next.focus();
  });
  return buttons;
}

function linkPanel(panel, button, editor, id) {
  const input = panel.querySelector("input");
  const wrong = panel.querySelector(".field__error");
  input.id = `${id}_link`;
  wrong.id = `${id}_link_error`;
  panel.querySelector("label").htmlFor = input.id;
  const show = (open) => {
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  const complain = (yes) => {
    wrong.hidden = !yes;
    input.setAttribute("aria-invalid", String(yes));
    input.setAttribute("aria-describedby", wrong.id);
  };
  const leave = () => {
    show(false);
    editor().commands.focus();
  };
  const remove = () => {
    editor().chain().focus().extendMarkRange("link").unsetLink().run();
    show(false);
  };
  const set = () => {
    const text = input.value.trim();
    if (!text) return remove();
    const href = asAddress(text);
    complain(!href);
    if (!href) return input.focus();
    const chain = editor().chain().focus();
    if (editor().state.selection.empty && !editor().isActive("link")) {
      chain.insertContent({ type: "text", text, marks: [{ type: "link", attrs: { href } }] }).run();
    } else {
      chain.extendMarkRange("link").setLink({ href }).run();
    }
    show(false);
  };
  panel.addEventListener("click", (event) => ({ set, remove, leave })[event.target.closest("[data-link]")?.dataset.link]?.());
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && event.target === input) set();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return () => {
    input.value = editor().getAttributes("link").href || "";
    panel.querySelector("[data-link=remove]").hidden = !editor().isActive("link");
    complain(false);
    show(true);
    input.focus();
    input.select();
    return true;
  };
}

/* Takes the textarea's place: its name in the form stays, its id, label, help and errors go to the editor */
function mount(from, textarea) {
  const frame = tools.content.firstElementChild.cloneNode(true);
  const { id } = textarea;
  const label = textarea.closest(".field")?.querySelector("label");
  const hadFocus = document.activeElement === textarea;
  let editor;
  const openLink = linkPanel(frame.querySelector(".rich__link"), frame.querySelector("[data-do=link]"), () => editor, id);
  const buttons = toolbar(frame.querySelector(".rich__tools"), (name) => {
    if (name === "link") openLink();
    else DEEDS[name][0](editor.chain().focus()).run();
  });

  const attributes = { id, class: "rich__text", role: "textbox", "aria-multiline": "true", dir: "auto", "data-rich-for": textarea.name };
  for (const name of ["aria-describedby", "aria-invalid", "lang"]) {
    if (textarea.hasAttribute(name)) attributes[name] = textarea.getAttribute(name);
  }
  if (textarea.required) attributes["aria-required"] = "true";
  if (label) {
    label.id ||= `${id}_label`;
    attributes["aria-labelledby"] = label.id;
    label.addEventListener("click", () => editor.commands.focus());
  }

  const words = () => editor.state.doc.textBetween(0, editor.state.doc.content.size, "\n", (leaf) => (leaf.type.name === "hardBreak" ? "\n" : "")).trim();
  const count = () => {
    textarea.dataset.letters = [...words()].length;
  };
  const show = () => {
    for (const button of buttons) {
      const name = button.dataset.do;
      const isPressed = name === "link" ? editor.isActive("link") : DEEDS[name][1]?.(editor);
      if (isPressed !== undefined) button.setAttribute("aria-pressed", String(isPressed));
      else button.setAttribute("aria-disabled", String(!editor.can()[name]()));
    }
  };

  editor = new from.Editor({
    element: frame,
    injectCSS: false,
    content: asHtml(textarea.value),
    extensions: extensions(from, openLink),
    editorProps: { attributes, transformPastedHTML: cleanPaste },
    onTransaction: () => editor && show(),
    onUpdate: () => {
      textarea.value = words() ? editor.getHTML() : "";
      count();
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  editor.setOptions({ editorProps: { ...editor.options.editorProps, clipboardParser: clipboardParser(from, editor) } });
  textarea.id = `${id}_source`;
  textarea.hidden = true;
  // The server asks for what is missing: a browser cannot point at a field that it does not show.
  textarea.required = false;
  textarea.after(frame);
  editors.set(textarea, editor);
  show();
  count();
  // Only the counter listens here: nothing was typed yet.
  textarea.dispatchEvent(new Event("input"));
  if (hadFocus) editor.commands.focus("end");
}

async function enhance(root) {
  for (const [textarea, editor] of editors) {
    if (textarea.isConnected) continue;
    editor.destroy();
    editors.delete(textarea);
  }
  const found = [...root.querySelectorAll("textarea[data-rich]")].filter((textarea) => !editors.has(textarea));
  if (!found.length || !tools) return;
  try {
    kit ??= import(tools.dataset.editor);
    const from = await kit;
    for (const textarea of found) if (textarea.isConnected && !editors.has(textarea)) mount(from, textarea);
  } catch (error) {
    // The textarea stays, and says what its tags are.
    kit = undefined;
    document.documentElement.dataset.richText = "missing";
    console.info(error);
  }
}

// Texts brought back from this device after a form was opened.
document.addEventListener("rich:refresh", () => {
  for (const [textarea, editor] of editors) editor.commands.setContent(asHtml(textarea.value), { emitUpdate: false });
});
document.addEventListener("htmx:load", (event) => enhance(event.target));
enhance(document);
