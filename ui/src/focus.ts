/** A Spectrum element takes the focus only once it has drawn what is inside it. */
export async function focusWhenReady(element: Element | null): Promise<void> {
  if (!(element instanceof HTMLElement)) return;
  if ("updateComplete" in element) await element.updateComplete;
  element.focus();
}
