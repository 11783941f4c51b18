export const TIMING = Symbol('machine-manager: timing profile');
export const JOINING = Symbol('machine-manager: what joins agents');
export const AGENTS = Symbol('machine-manager: what was last heard of agents');
