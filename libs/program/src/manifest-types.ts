/** The manifest's types and the pure rules over them: nothing here pulls a YAML parser or a schema compiler. */
export * from './manifest/names.ts';
export * from './manifest/types.ts';
export * from './manifest/effect.ts';
export type { JsonObject, JsonValue } from './json.ts';
