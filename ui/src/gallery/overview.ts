/** Every state on one page, each in a window of its own. */

import { html, nothing, render } from "lit";

export function overview(names: string[], asked: URLSearchParams, namesOnly: boolean): void {
  document.title = "Glowjar gallery";
  const query = asked.size > 0 ? `?${asked.toString()}` : "";
  const other = (name: string, value: string, label: string) => {
    const changed = new URLSearchParams(asked);
    if (changed.get(name) === value) changed.delete(name);
    else changed.set(name, value);
    return html`<a
      class="toggle"
      href=${`?${changed.toString()}`}
      aria-current=${asked.get(name) === value ? "true" : nothing}
      >${label}</a
    >`;
  };
  render(
    html`<style>
        .gallery-head {
          position: sticky;
          top: 0;
          z-index: 1;
          display: flex;
          gap: 16px;
          align-items: baseline;
          padding: 14px 24px;
          background: var(--surface);
          border-bottom: 1px solid var(--line);
          color: var(--text);
          font: 15px var(--sans);
        }
        .gallery-head h1 {
          flex: 1;
          font-size: 18px;
        }
        .gallery-head a {
          color: var(--link);
        }
        .gallery-head a[aria-current] {
          color: var(--text);
          font-weight: 700;
        }
        .states {
          display: grid;
          grid-template-columns: repeat(auto-fill, 400px);
          gap: 28px;
          justify-content: center;
          margin: 0;
          padding: 28px;
          list-style: none;
          font: 14px var(--sans);
        }
        .states a {
          color: var(--text);
        }
        .states iframe {
          display: block;
          inline-size: 400px;
          block-size: 640px;
          margin-block-start: 8px;
          border: 0;
          border-radius: 12px;
          box-shadow:
            0 0 0 1px #8884,
            0 4px 18px #0002;
        }
      </style>
      <header class="gallery-head">
        <h1>Glowjar gallery, ${names.length} states</h1>
        ${other("lang", "de", "Deutsch")} ${other("dir", "rtl", "Right to left")} ${other("theme", "light", "Light")}
        ${other("theme", "dark", "Dark")} ${other("text", "larger", "Larger")} ${other("text", "largest", "Largest")}
      </header>
      <ul class="states">
        ${names.map(
          (name) =>
            html`<li>
              <a class="state" href=${`${query}#${name}`}>${name}</a>
              ${namesOnly ? nothing : html`<iframe loading="lazy" title=${name} src=${`${query}#${name}`}></iframe>`}
            </li>`,
        )}
      </ul>`,
    document.body,
  );
}
