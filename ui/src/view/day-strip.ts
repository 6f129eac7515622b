/** The strip: the last day (or week) of one profile. Pointing at a mark, or walking there by arrow key, tells its story. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { property, state } from "lit/decorators.js";

import type { EntryView, HistoryView } from "../bindings/view";
import { clock } from "../clock";
import type { Host } from "../host";
import { bars, marks, nearest, outages, place, tally, type Mark, type Shape, type Tally } from "../strip";
import { locale, t } from "../words";
import { moment, time, weekday } from "../words/moment";

export class DayStrip extends LitElement {
  @property({ attribute: false }) host!: Host;
  @property({ attribute: false }) profile = "";
  /** A new one means that there is more to tell. */
  @property({ attribute: false }) revision = 0;
  /** Time moves on: drawn anew with each. */
  @property({ attribute: false }) period = 0;
  /** Words are drawn anew with each. */
  @property({ attribute: false }) language = "";

  @state() private history: HistoryView | undefined;
  @state() private week = false;
  @state() private told: number | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("profile")) {
      this.history = undefined;
      this.told = undefined;
    }
    if (changed.has("profile") || changed.has("revision") || changed.has("week")) void this.load();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { history } = this;
    if (!history) return html`<div class="strip is-empty" aria-hidden="true"></div>`;
    const to = clock.now();
    const from = to - this.span;
    const all = marks(history.entries, from, to);
    const told = this.told === undefined ? undefined : all[this.told];
    return html`<section class="strip" aria-label=${t(this.week ? "strip-week" : "strip-day")} data-testid="strip">
      <div class="strip-head">
        <p class=${told ? "telling" : ""} data-testid="strip-told" title=${told ? tell(told) : nothing}>
          ${told ? tell(told) : capitalised(this.summary(history))}
        </p>
        <div class="strip-range" role="group" aria-label=${t("strip-range")}>
          ${[false, true].map(
            (week) =>
              html`<button
                type="button"
                aria-pressed=${String(this.week === week)}
                data-testid=${week ? "strip-show-week" : "strip-show-day"}
                @click=${() => this.show(week)}
              >
                ${t(week ? "strip-show-week" : "strip-show-day")}
              </button>`,
          )}
        </div>
      </div>
      ${this.track(history, all, from, to)}
      <div class="strip-axis" aria-hidden="true">
        ${this.week ? this.days(from, to) : html`<span>${capitalised(moment(from))}</span>`}
        <span class="strip-now">${t("strip-now")}</span>
      </div>
      <ul class="visually-hidden" aria-label=${t("strip-list")} data-testid="strip-list">
        ${history.entries
          .slice(-LISTED)
          .reverse()
          .map((entry) => html`<li>${sentence(entry)}</li>`)}
      </ul>
    </section>`;
  }

  private track(history: HistoryView, all: Mark[], from: number, to: number): TemplateResult {
    const walkable = all.length > 0;
    const at = this.told ?? all.length - 1;
    const current = all[at];
    const live = history.validity.map((span) => (span.to >= history.to ? { ...span, to } : span));
    return html`<div
      class="track"
      data-testid="strip-track"
      role=${walkable ? "slider" : "img"}
      tabindex=${walkable ? 0 : nothing}
      aria-label=${t(this.week ? "strip-week" : "strip-day")}
      aria-valuemin=${walkable ? 1 : nothing}
      aria-valuemax=${walkable ? all.length : nothing}
      aria-valuenow=${walkable ? at + 1 : nothing}
      aria-valuetext=${current ? tell(current) : nothing}
      @keydown=${(event: KeyboardEvent) => this.walk(event, all.length)}
      @pointermove=${(event: PointerEvent) => this.point(event, all)}
      @pointerleave=${() => (this.told = undefined)}
      @focus=${() => (this.told ??= walkable ? all.length - 1 : undefined)}
      @blur=${() => (this.told = undefined)}
    >
      <div class="groove"></div>
      ${bars(live, from, to).map(({ start, size }) => html`<div class="lit" style=${span(start, size)}></div>`)}
      ${bars(outages(history.entries, to), from, to).map(
        ({ start, size }) => html`<div class="outage" style=${span(start, size)}></div>`,
      )}
      ${all.map(
        ({ shape, place }, index) =>
          html`<div
            class="mark mark-${shape} ${index === this.told ? "told" : ""}"
            style=${`inset-inline-start: ${percent(place)}`}
          >
            ${drawing(shape)}
          </div>`,
      )}
    </div>`;
  }

  private days(from: number, to: number): TemplateResult[] {
    const ticks = [];
    // Noon is safely within its day, whatever summer time does.
    for (let at = from + DAY / 2; at < to - DAY / 2; at += DAY) {
      ticks.push(
        html`<span class="day" style=${`inset-inline-start: ${percent(place(at, from, to))}`}>${weekday(at)}</span>`,
      );
    }
    return ticks;
  }

  private summary(history: HistoryView): string {
    const from = clock.now() - this.span;
    const { renewals, outages, refusals, ...taken } = tally(history.entries.filter(({ at }) => at >= from));
    // Trouble first: there is room for three.
    const parts = [
      refusals > 0 && t("strip-refusals", { count: refusals }),
      outages > 0 && t("strip-outages", { count: outages }),
      renewals > 0 && t("strip-renewals", { count: renewals }),
      ...takings(taken),
    ].filter((part) => part !== false);
    if (parts.length > 0) return parts.slice(0, 3).join(", ");
    return history.validity.length > 0 ? t("strip-quiet") : t("strip-empty");
  }

  private get span(): number {
    return this.week ? 7 * DAY : DAY;
  }

  private show(week: boolean): void {
    this.week = week;
    this.told = undefined;
  }

  private walk(event: KeyboardEvent, count: number): void {
    const forward = getComputedStyle(this).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const last = count - 1;
    const now = this.told ?? last;
    const wanted = {
      [forward]: now + 1,
      [forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight"]: now - 1,
      ArrowUp: now + 1,
      ArrowDown: now - 1,
      Home: 0,
      End: last,
    }[event.key];
    if (wanted === undefined || count === 0) return;
    event.preventDefault();
    this.told = Math.max(0, Math.min(last, wanted));
  }

  private point(event: PointerEvent, all: Mark[]): void {
    const track = event.currentTarget as HTMLElement;
    const { left, right, width } = track.getBoundingClientRect();
    const rtl = getComputedStyle(track).direction === "rtl";
    const at = (rtl ? right - event.clientX : event.clientX - left) / width;
    const near = nearest(all, at, REACH / width);
    this.told = near ?? (document.activeElement === track ? this.told : undefined);
  }

  private async load(): Promise<void> {
    const { profile } = this;
    try {
      const reply = await this.host.ask({ kind: "history", profile, since: clock.now() - this.span });
      if (reply.kind === "history" && profile === this.profile) this.history = reply.history;
    } catch {
      // The window says elsewhere that the application is gone.
    }
  }
}

