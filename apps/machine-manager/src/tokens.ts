export const TIMING = Symbol('machine-manager: timing profile');
export const JOINING = Symbol('machine-manager: what joins agents');
