/**
 * The text in a file that some program saved: UTF-8, or UTF-16 as PowerShell's `>` and Notepad write it, with a byte order
 * mark or without.
 */
export function savedText(bytes: Uint8Array): string {
  return new TextDecoder(encoding(bytes)).decode(bytes);
}

function encoding([first, second, third, fourth]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  // Without a mark, every other byte of such a text is nothing.
  if (first && second === 0 && third && fourth === 0) return "utf-16le";
  if (first === 0 && second && third === 0 && fourth) return "utf-16be";
  return "utf-8";
}
