export { checkTemplate, type TemplateFault } from './check.ts';
export * from './environment.ts';
export { TemplateError } from './error.ts';
export { outputCharactersMax, templateCharactersMax } from './limits.ts';
export { renderArgv, renderEnvironment, renderTemplate } from './render.ts';
export { configShape, contextShape, declaredNames, type DeclaredNames, type Shape } from './shape.ts';
