/** What JSON can say. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;
export interface JsonObject {
  [key: string]: JsonValue;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for what JSON can say: no undefined, no functions, no NaN, no more than `levelsMax` levels. */
export function isJson(value: unknown, levelsMax = 64): value is JsonValue {
  if (levelsMax < 0) return false;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every((item) => isJson(item, levelsMax - 1));
  return isObject(value) && Object.values(value).every((item) => isJson(item, levelsMax - 1));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return isObject(value) && isJson(value);
}
