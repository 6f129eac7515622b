import type { Hours } from "./bindings/view";

/** The UI's only look at time. The gallery replaces it, so that its pictures stay the same. */
export const clock = {
  now: (): number => Date.now(),
  /** Absent: the system's. */
  timeZone: undefined as string | undefined,
  /** How the person wants hours counted. */
  hours: "system" as Hours,
};
