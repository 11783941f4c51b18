/** One thing that has to hold before a process takes work. */
export interface ReadinessCheck {
  readonly name: string;
  /** Null where it holds, else why not, for people. Answers at once: it looks at what is known, it asks nobody. */
  check(): string | null;
}

export interface ReadinessReport {
  readonly ready: boolean;
  /** By check: null where it holds, else why not. */
  readonly checks: { readonly [name: string]: string | null };
}

/** What a process needs to be ready; modules add their own checks. Without any it is not ready: nobody has said so yet. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>();

  add(check: ReadinessCheck): void {
    if (this.#checks.has(check.name)) throw new Error(`readiness check ${check.name} is there already`);
    this.#checks.set(check.name, check);
  }

  report(): ReadinessReport {
    const checks: { [name: string]: string | null } = {};
    for (const check of this.#checks.values()) checks[check.name] = check.check();
    const ready = this.#checks.size > 0 && Object.values(checks).every((reason) => reason === null);
    return { ready, checks };
  }
}
