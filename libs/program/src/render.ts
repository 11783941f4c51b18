/** Rendering and the environment of hooks: for the agent. Pulls Handlebars' parser and nothing else. */
export type { UnitContext } from '@yiqiu/contracts';
export { TemplateError } from './template/error.ts';
export { renderArgv, renderEnvironment, renderTemplate } from './template/render.ts';
export * from './template/environment.ts';
