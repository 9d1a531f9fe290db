// Everything the page shows goes through here as text: nothing is ever parsed as HTML.

export const byId = (id) => document.getElementById(id);

/** An element with properties and children; strings become text nodes. */
export function el(name, properties = {}, ...children) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(name), rest);
  Object.assign(element.dataset, dataset);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets an element's text, leaving it alone when it is the same already. */
export function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== String(text)) {
    element.textContent = text;
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