function tell({ entries }: Mark): string {
  const [first] = entries;
  const last = entries.at(-1);
  if (!first || !last) return "";
  if (entries.length > 1 && (first.kind === "handedOut" || first.kind === "copied")) {
    const what = takings(tally(entries)).join(", ");
    return t("strip-takings", { from: time(first.at), to: time(last.at), what });
  }
  return sentence(last);
}

function takings({ copies, handouts }: Pick<Tally, "copies" | "handouts">): string[] {
  return [
    ...(handouts > 0 ? [t("strip-handouts", { count: handouts })] : []),
    ...(copies > 0 ? [t("strip-copies", { count: copies })] : []),
  ];
}

function sentence({ at, headline, detail }: EntryView): string {
  const when = capitalised(moment(at));
  return detail
    ? t("strip-tell-detail", { moment: when, headline, detail })
    : t("strip-tell", { moment: when, headline });
}

function capitalised(text: string): string {
  return text.replace(/^./u, (first) => first.toLocaleUpperCase(locale()));
}

function drawing(shape: Shape): TemplateResult {
  const path = {
    renewal: "M8 3a5 5 0 1 1 0 10A5 5 0 0 1 8 3z",
    failure: "M8 2.5l6 11H2z",
    refusal: "M8 1.8L14.2 8 8 14.2 1.8 8z",
    handout: "M7 4h2v8H7z",
    pause: "M4.5 3.5h2.6v9H4.5zM8.9 3.5h2.6v9H8.9z",
  }[shape];
  return html`<svg viewBox="0 0 16 16" aria-hidden="true"><path d=${path} /></svg>`;
}

function span(start: number, size: number): string {
  return `inset-inline-start: ${percent(start)}; inline-size: ${percent(size)}`;
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)}%`;
}

const DAY = 24 * 60 * 60_000;
/** How near, in pixels, a pointer has to come. */
const REACH = 14;
/** A list that is read aloud has to end. */
const LISTED = 40;

customElements.define("glowjar-strip", DayStrip);
