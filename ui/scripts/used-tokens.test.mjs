import { describe, expect, it } from "vitest";
import { pruned, reachable, tokensIn } from "./used-tokens.mjs";

describe("the themes that are shipped", () => {
  const theme = ":host{--button-edge:var(--edge, var(--fallback));--table-edge:var(--edge);--last:var(--gone)}";
  const light = ":host{--edge:var(--grey);--grey:#777;--fallback:#000;--gone:#fff}";
  const kept = reachable(tokensIn(["button{border-color:var(--mod-edge,var(--button-edge))}"]), [theme, light]);

  it("keep what a component asks for, and what that refers to in another sheet", () => {
    expect(pruned(theme, kept)).toContain("--button-edge:var(--edge, var(--fallback));");
    expect(pruned(light, kept)).toBe(":host{--edge:var(--grey);--grey:#777;--fallback:#000;}");
  });

  it("are without what no component asks for", () => {
    expect(pruned(theme, kept)).not.toContain("--table-edge");
    expect(pruned(theme, kept)).not.toContain("--last");
    expect(pruned(theme, kept)).toMatch(/^:host\{.*\}$/);
  });
});
