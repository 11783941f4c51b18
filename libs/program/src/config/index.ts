export { type CastConfig, castConfig } from './cast.ts';
export {
  configBytesMax,
  type ConfigProblem,
  toConfigFieldProblem,
  type ValidatedConfig,
  validateConfig,
} from './validate.ts';
