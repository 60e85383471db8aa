import DOMPurify from 'dompurify';

/**
 * HTML made by a notebook or by running code, without anything that acts.
 *
 * No script, form, frame or style sheet; links open elsewhere and carry no opener. Inline style stays, so that tables
 * keep their look; outputs are painted inside their own box (see lesson.css), so it cannot cover the page.
 */
export function safeHtml(source: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(source, {
    USE_PROFILES: { html: true, svg: true, svgFilters: true, mathMl: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'select', 'textarea', 'dialog'],
    FORBID_ATTR: ['id', 'name', 'popover', 'autofocus', 'tabindex'],
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a[href]')) {
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener noreferrer');
  }
  for (const header of fragment.querySelectorAll('th')) {
    if (header.textContent.trim()) continue;
    const cell = document.createElement('td'); // the corner of a pandas table heads nothing
    cell.append(...header.childNodes);
    header.replaceWith(cell);
  }
  return fragment;
}
