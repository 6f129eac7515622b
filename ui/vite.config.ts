import { defineConfig } from "vitest/config";
import { usedTokens } from "./scripts/used-tokens.mjs";

// `--mode gallery` builds the page of all states instead, for tests and pictures only.
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: [usedTokens()],
  build: {
    outDir: mode === "gallery" ? "node_modules/.cache/gallery" : "dist",
    rollupOptions: mode === "gallery" ? { input: "gallery.html" } : {},
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // scripts/bundle-size.mjs watches over the size that counts.
    chunkSizeWarningLimit: 1000,
  },
  test: { include: ["src/**/*.test.ts", "scripts/**/*.test.mjs"] },
}));
