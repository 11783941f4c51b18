export const SIGNING_KEY = Symbol('service-platform: PEM of the key that signs program digests');
export const ASK_AGENT = Symbol('service-platform: asks one agent, once');
export const OBSERVED = Symbol('service-platform: what agents last said of units');
