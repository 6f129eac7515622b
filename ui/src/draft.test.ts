import { describe, expect, test } from "vitest";

import type { DraftView } from "./bindings/request";
import { apiOf, emptyForm, errorsOf, formOf, toDraft, withApi, withPreset } from "./draft";
import { apis, presets } from "./host/demo/presets";

const [adobe, , tutorial, custom] = presets();
if (!adobe || !tutorial || !custom) throw new Error("the demo lacks presets");

const stored: DraftView = {
  name: "Campaign",
  preset: "adobeIms",
  tokenEndpoint: "",
  encoding: "form",
  clientAuthentication: "body",
  clientId: "abc",
  grant: "client_credentials",
  scopes: "openid",
  renewEarlyMinutes: null,
  family: null,
  hasClientSecret: true,
  hasStandbySecret: true,
  hasRefreshToken: false,
};

describe("an API", () => {
  const named = (id: string) => {
    const api = apis().find(({ api }) => api === id);
    if (!api) throw new Error(`the demo lacks ${id}`);
    return api;
  };

  test("is known by its scopes in any order", () => {
    expect(apiOf("ee.express_api AdobeID,openid", apis())?.api).toBe("express");
    expect(apiOf("openid", apis())).toBeUndefined();
    expect(apiOf("", apis())).toBeUndefined();
  });

  test("brings its scopes and the way its tokens are got", () => {
    const lightroom = withApi(emptyForm(), named("lightroom"), adobe);
    expect(lightroom).toMatchObject({ grant: "refresh_token", text: { scopes: named("lightroom").scopes } });
    expect(withApi(lightroom, named("express"), adobe).grant).toBe("client_credentials");
  });

  test("that has ended changes nothing", () => {
    const form = emptyForm();
    expect(withApi(form, named("ended-lightroom"), adobe)).toBe(form);
  });
});

describe("a draft", () => {
  test("remembers the names of its programs' variables", () => {
    expect(toDraft(formOf({ ...stored, family: "adobe" }), false).family).toBe("adobe");
    expect(toDraft(emptyForm(), true).family).toBeNull();
  });

  test("f32 carries secrets exactly as typed", () => {
    const form = emptyForm();
    form.secrets.clientSecret.value = ` p8e-+&%"' é `;
    expect(toDraft(form, true).clientSecret).toBe(` p8e-+&%"' é `);
  });

  test("leaves stored secrets alone unless something was typed", () => {
    expect(toDraft(formOf(stored), false)).toMatchObject({
      clientSecret: null,
      standbySecret: null,
      refreshToken: null,
    });
  });

  test("removes the standby secret only when asked to", () => {
    const form = formOf(stored);
    form.secrets.standbySecret.removed = true;
    expect(toDraft(form, false).standbySecret).toBe("");
  });

  test("of a new profile says that the secret is empty instead of keeping none", () => {
    expect(toDraft(emptyForm(), true)).toMatchObject({ clientSecret: "", standbySecret: null });
  });

  test("turns minutes into a number and empty into the default", () => {
    const form = formOf({ ...stored, renewEarlyMinutes: 15 });
    expect(toDraft(form, false).renewEarlyMinutes).toBe(15);
    form.text.renewEarlyMinutes = "  ";
    expect(toDraft(form, false).renewEarlyMinutes).toBeNull();
  });

  test.each(["-1", "0", "1.5", "1e3", "ten", "10001", "99999999999"])(
    "refuses %s minutes beside the field",
    (typed) => {
      const form = formOf(stored);
      form.text.renewEarlyMinutes = typed;
      expect([...errorsOf(form).keys()]).toEqual(["renewEarlyMinutes"]);
    },
  );
});

describe("choosing another provider", () => {
  test("brings its encoding, grant and scopes", () => {
    const form = withPreset(withPreset(emptyForm(), adobe, undefined), tutorial, adobe);
    expect(form).toMatchObject({ encoding: tutorial.encoding, grant: tutorial.grants[0] });
    expect(form.text.scopes).toBe(tutorial.defaultScopes);
  });

  test("keeps scopes and endpoint that a person typed", () => {
    const form = withPreset(emptyForm(), custom, undefined);
    form.text.scopes = "mine";
    form.text.tokenEndpoint = "https://mine.example/token";
    const back = withPreset(form, adobe, custom);
    expect(back.text).toMatchObject({ scopes: "mine", tokenEndpoint: "https://mine.example/token" });
  });
});
