/** RFC 1123 DNS label: what every name of ours is. */
export const dnsLabelMax = 63;
export const dnsLabelPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
export const isDnsLabel = (name: string): boolean => dnsLabelPattern.test(name);
