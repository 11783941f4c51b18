/** The keywords of JSON Schema 2020-12, by what stands under them. */
const plain = [
  '$schema',
  '$ref',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$comment',
  'type',
  'enum',
  'const',
  'multipleOf',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'maxContains',
  'minContains',
  'maxProperties',
  'minProperties',
  'required',
  'dependentRequired',
  'title',
  'description',
  'default',
  'deprecated',
  'readOnly',
  'writeOnly',
  'examples',
  'format',
  'contentEncoding',
  'contentMediaType',
] as const;

const holdsSchema = [
  'items',
  'contains',
  'additionalProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'not',
  'if',
  'then',
  'else',
  'contentSchema',
] as const;

const holdsList = ['allOf', 'anyOf', 'oneOf', 'prefixItems'] as const;
const holdsMap = ['properties', 'patternProperties', 'dependentSchemas', '$defs'] as const;

export type KeywordContent = 'plain' | 'schema' | 'list' | 'map';

export const keywords: ReadonlyMap<string, KeywordContent> = new Map<string, KeywordContent>([
  ...plain.map((word): [string, KeywordContent] => [word, 'plain']),
  ...holdsSchema.map((word): [string, KeywordContent] => [word, 'schema']),
  ...holdsList.map((word): [string, KeywordContent] => [word, 'list']),
  ...holdsMap.map((word): [string, KeywordContent] => [word, 'map']),
]);
