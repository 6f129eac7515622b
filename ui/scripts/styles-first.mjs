/** A Vite plugin: asks for the styles before anything else, since nothing is painted without them. */
export function stylesFirst() {
  return {
    name: "styles-first",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html) {
        const [link] = /\s*<link rel="stylesheet"[^>]*>/.exec(html) ?? [];
        return link ? html.replace(link, "").replace("</title>", `</title>${link}`) : html;
      },
    },
  };
}
