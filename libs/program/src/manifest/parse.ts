import semver from 'semver';
import type { PackageFiles } from '../files/index.ts';
import type { Problem } from '../problem/index.ts';
import { checkTemplate, contextShape, type Shape } from '../template/index.ts';
import { Cursor } from './cursor.ts';
import { readConfig } from './read-config.ts';
import { readData } from './read-data.ts';
import { readHealth, readLeader } from './read-health.ts';
import { readHooks } from './read-hooks.ts';
import { readEndpoints, readPorts } from './read-interface.ts';
import { readProcess } from './read-process.ts';
import { type ReadTemplate, readTemplates } from './read-templates.ts';
import { readUpdate } from './read-update.ts';
import { limits, readName, type Reading, readUser } from './reading.ts';
import { ManifestSource } from './source.ts';
import type { ConfigSchema, Manifest, ProcessSpec } from './types.ts';
import { isObject } from '../json.ts';

export type ParsedManifest = { manifest: Manifest; warnings: Problem[] } | { problems: Problem[] };

const topLevel = {
  known: [
    'apiVersion',
    'name',
    'version',
    'summary',
    'user',
    'provides',
    'peers',
    'requires',
    'leader',
    'fencing',
    'data',
    'ports',
    'config',
    'templates',
    'process',
    'health',
    'hooks',
    'update',
  ],
  required: ['apiVersion', 'name', 'version', 'summary'],
  later: ['needs', 'generate', 'sidecars', 'logs', 'actions'],
};

/**
 * Reads `yiqiu.yaml` together with the files it speaks of, and fills in every default.
 *
 * All problems are collected, in the manifest and in the templates it names, at most a hundred: unknown keys, keys of later
 * work, values out of their bounds, a bad config schema, templates that do not compile or name what does not exist, hooks
 * without a run bit.
 */
export function parseManifest(text: string, files: PackageFiles): ParsedManifest {
  const source = new ManifestSource(text);
  if (source.root === null) {
    if (source.problems.length === 0)
      source.report({ line: 1, column: 1 }, '', 'is empty', { allowed: 'apiVersion: yiqiu/v1 …' });
    return { problems: source.problems };
  }
  const manifest = readManifest(new Cursor(source, source.root, '', { line: 1, column: 1 }), source, files);
  return source.problems.length > 0 || manifest === null
    ? { problems: source.problems }
    : { manifest, warnings: source.warnings };
}

function readManifest(root: Cursor, source: ManifestSource, files: PackageFiles): Manifest | null {
  const fields = root.fields(topLevel);
  if (fields === undefined) return null;
  const { ports, complete: portsComplete } = readPorts(fields);
  const { complete: endpointsComplete, ...endpoints } = readEndpoints(fields);
  const portNames = portsComplete ? ports.map((port) => port.name) : null;
  const reading: Reading = { source, files, ports: portNames, inlineTemplates: [] };
  const { schema, shape } = readConfig(fields.get('config'));
  const user = readUser(fields.get('user')) ?? 'root';
  const data = readData(fields.get('data'));
  const hasData = data.length > 0;
  const process = readProcess(fields.get('process'), reading);
  const templates = readTemplates(fields.get('templates'), reading);
  const manifest: Manifest = {
    apiVersion: fields.get('apiVersion')?.word(['yiqiu/v1']) ?? 'yiqiu/v1',
    name: readName(fields.get('name')) ?? '',
    version: readVersion(fields.get('version')) ?? '',
    summary: readSummary(fields.get('summary')) ?? '',
    user,
    ...endpoints,
    leader: readLeader(fields.get('leader'), reading),
    fencing: fields.get('fencing')?.word(['none', 'verified'], ['lease']) ?? (hasData ? 'verified' : 'none'),
    data,
    ports,
    config: schema,
    templates: templates.map(({ template }) => template),
    process,
    health: readHealth(fields.get('health'), reading),
    hooks: readHooks(fields.get('hooks'), user, reading),
    update: readUpdate(fields.get('update'), hasData),
  };
  const endpointNames = [...endpoints.provides, ...endpoints.peers, ...endpoints.requires].map(({ name }) => name);
  const names = { ports: portNames, endpoints: endpointsComplete ? endpointNames : null, config: shape };
  checkTexts(reading, templates, contextShape(names));
  checkReloads(process, templates, fields.get('config'), schema);
  return manifest;
}

function readVersion(cursor: Cursor | undefined): string | undefined {
  const what = 'a semantic version, e.g. 7.0.15';
  const text = cursor?.text({ max: 64, what });
  if (cursor === undefined || text === undefined) return undefined;
  if (semver.valid(text) === text) return text;
  return cursor.report(`is not ${what}, without build metadata`, { value: text, allowed: what });
}

function readSummary(cursor: Cursor | undefined): string | undefined {
  const max = limits.summaryCharacters;
  return cursor?.text({
    max,
    pattern: /^[^\p{Cc}]*\S[^\p{Cc}]*$/u,
    what: `one line of text, at most ${max} characters`,
  });
}

/** Templates on their own, and those within the manifest, against the names that exist. */
function checkTexts({ source, inlineTemplates }: Reading, templates: readonly ReadTemplate[], shape: Shape): void {
  for (const { cursor, text } of inlineTemplates) {
    for (const { reason } of checkTemplate(text, shape)) cursor.report(reason, { value: text.slice(0, 200) });
  }
  const checked = new Set<string>();
  for (const { template, text } of templates) {
    if (text === null || checked.has(template.from)) continue;
    checked.add(template.from);
    for (const { reason, line, column } of checkTemplate(text, shape)) {
      source.add({ file: template.from, line, column, path: '', reason });
    }
  }
}

/** A reload that is asked for must exist: with a process, `process.reload` says how. Without one the hooks see to it. */
function checkReloads(
  process: ProcessSpec | null,
  templates: readonly ReadTemplate[],
  config: Cursor | undefined,
  schema: ConfigSchema,
): void {
  if (process === null || process.reload !== null) return;
  const reason = 'asks for a reload, and process.reload does not say how';
  const allowed = 'process.reload: { signal: SIGHUP } or { run: hooks/reload }, or restart';
  for (const { template, onChange } of templates) {
    if (Object.values(template.onChange).includes('reload')) onChange.report(reason, { value: 'reload', allowed });
  }
  for (const [key, property] of Object.entries(schema.properties)) {
    if (!isObject(property) || property['x-apply'] !== 'reload') continue;
    config?.descend(['properties', key, 'x-apply']).report(reason, { value: 'reload', allowed });
  }
}
