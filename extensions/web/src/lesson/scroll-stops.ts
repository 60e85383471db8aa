/** Boxes that scroll are stops for the keyboard; boxes that show everything are not, so that fewer stops are passed. */

function update(box: Element): void {
  const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
  if (scrolls) box.setAttribute('tabindex', '0');
  else if (box !== document.activeElement) box.removeAttribute('tabindex');
}

// Without it every box stays a stop.
const observer =
  typeof ResizeObserver === 'undefined' ? null : new ResizeObserver((entries) => entries.forEach((entry) => update(entry.target)));

/** Make the box a stop for the keyboard whenever it scrolls. */
export function stopWhereItScrolls(box: HTMLElement): void {
  box.tabIndex = 0;
  observer?.observe(box);
}
