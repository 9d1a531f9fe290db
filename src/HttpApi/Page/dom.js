// Everything the page shows goes through here as text: nothing is ever parsed as HTML. What a sender wrote can't turn the text around it either: marks of
// direction and other invisible characters are shown by their number, and right-to-left words are set apart.

const invisible = /(?![\n\r\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const rightToLeft = /([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+(?:[\s\d\p{P}]+[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]+)*)/u;

/** A text as nodes that can't disturb their neighbours. */
export function texts(value) {
  const text = String(value).replace(invisible, (character) => `\\u${character.codePointAt(0).toString(16).padStart(4, '0')}`);
  return text.split(rightToLeft).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const apart = document.createElement('bdi');
    apart.textContent = part;
    return apart;
  });
}

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; strings become text. */
export function el(name, properties = {}, ...children) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(name), rest);
  Object.assign(element.dataset, dataset);
  element.append(...children.filter((child) => child !== null && child !== undefined).flatMap((child) => (typeof child === 'string' ? texts(child) : [child])));
  return element;
}

/** Sets an element's text, leaving it alone when it is the same already. */
export function setText(id, text) {
  const element = byId(id);
  const nodes = texts(text);
  if (element.textContent !== nodes.map((node) => node.textContent).join('')) {
    element.replaceChildren(...nodes);
  }
}

/**
 * Makes the table body show these items, newest rows inserted where they belong. Rows that stay are not touched, so that focus and
 * selection stay where they are.
 */
export function showRows(body, items, keyOf, makeRow) {
  const known = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  const animate = known.size > 0;
  let place = body.firstElementChild;
  for (const item of items) {
    const key = keyOf(item);
    let row = known.get(key);
    if (row !== undefined && row === place) {
      place = place.nextElementSibling;
      continue;
    }
    if (row === undefined) {
      row = makeRow(item);
      row.dataset.key = key;
      row.classList.toggle('new', animate);
    }
    body.insertBefore(row, place);
  }
  while (place !== null) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
}

/** Lets every button marked data-close close the dialog it is in. */
export function wireCloseButtons() {
  for (const button of document.querySelectorAll('dialog [data-close]')) {
    button.addEventListener('click', () => button.closest('dialog').close());
  }
}
