import { isIP, isIPv4, isIPv6 } from 'node:net';
import { type ErrorObject, Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { JsonObject, JsonValue } from '../json.ts';

const hostname = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** The formats that are checked; another one is refused rather than ignored. */
const formats: Record<string, (text: string) => boolean> = {
  ipv4: (text) => isIPv4(text),
  ipv6: (text) => isIPv6(text),
  ip: (text) => isIP(text) !== 0,
  hostname: (text) => hostname.test(text),
  uri: (text) => URL.canParse(text),
  email: (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) && text.length <= 254,
};
export const formatNames = Object.keys(formats);

/** What the meta-schema asks of `$id`, `$ref` and `pattern`; the manifest's own check of these is stricter. */
const metaFormats = { 'uri-reference': true, regex: true } as const;

const schemaKey = 'config';

/** The one draft that is taken, by its `$schema`. */
export const draft = 'https://json-schema.org/draft/2020-12/schema';

/** A config schema made ready to check values with. */
export interface CompiledSchema {
  /** Checks an object; fills in defaults of nested objects in place. */
  check(values: JsonObject): readonly ErrorObject[];
  /** Checks one key's value by that key's schema. */
  checkKey(key: string, value: JsonValue): readonly ErrorObject[];
}

function newCompiler(useDefaults: boolean): Ajv2020 {
  return new Ajv2020({
    strict: true,
    strictTypes: false,
    strictTuples: false,
    allErrors: true,
    useDefaults,
    keywords: ['x-apply'],
    formats: { ...formats, ...metaFormats },
    logger: false,
  });
}

/** Why a schema is no valid JSON Schema 2020-12, by the meta-schema. */
export function metaErrors(schema: JsonObject): readonly ErrorObject[] {
  const compiler = newCompiler(false);
  return compiler.validate(draft, schema) === true ? [] : (compiler.errors ?? []);
}

/** @throws what ajv says of a reference that leads nowhere, an unknown format, a keyword without effect */
export function compileSchema(schema: JsonObject): CompiledSchema {
  // With `useDefaults` ajv refuses a schema that begins with a default, as each key's does.
  const [filling, plain] = [
    newCompiler(true).addSchema(schema, schemaKey),
    newCompiler(false).addSchema(schema, schemaKey),
  ];
  const validator = (compiler: Ajv2020, pointer: string): ValidateFunction => {
    const found = compiler.getSchema(`${schemaKey}${pointer}`);
    if (found === undefined) throw new Error(`the schema has nothing at ${pointer}`);
    return found;
  };
  const run = (validate: ValidateFunction, value: JsonValue): readonly ErrorObject[] =>
    validate(value) === true ? [] : (validate.errors ?? []);
  const whole = validator(filling, '');
  return {
    check: (values) => run(whole, values),
    checkKey: (key, value) => run(validator(plain, `#/properties/${pointerPart(key)}`), value),
  };
}

const pointerPart = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
