/** One thing that must be well for requests to be answered rightly. */
export interface ReadinessCheck {
  readonly name: string;
  readonly ready: boolean;
  readonly reason?: string;
}

export interface Readiness {
  check(): Promise<readonly ReadinessCheck[]> | readonly ReadinessCheck[];
}

export const READINESS = Symbol('Readiness');
