/** Puts plain, non-secret text on the clipboard. Tokens never take this way: Rust copies those itself. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Some web views refuse the modern way on their own scheme.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.append(area);
    area.select();
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- deprecated, and the only other way
    document.execCommand("copy");
    area.remove();
  }
}
