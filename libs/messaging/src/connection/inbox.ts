/** Where replies to an agent come. Its identity may subscribe to nothing else beside its own subjects. */
export const agentInboxPrefix = (machineUid: string): string => `_INBOX_${machineUid}`;
/** The same of a platform service, by its name. */
export const serviceInboxPrefix = (name: string): string => `_INBOX_svc-${name}`;
