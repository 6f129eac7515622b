// Reads a page as a person does: along the composed tree, i.e. through open shadow roots and into slots.
const page = (() => {
  const FIELDS = ["textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "spinbutton", "slider", "listbox"];
  const NAMED_BY_CONTENT = ["button", "link", "heading", "menuitem", "option", "tab", "radio", "checkbox", "switch", "listitem", "cell", "row", "treeitem"];
  const INPUT_ROLES = { checkbox: "checkbox", radio: "radio", range: "slider", number: "spinbutton", search: "searchbox", button: "button", submit: "button", reset: "button" };
  const TAG_ROLES = { BUTTON: "button", TEXTAREA: "textbox", SELECT: "combobox", OPTION: "option", NAV: "navigation", MAIN: "main", DIALOG: "dialog", UL: "list", OL: "list", LI: "listitem", IMG: "img", PROGRESS: "progressbar", TABLE: "table", FORM: "form", ARTICLE: "article", OUTPUT: "status", H1: "heading", H2: "heading", H3: "heading", H4: "heading", H5: "heading", H6: "heading" };

  const collapse = (text) => text.replace(/\s+/g, " ").trim();

  const childNodes = (node) => {
    if (node.shadowRoot) return [...node.shadowRoot.childNodes];
    if (node.localName === "slot") {
      const assigned = node.assignedNodes({ flatten: true });
      return assigned.length ? assigned : [...node.childNodes];
    }
    return [...node.childNodes];
  };
  const children = (node) => childNodes(node).filter((child) => child.nodeType === Node.ELEMENT_NODE);
  const parent = (node) => node.assignedSlot ?? (node.parentNode instanceof ShadowRoot ? node.parentNode.host : node.parentNode);
  function* walk(node) {
    for (const child of children(node)) {
      if (isHidden(child)) continue;
      yield child;
      yield* walk(child);
    }
  }

  const isHidden = (element) => {
    if (["STYLE", "SCRIPT", "TEMPLATE", "NOSCRIPT"].includes(element.tagName)) return true;
    // What a closed <details> holds has boxes and styles as if it were shown.
    const around = element.parentElement;
    if (around?.localName === "details" && !around.open && element.localName !== "summary") return true;
    const style = getComputedStyle(element);
    return style.display === "none" || (style.visibility !== "visible" && !children(element).length);
  };
  const isSeen = (element) => {
    if (getComputedStyle(element).display === "contents") return true;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility === "visible";
  };

  const rawText = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data;
    if (node.nodeType !== Node.ELEMENT_NODE || isHidden(node)) return "";
    const inline = getComputedStyle(node).display.startsWith("inline");
    const text = childNodes(node).map(rawText).join("");
    return inline ? text : ` ${text} `;
  };
  const text = (element) => collapse(rawText(element));

  const roleOf = (element) => {
    const explicit = element.getAttribute("role");
    if (explicit) return explicit.split(" ")[0];
    if (element.tagName === "A") return element.hasAttribute("href") ? "link" : "";
    if (element.tagName === "INPUT") return element.type === "hidden" ? "" : INPUT_ROLES[element.type] ?? "textbox";
    return TAG_ROLES[element.tagName] ?? "";
  };

  const byIds = (element, ids) => ids.split(/\s+/).map((id) => element.getRootNode().getElementById?.(id)).filter(Boolean);
  const ownName = (element) => {
    const labelled = element.getAttribute("aria-labelledby");
    const by = labelled ? collapse(byIds(element, labelled).map((label) => collapse(label.textContent)).join(" ")) : "";
    if (by) return by;
    const direct = element.getAttribute("aria-label") || element.ariaLabel;
    if (direct) return collapse(direct);
    if (element.labels?.length) return collapse([...element.labels].map(text).join(" "));
    if (element.id) {
      const label = element.getRootNode().querySelector?.(`[for="${CSS.escape(element.id)}"]`);
      if (label) return text(label).replace(/\s*\*$/, "");
    }
    return collapse(element.getAttribute("label") || element.getAttribute("alt") || "");
  };
  const nameOf = (element) => {
    const own = ownName(element);
    if (own) return own;
    const role = roleOf(element);
    if (NAMED_BY_CONTENT.includes(role)) {
      const content = text(element);
      if (content) return content;
    }
    // The field inside a component is called what the component is called.
    const host = element.getRootNode().host;
    if (host && FIELDS.concat("button").includes(role)) {
      const hosts = ownName(host) || (NAMED_BY_CONTENT.includes(role) ? text(host) : "");
      if (hosts) return hosts;
    }
    return collapse(element.getAttribute("title") || element.getAttribute("placeholder") || "");
  };

  const matches = (element, query) => {
    if (query.test_id !== undefined && element.dataset?.testid !== query.test_id) return false;
    if (query.role !== undefined) {
      const role = roleOf(element);
      if (query.role === "field" ? !FIELDS.includes(role) : role !== query.role) return false;
    }
    if (query.name !== undefined && nameOf(element) !== collapse(query.name)) return false;
    return query.text === undefined || text(element).includes(collapse(query.text));
  };
  const find = (query) => {
    const roots = query.inside ? find(query.inside) : [document.body];
    const found = new Set(roots.flatMap((root) => [...walk(root)].filter((element) => isSeen(element) && matches(element, query))));
    const onlyText = query.text !== undefined && query.role === undefined && query.test_id === undefined;
    if (!onlyText) return [...found];
    return [...found].filter((element) => ![...walk(element)].some((inner) => found.has(inner)));
  };

  const isField = (element) => element.matches("input, textarea, select, [contenteditable=true]");
  const inner = (element) => (isField(element) ? element : [...walk(element)].find(isField) ?? element);
  const isEnabled = (element) => {
    for (let node = element; node && node.nodeType === Node.ELEMENT_NODE; node = parent(node)) {
      if (node.disabled === true || node.hasAttribute("disabled") || node.getAttribute("aria-disabled") === "true") return false;
    }
    return inner(element).disabled !== true;
  };
  const isChecked = (element) => {
    const field = inner(element);
    return field.checked === true || ["aria-checked", "aria-selected", "aria-pressed"].some((name) => element.getAttribute(name) === "true");
  };

  const innermostAt = (x, y) => {
    let element = document.elementFromPoint(x, y);
    while (element?.shadowRoot) {
      const deeper = element.shadowRoot.elementFromPoint(x, y);
      if (!deeper || deeper === element) break;
      element = deeper;
    }
    return element;
  };
  const contains = (outer, element) => {
    for (let node = element; node; node = parent(node)) if (node === outer) return true;
    return false;
  };
  const pointAt = (element) => {
    if (!isEnabled(element)) return { obstacle: "it is disabled" };
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    const [x, y] = [Math.floor(box.left + box.width / 2), Math.floor(box.top + box.height / 2)];
    const hit = innermostAt(x, y);
    // A field may be covered by parts of its own component, e.g. the drawn box of a check box.
    const host = element.getRootNode().host;
    if (!hit || !(contains(element, hit) || contains(hit, element) || (host && contains(host, hit)))) {
      return { obstacle: hit ? `<${hit.localName}> "${text(hit).slice(0, 60)}" is in front of it` : "it is outside of the window" };
    }
    return { x, y };
  };

  const focused = () => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    return element ? [roleOf(element) || element.localName, nameOf(element)] : ["", ""];
  };
  const outline = () => {
    const lines = [];
    for (const element of walk(document.body)) {
      if (!isSeen(element)) continue;
      const [role, id] = [roleOf(element), element.dataset?.testid];
      const own = collapse(childNodes(element).filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join(" "));
      if (!role && !id && !own) continue;
      const parts = [role || element.localName, id ? `#${id}` : "", JSON.stringify(role ? nameOf(element) : own).slice(0, 120), isEnabled(element) ? "" : "(disabled)"];
      lines.push(parts.filter((part) => part && part !== '""').join(" "));
    }
    return lines.join("\n");
  };
  return { find, text, nameOf, inner, isEnabled, isChecked, pointAt, focused, outline };
})();
