/** The version in package.json; a test holds them together. */
export const agentVersion = '0.1.0';
